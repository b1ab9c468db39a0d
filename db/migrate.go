package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"
)

// ErrNewer is returned by [Open] for a database that a newer program has migrated.
var ErrNewer = errors.New("db: the database was made by a newer version of the program")

// migrate brings the tables to this program's version. Each file runs in a transaction of its own.
func migrate(ctx context.Context, writer *sql.DB, e engine, o Options) error {
	files := o.Migrations
	if files == nil {
		files = e.migrations()
	}
	p, err := e.provider(writer, files)
	if err != nil {
		return fmt.Errorf("db: migrations: %w", err)
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
	return e.migrated(ctx, writer, len(done) > 0)
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
