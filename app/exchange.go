package app

import (
	"context"

	"cohort/app/exchange"
	"cohort/app/i18n"
	"cohort/app/policy"
)

// exchange makes the service of import and export, and takes back imports that
// were broken off.
func (a *App) exchange(ctx context.Context) error {
	a.Exchange = exchange.New(exchange.Deps{DB: a.DB, Bus: a.Bus, Engine: a.Engine, Blobs: a.Blobs, Printer: a.Printer, Lang: a.langOf, Log: a.Log})
	return a.Exchange.Recover(ctx)
}

// langOf is the language of an account, the school's where it has chosen none.
func (a *App) langOf(ctx context.Context, by policy.Actor) i18n.Lang {
	acc, err := a.Org.GetAccount(ctx, by, by.Account)
	if l, ok := i18n.ParseLang(acc.Lang); err == nil && ok {
		return l
	}
	return a.Lang
}
