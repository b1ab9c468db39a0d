package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/keyring"
	"cohort/app/policy"
	"cohort/db"
)

// keysOff is the value of --age-key that keeps files and ID numbers in the clear.
const keysOff = "off"

// KeyFile is where the keys lie that open uploaded files and ID numbers: beside the data folder, never in it, so that
// neither a copy of the folder nor a backup opens them.
func (c Config) KeyFile() string {
	if c.AgeKey != "" {
		return c.AgeKey
	}
	return filepath.Clean(c.Data) + ".age-key"
}

// knownKeys are the keys that the database says are in use.
func (a *App) knownKeys(ctx context.Context) (known []ageKey, err error) {
	err = a.DB.Read(ctx, func(tx *db.Tx) error {
		known, err = ageKeys(tx)
		return err
	})
	return known, err
}

// openKeys opens the key file, or makes it for a school that has none yet. A school that is sealed is never opened with
// other keys than its own: what it wrote then could not be read together with what it has.
func (a *App) openKeys(ctx context.Context) error {
	path := a.Config.KeyFile()
	known, err := a.knownKeys(ctx)
	if err != nil {
		return err
	}
	if path == keysOff {
		if len(known) > 0 {
			return fmt.Errorf("the school's files are sealed for %s: --age-key off cannot read them. Give the key file with --age-key", known[0].recipient)
		}
		return nil
	}
	if inside(path, a.Config.Data) {
		return fmt.Errorf("the key file %s lies in the data folder, and would go with every copy of it: give a place elsewhere with --age-key", path)
	}
	ring, err := keyring.Open(path)
	if errors.Is(err, keyring.ErrNoFile) {
		ring, err = a.makeKeys(path, known)
	}
	if err != nil {
		return err
	}
	a.Keys = ring
	a.DB.SealWith(ring.Texts())
	if len(known) > 0 {
		return a.holdsAll(known)
	}
	return a.DB.Write(ctx, func(tx *db.Tx) error { return addAgeKey(tx, ring.Current()) })
}

func (a *App) makeKeys(path string, known []ageKey) (*keyring.Ring, error) {
	if len(known) > 0 {
		return nil, fmt.Errorf("the key file %s is missing: the school's files and ID numbers are sealed for %s. Put the file back (it is in no backup), or say with --age-key where it is", path, known[0].recipient)
	}
	ring, err := keyring.Make(path, a.DB.Now())
	if errors.Is(err, fs.ErrExist) { // another process was faster
		ring, err = keyring.Open(path)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot make the key file: %w. Say with --age-key where it may lie, outside the data folder; off keeps everything in the clear", err)
	}
	a.Log.Warn("a key file was made: keep a copy of it apart from the backups, without it they cannot be read", "file", path)
	return ring, nil
}

// holdsAll refuses a key file that lacks a key which something may be sealed with.
func (a *App) holdsAll(known []ageKey) error {
	have := a.Keys.Keys()
	for _, k := range known {
		if !slices.ContainsFunc(have, func(h keyring.Key) bool { return h.ID == k.id }) {
			return fmt.Errorf("the key file %s is another school's: it lacks the key of %s. Give the right one with --age-key", a.Keys.Path(), k.recipient)
		}
	}
	return nil
}

