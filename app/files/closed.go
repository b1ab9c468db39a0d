package files

import (
	"context"

	"cohort/app/fault"
)

// Closed is a tree for those who may not have one: it answers everything with
// the reason.
func Closed(why *fault.Fault) FS {
	if why.Kind == fault.NotFound { // clients would take it for an empty place to write to
		forbidden := *why
		forbidden.Kind = fault.Forbidden
		why = &forbidden
	}
	return closed{why}
}

type closed struct{ why *fault.Fault }

func (c closed) Stat(context.Context, string) (Info, error)           { return Info{}, c.why }
func (c closed) List(context.Context, string) ([]Info, error)         { return nil, c.why }
func (c closed) Open(context.Context, string) (File, error)           { return nil, c.why }
func (c closed) Create(context.Context, string) (Upload, error)       { return nil, c.why }
func (c closed) Remove(context.Context, string) error                 { return c.why }
func (c closed) Mkdir(context.Context, string) error                  { return c.why }
func (c closed) Rename(context.Context, string, string) error         { return c.why }
func (c closed) Finish(context.Context, bool) ([]string, bool, error) { return nil, true, nil }
