package blob

import (
	"context"
	"fmt"
	"maps"
)

// Names tells which of some hundred stored names a noun's rows name.
type Names func(ctx context.Context, stored []string) (map[string]bool, error)

// Refer makes a noun's rows count when bytes are thrown away. Call it while the school is being put together.
func (s *Store) Refer(names Names) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refer = append(s.refer, names)
}

// Named tells which of the stored names some row of some noun names.
func (s *Store) Named(ctx context.Context, stored []string) (map[string]bool, error) {
	s.mu.Lock()
	refer := s.refer
	s.mu.Unlock()
	return namedBy(ctx, refer, stored)
}

func namedBy(ctx context.Context, refer []Names, stored []string) (map[string]bool, error) {
	used := map[string]bool{}
	for _, names := range refer {
		some, err := names(ctx, stored)
		if err != nil {
			return nil, err
		}
		maps.Copy(used, some)
	}
	return used, nil
}

// CommitHeld is [Temp.Commit] for bytes whose row is yet to be written: nobody throws them away before Release, though
// another upload of equal bytes be refused meanwhile.
func (t *Temp) CommitHeld() (Blob, error) {
	t.mu.Lock()
	t.hold = true
	t.mu.Unlock()
	return t.Commit()
}

// Release lets go of held bytes, once for each CommitHeld.
func (s *Store) Release(stored string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[stored]--; s.held[stored] <= 0 {
		delete(s.held, stored)
	}
}

// Discard throws bytes away at once that neither a row names nor an upload holds.
func (s *Store) Discard(ctx context.Context, stored string) error {
	if !valid(stored) {
		return ErrName
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[stored] > 0 || s.shared {
		return nil
	}
	used, err := namedBy(ctx, s.refer, []string{stored})
	if err != nil || used[stored] {
		return err
	}
	if err := s.shelf.remove(stored); err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	return nil
}
