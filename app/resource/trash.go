package resource

import (
	"context"
	"time"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/db"
)

// Trash says how a record is deleted: its row and the rows that belong to it
// are moved to the trash, from where they come back under the same numbers.
// Whatever else points to the record keeps it from going.
type Trash struct {
	Owns []Owned
	// Blocks names, for tables that point to the record and are no resource, the
	// resource that people know them by: "customer_courses" → "customers".
	Blocks map[string]string
	// Keep refuses in words where history would be lost; nil: nothing more than
	// what still points to the record.
	Keep func(tx *db.Tx, by policy.Actor, id int64) error
	// Kept names the tables that point to rows of Owns: while they have any for
	// the record, Keep refuses.
	Kept []string
	// Moved is told before a record goes and after it has come back, for what is
	// made of its row and no row of its own; nil: nothing is.
	Moved func(tx *db.Tx, id int64, gone bool) error
}

func (t *Trash) moved(tx *db.Tx, id int64, gone bool) error {
	if t == nil || t.Moved == nil {
		return nil
	}
	return t.Moved(tx, id, gone)
}

// Owned are the rows of another table that go with a record: those whose column
// has its number.
type Owned struct{ Table, Column string }

// TrashDays is how long a deleted record can be brought back.
const TrashDays = 30

// trashField is what the audit trail calls the place in the trash that a
// deletion made.
const trashField = "trash"

// Delete moves a record with all that goes with it to the trash. version is the
// one that was read; 0 takes the present one.
func (e *Engine) Delete(ctx context.Context, by policy.Actor, name string, id, version int64) error {
	res, err := e.resource(name)
	if err != nil {
		return err
	}
	if !res.CanDelete() {
		return policy.Forbidden("delete", name)
	}
	if err := by.NeedAny("delete", name); err != nil {
		return err
	}
	if res.Delete != nil {
		return res.Delete(ctx, by, id, version)
	}
	return e.DB.Write(ctx, func(tx *db.Tx) error {
		if err := e.deletable(tx, by, res, id); err != nil {
			return err
		}
		return e.discard(tx, by, res, id, version)
	})
}

// deletable says why by may not delete a record.
func (e *Engine) deletable(tx *db.Tx, by policy.Actor, res *Resource, id int64) error {
	if err := e.Need(tx, by, "delete", res.Name, id); err != nil {
		return err
	}
	return e.blocked(tx, by, res, id)
}

// blocked refuses a record that history or other records need.
func (e *Engine) blocked(tx *db.Tx, by policy.Actor, res *Resource, id int64) error {
	if res.Trash.Keep != nil {
		if err := res.Trash.Keep(tx, by, id); err != nil {
			return err
		}
	}
	users, err := e.users(tx, res, id)
	if err != nil || len(users) == 0 {
		return err
	}
	words := make([]i18n.Word, len(users))
	for i, u := range users {
		words[i] = i18n.W("record.counted", "n", u.Count, "records", i18n.W("resource."+u.Resource))
	}
	return fault.New(fault.Conflict, "record.in_use", "users", words)
}

// discard moves a record to the trash, once nothing is against it.
func (e *Engine) discard(tx *db.Tx, by policy.Actor, res *Resource, id, version int64) error {
	row, fields, err := e.Show(tx.Ctx(), policy.System, res.Name, id)
	if err != nil {
		return err
	}
	if version != 0 && version != row.Version {
		return fault.New(fault.Stale, "fault.stale")
	}
	if err := res.Trash.moved(tx, id, true); err != nil {
		return err
	}
	c, err := takeOut(tx, res, id)
	if err != nil {
		return res.refused(err)
	}
	if err := c.spend(tx); err != nil {
		return err
	}
	at, err := insertTrash(tx, by, res.Name, id, row.Title, c)
	if err != nil {
		return err
	}
	e.Publish(tx, res.Name, id, "deleted")
	e.Publish(tx, "trash", at, "added")
	changes := res.Changes(Typed(row, fields), nil, row.Version)
	return audit.Write(tx, by, "delete", res.Name, id, append(changes, audit.Change{Field: trashField, New: str(at)})...)
}

