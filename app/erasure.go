package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// ErasePerson takes a person's data away for good, and says what stays. It is refused while an enrollment is running.
// The audit trail keeps who did what and when; the values of its entries go, and the erasure's entry vouches for them.
func (a *App) ErasePerson(ctx context.Context, by policy.Actor, id int64) (Receipt, error) {
	return a.erasePerson(ctx, by, id, false)
}

// erasePerson is ErasePerson; again repeats one that an older backup has undone, whatever runs in that.
func (a *App) erasePerson(ctx context.Context, by policy.Actor, id int64, again bool) (r Receipt, err error) {
	r.Pseudonym = fmt.Sprintf("erased-%d", id)
	seen, err := a.lookForPerson(ctx, by, id)
	if err != nil {
		return r, err
	}
	made := int64(0)
	err = a.DB.Write(ctx, func(tx *db.Tx) error {
		r.At, r.Gone = tx.Now, nil
		if err := a.mayErase(tx, by, id, again); err != nil {
			return err
		}
		who, err := someone(tx, id)
		if err != nil {
			return err
		}
		if made, err = born(tx, id); err != nil {
			return err
		}
		if err := seen.add(tx, who); err != nil { // what was written since the look
			return err
		}
		trail, err := who.trail(tx, seen, r.Pseudonym)
		if err != nil {
			return err
		}
		if r.Stays, err = staying(tx, who); err != nil {
			return err
		}
		if err := a.eraseContracts(tx, id, r.Pseudonym); err != nil {
			return err
		}
		n, err := a.Enrollments.EraseDocuments(tx, by, id)
		if err != nil {
			return err
		}
		r.gone("documents", int64(n))
		if err := a.eraseFiles(tx, id); err != nil {
			return err
		}
		if err := a.eraseRows(tx, who, seen, &r); err != nil {
			return err
		}
		n, err = audit.Erase(tx, by, "customers", id, trail)
		r.gone("audit", int64(n))
		return err
	})
	if err != nil {
		return r, err
	}
	a.listErasure(erased{Customer: id, Born: made, At: r.At})
	if err := a.DB.Settle(ctx); err != nil {
		a.Log.Warn("erasure: the database's log still holds what was erased; it goes with the next start", "err", err)
	}
	return r, nil
}

// mayErase asks for the right, and refuses while the person studies. One who is not a customer any more (in the trash,
// or merged into another) is seen by nobody: only who may erase everybody erases what is left of him.
func (a *App) mayErase(tx *db.Tx, by policy.Actor, id int64, again bool) error {
	if again && by.IsSystem() {
		return nil
	}
	left, err := onlyTraces(tx, id)
	if err != nil {
		return err
	}
	if left && by.Administrator() {
		return nil
	}
	if err := a.mayPerson(tx, by, "erase", id); err != nil {
		return err
	}
	class, err := runningClass(tx, id, tx.Now.In(a.Zone).Format("2006-01-02"))
	if err == nil && class != "" {
		err = fault.New(fault.Conflict, "person.running", "class", class)
	}
	return err
}

// lookForPerson looks for him through the long tables before the one writer is taken.
func (a *App) lookForPerson(ctx context.Context, by policy.Actor, id int64) (seen mentions, err error) {
	seen = mentions{}
	err = a.DB.Read(ctx, func(tx *db.Tx) error {
		who, err := someone(tx, id)
		if err != nil {
			return err
		}
		return seen.add(tx, who)
	})
	return seen, err
}

func (r *Receipt) gone(what string, n int64) {
	if n == 0 || what == "" {
		return
	}
	for i := range r.Gone {
		if r.Gone[i].What == what {
			r.Gone[i].N += n
			return
		}
	}
	r.Gone = append(r.Gone, Kept{what, n})
}

func (a *App) eraseRows(tx *db.Tx, who person, seen mentions, r *Receipt) error {
	for _, id := range who.ids {
		for _, e := range erasures {
			n, err := erase(tx, e, id, r.Pseudonym)
			if err != nil {
				return fmt.Errorf("erasing %s: %w", e.what, err)
			}
			r.gone(e.what, n)
		}
	}
	if err := seen.erase(tx, r); err != nil {
		return err
	}
	n, err := eraseRefused(tx, who)
	if err != nil {
		return err
	}
	r.gone("imports", n)
	id, account := who.ids[0], who.account
	tx.AfterCommit(func() {
		a.Org.Invalidate()
		a.Bus.Publish(bus.Event{Resource: "customers", ID: id, Verb: "changed"})
		if account != 0 {
			a.Bus.Publish(bus.Event{Resource: "accounts", ID: account, Verb: "disabled"})
		}
	})
	return nil
}

// eraseFiles forgets the bytes of homework and of what went back to the person, and throws them away after the commit.
func (a *App) eraseFiles(tx *db.Tx, id int64) error {
	list, err := filesOf(tx, id)
	if err != nil {
		return err
	}
	ctx := context.WithoutCancel(tx.Ctx())
	tx.AfterCommit(func() {
		var failed error
		for _, name := range list {
			failed = errors.Join(failed, a.Blobs.Discard(ctx, name))
		}
		if failed != nil {
			a.Log.Error("erasure: bytes stay until the next sweep", "err", failed)
		}
	})
	return nil
}

// eraseContracts puts the pseudonym into the signed contracts, whose hash stays that of what was signed.
func (a *App) eraseContracts(tx *db.Tx, id int64, pseudonym string) error {
	if a.Keys == nil {
		return nil // in the clear they cannot be changed: the database forbids it
	}
	list, err := personRows(tx, personTable{"enrollments", "customer_id = $1"}, id)
	if err != nil {
		return err
	}
	for _, e := range list {
		text, _ := e["contract"].(string)
		if text == "" {
			continue
		}
		for _, field := range []string{"id_number", "phone", "email", "emergency", "name"} {
			if value, _ := e[field].(string); value != "" {
				text = strings.ReplaceAll(text, value, pseudonym)
			}
		}
		sealed, err := tx.Seal(text)
		if err != nil {
			return err
		}
		number, _ := e["id"].(int64)
		if err := setContract(tx, number, sealed); err != nil {
			return err
		}
	}
	return nil
}
