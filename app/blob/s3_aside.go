package blob

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
)

// An object store has no lock for all processes: between the look at an orphan's age and its removal another process may
// put equal bytes there anew, and link them. So the sweep sets an orphan aside instead, as a copy beside the others, and
// only a later sweep, when the upload of that moment has long been linked or given up, lets go of it. What a row names
// meanwhile is brought back, by whoever asks for it first.

// aside is where a bucket keeps what was swept, below the prefix; no stored name looks so.
const aside = "swept"

func (s *bucket) asideKey(stored string) string { return path.Join(s.b.Prefix, aside, stored) }

// setAside takes bytes away so that they can be brought back.
func (s *bucket) setAside(stored string) error {
	err := s.copy(s.asideKey(stored), s.key(stored))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.remove(stored)
}

// bringBack puts bytes that were set aside back in their place: ErrNotFound where there are none.
func (s *bucket) bringBack(stored string) error { return s.copy(s.key(stored), s.asideKey(stored)) }

// drop lets go of bytes that were set aside.
func (s *bucket) drop(stored string) error { return s.remove(path.Join(aside, stored)) }

func (s *bucket) copy(to, from string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 3*request) // the store copies by itself
	defer cancel()
	_, err := s.c.CopyObject(ctx, minio.CopyDestOptions{Bucket: s.b.Name, Object: to}, minio.CopySrcOptions{Bucket: s.b.Name, Object: from})
	return away(err)
}

// eachAside calls f for what was set aside, and when.
func (s *bucket) eachAside(ctx context.Context, f func(stored map[string]time.Time) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	prefix := s.asideKey("") + "/"
	some := map[string]time.Time{}
	for o := range s.c.ListObjects(ctx, s.b.Name, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if o.Err != nil {
			return away(o.Err)
		}
		if name := strings.TrimPrefix(o.Key, prefix); valid(name) {
			some[name] = o.LastModified
		}
		if len(some) == 500 {
			if err := f(some); err != nil {
				return err
			}
			some = map[string]time.Time{}
		}
	}
	return f(some)
}

// keeper is a shelf that sets aside what is swept.
type keeper interface {
	setAside(stored string) error
	bringBack(stored string) error
	drop(stored string) error
	eachAside(ctx context.Context, f func(stored map[string]time.Time) error) error
}

// found tells whether bytes lie on the shelf, and brings them back where they were set aside though somebody wants them.
func found(on shelf, stored string) (bool, error) {
	_, err := on.written(stored)
	if k, ok := on.(keeper); ok && errors.Is(err, fs.ErrNotExist) {
		err = k.bringBack(stored)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// sweepAside brings back what was set aside while somebody linked it, and lets go of what lies there for long enough.
func (s *Store) sweepAside(ctx context.Context, referenced func([]string) (map[string]bool, error), before time.Time) error {
	k, ok := s.shelf.(keeper)
	if !ok {
		return nil
	}
	return k.eachAside(ctx, func(some map[string]time.Time) error {
		names := make([]string, 0, len(some))
		for name := range some {
			names = append(names, name)
		}
		used, err := referenced(names)
		if err != nil {
			return err
		}
		for _, name := range names {
			if used[name] {
				if _, err := found(s.shelf, name); err != nil {
					return err
				}
			}
			if some[name].Before(before) {
				if err := k.drop(name); err != nil {
					return err
				}
			}
		}
		return ctx.Err()
	})
}
