package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"cohort/migrations"
)

// ErrNewer is returned by [Open] for a database that a newer program has migrated.
var ErrNewer = errors.New("db: the database was made by a newer version of the program")

// migrate brings the tables to this program's version. Each file runs in a transaction of its own.
func migrate(ctx context.Context, writer *sql.DB, o Options) error {
	files := o.Migrations
	if files == nil {
		files = migrations.SQLite()
	}
	p, err := provider(writer, files)
	if err != nil {
		return err
	}
	if err := refuseNewer(ctx, p); err != nil {
		return err
	}
	done, err := p.Up(ctx)
	for _, r := range done {
		o.Log.Info("db: migrated", "file", r.Source.Path, "took", r.Duration)
	}
	if err != nil {
		return fmt.Errorf("db: migrate: %w", err)
	}
	if len(done) > 0 {
		return checkKeys(ctx, writer) // a table that was rebuilt with foreign keys off may have left orphans
	}
	return nil
}

func provider(writer *sql.DB, files fs.FS) (*goose.Provider, error) {
	p, err := goose.NewProvider(goose.DialectSQLite3, writer, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("db: migrations: %w", err)
	}
	return p, nil
}

func refuseNewer(ctx context.Context, p *goose.Provider) error {
	have, know, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("db: version of the tables: %w", err)
	}
	if have > know {
		return fmt.Errorf("%w: its tables have version %d, this program knows %d", ErrNewer, have, know)
	}
	return nil
}
