package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"cohort/app"
	"cohort/app/audit"
	"cohort/app/blob"
	"cohort/db"
)

// copy moves a school from one database to the other.
func (p *program) copy() *cobra.Command {
	var filesFrom, filesTo string
	cmd := &cobra.Command{Use: "copy FROM TO", Short: "Copy a school from one database to the other: SQLite and PostgreSQL", Args: cobra.ExactArgs(2),
		Long: "Copy a school's database to an empty one of the same or the other engine: FROM and TO are the file of an SQLite\n" +
			"database or postgres://USER@HOST/DATABASE. Every table is compared by its hash, and the audit trail is checked,\n" +
			"before anything is kept: all of it is there afterwards, or nothing. Stop the servers first, so that nobody writes to\n" +
			"what is being left. With --files-from and --files-to (a folder or s3://…) the uploaded files are copied and compared,\n" +
			"too; that can be done again until it is complete. secret.key, hostkeys and the key file stay where they are: copy\n" +
			"them to where the new servers look for them.\n\n" +
			"  cohort copy /srv/school/cohort.db postgres://cohort@db.example/school\n" +
			"  cohort copy postgres://cohort@db.example/school /srv/school/cohort.db --files-from s3://school --files-to /srv/school/files",
		RunE: func(cmd *cobra.Command, args []string) error {
			if (filesFrom == "") != (filesTo == "") {
				return usageError{errors.New("--files-from and --files-to belong together")}
			}
			if err := p.copyDatabase(cmd.Context(), args[0], args[1]); err != nil {
				return err
			}
			if filesFrom == "" {
				return nil
			}
			return p.copyFiles(cmd.Context(), args[1], filesFrom, filesTo)
		}}
	cmd.Flags().StringVar(&filesFrom, "files-from", "", "folder or s3://… that holds the uploaded files")
	cmd.Flags().StringVar(&filesTo, "files-to", "", "folder or s3://… that is to hold them")
	return cmd
}

func (p *program) copyDatabase(ctx context.Context, from, to string) error {
	src, err := p.openToCopy(ctx, from, true)
	if err != nil {
		return err
	}
	defer func() { _ = src.Close() }()
	dst, err := p.openToCopy(ctx, to, false)
	if err != nil {
		return err
	}
	defer func() { _ = dst.Close() }()
	done, err := db.Transfer(ctx, src, dst, func(table string, rows int64) { _, _ = fmt.Fprintf(p.err, "\r%-30s %12d", table, rows) })
	if errors.Is(err, db.ErrNotEmpty) {
		return errors.New("TO has a school in it already: give an empty database; nothing was changed")
	}
	if err != nil {
		return fmt.Errorf("%w. Nothing is in TO", err)
	}
	entries, broken, err := audit.Verify(ctx, dst)
	if err != nil {
		return err
	}
	if broken != 0 {
		return fmt.Errorf("the audit trail is broken at entry %d, in FROM as in TO: see cohort doctor on FROM", broken)
	}
	_, err = fmt.Fprintf(p.out, "copied: %d rows in %d tables, every table's hash is the same; the chain of %d audit entries is whole\n", done.Rows, done.Tables, entries)
	return err
}

func (p *program) openToCopy(ctx context.Context, address string, there bool) (*db.DB, error) {
	if there && !db.IsPostgres(address) {
		if _, err := os.Stat(address); err != nil {
			return nil, fmt.Errorf("FROM: %w. Give the file of the database (cohort.db in the data folder), or postgres://…", err)
		}
	}
	return db.Open(ctx, db.Options{Path: address, Log: p.logger(app.Config{Log: "warn"})})
}

// copyFiles copies what the rows name.
func (p *program) copyFiles(ctx context.Context, database, from, to string) error {
	spool, err := os.MkdirTemp("", "cohort-copy-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(spool) }()
	src, err := openFiles(ctx, from, spool)
	if err != nil {
		return err
	}
	defer func() { _ = src.Close() }()
	dst, err := openFiles(ctx, to, spool)
	if err != nil {
		return err
	}
	defer func() { _ = dst.Close() }()
	d, err := p.openToCopy(ctx, database, true)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	done := map[string]bool{}
	err = d.EachText(ctx, "stored", func(stored string) error {
		if stored == "" || done[stored] {
			return nil
		}
		done[stored] = true
		if err := blob.Copy(ctx, src, dst, stored); err != nil {
			return fmt.Errorf("%s: %w. Run the command again with an empty TO, or copy the files by other means", stored, err)
		}
		_, _ = fmt.Fprintf(p.err, "\r%d files", len(done))
		return nil
	})
	if err == nil {
		_, err = fmt.Fprintf(p.out, "copied: %d files, each read back and compared\n", len(done))
	}
	return err
}

func openFiles(ctx context.Context, place, spool string) (*blob.Store, error) {
	if !strings.HasPrefix(place, "s3://") {
		return blob.Open(place)
	}
	b, err := blob.ParseBucket(place)
	if err != nil {
		return nil, err
	}
	return blob.OpenBucket(ctx, spool, b, os.Getenv(blob.KeyVariable), os.Getenv(blob.SecretVariable))
}
