package files

import "context"

// Noted is a tree whose refusals somebody hears of: note gets what was asked,
// such as "put /students/7.pdf", and the error. It does nothing else.
func Noted(fs FS, note func(ctx context.Context, what string, err error)) FS {
	if _, shut := fs.(closed); fs == nil || shut {
		return fs
	}
	n := noted{fs, note}
	if sized, ok := fs.(SizedFS); ok {
		return notedSized{n, sized}
	}
	return n
}

type noted struct {
	FS
	note func(ctx context.Context, what string, err error)
}

func (n noted) heard(ctx context.Context, what, path string, err error) {
	if err != nil {
		n.note(ctx, what+" "+path, err)
	}
}

// List is FS's.
func (n noted) List(ctx context.Context, path string) ([]Info, error) {
	list, err := n.FS.List(ctx, path)
	n.heard(ctx, "list", path, err)
	return list, err
}

// Open is FS's.
func (n noted) Open(ctx context.Context, path string) (File, error) {
	f, err := n.FS.Open(ctx, path)
	n.heard(ctx, "get", path, err)
	return f, err
}

// Create is FS's.
func (n noted) Create(ctx context.Context, path string) (Upload, error) {
	u, err := n.FS.Create(ctx, path)
	n.heard(ctx, "put", path, err)
	return u, err
}

// Remove is FS's.
func (n noted) Remove(ctx context.Context, path string) error {
	err := n.FS.Remove(ctx, path)
	n.heard(ctx, "remove", path, err)
	return err
}

// Rename is FS's.
func (n noted) Rename(ctx context.Context, from, to string) error {
	err := n.FS.Rename(ctx, from, to)
	n.heard(ctx, "rename", from, err)
	return err
}

type notedSized struct {
	noted
	sized SizedFS
}

// CreateSized is SizedFS's.
func (n notedSized) CreateSized(ctx context.Context, path string, size int64) (Upload, error) {
	u, err := n.sized.CreateSized(ctx, path, size)
	n.heard(ctx, "put", path, err)
	return u, err
}
