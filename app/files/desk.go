package files

import (
	"context"
	"io"
	"path"
	"runtime/debug"
	"strings"
	"sync"

	"cohort/app/fault"
)

func stack() string { return string(debug.Stack()) }

// desk is an FS as one session's client sees it: with the folders it was
// allowed to "make", the files it is just sending, and the temporary names that
// some clients send under.
type desk struct {
	FS
	ctx  context.Context
	busy *Busy

	mu       sync.Mutex
	folders  map[string]bool   // made in this session and not kept
	sending  map[string]*put   // by path
	partials map[string]string // temporary name → name
	cut      bool              // a file ended in the middle
}

func newDesk(ctx context.Context, fs FS, busy *Busy) *desk {
	if busy == nil {
		busy = new(Busy)
	}
	return &desk{FS: fs, ctx: ctx, busy: busy, folders: map[string]bool{}, sending: map[string]*put{}, partials: map[string]string{}}
}

// partSuffix is what WinSCP sends under before it renames. The file is stored
// under its real name at once, and the renaming has nothing left to do.
const partSuffix = ".filepart"

// real gives the path in the FS: folders that are not kept count as the nearest
// one above that is.
func (d *desk) real(p string) string {
	if to, ok := d.partials[p]; ok {
		p = to
	}
	dir, name := path.Split(p)
	dir = path.Clean(dir)
	for d.folders[dir] {
		dir = path.Dir(dir)
	}
	return path.Join(dir, name)
}

func (d *desk) stat(p string) (Info, error) {
	d.mu.Lock()
	made, up, at := d.folders[p], d.sending[p], d.real(p)
	d.mu.Unlock()
	switch {
	case made:
		return Info{Name: path.Base(p), Dir: true}, nil
	case up != nil:
		return Info{Name: path.Base(p), Size: up.size()}, nil
	}
	info, err := guard(func() (Info, error) { return d.Stat(d.ctx, at) })
	info.Name = path.Base(p)
	return info, err
}

func (d *desk) list(p string) ([]Info, error) {
	d.mu.Lock()
	made, at := d.folders[p], d.real(p)
	d.mu.Unlock()
	if made {
		return nil, nil
	}
	return guard(func() ([]Info, error) { return d.List(d.ctx, at) })
}

func (d *desk) open(p string) (File, error) {
	d.mu.Lock()
	at := d.real(p)
	d.mu.Unlock()
	return guard(func() (File, error) { return d.Open(d.ctx, at) })
}

// create begins an upload; size is negative when the client has not said it.
func (d *desk) create(p string, size int64) (*put, error) {
	d.mu.Lock()
	delete(d.partials, p)
	at := d.real(strings.TrimSuffix(p, partSuffix))
	d.mu.Unlock()
	up, err := guard(func() (Upload, error) {
		if sized, ok := d.FS.(SizedFS); ok && size >= 0 {
			return sized.CreateSized(d.ctx, at, size)
		}
		return d.Create(d.ctx, at)
	})
	if err != nil {
		return nil, err
	}
	d.busy.begin()
	u := &put{up: up, want: size}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sending[p] = u
	u.gone = func(ok, cut bool) { d.sent(p, at, ok, cut) }
	return u, nil
}

// sent takes a finished upload off the desk.
func (d *desk) sent(p, at string, ok, cut bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cut = d.cut || cut
	d.busy.end()
	delete(d.sending, p)
	if ok && strings.HasSuffix(p, partSuffix) {
		d.partials[p] = at
	}
}

// finish tells the FS that the session is over, and the person what came of it.
func (d *desk) finish(t *talk) {
	d.mu.Lock()
	whole := !d.cut
	d.mu.Unlock()
	good := true
	said, err := guard(func() (said []string, err error) {
		said, good, err = d.Finish(d.ctx, whole)
		return said, err
	})
	if err != nil {
		_ = t.refuse("/", err)
	}
	for _, line := range said {
		t.say(line)
	}
	if !good {
		t.mark()
	}
}

// remove removes a file, or a folder of this session.
func (d *desk) remove(p string) error {
	d.mu.Lock()
	at := d.real(p)
	made := d.folders[p]
	delete(d.folders, p)
	for temp, name := range d.partials {
		if temp != p && name == at { // the old file that a rename is about to replace, and has replaced
			made = true
		}
	}
	delete(d.partials, p)
	d.mu.Unlock()
	if made {
		return nil
	}
	return guard0(func() error { return d.Remove(d.ctx, at) })
}

func (d *desk) mkdir(p string) error {
	d.mu.Lock()
	at := d.real(p)
	d.mu.Unlock()
	if err := guard0(func() error { return d.Mkdir(d.ctx, at) }); err != nil {
		return err
	}
	if _, err := guard(func() (Info, error) { return d.Stat(d.ctx, at) }); fault.Of(err) == fault.NotFound {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.folders[p] = true
	}
	return nil
}

func (d *desk) rename(from, to string) error {
	d.mu.Lock()
	at, target := d.real(from), d.real(to)
	delete(d.partials, from)
	d.mu.Unlock()
	if at == target {
		return nil
	}
	return guard0(func() error { return d.Rename(d.ctx, at, target) })
}

// put is an upload under way.
type put struct {
	up   Upload
	want int64 // its size as announced, or negative
	gone func(ok, cut bool)

	mu         sync.Mutex
	wrote, end int64 // bytes written, and how far they reach
	err        error // the first
	over       bool
}

func (u *put) size() int64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.end
}

// WriteAt passes bytes on until the first error.
func (u *put) WriteAt(p []byte, off int64) (int, error) {
	u.mu.Lock()
	if u.err == nil && off < 0 { // SFTP's offsets have no sign: this one is beyond all files
		u.err = fault.New(fault.Invalid, "files.incomplete")
	}
	err := u.err
	u.mu.Unlock()
	if err != nil {
		return 0, err
	}
	n, err := guard(func() (int, error) { return u.up.WriteAt(p, off) })
	u.mu.Lock()
	defer u.mu.Unlock()
	u.wrote += int64(n)
	u.end = max(u.end, off+int64(n))
	if u.err == nil {
		u.err = err
	}
	return n, err
}

// fail makes the upload end without being kept.
func (u *put) fail(err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.err == nil {
		u.err = err
	}
}

// finish keeps the upload when every byte came, and nothing otherwise. A second
// call does nothing.
func (u *put) finish() error {
	u.mu.Lock()
	if u.over {
		defer u.mu.Unlock()
		return u.err
	}
	u.over = true
	if u.err == nil && (u.wrote != u.end || u.want >= 0 && u.wrote != u.want) {
		u.err = fault.New(fault.Invalid, "files.incomplete")
	}
	err := u.err
	u.mu.Unlock()
	if err != nil {
		_ = guard0(func() error { u.up.Abort(); return nil })
	} else {
		err = guard0(u.up.Commit)
		u.fail(err)
	}
	u.gone(err == nil, err == errCut || err == errGone)
	return err
}

var errCut = io.ErrUnexpectedEOF
