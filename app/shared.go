package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"

	"cohort/db"
)

// Processes that share a database must share the keys in their data folders, too: with another secret.key the links of
// one open nothing at the other, and with other host keys every client that is led to another process warns of an
// attack. The keys stay files, so that a copy of the database alone opens nothing; what is kept there is a hash of each.

// SharedKeys compares this process's keys with those of the first that served the school.
func (a *App) SharedKeys(ctx context.Context) error {
	if !a.DB.Shared() {
		return nil
	}
	files := []string{secretFile}
	hosts, err := filepath.Glob(filepath.Join(a.Config.Data, "hostkeys", "*.pub"))
	if err != nil {
		return err
	}
	sort.Strings(hosts)
	for _, h := range hosts {
		files = append(files, "hostkeys/"+filepath.Base(h))
	}
	for _, name := range files {
		if err := a.sharedKey(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) sharedKey(ctx context.Context, name string) error {
	data, err := os.ReadFile(filepath.Join(a.Config.Data, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	sum := sha256.Sum256(append([]byte("cohort shared "+name+"\n"), data...))
	var kept string
	err = a.DB.Write(ctx, func(tx *db.Tx) (err error) {
		kept, err = firstShared(tx, name, hex.EncodeToString(sum[:]))
		return err
	})
	if err == nil && kept != hex.EncodeToString(sum[:]) {
		err = fmt.Errorf("%s in %s is another than that of the processes that serve this database already: copy secret.key and the folder hostkeys from their data folder, and start again", name, a.Config.Data)
	}
	return err
}
