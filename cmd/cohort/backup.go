package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"cohort/app"
	"cohort/app/backup"
)

// backup writes the school into one file, or checks such a file. The server may go on meanwhile.
func (p *program) backup() *cobra.Command {
	var verify bool
	cmd := &cobra.Command{Use: "backup FILE", Short: "Write the whole school into one archive, while it goes on; - is standard output", Args: cobra.ExactArgs(1),
		Long: "Write the database, the uploaded files, the secret and the host keys into one tar archive while the server goes on.\n" +
			"The archive opens everything that the school holds: keep it private, and on another machine.\n\n  cohort backup /backups/school.tar\n  cohort backup --verify /backups/school.tar\n  ssh admin@HOST backup > school.tar",
		RunE: func(cmd *cobra.Command, args []string) error {
			if verify {
				return p.verifyBackup(cmd.Context(), args[0])
			}
			return p.withApp(cmd, func(ctx context.Context, a *app.App) error { return p.writeBackup(ctx, a, args[0]) })
		}}
	cmd.Flags().BoolVar(&verify, "verify", false, "check that FILE can be restored, and write nothing")
	return cmd
}

// writeBackup writes to a new file; what fails leaves none.
func (p *program) writeBackup(ctx context.Context, a *app.App, name string) (err error) {
	out := p.out
	if name != "-" {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, os.ErrExist) {
			return fmt.Errorf("%s exists already: give another name", name)
		}
		if err != nil {
			return err
		}
		defer func() {
			if e := errors.Join(f.Sync(), f.Close()); err == nil {
				err = e
			}
			if err != nil {
				_ = os.Remove(name)
			}
		}()
		out = f
	}
	m, err := a.Backup(ctx, shell(), out, p.percent())
	if err == nil {
		_, err = fmt.Fprintf(p.err, "\r%d bytes in %d files: %s\n", m.Bytes, len(m.Parts), strings.Join(m.Counted(), ", "))
	}
	return err
}

// percent draws how far something is, at each whole percent.
func (p *program) percent() func(done, total int64) {
	last := int64(-1)
	return func(done, total int64) {
		if now := done * 100 / max(total, 1); now != last {
			last = now
			_, _ = fmt.Fprintf(p.err, "\r%3d %%", now)
		}
	}
}

func (p *program) verifyBackup(ctx context.Context, name string) error {
	r, done, err := input(name)
	if err != nil {
		return err
	}
	defer done()
	m, err := backup.Verify(ctx, r)
	if err != nil {
		return advice(err)
	}
	_, err = fmt.Fprintf(p.out, "ok: made %s, %d bytes in %d files, tables of version %d: %s\n",
		m.Made.Format("2006-01-02 15:04:05 MST"), m.Bytes, len(m.Parts), m.Tables, strings.Join(m.Counted(), ", "))
	return err
}

// restore makes a school of an archive.
func (p *program) restore() *cobra.Command {
	var list string
	cmd := &cobra.Command{Use: "restore FILE", Short: "Make a school of a backup, in an empty data folder; - is standard input", Args: cobra.ExactArgs(1),
		Long: "Make a school of a backup in the data folder, which must be empty or not there. Everything is checked against the\narchive's manifest; what fails leaves nothing. Then start the server as usual.\n\n" +
			"Persons who were erased after the backup was made are in it still. The list of erasures (erasures.jsonl in the data\nfolder and beside scheduled backups) erases them again: the one beside FILE is taken by itself.\n\n  cohort restore school.tar --data /srv/school\n  cohort restore school.tar --data /srv/school --erasures /srv/old/erasures.jsonl",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := p.config(cmd)
			if err != nil {
				return err
			}
			if c.Database != "" {
				return usageError{errors.New("--database: a restored school keeps its database in the data folder; leave it out. To have it on a PostgreSQL server, run cohort copy afterwards")}
			}
			r, done, err := input(args[0])
			if err != nil {
				return err
			}
			defer done()
			m, err := backup.Restore(cmd.Context(), r, c.Data)
			if err != nil {
				return advice(err)
			}
			if _, err := fmt.Fprintf(p.out, "restored into %s: the school as of %s, %s\n", c.Data, m.Made.Format("2006-01-02 15:04:05 MST"), strings.Join(m.Counted(), ", ")); err != nil {
				return err
			}
			if err := p.erasedSince(cmd, args[0], list); err != nil {
				return err
			}
			return p.examine(cmd)
		}}
	cmd.Flags().StringVar(&list, "erasures", "", "the list of erasures, "+app.ErasuresFile+", of the old data folder")
	return cmd
}

// erasedSince erases again who was erased after the backup was made, as far as a list tells.
func (p *program) erasedSince(cmd *cobra.Command, archive, list string) error {
	if beside := filepath.Join(filepath.Dir(archive), app.ErasuresFile); list == "" && archive != "-" {
		if _, err := os.Stat(beside); err == nil {
			list = beside
		}
	}
	if list == "" {
		_, err := fmt.Fprintf(p.out, "no list of erasures: persons who were erased after the backup was made are in it again. If the old data folder or the\nfolder of the backups has an %s, run: cohort erase-again FILE --data FOLDER\n", app.ErasuresFile)
		return err
	}
	if err := p.eraseAgainFrom(cmd, list); err != nil {
		return fmt.Errorf("the school is restored, but persons who were erased later are in it: %w. Run cohort erase-again %s", err, list)
	}
	return nil
}

// eraseAgain does the same in a school that was restored before.
func (p *program) eraseAgain() *cobra.Command {
	return &cobra.Command{Use: "erase-again FILE", Short: "Erase persons again whom an older backup has brought back", Args: cobra.ExactArgs(1),
		Long: "Erase the persons again whom a list of erasures (" + app.ErasuresFile + " of the data folder, or beside scheduled backups) names and\nthis school does not know to be erased: it was restored from an older backup.\n\n  cohort erase-again /srv/old/erasures.jsonl --data /srv/school",
		RunE: func(cmd *cobra.Command, args []string) error { return p.eraseAgainFrom(cmd, args[0]) }}
}

func (p *program) eraseAgainFrom(cmd *cobra.Command, list string) error {
	f, err := os.Open(list)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return p.withApp(cmd, func(ctx context.Context, a *app.App) error {
		r, err := a.EraseAgain(ctx, shell(), f)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.out, "erasures: %d were in the backup, %d persons erased again\n", r.Known, len(r.Done))
		if err == nil && len(r.Strange) > 0 {
			_, err = fmt.Fprintf(p.out, "not erased, because the number is nobody's or another person's in this school: customers %v\n", r.Strange)
		}
		return err
	})
}

// input opens what is to be read.
func input(name string) (io.Reader, func(), error) {
	if name == "-" {
		return os.Stdin, func() {}, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	return f, func() { _ = f.Close() }, nil
}

// advice says what to do about an archive that cannot be used.
func advice(err error) error {
	text := strings.TrimPrefix(err.Error(), "backup: ")
	switch {
	case errors.Is(err, backup.ErrNotEmpty):
		return errors.New("the data folder is not empty: give an empty one with --data; nothing was changed")
	case errors.Is(err, backup.ErrCut), errors.Is(err, backup.ErrDamaged):
		return fmt.Errorf("%s. Use another backup; nothing was written", text)
	}
	return errors.New(text)
}
