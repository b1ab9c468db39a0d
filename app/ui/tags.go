package ui

import (
	"context"

	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// pickTag offers the tags that begin with what is typed, each with how many
// customers have it.
func (d *desk) pickTag(ctx context.Context, text string) ([]kit.Option, error) {
	return asks(d, func(ctx context.Context, by policy.Actor) (out []kit.Option, err error) {
		list, err := d.app.Customers.Tags(ctx, by, text)
		for _, t := range list {
			out = append(out, kit.Option{Value: t.Tag, Label: t.Tag, Note: countText(t.N, t.Capped)})
		}
		return out, err
	})(ctx)
}
