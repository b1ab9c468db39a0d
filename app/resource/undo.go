package resource

import (
	"context"
	"time"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// UndoHours is how long somebody can take back what he did.
const UndoHours = 24

const maxUndoable = 100

// Undoable lists what by has done in the last UndoHours that can be taken back
// or could, the newest first; Why says where it cannot.
func (e *Engine) Undoable(ctx context.Context, by policy.Actor) (list []Entry, err error) {
	err = e.DB.Read(ctx, func(tx *db.Tx) error {
		own, err := e.own(tx, by, maxUndoable)
		if err != nil {
			return err
		}
		for _, a := range own {
			x, err := e.undoable(tx, by, a)
			if err != nil {
				return err
			}
			list = append(list, x)
		}
		return nil
	})
	return list, err
}

// own gives what by did and did not undo yet.
func (e *Engine) own(tx *db.Tx, by policy.Actor, limit int) (list []audit.Entry, err error) {
	if by.Account == 0 {
		return nil, nil
	}
	all, err := audit.By(tx, by.Account, tx.Now.Add(-UndoHours*time.Hour), max(10*limit, 500))
	if err != nil {
		return nil, err
	}
	undone := map[int64]bool{}
	for _, a := range all {
		if n := noteOf(a, undoField); n != 0 && !undone[a.ID] {
			undone[n] = true
		}
		if e.takesBack(a) && !undone[a.ID] && len(list) < limit {
			list = append(list, a)
		}
	}
	return list, nil
}

// takesBack says whether an act is of a kind that can be undone.
func (e *Engine) takesBack(a audit.Entry) bool {
	res, ok := e.Get(a.Resource)
	if !ok || noteOf(a, undoField) != 0 {
		return false
	}
	switch a.Action {
	case "add":
		return res.Trash != nil
	case "delete":
		return noteOf(a, trashField) != 0
	case "restore", "purge":
		return false
	}
	if res.TakesBack[a.Action] != nil {
		return true
	}
	return (a.Action == "change" || contains(res.Undo, a.Action)) && res.CanChange() && len(res.given(a)) > 0
}

// given lists the fields of an entry that people may change.
func (r *Resource) given(a audit.Entry) (names []string) {
	for _, ch := range a.Changes {
		if f, ok := r.Field(ch.Field); ok && f.Input && !f.AddOnly {
			names = append(names, ch.Field)
		}
	}
	return names
}

// undoable tells an own entry, with why it cannot be undone.
func (e *Engine) undoable(tx *db.Tx, by policy.Actor, a audit.Entry) (Entry, error) {
	res, _ := e.Get(a.Resource)
	x := entryOf(a)
	x.Title = "#" + str(a.Record)
	if a.Action == "delete" {
		x.Title = trashTitle(tx, x.Trash, x.Title)
	} else if title, err := e.title(tx, by, res, a.Record); err == nil {
		x.Title = title
	} else if !db.NoRows(err) {
		return x, err
	}
	there, err := e.shown(tx, by, res.Name, a.Record)
	if err != nil {
		return x, err
	}
	if there {
		told, err := e.tell(tx, by, res, a.Record, []audit.Entry{a})
		if err != nil {
			return x, err
		}
		x.Who, x.Changes = told[0].Who, told[0].Changes
	} else if a.Action != "delete" {
		x.Why = policy.NotFound()
		return x, nil
	}
	x.Why = e.stands(tx, by, a, nil)
	if _, said := fault.As(x.Why); x.Why != nil && !said {
		return x, x.Why
	}
	return x, nil
}

// Undo takes back what by did himself within the last UndoHours: an entry of the
// audit trail, 0 for his newest. Where somebody has changed the same field
// since, it is refused with who and when; fields names those to take back where
// not all are wanted. Undoing an add deletes, undoing a deletion restores.
func (e *Engine) Undo(ctx context.Context, by policy.Actor, entry int64, fields ...string) error {
	return e.DB.Write(ctx, func(tx *db.Tx) error {
		a, err := e.ownEntry(tx, by, entry)
		if err != nil {
			return err
		}
		if err := e.stands(tx, by, a, fields); err != nil {
			return err
		}
		return e.takeBack(audit.Note(tx.Join(), audit.Change{Field: undoField, New: str(a.ID)}), by, a, fields)
	})
}

// ownEntry finds what is to be undone; what others did is not there.
func (e *Engine) ownEntry(tx *db.Tx, by policy.Actor, entry int64) (a audit.Entry, err error) {
	if entry == 0 {
		list, err := e.own(tx, by, 1)
		if err != nil {
			return a, err
		}
		if len(list) == 0 {
			return a, fault.New(fault.NotFound, "record.nothing_to_undo", "hours", UndoHours)
		}
		return list[0], nil
	}
	a, ok, err := audit.One(tx, entry)
	switch {
	case err != nil:
		return a, err
	case !ok || a.Account != by.Account || by.Account == 0:
		return a, fault.New(fault.NotFound, "record.no_entry", "entry", entry)
	case tx.Now.Sub(a.At) > UndoHours*time.Hour:
		return a, fault.New(fault.Conflict, "record.undo_late", "hours", UndoHours)
	case !e.takesBack(a):
		return a, fault.New(fault.Conflict, "record.cannot_undo")
	}
	return a, nil
}

// stands refuses to undo what was undone already or what somebody has built on.
func (e *Engine) stands(tx *db.Tx, by policy.Actor, a audit.Entry, fields []string) error {
	later, err := audit.Since(tx, a.Resource, a.Record, a.ID)
	if err != nil {
		return err
	}
	later, undone := settled(a, later)
	if undone {
		return fault.New(fault.Conflict, "record.undone")
	}
	res, _ := e.Get(a.Resource)
	switch {
	case a.Action == "add" || a.Action == "delete":
		return e.untouched(tx, res, later)
	case res.TakesBack[a.Action] != nil:
		return nil // it looks itself
	}
	if len(fields) == 0 {
		fields = res.given(a)
	}
	var bad []*fault.Fault
	for _, name := range fields {
		for _, l := range later {
			if !changed(l, name) {
				continue
			}
			who, err := e.whoDid(tx, l)
			if err != nil {
				return err
			}
			bad = append(bad, &fault.Fault{Kind: fault.Conflict, Key: "record.changed_since", Field: name, Args: []any{"who", who, "at", l.At}})
			break
		}
	}
	return fault.Join(bad...)
}

// settled leaves out of what followed an entry what was undone since, and the
// undoing of it.
func settled(a audit.Entry, later []audit.Entry) (left []audit.Entry, undone bool) {
	off := map[int64]bool{}
	for i := len(later) - 1; i >= 0; i-- {
		n := noteOf(later[i], undoField)
		if n == 0 || off[later[i].ID] {
			continue
		}
		off[n] = true
		if n > a.ID {
			off[later[i].ID] = true
		}
	}
	for _, l := range later {
		if !off[l.ID] {
			left = append(left, l)
		}
	}
	return left, off[a.ID]
}

func changed(a audit.Entry, field string) bool {
	for _, ch := range a.Changes {
		if ch.Field == field {
			return true
		}
	}
	return false
}

// untouched refuses where anything was done to a record since.
func (e *Engine) untouched(tx *db.Tx, res *Resource, later []audit.Entry) error {
	for _, l := range later {
		if contains(res.Untold, l.Action) || len(l.Changes) == 0 {
			continue
		}
		who, err := e.whoDid(tx, l)
		if err != nil {
			return err
		}
		return fault.New(fault.Conflict, "record.touched", "who", who, "at", l.At)
	}
	return nil
}

func (e *Engine) whoDid(tx *db.Tx, a audit.Entry) (string, error) {
	name, err := e.personName(tx, a.Account)
	if name == "" {
		name = a.Login
	}
	return name, err
}

// takeBack does the opposite of an entry, as the same person and through the
// same rules.
func (e *Engine) takeBack(ctx context.Context, by policy.Actor, a audit.Entry, fields []string) error {
	switch a.Action {
	case "add":
		return e.takeAddBack(ctx, by, a)
	case "delete":
		return e.Restore(ctx, by, noteOf(a, trashField))
	}
	res, _ := e.Get(a.Resource)
	if own := res.TakesBack[a.Action]; own != nil {
		return own(ctx, by, a)
	}
	old, err := res.before(a, fields)
	if err != nil {
		return err
	}
	return e.Change(ctx, by, a.Resource, a.Record, 0, old)
}

// takeAddBack deletes what by has just added and nobody has touched. It is part
// of the right to add; no right to delete is needed for it.
func (e *Engine) takeAddBack(ctx context.Context, by policy.Actor, a audit.Entry) error {
	res, _ := e.Get(a.Resource)
	if err := by.NeedAny("add", res.Name); err != nil {
		return err
	}
	return e.DB.Write(ctx, func(tx *db.Tx) error {
		if err := e.Need(tx, by, "view", res.Name, a.Record); err != nil {
			return err
		}
		if err := e.blocked(tx, by, res, a.Record); err != nil {
			return err
		}
		return e.discard(tx, by, res, a.Record, 0)
	})
}
