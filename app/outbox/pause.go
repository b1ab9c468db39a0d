package outbox

import (
	"context"
	"errors"
	"time"

	"cohort/db"
)

// How long an outbox as a whole rests when nothing can be sent at all. No row's tries are counted meanwhile: it is not
// the row's fault.
const (
	UnreachableWait = time.Minute // after the first time that the other side cannot be reached, doubling
	UnreachableMost = 15 * time.Minute
	RefusedWait     = time.Hour // when the other side refuses our log-in or settings: only a person can help
	TellAfter       = 4         // times unreachable in a row, a quarter of an hour, before the administrators are told
)

// pause is why the whole outbox waits. The zero value is: it does not.
type pause struct {
	why     string
	until   time.Time
	refused bool // by the other side's answer, or by settings that cannot work
	times   int  // in a row
	told    bool // the administrators know; once until it flows again
}

// Rest is why an outbox waits, for those who look.
type Rest struct {
	Refused bool   // only a person can help
	Why     string // "" : the last round could send
	Until   time.Time
}

// Rest tells whether and why the outbox waits.
func (w *Worker[T]) Rest() Rest {
	w.mu.Lock()
	defer w.mu.Unlock()
	return Rest{Refused: w.pause.refused, Why: w.pause.why, Until: w.pause.until}
}

func (w *Worker[T]) resting() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.DB.Now().Before(w.pause.until)
}

// Resume lets the worker try at once. Who has been told is kept.
func (w *Worker[T]) Resume() {
	w.mu.Lock()
	w.pause.until = time.Time{}
	w.mu.Unlock()
	w.Wake()
}

// Anew forgets why the outbox waits: its settings are others now.
func (w *Worker[T]) Anew() {
	w.answered()
	w.Wake()
}

// answered ends every pause: the other side talks to us about rows.
func (w *Worker[T]) answered() {
	w.mu.Lock()
	w.pause = pause{}
	w.mu.Unlock()
}

// stop pauses the outbox because of err, and says so: in the log each time, to the administrators once.
func (w *Worker[T]) stop(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return // the program ends; that is no outage
	}
	why, refused := w.Words(err), w.refuses(err)
	w.mu.Lock()
	p := &w.pause
	p.why, p.refused = why, refused
	p.times++
	rest := min(UnreachableWait<<min(p.times-1, 10), UnreachableMost)
	if refused {
		rest = RefusedWait
	}
	p.until = w.DB.Now().Add(rest)
	tell := !p.told && (refused || p.times >= TellAfter)
	p.told = p.told || tell
	w.mu.Unlock()

	w.Log.Error(w.Name+": the queue waits", "server", w.Server(), "refused", refused, "for", rest, "err", why)
	if tell {
		w.write(ctx, "tell the administrators", func(tx *db.Tx) error { return w.Paused(tx, why) })
	}
}

func (w *Worker[T]) refuses(err error) bool {
	var f Failure
	if errors.As(err, &f) {
		return f.Ours
	}
	return w.Refuse(err)
}
