package kit

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"cohort/app/i18n"
)

// Work is something that takes time and gives a T. Its context ends with the
// session, when the screen is left, and when the same Name is asked again: only
// the newest answer counts, whatever the order they come in.
type Work[T any] struct {
	Name  string // of this screen's question; asking again drops the older one
	Label string // message key shown when it takes longer than a blink; "" for "working"
	Wait  time.Duration
	Quiet bool // no spinner
	// Write is work that must not be torn: it goes on when the screen is left,
	// and a second one of the same Name is not begun while it runs.
	Write bool
	Do    func(ctx context.Context) (T, error)
	Then  func(T, error) Cmd // on the loop, in the name of the screen; may be nil
}

// Cmd begins the work.
func (w Work[T]) Cmd() Cmd {
	return func(r *Root, from *layer) tea.Cmd {
		j := &job{name: w.Name, label: w.Label, wait: w.Wait, quiet: w.Quiet, write: w.Write}
		return r.begin(from, j, func(ctx context.Context) answer {
			v, err := w.Do(ctx)
			return answer{err: err, then: func() Cmd {
				if w.Then == nil {
					return Fail(err)
				}
				return w.Then(v, err)
			}}
		})
	}
}

// Ask reads something off the loop; then gets the answer, unless the screen has
// gone or asked again under the same name.
func Ask[T any](name string, do func(context.Context) (T, error), then func(T, error) Cmd) Cmd {
	return Work[T]{Name: name, Do: do, Then: then}.Cmd()
}

// Do writes something: it is not broken off by leaving the screen, and while it
// runs a second one of the same name is held back.
func Do(name string, do func(context.Context) error, then func(error) Cmd) Cmd {
	w := Work[struct{}]{Name: name, Write: true, Label: "kit.saving",
		Do: func(ctx context.Context) (struct{}, error) { return struct{}{}, do(ctx) }}
	if then != nil {
		w.Then = func(_ struct{}, err error) Cmd { return then(err) }
	}
	return w.Cmd()
}

// job is one piece of work that runs.
type job struct {
	layer        *layer
	name, label  string
	wait         time.Duration
	quiet, write bool
	cancel       context.CancelFunc
	since        time.Time
	waiting      atomic.Bool // the wait is not over yet
	done, total  atomic.Int64
}

type answer struct {
	err  error
	then func() Cmd
}

// reply is an answer on its way home.
type reply struct {
	job *job
	answer
}

type jobKey struct{}

// Report says how far the work of ctx has come; the status line shows it.
func Report(ctx context.Context, done, total int) {
	if j, ok := ctx.Value(jobKey{}).(*job); ok {
		j.done.Store(int64(done))
		j.total.Store(int64(total))
	}
}

// begin starts a job in the name of a layer.
func (r *Root) begin(l *layer, j *job, do func(context.Context) answer) tea.Cmd {
	if l == nil || l.gone && !j.write {
		return nil
	}
	if old := l.jobs[j.name]; old != nil {
		if old.write {
			return r.toast(Warn, i18n.W("kit.still_running"))
		}
		r.drop(old)
	}
	base := l.ctx
	if j.write {
		base = context.WithoutCancel(r.ctx)
	}
	ctx, cancel := context.WithCancel(context.WithValue(base, jobKey{}, j))
	j.layer, j.cancel, j.since = l, cancel, r.now()
	j.waiting.Store(j.wait > 0)
	l.jobs[j.name], r.jobs[j] = j, true
	return tea.Batch(func() tea.Msg { return r.perform(ctx, j, do) }, r.spin())
}

func (r *Root) perform(ctx context.Context, j *job, do func(context.Context) answer) tea.Msg {
	if j.wait > 0 {
		select {
		case <-ctx.Done():
			return reply{j, answer{err: ctx.Err()}}
		case <-r.o.After(j.wait):
		}
		j.waiting.Store(false)
	}
	return reply{j, do(ctx)}
}

// drop forgets a job: its answer will find nobody.
func (r *Root) drop(j *job) {
	j.cancel()
	delete(r.jobs, j)
	if j.layer.jobs[j.name] == j {
		delete(j.layer.jobs, j.name)
	}
}

// answered takes a reply to the screen that asked. A write whose screen has
// gone says its result in the status line.
func (r *Root) answered(m reply) tea.Cmd {
	j := m.job
	current := r.jobs[j] && j.layer.jobs[j.name] == j
	r.drop(j)
	quit := r.quitWhenDone()
	switch {
	case !current || m.then == nil:
		return quit
	case !j.layer.gone:
		return tea.Batch(r.run(j.layer, m.then()), quit)
	case m.err != nil && !errors.Is(m.err, context.Canceled):
		return tea.Batch(r.toast(Bad, m.err), quit)
	}
	return tea.Batch(r.toast(Good, i18n.W("kit.done")), quit)
}

// Busy says what runs: work that has begun, and what waits for its
// time: work not begun, a dialog that takes no key yet. Tests settle by it.
func (r *Root) Busy() (running, waiting int) {
	for j := range r.jobs {
		if j.waiting.Load() {
			waiting++
		} else {
			running++
		}
	}
	if t := r.top(); t != nil && t.grace {
		waiting++
	}
	return running, waiting
}

// writing says whether a write runs.
func (r *Root) writing() bool {
	for j := range r.jobs {
		if j.write {
			return true
		}
	}
	return false
}
