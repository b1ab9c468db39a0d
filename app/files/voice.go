package files

import (
	"fmt"
	"io"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/pkg/sftp"

	"cohort/app/fault"
	"cohort/app/i18n"
)

// Voice is how a transfer speaks to its person.
type Voice struct {
	Stderr  io.Writer // the session's standard error, which clients show as it is
	Printer i18n.Printer
	// Fault gives the fault in err, and logs what is not one. what says where.
	Fault func(err error, what string) *fault.Fault
	Busy  *Busy // hears of the files under way; may be nil
}

// Busy tells whether a session transfers something, so that a server that wants
// to stop knows whom it would interrupt. The zero value is ready.
type Busy struct {
	mu    sync.Mutex
	files int
	since time.Time
}

// Idle says for how long no file has been under way; 0 while one is.
func (b *Busy) Idle() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.files > 0 {
		return 0
	}
	return time.Since(b.since)
}

func (b *Busy) begin() { b.count(1) }
func (b *Busy) end()   { b.count(-1) }

func (b *Busy) count(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.files += n
	b.since = time.Now()
}

// talk is the voice of one session: it says each refusal once and remembers
// that there was one.
type talk struct {
	Voice
	said    sync.Mutex
	last    string
	refused bool
	closed  bool // the whole tree is refused: not a matter of one file
}

// newTalk speaks for a tree.
func newTalk(v Voice, fs FS) *talk {
	_, isClosed := fs.(closed)
	return &talk{Voice: v, closed: isClosed}
}

// refusal is an error that a client gets: a status code and, for those that
// show it, the words.
type refusal struct {
	code error
	text string
}

func (r refusal) Error() string { return r.text }
func (r refusal) Unwrap() error { return r.code }

// refuse turns an error about a file into what the client gets. The person gets
// one line beginning with "\r", so that it covers a progress bar.
func (t *talk) refuse(name string, err error) error {
	r := t.quiet(name, err)
	t.said.Lock()
	defer t.said.Unlock()
	t.refused = true
	if r.text != t.last {
		t.last = r.text
		_, _ = fmt.Fprintf(t.Stderr, "\r%s\n", r.text)
	}
	return r
}

// quiet is refuse without the line, for questions that clients ask by
// themselves.
func (t *talk) quiet(name string, err error) refusal {
	if r, ok := err.(refusal); ok {
		return r
	}
	f := t.Fault(err, "files")
	return refusal{code: statusOf(f.Kind), text: t.line(name, f)}
}

// line is the one line about a file.
func (t *talk) line(name string, f *fault.Fault) string {
	text := strings.ReplaceAll(t.Printer.Fault(f), "\n", "; ")
	if name = show(path.Base(name)); t.closed || name == "." || name == "/" {
		return text
	}
	return name + ": " + text
}

// say tells the person something that is no refusal.
func (t *talk) say(line string) {
	t.said.Lock()
	defer t.said.Unlock()
	_, _ = fmt.Fprintf(t.Stderr, "\r%s\n", line)
}

// mark remembers that something was refused.
func (t *talk) mark() {
	t.said.Lock()
	defer t.said.Unlock()
	t.refused = true
}

// code is the exit code of a session.
func (t *talk) code() int {
	t.said.Lock()
	defer t.said.Unlock()
	if t.refused {
		return 1
	}
	return 0
}

// statusOf gives the SFTP status of a kind of fault. SFTP version 3 has no more
// than these.
func statusOf(k fault.Kind) error {
	switch k {
	case fault.NotFound:
		return sftp.ErrSSHFxNoSuchFile
	case fault.Forbidden:
		return sftp.ErrSSHFxPermissionDenied
	}
	return sftp.ErrSSHFxFailure
}

// guard turns a panic in an FS into an error: the SFTP library calls it from
// goroutines of its own, where a panic would end the server for everybody.
func guard[T any](do func() (T, error)) (v T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, stack())
		}
	}()
	return do()
}

// guard0 is guard for what gives nothing but an error.
func guard0(do func() error) error {
	_, err := guard(func() (struct{}, error) { return struct{}{}, do() })
	return err
}
