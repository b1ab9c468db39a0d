package blob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"time"
)

// Sweep removes bytes that no row names and uploads that nobody finished, both only when older than olderThan, and
// returns how many files went. Run it at the start and daily, with an olderThan far above the time between a write and
// its row (an hour does).
//
// referenced gets some hundred stored names at a time and returns those that a row names. Files of a foreign form are
// left alone.
func (s *Store) Sweep(ctx context.Context, referenced func(stored []string) (map[string]bool, error), olderThan time.Duration) (removed int, err error) {
	before := time.Now().Add(-olderThan)
	removed, err = s.sweepTemporaries(before)
	if err == nil {
		err = s.sweepAside(ctx, referenced, before)
	}
	if err != nil {
		return removed, err
	}
	err = s.shelf.each(ctx, func(names []string) error {
		n, err := s.sweepSome(ctx, names, referenced, before)
		removed += n
		return err
	})
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("blob: %w", err)
	}
	return removed, err
}

func (s *Store) sweepTemporaries(before time.Time) (removed int, err error) {
	files, err := fs.ReadDir(s.root.FS(), temporaries)
	if err != nil {
		return 0, fmt.Errorf("blob: %w", err)
	}
	for _, f := range files {
		gone, err := s.removeOld(folder{s.root}, path.Join(temporaries, f.Name()), before)
		if err != nil {
			return removed, err
		}
		if gone {
			removed++
		}
	}
	return removed, nil
}

func (s *Store) sweepSome(ctx context.Context, names []string, referenced func([]string) (map[string]bool, error), before time.Time) (removed int, err error) {
	for part := range slices.Chunk(names, 500) {
		if err := ctx.Err(); err != nil {
			return removed, err
		}
		used, err := referenced(part)
		if err != nil {
			return removed, err
		}
		for _, name := range part {
			if used[name] {
				continue
			}
			gone, err := s.removeOld(s.shelf, name, before)
			if err != nil {
				return removed, err
			}
			if gone {
				removed++
			}
		}
	}
	return removed, nil
}

// removeOld removes a file that was last written before the instant and is not in use. It looks at the age under the
// lock: an upload of the same bytes may have renewed the file since the caller asked who names it.
func (s *Store) removeOld(on shelf, name string, before time.Time) (gone bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[name] || s.held[name] > 0 {
		return false, nil
	}
	at, err := on.written(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("blob: %w", err)
	case !at.Before(before):
		return false, nil
	}
	take := on.remove
	if k, ok := on.(keeper); ok {
		take = k.setAside
	}
	if err := take(name); err != nil {
		return false, fmt.Errorf("blob: %w", err)
	}
	return true, nil
}
