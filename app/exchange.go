package app

import (
	"path/filepath"

	"cohort/app/blob"
	"cohort/app/exchange"
)

// exchange makes the service of import and export, with a folder of its own for
// files that come and go.
func (a *App) exchange() error {
	files, err := blob.Open(filepath.Join(a.Config.Data, "exchange"))
	if err != nil {
		return err
	}
	a.Exchange = exchange.New(exchange.Deps{DB: a.DB, Bus: a.Bus, Engine: a.Engine, Blobs: files, Printer: a.Printer, Log: a.Log})
	return nil
}
