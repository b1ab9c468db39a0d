package blob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"time"
)

// shelf is where finished bytes lie under their stored names. Uploads under way always lie in the local folder.
type shelf interface {
	// open gives the bytes as they lie there, and how many they are: ErrNotFound where there are none.
	open(stored string) (File, int64, error)
	// put moves a finished, synced temporary there and returns when it is durable, replacing equal bytes.
	put(temporary, stored string) error
	// remove takes bytes away; it is no error when there are none.
	remove(stored string) error
	// written says when bytes were put there.
	written(stored string) (time.Time, error)
	// each calls f for all that lie there, part by part.
	each(ctx context.Context, f func(stored []string) error) error
}

// folder is the shelf on the local disk: the store's own folder.
type folder struct{ root *os.Root }

func (l folder) open(stored string) (File, int64, error) {
	f, err := l.root.Open(stored)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, ErrNotFound
	}
	if err != nil {
		return nil, 0, fmt.Errorf("blob: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, closing(f, err)
	}
	return f, info.Size(), nil
}

// put renames a temporary to its content address and syncs the folders that changed. It also replaces equal bytes that
// are there already: the new file is young, so that a sweep that has just seen the old one as an orphan spares it.
func (l folder) put(temporary, stored string) error {
	now := time.Now()
	if err := l.root.Chtimes(temporary, now, now); err != nil {
		return err
	}
	dir := path.Dir(stored)
	err := l.root.Mkdir(dir, 0o700)
	if err == nil {
		err = l.sync(".")
	} else if errors.Is(err, os.ErrExist) {
		err = nil
	}
	if err == nil {
		err = l.root.Rename(temporary, stored)
	}
	if err == nil {
		err = l.sync(dir)
	}
	return err
}

// sync makes the names in a folder durable; a file's own sync does not.
func (l folder) sync(name string) error {
	d, err := l.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (l folder) remove(stored string) error {
	if err := l.root.Remove(stored); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (l folder) written(stored string) (time.Time, error) {
	info, err := l.root.Lstat(stored)
	if err != nil {
		return time.Time{}, err
	}
	if !info.Mode().IsRegular() {
		return time.Now(), nil // not ours: too young to be swept, always
	}
	return info.ModTime(), nil
}

func (l folder) each(ctx context.Context, f func([]string) error) error {
	folders, err := fs.ReadDir(l.root.FS(), ".")
	if err != nil {
		return err
	}
	for _, d := range folders {
		if !d.IsDir() || len(d.Name()) != 2 {
			continue
		}
		files, err := fs.ReadDir(l.root.FS(), d.Name())
		if err != nil {
			return err
		}
		var names []string
		for _, x := range files {
			if name := path.Join(d.Name(), x.Name()); valid(name) {
				names = append(names, name)
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := f(names); err != nil {
			return err
		}
	}
	return nil
}
