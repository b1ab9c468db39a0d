package resource

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// Entry is one act of a record's history, as far as its reader may see it.
type Entry struct {
	ID      int64
	At      time.Time
	Account int64
	Login   string
	Who     string // display name, the log-in name where there is none
	Action  string

	Resource string
	Record   int64
	Title    string // of the record; only in Undoable
	Changes  []audit.Change
	Undid    int64 // the entry that this one took back, else 0
	Trash    int64 // where a deletion put the record, else 0
	Erased   int64 // the entry of the erasure that took the values away, else 0
	Why      error // only in Undoable: why it cannot be undone, nil when it can
}

// What the engine's own notes are called in the audit trail.
const (
	undoField = "undo_of"
	backField = "back_to"
)

// History tells what happened to a record that by may view, the newest first, at
// most limit of it (1 to 1,000; else 1,000). Values are shown no further than
// his rules show the fields themselves.
func (e *Engine) History(ctx context.Context, by policy.Actor, name string, id int64, limit int) (list []Entry, err error) {
	return e.HistoryWith(ctx, by, name, id, nil, limit)
}

// HistoryWith is History with that of records that became a part of this one;
// their values are shown as far as this one's.
func (e *Engine) HistoryWith(ctx context.Context, by policy.Actor, name string, id int64, parts []int64, limit int) (list []Entry, err error) {
	res, err := e.resource(name)
	if err != nil {
		return nil, err
	}
	err = e.DB.Read(ctx, func(tx *db.Tx) error {
		if err := e.Need(tx, by, "view", name, id); err != nil {
			return err
		}
		entries, err := audit.EntriesExcept(tx.Ctx(), e.DB, name, id, limit, res.Untold...)
		if err != nil {
			return err
		}
		for _, part := range parts {
			more, err := audit.EntriesExcept(tx.Ctx(), e.DB, name, part, limit, res.Untold...)
			if err != nil {
				return err
			}
			entries = append(entries, more...)
		}
		slices.SortStableFunc(entries, func(a, b audit.Entry) int { return cmp.Compare(b.ID, a.ID) })
		list, err = e.tell(tx, by, res, id, entries)
		return err
	})
	return list, err
}

