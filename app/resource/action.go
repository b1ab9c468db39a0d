package resource

import (
	"context"
	"errors"
	"maps"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// Action is something that can be done with one record or, row by row, with
// many. Its label is the word action.<name>, its right that of Right.
type Action struct {
	Name   string
	Right  string // the policy's action; "": Name
	Danger bool   // asked about before it is done
	Args   []Field
	Off    func() bool // the school does without it: nobody is offered it, and Run says why not; nil: never
	Run    func(ctx context.Context, by policy.Actor, id int64, v Values) error
}

// Result is what became of one row.
type Result struct {
	ID    int64
	Title string
	Err   error // nil: done
}

// Actions lists what can be done with a resource's records and by may do on some
// of them: "change" and "delete" where the resource has them, then its own.
func (e *Engine) Actions(by policy.Actor, name string) (list []Action) {
	res, ok := e.Get(name)
	if !ok {
		return nil
	}
	for _, a := range e.actions(res) {
		if by.Can(a.right(), name) && (a.Off == nil || !a.Off()) {
			list = append(list, a)
		}
	}
	return list
}

// Action finds an action of a resource; the right to it is asked for row by row.
func (e *Engine) Action(name, action string) (Action, bool) {
	res, ok := e.Get(name)
	if !ok {
		return Action{}, false
	}
	for _, a := range e.actions(res) {
		if a.Name == action {
			return a, true
		}
	}
	return Action{}, false
}

func (a Action) right() string {
	if a.Right != "" {
		return a.Right
	}
	return a.Name
}

func (e *Engine) actions(res *Resource) (list []Action) {
	if res.CanChange() {
		list = append(list, Action{Name: "change", Args: res.Inputs(false),
			Run: func(ctx context.Context, by policy.Actor, id int64, v Values) error {
				return e.ChangeValues(ctx, by, res.Name, id, 0, v)
			}})
	}
	if res.CanDelete() {
		list = append(list, Action{Name: "delete", Danger: true,
			Run: func(ctx context.Context, by policy.Actor, id int64, _ Values) error {
				return e.Delete(ctx, by, res.Name, id, 0)
			}})
	}
	return append(list, res.Actions...)
}

// Each does an action with each of the records, one after the other; a row that
// is refused does not stop the others. args are its arguments as typed. report,
// if any, hears how many are done. When ctx ends, the rows that are left get its
// error.
func (e *Engine) Each(ctx context.Context, by policy.Actor, name, action string, ids []int64, args map[string]string,
	report func(done, total int)) []Result {
	a, v, err := e.prepare(ctx, by, name, action, args)
	out := make([]Result, 0, len(ids))
	for i, id := range ids {
		r := Result{ID: id, Err: err}
		r.Title = e.titleNow(ctx, by, name, id)
		if r.Err == nil {
			r.Err = ctx.Err()
		}
		if r.Err == nil {
			r.Err = a.Run(ctx, by, id, maps.Clone(v))
		}
		out = append(out, r)
		if report != nil {
			report(i+1, len(ids))
		}
	}
	return out
}

// prepare finds an action and reads its arguments.
func (e *Engine) prepare(ctx context.Context, by policy.Actor, name, action string, args map[string]string) (Action, Values, error) {
	a, ok := e.Action(name, action)
	if !ok {
		return a, nil, fault.New(fault.NotFound, "record.no_action", "action", action)
	}
	if err := by.NeedAny(a.right(), name); err != nil {
		return a, nil, err
	}
	if action == "change" && len(args) == 0 {
		return a, nil, fault.New(fault.Invalid, "record.nothing_given")
	}
	v, err := e.values(ctx, by, a.Args, args)
	if err == nil && action != "change" {
		err = fault.Join(lacking(a.Args, v)...)
	}
	return a, v, err
}

// CheckArgs says what is wrong with the arguments of an action before it is done
// with anything.
func (e *Engine) CheckArgs(ctx context.Context, by policy.Actor, name, action string, args map[string]string) error {
	_, _, err := e.prepare(ctx, by, name, action, args)
	return err
}

func lacking(fields []Field, v Values) (bad []*fault.Fault) {
	for _, f := range fields {
		if f.Required && Empty(v[f.Name]) {
			bad = append(bad, fault.Field(f.Name, "fault.required"))
		}
	}
	return bad
}

// titleNow is a record's title, its number where by does not see it.
func (e *Engine) titleNow(ctx context.Context, by policy.Actor, name string, id int64) string {
	title := "#" + str(id)
	res, ok := e.Get(name)
	if !ok {
		return title
	}
	_ = e.DB.Read(ctx, func(tx *db.Tx) error {
		t, err := e.title(tx, by, res, id)
		if err == nil {
			title = t
		}
		return err
	})
	return title
}

// maxRehearsed bounds a rehearsal: it holds the only writer.
const maxRehearsed = 2000

var errRehearsal = errors.New("resource: only a rehearsal")

// Rehearse is Each of which nothing stays: what would become of every row, by
// the very code that does it. At most the first 2,000 rows are tried.
func (e *Engine) Rehearse(ctx context.Context, by policy.Actor, name, action string, ids []int64, args map[string]string) (out []Result, err error) {
	ids = ids[:min(len(ids), maxRehearsed)]
	err = e.DB.Write(ctx, func(tx *db.Tx) error {
		out = e.Each(tx.Join(), by, name, action, ids, args, nil)
		return errRehearsal
	})
	if errors.Is(err, errRehearsal) {
		err = nil
	}
	return out, err
}
