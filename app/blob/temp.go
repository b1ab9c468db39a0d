package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
	"sync"
)

// Temp is an upload under way: bytes that come in any order and leave no trace unless committed. End it with Commit or
// Abort; Abort after Commit does nothing. Its methods may be called from many goroutines.
type Temp struct {
	store *Store
	ctx   context.Context
	limit int64
	name  string

	mu     sync.Mutex
	file   disk // nil once ended
	pieces pieces
	failed error // the first refused write: nothing may be committed after it
	hold   bool  // what is committed is held, see CommitHeld

	sum    hash.Hash // of the first summed bytes, as long as they come in order
	summed int64     // -1: they did not, and the file must be read again
}

// Create begins an upload of at most limit bytes. When ctx ends, further writes and Commit are refused with its error.
func (s *Store) Create(ctx context.Context, limit int64) (*Temp, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	name := path.Join(temporaries, rand.Text())
	s.mu.Lock()
	s.open[name] = true
	s.mu.Unlock()
	f, err := s.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		s.forget(name)
		return nil, fmt.Errorf("blob: %w", err)
	}
	t := &Temp{store: s, ctx: ctx, limit: limit, name: name, file: f, sum: sha256.New()}
	if s.keys == nil {
		return t, nil
	}
	if t.file, err = newCloak(f); err != nil {
		t.file = f
		t.Abort()
		return nil, err
	}
	return t, nil
}

func (s *Store) forget(name string) {
	s.mu.Lock()
	delete(s.open, name)
	s.mu.Unlock()
}

// WriteAt writes p at the offset off. Bytes beyond the limit are refused with [ErrTooLarge]; after any refusal the
// upload can only be aborted.
func (t *Temp) WriteAt(p []byte, off int64) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.usable(); err != nil {
		return 0, err
	}
	if off < 0 || off > t.limit || int64(len(p)) > t.limit-off {
		t.failed = ErrTooLarge
		return 0, ErrTooLarge
	}
	n, err := t.file.WriteAt(p, off)
	if err == nil {
		t.add(p, off)
		err = t.pieces.add(off, off+int64(n))
	}
	if err != nil {
		t.failed = fmt.Errorf("blob: %w", err)
	}
	return n, t.failed
}

// add hashes bytes that follow the ones hashed so far. A write further on is left for later; one that goes back over
// hashed bytes spoils the sum.
func (t *Temp) add(p []byte, off int64) {
	switch {
	case off == t.summed:
		t.sum.Write(p)
		t.summed += int64(len(p))
	case off < t.summed:
		t.summed = -1
	}
}

// usable is called under mu.
func (t *Temp) usable() error {
	switch {
	case t.file == nil:
		return ErrClosed
	case t.failed != nil:
		return t.failed
	}
	return t.ctx.Err()
}

// Size is how many bytes from the beginning have come without a gap.
func (t *Temp) Size() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.pieces.whole()
}

// Commit makes the bytes durable under their content address. Whatever error it returns, nothing is kept: the first
// refused write's, [ErrHole] when bytes are missing, that of ctx, or the disk's.
func (t *Temp) Commit() (Blob, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file == nil {
		return Blob{}, ErrClosed
	}
	b, err := t.seal()
	if end := t.end(err != nil); err == nil {
		err = end
	}
	if err != nil {
		return Blob{}, err
	}
	return b, nil
}

// seal hashes the file, brings it to the disk and gives it its name.
func (t *Temp) seal() (Blob, error) {
	if err := t.usable(); err != nil {
		return Blob{}, err
	}
	size := t.pieces.whole()
	if size == 0 && len(t.pieces) > 0 || len(t.pieces) > 1 {
		return Blob{}, ErrHole
	}
	b, err := t.describe(size)
	if err == nil {
		err = t.secure(size)
	}
	if err != nil {
		return b, fmt.Errorf("blob: %w", err)
	}
	return b, t.store.place(t.name, b.Stored, t.hold)
}

func (t *Temp) describe(size int64) (Blob, error) {
	whole := io.NewSectionReader(t.file, 0, size)
	head, err := io.ReadAll(io.LimitReader(whole, HeadSize))
	if err != nil {
		return Blob{}, err
	}
	if t.summed != size {
		t.sum.Reset()
		if _, err := io.Copy(t.sum, io.NewSectionReader(t.file, 0, size)); err != nil {
			return Blob{}, err
		}
	}
	sum := hex.EncodeToString(t.sum.Sum(nil))
	return Blob{Stored: address(sum), Size: size, SHA256: sum, Head: head}, nil
}

// place gives a temporary its content address.
func (s *Store) place(name, stored string, hold bool) error {
	if s.shared { // nothing is removed at once there: no need to wait for each other
		if err := s.shelf.put(name, stored); err != nil {
			return fmt.Errorf("blob: %w", err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.shared {
		if err := s.shelf.put(name, stored); err != nil {
			return fmt.Errorf("blob: %w", err)
		}
	}
	if hold {
		s.held[stored]++
	}
	return nil
}

// Abort ends the upload and removes what came. It is safe at any time, also after Commit.
func (t *Temp) Abort() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file != nil {
		_ = t.end(true)
	}
}

// end closes the file, removes it unless it has got its name, and forgets it.
func (t *Temp) end(remove bool) error {
	err := t.file.Close()
	t.file = nil
	if remove {
		_ = t.store.root.Remove(t.name)
	}
	t.store.forget(t.name)
	if err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	return nil
}