// tell shows entries of one record to an actor.
func (e *Engine) tell(tx *db.Tx, by policy.Actor, res *Resource, id int64, entries []audit.Entry) ([]Entry, error) {
	modes, err := e.modes(tx, by, res, "view", id)
	if err != nil {
		return nil, err
	}
	names := map[int64]string{}
	list := make([]Entry, 0, len(entries))
	for _, a := range entries {
		if _, known := names[a.Account]; !known {
			if names[a.Account], err = e.personName(tx, a.Account); err != nil {
				return nil, err
			}
		}
		x := entryOf(a)
		if n := names[a.Account]; n != "" {
			x.Who = n
		}
		if x.Changes, err = e.shownChanges(tx, by, res, modes, a.Changes); err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	return list, nil
}

func entryOf(a audit.Entry) Entry {
	x := Entry{ID: a.ID, At: a.At, Account: a.Account, Login: a.Login, Who: a.Login, Action: a.Action, Resource: a.Resource, Record: a.Record, Erased: a.Erased}
	x.Undid, x.Trash = noteOf(a, undoField), noteOf(a, trashField)
	return x
}

// noteOf reads one of the engine's own notes, 0 where there is none.
func noteOf(a audit.Entry, field string) int64 {
	for _, ch := range a.Changes {
		if ch.Field == field {
			n, _ := strconv.ParseInt(ch.New, 10, 64)
			return n
		}
	}
	return 0
}

// personName is what people call an account, "" where accounts are no records
// here or there is none of that number.
func (e *Engine) personName(tx *db.Tx, account int64) (string, error) {
	res, ok := e.Get("accounts")
	if !ok || account == 0 {
		return "", nil
	}
	var name string
	err := tx.QueryRow("SELECT "+res.Title+" FROM "+res.From+" WHERE "+res.Key+" = $1", account).Scan(&name)
	if db.NoRows(err) {
		return "", nil
	}
	return name, err
}

// shownChanges shows old and new values no further than the fields themselves.
func (e *Engine) shownChanges(tx *db.Tx, by policy.Actor, res *Resource, modes map[string]policy.Mode, list []audit.Change) (out []audit.Change, err error) {
	for _, ch := range list {
		switch ch.Field {
		case versionField, trashField, undoField, backField:
			continue
		}
		f, ok := res.Field(ch.Field)
		if ok && modes[f.Name] == policy.Hidden {
			continue
		}
		if ok && modes[f.Name] == policy.Masked && !f.Private { // private ones are stored masked
			ch.Old, ch.New = f.Masked(ch.Old), f.Masked(ch.New)
		} else if ok && f.Kind == Relation {
			if ch.Old, err = e.called(tx, by, f, ch.Old); err != nil {
				return nil, err
			}
			if ch.New, err = e.called(tx, by, f, ch.New); err != nil {
				return nil, err
			}
		}
		out = append(out, ch)
	}
	return out, nil
}

// called gives the title of a relation that the trail names by its number.
func (e *Engine) called(tx *db.Tx, by policy.Actor, f Field, text string) (string, error) {
	number, ok := strings.CutPrefix(text, "#")
	id, bad := strconv.ParseInt(number, 10, 64)
	res, known := e.Get(f.Ref)
	if !ok || bad != nil || !known {
		return text, nil
	}
	title, err := e.title(tx, by, res, id)
	if db.NoRows(err) {
		return text, nil
	}
	return title, err
}

// PutBack gives fields of a record the values that they had before an entry of
// its history; without fields, all that the entry changed and people may change.
// It is a change like any other, under the same rights.
func (e *Engine) PutBack(ctx context.Context, by policy.Actor, name string, id, entry int64, fields ...string) error {
	res, err := e.resource(name)
	if err != nil {
		return err
	}
	return e.DB.Write(ctx, func(tx *db.Tx) error {
		if err := e.Need(tx, by, "view", name, id); err != nil {
			return err
		}
		a, ok, err := audit.One(tx, entry)
		if err != nil {
			return err
		}
		if !ok || a.Resource != name || a.Record != id {
			return fault.New(fault.NotFound, "record.no_entry", "entry", entry)
		}
		if a.Erased != 0 {
			return fault.New(fault.Conflict, "record.erased", "entry", a.Erased)
		}
		old, err := res.before(a, fields)
		if err != nil {
			return err
		}
		ctx := audit.Note(tx.Join(), audit.Change{Field: backField, New: str(entry)})
		return e.Change(ctx, by, name, id, 0, old)
	})
}

// before gives what an entry changed as it was before, as typed. Fields whose
// values the trail does not keep are refused.
func (r *Resource) before(a audit.Entry, fields []string) (map[string]string, error) {
	may := map[string]Field{}
	for _, f := range r.Inputs(false) {
		may[f.Name] = f
	}
	out := map[string]string{}
	var bad []*fault.Fault
	for _, ch := range a.Changes {
		f, ok := may[ch.Field]
		if !ok || len(fields) > 0 && !contains(fields, ch.Field) {
			continue
		}
		if f.Private && ch.Old != "" || ch.Old == audit.Concealed {
			bad = append(bad, fault.Field(f.Name, "record.not_kept"))
			continue
		}
		out[f.Name] = ch.Old
	}
	for _, name := range fields {
		if _, has := out[name]; !has && !faulty(bad, name) {
			bad = append(bad, fault.Field(name, "record.not_in_entry"))
		}
	}
	if len(out) == 0 && len(bad) == 0 {
		bad = append(bad, fault.New(fault.Invalid, "record.nothing_back"))
	}
	return out, fault.Join(bad...)
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
