package blob

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"cohort/app/keyring"
)

// What a sealed store keeps is encrypted, file by file, under the name of its plain bytes' hash: rows, sweeping and
// sharing of equal contents are as without. An upload under way is scrambled with a key that is in memory only.

// Seal makes the store keep what is written from now on encrypted; what lies there in the clear is still read. Call it
// before the first upload; nil changes nothing.
func (s *Store) Seal(keys *keyring.Ring) { s.keys = keys }

// reveal gives the plain bytes of a stored file. It owns f from here on.
func (s *Store) reveal(stored string, f File, size int64) (File, error) {
	if s.keys == nil {
		return f, nil
	}
	plain, n, err := s.keys.Decrypt(f, size)
	switch {
	case errors.Is(err, keyring.ErrPlain):
		return f, nil
	case errors.Is(err, keyring.ErrForeign) && hashIs(f, size, stored):
		return f, nil // somebody's own encrypted file, from before the store was sealed
	case err != nil:
		return nil, closing(f, err)
	}
	return &sealedFile{io.NewSectionReader(plain, 0, n), f}, nil
}

func closing(f io.Closer, err error) error {
	_ = f.Close()
	return fmt.Errorf("blob: %w", err)
}

type sealedFile struct {
	*io.SectionReader
	file File
}

// ReadAt fills p as a file does: there is no end to tell of where p is full.
func (s *sealedFile) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.SectionReader.ReadAt(p, off)
	if n == len(p) {
		err = nil
	}
	return n, err
}

// Close closes the file below.
func (s *sealedFile) Close() error { return s.file.Close() }

// hashIs says whether bytes have the hash that a stored name names.
func hashIs(r io.ReaderAt, size int64, stored string) bool {
	h := sha256.New()
	_, err := io.Copy(h, io.NewSectionReader(r, 0, size))
	return err == nil && hex.EncodeToString(h.Sum(nil)) == path.Base(stored)
}

// encrypt writes size plain bytes to a temporary of its own, encrypted and synced, and gives its name.
func (s *Store) encrypt(from io.ReaderAt, size int64) (name string, err error) {
	name = path.Join(temporaries, rand.Text())
	s.mu.Lock()
	s.open[name] = true
	s.mu.Unlock()
	f, err := s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		s.forget(name)
		return "", err
	}
	w, err := s.keys.Encrypt(f)
	if err == nil {
		if _, err = io.CopyBuffer(struct{ io.Writer }{w}, io.NewSectionReader(from, 0, size), make([]byte, 64<<10)); err == nil {
			err = w.Close()
		}
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = s.root.Remove(name)
		s.forget(name)
		return "", err
	}
	return name, nil
}

// secure brings the temporary's bytes to the disk as they are to lie there.
func (t *Temp) secure(size int64) error {
	if t.store.keys == nil {
		return t.file.Sync()
	}
	sealed, err := t.store.encrypt(t.file, size)
	if err != nil {
		return err
	}
	_ = t.store.root.Remove(t.name)
	t.store.forget(t.name)
	t.name = sealed
	return nil
}

// disk is what a temporary needs of its file.
type disk interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Sync() error
}

// cloak scrambles a file that is written in any order (AES-CTR, the key in memory only), so that what a crash leaves of
// an upload can be read by nobody.
type cloak struct {
	*os.File
	block cipher.Block
}

func newCloak(f *os.File) (cloak, error) {
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	block, err := aes.NewCipher(key)
	return cloak{f, block}, err
}

// WriteAt writes p scrambled.
func (c cloak) WriteAt(p []byte, off int64) (int, error) {
	out := bytes.Clone(p)
	c.stream(out, off)
	return c.File.WriteAt(out, off)
}

// ReadAt reads back what WriteAt was given.
func (c cloak) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.File.ReadAt(p, off)
	c.stream(p[:n], off)
	return n, err
}

func (c cloak) stream(p []byte, off int64) {
	var iv [aes.BlockSize]byte
	binary.BigEndian.PutUint64(iv[8:], uint64(off/aes.BlockSize)) //nolint:gosec // offsets are not negative
	s := cipher.NewCTR(c.block, iv[:])
	var skip [aes.BlockSize]byte
	s.XORKeyStream(skip[:off%aes.BlockSize], skip[:off%aes.BlockSize])
	s.XORKeyStream(p, p)
}

// Rewrite encrypts everything anew that is not encrypted for the current key, and checks it: the bytes that come back
// have the hash that the name says. It can be broken off and begun again. report is told how many files of how many are
// done; changed says how many were written.
func (s *Store) Rewrite(ctx context.Context, report func(done, total int)) (changed int, err error) {
	names, err := s.all()
	if err != nil {
		return 0, err
	}
	for i, name := range names {
		if err := ctx.Err(); err != nil {
			return changed, err
		}
		wrote, err := s.rewrite(name)
		if err != nil {
			return changed, fmt.Errorf("%s: %w", name, err)
		}
		if wrote {
			changed++
		}
		if report != nil {
			report(i+1, len(names))
		}
	}
	return changed, nil
}

// all lists the stored names.
func (s *Store) all() (names []string, err error) {
	err = s.shelf.each(context.Background(), func(some []string) error {
		names = append(names, some...)
		return nil
	})
	return names, err
}

func (s *Store) rewrite(name string) (wrote bool, err error) {
	f, n, err := s.lying(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // swept meanwhile
	}
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }()
	if current, err := s.keys.IsCurrent(f, n); err != nil || current {
		return false, err
	}
	plain, size, err := s.keys.Decrypt(f, n)
	switch {
	case errors.Is(err, keyring.ErrPlain), errors.Is(err, keyring.ErrForeign) && hashIs(f, n, name):
		plain, size = f, n
	case err != nil:
		return false, err
	}
	sealed, err := s.encrypt(plain, size)
	if err != nil {
		return false, err
	}
	defer func() {
		_ = s.root.Remove(sealed)
		s.forget(sealed)
	}()
	if err := s.verify(folder{s.root}, sealed, name); err != nil {
		return false, err
	}
	return true, s.place(sealed, name, false)
}

// verify reads a file to its end and compares its plain bytes with the hash that a stored name names.
func (s *Store) verify(on shelf, file, stored string) error {
	f, n, err := on.open(file)
	if err != nil {
		return err
	}
	r, err := s.reveal(stored, f, n)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if !hashIs(r, size, stored) {
		return fmt.Errorf("%s: %w", stored, ErrDamaged)
	}
	return nil
}

// ErrDamaged means that bytes are not those that their name says.
var ErrDamaged = errors.New("blob: the bytes are not those that were stored")

// Verify reads every file to its end and calls bad for each that does not hold what its name says.
func (s *Store) Verify(ctx context.Context, bad func(stored string, err error)) (checked int, err error) {
	names, err := s.all()
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return checked, err
		}
		switch err := s.verify(s.shelf, name, name); {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			bad(name, err)
		}
		checked++
	}
	return checked, nil
}
