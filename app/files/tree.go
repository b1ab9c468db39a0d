package files

import (
	"bytes"
	"context"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"cohort/app"
	"cohort/app/clean"
	"cohort/app/enrollment"
	"cohort/app/exchange"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/payment"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/session"
	"cohort/app/teaching"
)

// Services are what the school's tree stands on.
type Services struct {
	Enrollments *enrollment.Service
	Exchange    *exchange.Service
	Payments    *payment.Service
	Teaching    *teaching.Service
	Engine      *resource.Engine
	Printer     func(i18n.Lang) i18n.Printer
}

// NewTree makes the tree that one session sees.
func NewTree(a *app.App, s *session.Session) FS {
	return Grow(Services{Enrollments: a.Enrollments, Exchange: a.Exchange, Payments: a.Payments, Teaching: a.Teaching, Engine: a.Engine, Printer: a.Printer}, s)
}

// Grow makes the tree of services. Each mount shows its part at the top; a new
// top-level folder is one more line here and one small type.
func Grow(sv Services, s *session.Session) FS {
	return &tree{sess: s, sv: sv, mounts: []folder{
		applicant{sv}, enrollments{sv}, ownDocuments{sv}, ownContracts{sv}, exports{sv}, imports{sv}, receipts{sv}, homework{sv}, classes{sv},
	}, hands: &hands{}}
}

// tree is the school as one session sees it. It asks for the actor at every
// call, so that a right taken away is gone at once.
type tree struct {
	sess   *session.Session
	sv     Services
	mounts []folder
	hands  *hands
}

// caller is who asks, in which language, by which address.
type caller struct {
	by   policy.Actor
	p    i18n.Printer
	host string
	port int

	hands *hands // what this session hands in
}

// folder is one folder of the tree. What it does not know is not found, what
// must not be done is refused in words.
type folder interface {
	list(ctx context.Context, c caller) ([]Info, error)
	find(ctx context.Context, c caller, name string) (entry, error)
}

// entry is what stands under a name: a folder, or a file that can be opened.
type entry struct {
	Info
	folder folder
	open   func(ctx context.Context) (File, error)
}

// inbox is a folder that takes files, or of which one's own can be removed.
// accepts says whether this person may send any at all; several mounts at the top
// may be asked.
type inbox interface {
	accepts(c caller) bool
	create(ctx context.Context, c caller, name string, size int64) (Upload, error)
	remove(ctx context.Context, c caller, name string) error
}

func (t *tree) caller(ctx context.Context) (caller, error) {
	by, ok := t.sess.Actor(ctx)
	if !ok {
		return caller{}, fault.New(fault.Forbidden, "org.session_ended")
	}
	if by.Unsure != nil {
		return caller{}, by.Unsure
	}
	return caller{by: by, p: t.sv.Printer(t.sess.Lang(ctx)), host: t.sess.Host, port: t.sess.Port, hands: t.hands}, nil
}

// top is the root: all mounts side by side.
type top []folder

