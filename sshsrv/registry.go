package sshsrv

import (
	"context"
	"errors"
	"io"
	"sort"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"cohort/app/fault"
	"cohort/app/files"
	"cohort/app/session"
	"cohort/app/ui/kit/line"
)

// Kind is what a session does.
type Kind string

// The kinds.
const (
	Screens Kind = "screens"
	Command Kind = "command"
	SFTP    Kind = "sftp"
	SCP     Kind = "scp"
	Refusal Kind = "refusal" // let in only to read why not, or asking for what is not there
)

// Open is one open session, as an administrator may see it.
type Open struct {
	ID                  string
	Account, Enrollment int64
	Login, Addr         string
	Method              string // how it was identified
	Kind                Kind
	Term                string // the terminal's name and size, "" where there is none
	Since               time.Time
	LastKey             time.Time // on its screens; zero where nobody types to screens
}

// openSession is an open session as the server holds it.
type openSession struct {
	Open
	session *session.Session
	cancel  context.CancelCauseFunc
	link    *link
	key     atomic.Int64 // when a key came last, UTC milliseconds; 0: never

	mail atomic.Pointer[line.Mailbox] // of its screens, while they run
	busy files.Busy                   // its transfers
}

// ended is the cause of a context that was ended on purpose; Fault has the
// words for the person.
type ended struct{ *fault.Fault }

func (e ended) Error() string { return "ended: " + e.Fault.Error() }

// endedBy finds the words of an end on purpose; nil when ctx ended otherwise.
func endedBy(ctx context.Context) *fault.Fault {
	var e ended
	if errors.As(context.Cause(ctx), &e) {
		return e.Fault
	}
	return nil
}

// post leaves a message to the session's screens, if they run.
func (o *openSession) post(msg tea.Msg) {
	if m := o.mail.Load(); m != nil && msg != nil {
		m.Post(goodbyeKind{}, msg)
	}
}

type goodbyeKind struct{}

// registry holds the open sessions.
type registry struct {
	mu    sync.Mutex
	next  uint64
	mark  string // "" or "-" and the process's mark
	byID  map[string]*openSession
	empty chan struct{} // closed when the last one leaves; nil while nobody waits
}

// Len counts the open sessions.
func (r *registry) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.byID)
}

func (r *registry) add(o *openSession) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next++
	o.ID = "s" + strconv.FormatUint(r.next, 10) + r.mark
	r.byID[o.ID] = o
}

func (r *registry) remove(o *openSession) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.byID, o.ID)
	if len(r.byID) == 0 && r.empty != nil {
		close(r.empty)
		r.empty = nil
	}
}

// all gives the open sessions in the order they came.
func (r *registry) all() []*openSession {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]*openSession, 0, len(r.byID))
	for _, o := range r.byID {
		list = append(list, o)
	}
	sort.Slice(list, func(i, j int) bool {
		return len(list[i].ID) < len(list[j].ID) || len(list[i].ID) == len(list[j].ID) && list[i].ID < list[j].ID
	})
	return list
}

// end ends all sessions of a kind, or all with "".
func (r *registry) end(k Kind, why *fault.Fault) {
	for _, o := range r.all() {
		if k == "" || o.Kind == k {
			o.cancel(ended{why})
		}
	}
}

// wait waits until no session is open, at most d; it says whether none is.
func (r *registry) wait(d time.Duration) bool {
	r.mu.Lock()
	if len(r.byID) == 0 {
		r.mu.Unlock()
		return true
	}
	if r.empty == nil {
		r.empty = make(chan struct{})
	}
	empty := r.empty
	r.mu.Unlock()
	select {
	case <-empty:
		return true
	case <-time.After(d):
		return false
	}
}

// Sessions lists the open sessions, the oldest first.
func (s *Server) Sessions() []Open {
	var list []Open
	for _, o := range s.open.all() {
		x := o.Open
		if ms := o.key.Load(); ms != 0 {
			x.LastKey = time.UnixMilli(ms).UTC()
		}
		list = append(list, x)
	}
	return list
}

// End ends one session; its client is told why in the words of the fault. Who
// shares its connection ends with it, and the connection opens no further
// session: else the same client would be back without logging in. Only where
// the session except lies on that connection too, the one alone ends. It says
// whether there was such a session.
func (s *Server) End(id string, why *fault.Fault, except string) bool {
	s.open.mu.Lock()
	o, spared := s.open.byID[id], s.open.byID[except]
	s.open.mu.Unlock()
	if o == nil {
		return false
	}
	if spared != nil && spared.link == o.link {
		o.cancel(ended{why})
		return true
	}
	o.link.over.Store(true)
	for _, x := range s.open.all() {
		if x.link == o.link {
			x.cancel(ended{why})
		}
	}
	return true
}

// keys notes when a person typed last.
type keys struct {
	io.Reader
	at *atomic.Int64
}

func (k keys) Read(p []byte) (int, error) {
	n, err := k.Reader.Read(p)
	if n > 0 {
		k.at.Store(time.Now().UnixMilli())
	}
	return n, err
}