// Restore brings a deleted record back, with all that went with it and under the
// same numbers. Whoever deleted it may, and who sees the trash; he needs the
// right to add such a record.
func (e *Engine) Restore(ctx context.Context, by policy.Actor, trashID int64) error {
	return e.DB.Write(ctx, func(tx *db.Tx) error {
		g, err := trashed(tx, trashID)
		if err != nil {
			return err
		}
		if g.account != by.Account || by.Account == 0 {
			if err := e.Need(tx, by, "restore", "trash", trashID); err != nil {
				return err
			}
		}
		return e.restore(tx, by, g)
	})
}

func (e *Engine) restore(tx *db.Tx, by policy.Actor, g gone) error {
	res, err := e.resource(g.resource)
	if err != nil {
		return err
	}
	if err := by.NeedAny("add", res.Name); err != nil {
		return err
	}
	if err := putBack(tx, g.contents); err != nil {
		return backRefused(res, err)
	}
	if err := res.Trash.moved(tx, g.record, false); err != nil {
		return err
	}
	ok, err := e.Sees(tx, by, "add", res.Name, g.record)
	if err == nil && !ok {
		err = policy.Forbidden("add", res.Name)
	}
	if err != nil {
		return err
	}
	if err := dropTrash(tx, g.id); err != nil {
		return err
	}
	e.Publish(tx, res.Name, g.record, "added")
	e.Publish(tx, "trash", g.id, "deleted")
	return audit.Write(tx, by, "restore", res.Name, g.record, audit.Change{Field: trashField, Old: str(g.id)})
}

// backRefused says why a record cannot come back: something else has its name by
// now, or what it belonged to is gone.
func backRefused(res *Resource, err error) error {
	said, ok := fault.As(res.refused(err))
	if !ok {
		if _, twice := db.Unique(err); twice {
			return fault.New(fault.Conflict, "record.back_taken", "field", "").Because(err)
		}
		return err
	}
	if said.Key == "record.taken" {
		return fault.New(fault.Conflict, "record.back_taken", "field", i18n.W("field."+said.Field)).Because(err)
	}
	return fault.New(fault.Conflict, "record.back_lost").Because(err)
}

// Purge ends records in the trash for good.
func (e *Engine) Purge(ctx context.Context, by policy.Actor, trashIDs ...int64) error {
	return e.DB.Write(ctx, func(tx *db.Tx) error {
		for _, id := range trashIDs {
			if err := e.Need(tx, by, "purge", "trash", id); err != nil {
				return err
			}
			if err := e.purge(tx, by, id); err != nil {
				return err
			}
		}
		return nil
	})
}

func (e *Engine) purge(tx *db.Tx, by policy.Actor, id int64) error {
	g, err := trashed(tx, id)
	if err != nil {
		return err
	}
	if err := dropTrash(tx, id); err != nil {
		return err
	}
	e.Publish(tx, "trash", id, "deleted")
	return audit.Write(tx, by, "purge", g.resource, g.record, audit.Change{Field: trashField, Old: str(id)})
}

// SweepTrash purges what has been in the trash for TrashDays.
func (e *Engine) SweepTrash(ctx context.Context, by policy.Actor) (n int, err error) {
	if err := by.NeedAny("purge", "trash"); err != nil {
		return 0, err
	}
	err = e.DB.Write(ctx, func(tx *db.Tx) error {
		old, err := trashBefore(tx, tx.Now.AddDate(0, 0, -TrashDays), 200)
		if err != nil {
			return err
		}
		for _, id := range old {
			if err := e.purge(tx, by, id); err != nil {
				return err
			}
		}
		n = len(old)
		return nil
	})
	return n, err
}

// RunTrash sweeps the trash once an hour until ctx ends.
func (e *Engine) RunTrash(ctx context.Context) error {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		for n := 200; n == 200; {
			var err error
			if n, err = e.SweepTrash(ctx, policy.System); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
