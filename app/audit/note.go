package audit

import (
	"context"

	"cohort/db"
)

type noteKey struct{}

// Note gives a context under which every entry written also carries these
// changes: which import an act belongs to, which act it undoes.
func Note(ctx context.Context, notes ...Change) context.Context {
	return context.WithValue(ctx, noteKey{}, append(noted(ctx), notes...))
}

func noted(ctx context.Context) []Change {
	list, _ := ctx.Value(noteKey{}).([]Change)
	return list[:len(list):len(list)]
}

// withNotes gives the changes of an entry with those of its context.
func withNotes(tx *db.Tx, changes []Change) []Change {
	notes := noted(tx.Ctx())
	if len(notes) == 0 {
		return changes
	}
	return append(changes[:len(changes):len(changes)], notes...)
}
