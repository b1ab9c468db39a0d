package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Settle empties SQLite's log into the database, so that what was deleted is nowhere in the files any more. A reader that
// goes on keeps it from that for a while; the next one, or the end of the program, does it then. On a server that is
// the server's to do.
func (d *DB) Settle(ctx context.Context) error {
	if d.engine.dialect() != SQLite {
		return nil
	}
	h, err := sql.Open("sqlite", writerDSN(d.opt.Path))
	if err != nil {
		return fmt.Errorf("db: settle: %w", err)
	}
	_, err = h.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return errors.Join(err, h.Close())
}
