package db

import (
	"context"
	"time"
)

type pastKey struct{}

// WithTime gives a context under which transactions read t instead of the clock: for filling a demo school with a past
// through the same services that will make its future.
func WithTime(ctx context.Context, t time.Time) context.Context {
	return context.WithValue(ctx, pastKey{}, t)
}

// nowFor is the one clock reading of a transaction.
func (d *DB) nowFor(ctx context.Context) time.Time {
	if t, ok := ctx.Value(pastKey{}).(time.Time); ok {
		return t.UTC().Truncate(time.Millisecond)
	}
	return d.Now()
}
