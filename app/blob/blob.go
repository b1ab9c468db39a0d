// Package blob keeps uploaded bytes in a local folder under their own hash: ab/abcdef… for a SHA-256 of abcdef….
//
// Bytes are written before the row that names them and are never changed afterwards. A row without bytes can therefore
// not be; bytes without a row (a failed transaction, a removed document) are orphans until [Store.Sweep] takes them.
// Equal contents are stored once, so several rows may name the same bytes.
//
// Paths never come from people: a stored name is checked against the one form it can have before the disk is touched,
// and all files are reached through one [os.Root].
package blob

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"cohort/app/keyring"
)

// Errors that callers turn into words of their own; the other errors are the disk's.
var (
	ErrTooLarge = errors.New("blob: over the limit")
	ErrHole     = errors.New("blob: parts are missing")        // an upload that left bytes out
	ErrPieces   = errors.New("blob: too many separate pieces") // an upload scattered all over
	ErrClosed   = errors.New("blob: upload has ended")         // used after Commit or Abort
	ErrName     = errors.New("blob: not a stored name")        // not of the form ab/abcdef…
	ErrNotFound = fmt.Errorf("blob: no such bytes: %w", fs.ErrNotExist)
)

// HeadSize is how many bytes at most a Blob's Head holds: what mimetype looks at.
const HeadSize = 3072

// Blob tells of bytes that are safe on the disk.
type Blob struct {
	Stored string // name to keep in the row, "ab/abcdef…"
	Size   int64  // bytes; 0 is possible
	SHA256 string // hex
	Head   []byte // the first HeadSize bytes, or all there are
}

// File is an open blob. It is read-only and may be read from several places at once by ReadAt.
type File interface {
	io.ReadSeekCloser
	io.ReaderAt
}

// temporaries is the folder of unfinished uploads, on the same file system as the rest.
const temporaries = "tmp"

// Store is a folder of blobs, or a bucket of an object store. One process at a time may write to it, unless Share says
// otherwise. All methods may be called from many goroutines.
type Store struct {
	root   *os.Root
	shelf  shelf         // where finished bytes lie
	shared bool          // other processes put bytes there, too
	keys   *keyring.Ring // nil: kept in the clear

	mu    sync.Mutex      // held while a content address comes or goes
	open  map[string]bool // temporaries in use, guarded by mu
	held  map[string]int  // stored names whose rows are yet to come, guarded by mu
	refer []Names         // guarded by mu
}

// Open opens the folder, making it (for its owner only) where there is none.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(filepath.Join(dir, temporaries), 0o700); err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return &Store{root: root, shelf: folder{root}, open: map[string]bool{}, held: map[string]int{}}, nil
}

// Share says that other processes put bytes into the same place: bytes are then thrown away by the sweep only, which
// leaves young ones alone, since what another process holds is not known here.
func (s *Store) Share() { s.shared = true }

// Has tells whether there are bytes of this name, without reading them.
func (s *Store) Has(stored string) (bool, error) {
	if !valid(stored) {
		return false, ErrName
	}
	return found(s.shelf, stored)
}

// Close lets go of the folder. Files that are open stay readable.
func (s *Store) Close() error { return s.root.Close() }

// lying opens stored bytes as they lie there. Those that a sweep has set aside are brought back.
func (s *Store) lying(stored string) (File, int64, error) {
	f, size, err := s.shelf.open(stored)
	if k, ok := s.shelf.(keeper); ok && errors.Is(err, fs.ErrNotExist) {
		if err = k.bringBack(stored); err == nil {
			f, size, err = s.shelf.open(stored)
		}
	}
	return f, size, err
}

// Open opens stored bytes: [ErrNotFound] where there are none.
func (s *Store) Open(stored string) (File, error) {
	if !valid(stored) {
		return nil, ErrName
	}
	f, size, err := s.lying(stored)
	if err != nil {
		return nil, err
	}
	return s.reveal(stored, f, size)
}

// Remove deletes stored bytes at once; it is no error when there are none. Since equal contents are shared, it is for
// callers who know that no row names them: leaving it to [Store.Sweep] is always right.
func (s *Store) Remove(stored string) error {
	if !valid(stored) {
		return ErrName
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.shelf.remove(stored); err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	return nil
}

// address is the stored name of a hash in hex.
func address(sum string) string { return sum[:2] + "/" + sum }

// valid tells whether a name has the form of a content address: two hex digits, a slash, 64 hex digits that begin with
// the same two.
func valid(stored string) bool {
	const hexDigits = 64
	if len(stored) != 3+hexDigits || stored[2] != '/' || stored[:2] != stored[3:5] {
		return false
	}
	for _, c := range []byte(stored[3:]) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
