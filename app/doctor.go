package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"cohort/app/blob"
	"cohort/app/policy"
)

// Finding is one check of the doctor. Text says what was found, and where it is bad what to do.
type Finding struct {
	Name string
	OK   bool
	Text string
}

// minFree is how much room the disk of the data should have.
const minFree = 1 << 30

// Doctor checks what can be checked without changing anything.
func (a *App) Doctor(ctx context.Context) []Finding {
	var out []Finding
	for _, c := range []struct {
		name  string
		check func(context.Context) (string, error)
	}{
		{"database", a.checkDatabase}, {"audit", a.checkAudit}, {"files", a.checkFiles}, {"secret", a.checkSecrets}, {"keys", a.checkKeys},
		{"disk", a.checkDisk}, {"sums", a.checkSums}, {"clock", a.checkClock}, {"mail", a.checkMail}, {"backup", a.checkBackup},
	} {
		text, err := c.check(ctx)
		if err != nil {
			text = err.Error()
		}
		out = append(out, Finding{c.name, err == nil, text})
	}
	return out
}

func (a *App) checkDatabase(ctx context.Context) (string, error) {
	if err := a.DB.Check(ctx); err != nil {
		return "", fmt.Errorf("%w. Stop the server, keep a copy of the data folder, and restore the last good backup", err)
	}
	return "integrity and foreign keys are whole, and the tables are of this program's version", nil
}

func (a *App) checkAudit(ctx context.Context) (string, error) {
	r, err := a.checkTrail(ctx, nil, nil)
	switch {
	case err != nil:
	case r.BrokenAt != 0:
		err = fmt.Errorf("the chain is broken at entry %d: the audit trail was changed from outside. Compare with a backup", r.BrokenAt)
	case r.Missing.ID != 0:
		err = orGone(nil, r.Missing)
	}
	found := fmt.Sprintf("%d entries, the chain is whole", r.Checked)
	if r.Erased > 0 {
		found += fmt.Sprintf("; %d were emptied by erasures of persons, each vouched for by its erasure", r.Erased)
	}
	return found, err
}

// checkSums counts totals and attendance of every class anew.
func (a *App) checkSums(ctx context.Context) (string, error) {
	list, err := a.Teaching.CheckStandings(ctx, policy.System)
	if err == nil && len(list) > 0 {
		err = fmt.Errorf("%d students' sums are not what their study records make them, first %s: run ssh admin@HOST grades recount", len(list), list[0])
	}
	return "totals and attendance of every class are what the study records make them", err
}

// checkFiles finds rows without bytes. Bytes without a row are swept by the server.
func (a *App) checkFiles(ctx context.Context) (string, error) {
	n, missing, first := 0, 0, ""
	err := a.DB.EachText(ctx, "stored", func(stored string) error {
		if stored == "" {
			return nil
		}
		n++
		there, err := a.Blobs.Has(stored)
		if errors.Is(err, blob.ErrAway) {
			return err
		}
		if err == nil && !there {
			if missing++; first == "" {
				first = stored
			}
		}
		return nil
	})
	if err == nil && missing > 0 {
		err = fmt.Errorf("%d of %d uploaded files are missing, such as %s: restore them from a backup", missing, n, first)
	}
	return fmt.Sprintf("%d uploaded files, all there", n), err
}

// checkSecrets looks at who may read what must be private.
func (a *App) checkSecrets(context.Context) (string, error) {
	if err := a.private(secretFile); err != nil {
		return "", err
	}
	keys, err := os.ReadDir(filepath.Join(a.Config.Data, "hostkeys"))
	if errors.Is(err, fs.ErrNotExist) {
		return "readable by its owner only; host keys are made at the first start", nil
	}
	if err != nil {
		return "", err
	}
	for _, k := range keys {
		if filepath.Ext(k.Name()) == ".pub" {
			continue
		}
		if err := a.private(filepath.Join("hostkeys", k.Name())); err != nil {
			return "", err
		}
	}
	return "secret and host keys are readable by their owner only", nil
}

func (a *App) private(name string) error {
	info, err := os.Stat(filepath.Join(a.Config.Data, name))
	if err != nil {
		return err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("%s can be read by others (mode %o): run chmod 600 on it", name, mode)
	}
	return nil
}

func (a *App) checkDisk(context.Context) (string, error) {
	free, err := a.Free()
	if err != nil {
		return "", err
	}
	if free < minFree {
		return "", fmt.Errorf("only %d MB are free: make room, or writes will be refused", free>>20)
	}
	return fmt.Sprintf("%d MB are free", free>>20), nil
}

// Free gives the free bytes on the disk of the data, as far as the server may use them.
func (a *App) Free() (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(a.Config.Data, &s); err != nil {
		return 0, err
	}
	return s.Bavail * uint64(s.Bsize), nil
}

// Outbox counts the mails that wait and those that were given up.
func (a *App) Outbox(ctx context.Context) (waiting, dead int, err error) { return outbox(ctx, a.DB) }

// Ready says whether the database answers.
func (a *App) Ready(ctx context.Context) error {
	_, err := newestAudit(ctx, a.DB)
	return err
}

// checkClock compares with the newest thing that was done: a clock that was set back makes links expire late and
// reports wrong.
func (a *App) checkClock(ctx context.Context) (string, error) {
	newest, err := newestAudit(ctx, a.DB)
	if err != nil {
		return "", err
	}
	if ahead := time.UnixMilli(newest).Sub(a.DB.Now()); ahead > time.Minute {
		return "", fmt.Errorf("the newest audit entry is %s in the future: the clock was set back. Set it right (chrony or systemd-timesyncd)", ahead.Round(time.Second))
	}
	return "not behind the newest entry", nil
}

func (a *App) checkMail(ctx context.Context) (string, error) {
	waiting, dead, err := a.Outbox(ctx)
	if err == nil && dead > 0 {
		err = fmt.Errorf("%d mails were given up: see ssh admin@HOST mail list state:dead, and send them again with mail retry ID", dead)
	}
	return fmt.Sprintf("%d mails wait", waiting), err
}

func (a *App) checkBackup(context.Context) (string, error) {
	if a.Config.BackupDir == "" {
		return "no scheduled backups: set --backup-dir, or run cohort backup from a timer", nil
	}
	list, err := a.scheduled()
	if err != nil {
		return "", err
	}
	late := time.Duration(2*a.Config.BackupHours) * time.Hour
	if n := len(list); n > 0 && a.DB.Now().Sub(list[n-1].made) < late {
		return fmt.Sprintf("the newest of %d is of %s", n, list[n-1].made.Format("2006-01-02 15:04 MST")), nil
	}
	return "", fmt.Errorf("no backup in %s for %s: look for \"backup failed\" in the server's log", a.Config.BackupDir, late)
}
