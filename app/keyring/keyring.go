// Package keyring holds the keys that open what the school keeps encrypted: uploaded files by age, ID numbers by a key
// derived from the same. They lie in one file of the form that age-keygen makes, apart from the data, so that neither the
// data folder nor a backup can be read without it. The first key of the file is the current one, with which everything is
// written; the others only open what was written before (and backups made before).
package keyring

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"crypto/sha256"

	"filippo.io/age"
)

// Errors by which a caller says what to do.
var (
	ErrNoFile  = errors.New("keyring: there is no key file")
	ErrForeign = errors.New("keyring: none of the keys opens it")
	ErrPlain   = errors.New("keyring: it is not encrypted")
)

// header is what every file that age made begins with.
const header = "age-encryption.org/v1\n"

// Ring is one key file. Another process may add a key to it: the file is looked at again whenever it has changed.
type Ring struct {
	path string

	mu   sync.Mutex
	keys []Key
	read time.Time // when the file that keys are of was written
	size int64
}

// Key is one key of a ring.
type Key struct {
	ID       string // the first 16 hex digits of the SHA-256 of its public half
	identity *age.X25519Identity
}

// Recipient is the public half, "age1…".
func (k Key) Recipient() string { return k.identity.Recipient().String() }

// Secret is what keys for other purposes are derived from.
func (k Key) Secret() []byte { return []byte(k.identity.String()) }

func keyOf(id *age.X25519Identity) Key {
	sum := sha256.Sum256([]byte(id.Recipient().String()))
	return Key{ID: hex.EncodeToString(sum[:8]), identity: id}
}

// Open reads a key file: [ErrNoFile] where there is none.
func Open(path string) (*Ring, error) {
	r := &Ring{path: path}
	return r, r.refresh()
}

// Make makes a key file with one new key. It never overwrites one.
func Make(path string, now time.Time) (*Ring, error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = io.WriteString(f, entry(id, now))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(path)
		return nil, err
	}
	return Open(path)
}

// entry is a key as age-keygen writes it.
func entry(id *age.X25519Identity, now time.Time) string {
	return fmt.Sprintf("# created: %s\n# public key: %s\n%s\n", now.UTC().Format(time.RFC3339), id.Recipient(), id)
}

// Path is where the file lies.
func (r *Ring) Path() string { return r.path }

// refresh reads the file if it has changed.
func (r *Ring) refresh() error {
	info, err := os.Stat(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNoFile
	}
	if err != nil {
		return err
	}
	if r.keys != nil && info.ModTime().Equal(r.read) && info.Size() == r.size {
		return nil
	}
	text, err := os.ReadFile(r.path)
	if err != nil {
		return err
	}
	ids, err := age.ParseIdentities(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("%s is no key file as age-keygen makes it", r.path) // age's error may quote a key
	}
	var keys []Key
	for _, id := range ids {
		x, ok := id.(*age.X25519Identity)
		if !ok {
			return fmt.Errorf("%s holds a key of another kind: only AGE-SECRET-KEY-1… is used", r.path)
		}
		keys = append(keys, keyOf(x))
	}
	r.keys, r.read, r.size = keys, info.ModTime(), info.Size()
	return nil
}

// Keys gives the keys, the current one first. A file that cannot be read any more changes nothing: who has the keys in
// memory goes on.
func (r *Ring) Keys() []Key {
	r.mu.Lock()
	defer r.mu.Unlock()
	_ = r.refresh()
	return r.keys
}

// Current is the key that everything is written with.
func (r *Ring) Current() Key { return r.Keys()[0] }

// Add puts a new key before the others; it is the current one from then on, for all processes that use the file.
func (r *Ring) Add(now time.Time) (Key, error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return Key{}, err
	}
	old, err := os.ReadFile(r.path)
	if err != nil {
		return Key{}, err
	}
	return keyOf(id), r.replace(entry(id, now) + string(old))
}

// Forget takes all keys but the current one out of the file.
func (r *Ring) Forget(now time.Time) error {
	return r.replace(entry(r.Current().identity, now))
}

// replace writes the file anew: whole, or not at all.
func (r *Ring) replace(text string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	f, err := os.CreateTemp(filepath.Dir(r.path), "."+filepath.Base(r.path)+"-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = io.WriteString(f, text)
	if err = errors.Join(err, f.Chmod(0o600), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), r.path); err != nil {
		return err
	}
	r.keys = nil
	return r.refresh()
}

// Encrypt gives a writer whose bytes go to w encrypted for the current key. They are whole when it is closed.
func (r *Ring) Encrypt(w io.Writer) (io.WriteCloser, error) {
	return age.Encrypt(w, r.Current().identity.Recipient())
}

// Decrypt gives the plain bytes of what Encrypt wrote, in any order, and how many they are: [ErrPlain] for what is not
// encrypted, [ErrForeign] for what none of the keys opens. Memory is bounded whatever the size.
func (r *Ring) Decrypt(from io.ReaderAt, size int64) (io.ReaderAt, int64, error) {
	return decrypt(from, size, r.Keys())
}

// IsCurrent says whether something was encrypted for the current key.
func (r *Ring) IsCurrent(from io.ReaderAt, size int64) (bool, error) {
	_, _, err := decrypt(from, size, r.Keys()[:1])
	if errors.Is(err, ErrForeign) || errors.Is(err, ErrPlain) {
		return false, nil
	}
	return err == nil, err
}

func decrypt(from io.ReaderAt, size int64, keys []Key) (io.ReaderAt, int64, error) {
	if !encrypted(from) {
		return nil, 0, ErrPlain
	}
	var ids []age.Identity
	for _, k := range keys {
		ids = append(ids, k.identity)
	}
	plain, n, err := age.DecryptReaderAt(from, size, ids...)
	var none *age.NoIdentityMatchError
	if errors.As(err, &none) {
		return nil, 0, ErrForeign
	}
	return plain, n, err
}

func encrypted(from io.ReaderAt) bool {
	var head [len(header)]byte
	n, _ := from.ReadAt(head[:], 0)
	return n == len(head) && strings.HasPrefix(string(head[:]), header)
}
