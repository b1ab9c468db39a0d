package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"cohort/app/audit"
	"cohort/app/backup"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// Source is where this configuration's school lies.
func (c Config) Source() backup.Source {
	return backup.Source{Data: c.Data, Database: c.databaseFile()}
}

// source is the same, with the files where they lie.
func (a *App) source() backup.Source {
	s := a.Config.Source()
	if a.Config.Files != "" {
		s.Fetch = a.Blobs.Raw
	}
	return s
}

// Backup writes the whole school to w while it goes on, for who may back up the school. That it was done is written
// down before the first byte leaves.
func (a *App) Backup(ctx context.Context, by policy.Actor, w io.Writer, report func(done, total int64)) (backup.Manifest, error) {
	if err := by.NeedAny("backup", "school"); err != nil {
		return backup.Manifest{}, err
	}
	err := a.DB.Write(ctx, func(tx *db.Tx) error { return audit.Write(tx, by, "backup", "school", 0) })
	if err != nil {
		return backup.Manifest{}, err
	}
	m, err := backup.Write(ctx, a.source(), w, a.DB.Now(), report)
	if errors.Is(err, backup.ErrVanished) {
		err = fault.New(fault.Conflict, "backup.vanished").Because(err)
	}
	return m, err
}

// The names of scheduled backups: the time is UTC, so that they sort.
const (
	backupPrefix = "cohort-"
	backupSuffix = ".tar"
	backupTime   = "20060102-150405"
)

// backups makes a backup whenever the newest one in the folder is older than the interval, and keeps the newest ones.
func (a *App) backups(ctx context.Context) error {
	if a.Config.BackupDir == "" {
		return nil
	}
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		if err := a.BackupDue(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error("backup failed; it is tried again in a minute", "dir", a.Config.BackupDir, "err", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// BackupDue makes a scheduled backup if one is due, checks it, and removes the oldest beyond those to keep.
func (a *App) BackupDue(ctx context.Context) error {
	have, err := a.scheduled()
	if err != nil {
		return err
	}
	now := a.DB.Now()
	if n := len(have); n > 0 && now.Sub(have[n-1].made) < time.Duration(a.Config.BackupHours)*time.Hour {
		return nil
	}
	path := filepath.Join(a.Config.BackupDir, backupPrefix+now.Format(backupTime)+backupSuffix)
	m, err := a.backupTo(ctx, path)
	if err != nil {
		return err
	}
	a.Log.Info("backup made", "file", path, "bytes", m.Bytes, "took", a.DB.Now().Sub(now))
	have = append(have, made{path, now})
	for len(have) > a.Config.BackupKeep {
		if err := os.Remove(have[0].path); err != nil {
			return err
		}
		have = have[1:]
	}
	return nil
}

// backupTo writes a backup that is either whole and checked, or not there.
func (a *App) backupTo(ctx context.Context, path string) (m backup.Manifest, err error) {
	partial := path + ".partial"
	f, err := os.OpenFile(partial, os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return m, err
	}
	defer func() {
		_ = f.Close()
		_ = os.Remove(partial)
	}()
	if m, err = backup.Write(ctx, a.source(), f, a.DB.Now(), nil); err != nil {
		return m, err
	}
	if err := f.Sync(); err != nil {
		return m, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return m, err
	}
	if _, err := backup.Verify(ctx, f); err != nil {
		return m, fmt.Errorf("the backup just written cannot be restored: %w", err)
	}
	return m, os.Rename(partial, path)
}

// made is a scheduled backup.
type made struct {
	path string
	made time.Time
}

// scheduled lists the scheduled backups, the oldest first. Other files in the folder are nobody's business.
func (a *App) scheduled() (list []made, err error) {
	if err := os.MkdirAll(a.Config.BackupDir, 0o700); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(a.Config.BackupDir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		text := strings.TrimSuffix(strings.TrimPrefix(e.Name(), backupPrefix), backupSuffix)
		if at, err := time.Parse(backupTime, text); err == nil && e.Name() == backupPrefix+text+backupSuffix {
			list = append(list, made{filepath.Join(a.Config.BackupDir, e.Name()), at})
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].made.Before(list[j].made) })
	return list, nil
}