func (t top) list(ctx context.Context, c caller) (out []Info, err error) {
	for _, m := range t {
		part, err := m.list(ctx, c)
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	return out, nil
}

func (t top) find(ctx context.Context, c caller, name string) (entry, error) {
	for _, m := range t {
		e, err := m.find(ctx, c, name)
		if fault.Of(err) != fault.NotFound {
			return e, err
		}
	}
	return entry{}, policy.NotFound()
}

// inbox gives the mount that takes files from this person, if there is one.
func (t top) inbox(c caller) (inbox, bool) {
	for _, m := range t {
		if in, ok := m.(inbox); ok && in.accepts(c) {
			return in, true
		}
	}
	return nil, false
}

// walk finds what stands at a path.
func (t *tree) walk(ctx context.Context, p string) (caller, entry, error) {
	c, err := t.caller(ctx)
	if err != nil {
		return c, entry{}, err
	}
	at := entry{Info: Info{Name: "/", Dir: true}, folder: top(t.mounts)}
	for _, name := range strings.Split(strings.Trim(path.Clean(p), "/"), "/") {
		if name == "" {
			continue
		}
		if at.folder == nil {
			return c, entry{}, policy.NotFound()
		}
		if at, err = at.folder.find(ctx, c, name); err != nil {
			return c, entry{}, err
		}
	}
	return c, at, nil
}

// Stat implements FS.
func (t *tree) Stat(ctx context.Context, p string) (Info, error) {
	_, e, err := t.walk(ctx, p)
	return e.Info, err
}

// List implements FS.
func (t *tree) List(ctx context.Context, p string) ([]Info, error) {
	c, e, err := t.walk(ctx, p)
	switch {
	case err != nil:
		return nil, err
	case e.folder == nil:
		return []Info{e.Info}, nil
	}
	list, err := e.folder.list(ctx, c)
	return slices.DeleteFunc(list, func(x Info) bool { return !sendable(x.Name) }), err
}

// Open implements FS.
func (t *tree) Open(ctx context.Context, p string) (File, error) {
	_, e, err := t.walk(ctx, p)
	switch {
	case err != nil:
		return nil, err
	case e.open == nil:
		return nil, policy.NotFound()
	}
	return e.open(ctx)
}

// target finds the inbox that a file at this path would go into: the folder it is
// in, or, for those at the top, one of the mounts.
func (t *tree) target(ctx context.Context, p string) (caller, inbox, string, error) {
	dir, name := path.Split(path.Clean(p))
	c, at, walked := t.walk(ctx, dir)
	if walked != nil {
		at.folder = nil
	}
	if in, ok := at.folder.(inbox); ok && in.accepts(c) {
		return c, in, name, nil
	}
	c, err := t.caller(ctx)
	if err != nil {
		return c, nil, "", err
	}
	if top, ok := at.folder.(top); ok {
		if in, ok := top.inbox(c); ok {
			return c, in, name, nil
		}
	}
	if _, ok := top(t.mounts).inbox(c); ok {
		return c, nil, "", fault.New(fault.Forbidden, "enrollment.put_here")
	}
	if walked != nil && t.sends(c, dir) {
		return c, nil, "", walked
	}
	return c, nil, "", fault.New(fault.Forbidden, "enrollment.nothing_to_send")
}

// sender is a mount with inboxes below its folder of that name: what is not
// there is said to be not there.
type sender interface {
	sends(c caller, name string) bool
}

func (t *tree) sends(c caller, dir string) bool {
	first, _, _ := strings.Cut(strings.Trim(dir, "/"), "/")
	for _, m := range t.mounts {
		if s, ok := m.(sender); ok && s.sends(c, first) {
			return true
		}
	}
	return false
}

// Finish implements FS.
func (t *tree) Finish(ctx context.Context, whole bool) ([]string, bool, error) {
	c, err := t.caller(context.WithoutCancel(ctx))
	return t.hands.finish(c, whole && err == nil)
}

// Create implements FS.
func (t *tree) Create(ctx context.Context, p string) (Upload, error) {
	return t.CreateSized(ctx, p, -1)
}

// CreateSized implements SizedFS.
func (t *tree) CreateSized(ctx context.Context, p string, size int64) (Upload, error) {
	c, in, name, err := t.target(ctx, p)
	if err != nil {
		return nil, err
	}
	return in.create(ctx, c, name, size)
}

// Remove implements FS.
func (t *tree) Remove(ctx context.Context, p string) error {
	if _, _, err := t.walk(ctx, p); err != nil {
		return err
	}
	c, in, name, err := t.target(ctx, p)
	if err != nil {
		return readOnly()
	}
	return in.remove(ctx, c, name)
}

// Mkdir implements FS. Folders that "scp -r" brings to an inbox are accepted and
// not kept: their files land beside the others.
func (t *tree) Mkdir(ctx context.Context, p string) error {
	if _, e, err := t.walk(ctx, p); err == nil && e.folder != nil {
		return nil // "scp -r" of a folder that is there
	}
	_, _, _, err := t.target(ctx, p)
	return err
}

// Rename implements FS: names are what was sent.
func (t *tree) Rename(ctx context.Context, from, _ string) error {
	if _, _, err := t.walk(ctx, from); err != nil {
		return err
	}
	return fault.New(fault.Forbidden, "enrollment.no_rename")
}

func readOnly() error { return fault.New(fault.Forbidden, "enrollment.read_only_file") }

// text is a file of words made for the reader.
type text struct {
	*bytes.Reader
	info Info
}

// Info implements File.
func (t text) Info() Info { return t.info }

// Close implements File.
func (t text) Close() error { return nil }

// words makes an entry of a file with a text of the program's, with words of people in it.
func words(name string, at time.Time, s string) entry { return exact(name, at, clean.Safe(s)) }

// exact makes an entry of a file whose bytes are what they are: a contract that was signed, a table with its mark.
func exact(name string, at time.Time, s string) entry {
	b := []byte(s)
	info := Info{Name: name, Size: int64(len(b)), ModTime: at, ReadOnly: true}
	return entry{Info: info, open: func(context.Context) (File, error) { return text{bytes.NewReader(b), info}, nil }}
}

// bytesOf is an open document.
type bytesOf struct {
	io.ReaderAt
	io.Closer
	info Info
}

// Info implements File.
func (b bytesOf) Info() Info { return b.info }