// inside says whether a path lies in a folder.
func inside(path, dir string) bool {
	p, err1 := filepath.Abs(path)
	d, err2 := filepath.Abs(dir)
	rel, err3 := filepath.Rel(d, p)
	return errors.Join(err1, err2, err3) == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// Rotation says what a change of keys has done.
type Rotation struct {
	Key     string // the current key's public half
	Files   int    // written anew
	Numbers int    // ID numbers and contracts written anew
}

// RotateKeys seals everything with a new key, checks it, and retires the old ones. They stay in the file for the
// backups that were made with them. Broken off, it goes on with the key that it had made: again is true then.
func (a *App) RotateKeys(ctx context.Context, by policy.Actor, report func(done, total int)) (r Rotation, err error) {
	if err := by.NeedAny("backup", "school"); err != nil {
		return r, err
	}
	if a.Keys == nil {
		return r, fault.New(fault.Conflict, "keys.off")
	}
	known, err := a.knownKeys(ctx)
	if err != nil {
		return r, err
	}
	if goesOn := len(known) > 1; !goesOn {
		if err := a.addKey(ctx, by); err != nil {
			return r, err
		}
	}
	r.Key = a.Keys.Current().Recipient()
	if r.Files, r.Numbers, err = a.reseal(ctx, report); err != nil {
		return r, err
	}
	return r, a.DB.Write(ctx, func(tx *db.Tx) error {
		if err := retireAgeKeys(tx, a.Keys.Current().ID); err != nil {
			return err
		}
		return audit.Write(tx, by, "rotate", "keys", 0, audit.Change{Field: "key", New: r.Key})
	})
}

// addKey makes the next key. It is used as soon as it is in the file; a program that ends before its name is written down
// leaves a key too many, never one too few.
func (a *App) addKey(ctx context.Context, by policy.Actor) error {
	k, err := a.Keys.Add(a.DB.Now())
	if err != nil {
		return err
	}
	return a.DB.Write(ctx, func(tx *db.Tx) error {
		if err := addAgeKey(tx, k); err != nil {
			return err
		}
		return audit.Write(tx, by, "add", "keys", 0, audit.Change{Field: "key", New: k.Recipient()})
	})
}

// reseal writes everything anew that is not sealed with the current key. A server that goes on meanwhile takes the new
// key as soon as it is in the file; what it wrote a moment before is found by the second round.
func (a *App) reseal(ctx context.Context, report func(done, total int)) (files, numbers int, err error) {
	for range 2 {
		n, err := a.Blobs.Rewrite(ctx, report)
		if files += n; err != nil {
			return files, numbers, err
		}
		n, err = a.sealTexts(ctx)
		if numbers += n; err != nil {
			return files, numbers, err
		}
	}
	return files, numbers, nil
}

// VerifyFiles reads every uploaded file to its end and calls bad for those that are not what was uploaded.
func (a *App) VerifyFiles(ctx context.Context, by policy.Actor, bad func(stored string, err error)) (checked int, err error) {
	if err := by.NeedAny("backup", "school"); err != nil {
		return 0, err
	}
	return a.Blobs.Verify(ctx, bad)
}

// ForgetKeys takes the retired keys out of the file: backups made with them can be read no more.
func (a *App) ForgetKeys(ctx context.Context, by policy.Actor) error {
	if err := by.NeedAny("backup", "school"); err != nil {
		return err
	}
	if a.Keys == nil {
		return fault.New(fault.Conflict, "keys.off")
	}
	known, err := a.knownKeys(ctx)
	if err != nil {
		return err
	}
	if len(known) != 1 || known[0].id != a.Keys.Current().ID {
		return fault.New(fault.Conflict, "keys.rotating")
	}
	if err := a.Keys.Forget(a.DB.Now()); err != nil {
		return err
	}
	return a.DB.Write(ctx, func(tx *db.Tx) error { return audit.Write(tx, by, "forget", "keys", 0) })
}

// checkKeys looks at the key file.
func (a *App) checkKeys(context.Context) (string, error) {
	if a.Keys == nil {
		return "", errors.New("uploaded files and ID numbers lie in the clear: leave --age-key off out, and run cohort keys rotate once")
	}
	path := a.Keys.Path()
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("the key file: %w. Put it back before the server is started again", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return "", fmt.Errorf("the key file %s can be read by others (mode %o): run chmod 600 on it", path, mode)
	}
	return fmt.Sprintf("files and ID numbers are sealed; %d keys in %s, which no backup holds: keep a copy apart", len(a.Keys.Keys()), path), nil
}
