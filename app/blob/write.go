package blob

import (
	"context"
	"io"
)

// Write stores what r gives, of at most limit bytes, and returns when it is safe on the disk. Where r has more it is
// [ErrTooLarge]; where r fails or ctx ends it is their error; nothing is kept then.
func (s *Store) Write(ctx context.Context, r io.Reader, limit int64) (Blob, error) {
	t, err := s.Create(ctx, limit)
	if err != nil {
		return Blob{}, err
	}
	defer t.Abort()
	if _, err := io.CopyBuffer(io.NewOffsetWriter(t, 0), r, make([]byte, 64<<10)); err != nil {
		return Blob{}, err
	}
	return t.Commit()
}
