// Package outbox is what every outbox of the school has in common: rows written in the transaction of what they report, and
// a worker that claims them by lease, sends them, tries again with growing pauses, gives up loudly, and rests as a whole
// where nothing can be sent at all. What a row is, where it lies and how it is sent, its owner says: mail, message.
//
// Delivery is at least once: a crash between sending and marking sends a second time.
package outbox

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"cohort/app/bus"
	"cohort/db"
)

// State is where a row stands.
type State string

// The states. A sent one was taken by the other side; a dead one was given up.
const (
	Queued State = "queued"
	Sent   State = "sent"
	Dead   State = "dead"
)

// Item is one row as the worker sees it.
type Item interface {
	Number() int64    // its id
	Tried() int       // how often it was tried
	Receiver() string // for the notice that it was given up
}

// Store is the table of an outbox. Its functions run within the worker's transactions.
type Store[T Item] interface {
	Due(tx *db.Tx) (bool, error)                               // whether any row waits for the worker now
	Claim(tx *db.Tx, n int, until time.Time) ([]T, error)      // leases up to n of them, the longest waiting first
	Release(tx *db.Tx, list []T) error                         // gives leased ones back untried
	MarkSent(tx *db.Tx, row T) error                           // for the row as it was sent, not for one queued anew meanwhile
	MarkFailed(tx *db.Tx, row T, state State, f Outcome) error // likewise
}

// Outcome is what became of a try that failed.
type Outcome struct {
	Tries int
	Why   string    // one line, without secrets
	Next  time.Time // when to try again, if queued
}

// Talk is an open connection to the other side.
type Talk[T Item] interface {
	Send(row T) error // a Failure, if any
	Close()
}

// Failure is why one row was not taken.
type Failure struct {
	Text      string // the other side's words, or what happened to the line
	Permanent bool   // trying again would not help
	HungUp    bool   // the connection is gone
	Ours      bool   // the other side refuses us rather than this row: log-in wanted, token wrong
	Down      bool   // the other side takes nothing now: everything waits, and no row's tries are counted
}

func (f Failure) Error() string { return f.Text }

// Worker sends what lies in a Store. Its fields are set before Run and not changed afterwards.
type Worker[T Item] struct {
	Name     string // for the log, such as "mail"
	Resource string // of the events and links, such as "mails"
	DB       *db.DB
	Bus      *bus.Bus
	Log      *slog.Logger
	Store    Store[T]

	Ready  func() bool                                // whether there is anybody to send by; asked each round
	Server func() string                              // who that is, for the log, without secrets
	Dial   func(ctx context.Context) (Talk[T], error) // connects
	Refuse func(err error) bool                       // whether Dial's error needs a person's help; a Failure speaks for itself
	Words  func(err error) string                     // an error as it may be stored and shown: one line, without secrets
	Dead   func(tx *db.Tx, row T, why string) error   // tells that a row was given up
	Paused func(tx *db.Tx, why string) error          // tells that nothing is sent until somebody helps

	once sync.Once
	wake chan struct{}

	mu    sync.Mutex
	pause pause
}

func (w *Worker[T]) waker() chan struct{} {
	w.once.Do(func() { w.wake = make(chan struct{}, 1) })
	return w.wake
}

// Wake makes the worker look at once. It never waits.
func (w *Worker[T]) Wake() {
	select {
	case w.waker() <- struct{}{}:
	default:
	}
}

// Woken is signalled (capacity one) when the worker is to look at once.
func (w *Worker[T]) Woken() <-chan struct{} { return w.waker() }
