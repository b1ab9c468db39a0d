package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
)

// Copy brings bytes from one store to another as they lie there, sealed or not, and reads them back. What is there
// already, with the same bytes, is left.
func Copy(ctx context.Context, from, to *Store, stored string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !valid(stored) {
		return ErrName
	}
	f, _, err := from.lying(stored)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	want, err := to.spool(f)
	if err != nil {
		return err
	}
	defer func() { _ = to.root.Remove(want.name) }()
	if has, err := to.holds(stored, want.sum); has || err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if err := to.shelf.put(want.name, stored); err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	has, err := to.holds(stored, want.sum)
	if err == nil && !has {
		err = ErrDamaged
	}
	return err
}

// spooled is a temporary with the hash of its bytes.
type spooled struct {
	name string
	sum  [sha256.Size]byte
}

func (s *Store) spool(r io.Reader) (out spooled, err error) {
	out.name = path.Join(temporaries, rand.Text())
	f, err := s.root.OpenFile(out.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return out, fmt.Errorf("blob: %w", err)
	}
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, h), r)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = s.root.Remove(out.name)
		return out, err
	}
	return spooled{out.name, [sha256.Size]byte(h.Sum(nil))}, nil
}

// holds tells whether bytes of this hash lie under a stored name.
func (s *Store) holds(stored string, want [sha256.Size]byte) (bool, error) {
	f, _, err := s.shelf.open(stored)
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return false, err
	}
	return [sha256.Size]byte(h.Sum(nil)) == want, nil
}

// Raw gives stored bytes as they lie there, sealed or not, and how many they are.
func (s *Store) Raw(stored string) (io.ReadCloser, int64, error) {
	if !valid(stored) {
		return nil, 0, ErrName
	}
	return s.lying(stored)
}
