package exchange

import (
	"context"
	"math"
	"time"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// Undo takes an import back: what it added is deleted, what it changed gets its
// old values, the last row first. A row whose record was touched since, or that
// others need by now, stays and says why.
func (s *Service) Undo(ctx context.Context, by policy.Actor, id int64, report Report) (b Batch, err error) {
	free, err := s.hold(ctx, id)
	if err != nil {
		return b, err
	}
	defer free()
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if b, err = s.batch(tx, by, id, "view"); err != nil {
			return err
		}
		if b.Account != by.Account && !by.May("undo", "imports", policy.Row{"account": policy.Int(b.Account)}) {
			return fault.New(fault.Forbidden, "import.not_yours")
		}
		if err := s.mayImport(by, b.Resource); err != nil {
			return err
		}
		if err := b.in(Done, Undoing); err != nil {
			return err
		}
		return s.undoing(tx, by, &b)
	})
	if err != nil {
		return b, err
	}
	if err := s.takeRows(ctx, by, &b, report); err != nil {
		return b, err
	}
	return b, s.undone(context.WithoutCancel(ctx), by, &b, Undone)
}

func (s *Service) undoing(tx *db.Tx, by policy.Actor, b *Batch) error {
	b.State, b.Kept = Undoing, 0
	s.publish(tx, "imports", b.ID, "changed")
	if err := updateBatch(tx, b); err != nil {
		return err
	}
	return audit.Write(tx, by, "import_undo", b.Resource, 0, b.counts()[0])
}

// undone writes down how an undo ended.
func (s *Service) undone(ctx context.Context, by policy.Actor, b *Batch, state State) error {
	b.State = state
	maker := by
	maker.Account = b.Account
	if err := s.writeReport(ctx, maker, b); err != nil {
		if f, ok := fault.As(err); !ok || f.Kind == fault.Internal {
			return err
		}
		b.report, b.ReportSize = "", 0 // the file itself is gone by now
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		s.publish(tx, "imports", b.ID, "changed")
		if err := audit.Write(tx, by, "import_"+string(state), b.Resource, 0, b.counts()...); err != nil {
			return err
		}
		return updateBatch(tx, b)
	})
}

// takeBack takes back a run that was broken off.
func (s *Service) takeBack(ctx context.Context, by policy.Actor, b *Batch, report Report) error {
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		now, err := batchOf(tx, b.ID) // the counts of parts that were lost are not in it
		if err != nil {
			return err
		}
		*b = now
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.takeRows(ctx, by, b, report); err != nil {
		return err
	}
	return s.undone(ctx, by, b, TakenBack)
}

// Recover takes back what was broken off when the server ended. Nobody may have
// got in before it returns.
func (s *Service) Recover(ctx context.Context) error {
	var list []Batch
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		list, err = unfinished(tx)
		return err
	})
	if err != nil {
		return err
	}
	for _, b := range list {
		if err := s.recover(ctx, b.ID); err != nil {
			return err
		}
	}
	return nil
}

// recover takes back one batch that was broken off. It is read once it is held: another process may have been at it when
// it was listed, and have come to the end since.
func (s *Service) recover(ctx context.Context, id int64) error {
	release, broken, err := s.DB.Hold(ctx, id)
	if err != nil || !broken { // another process is at it
		return err
	}
	defer release()
	var b Batch
	err = s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if b, err = batchOf(tx, id); err != nil || b.State != Running && b.State != Undoing {
			return err
		}
		return updateBatch(tx, &b) // whoever was at it and lives, cut off for a while, learns that he is no more
	})
	if err != nil {
		return err
	}
	state := TakenBack
	switch b.State {
	case Running:
	case Undoing:
		state = Undone
	default:
		return nil
	}
	s.Log.Warn("exchange: taking back an import that was broken off", "batch", b.ID, "records", b.Resource)
	if err := s.takeRows(ctx, policy.System, &b, nil); err != nil {
		return err
	}
	return s.undone(ctx, policy.System, &b, state)
}

// takeRows takes back the rows of a batch, part by part.
func (s *Service) takeRows(ctx context.Context, by policy.Actor, b *Batch, report Report) error {
	b.Kept = 0
	total, done := b.Added+b.Changed, 0
	for before := math.MaxInt32; ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, last, kept, err := s.takePart(ctx, by, *b, before)
		if err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		before, done, b.Kept = last, done+n, b.Kept+kept
		report.say(done, max(total, done))
	}
}

func (s *Service) takePart(ctx context.Context, by policy.Actor, b Batch, before int) (n, last, kept int, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		start := time.Now()
		list, err := toUndo(tx, b.ID, before, partRows)
		if err != nil {
			return err
		}
		inner := resource.Bulk(tx.Join())
		for _, r := range list {
			if n > 0 && time.Since(start) > partTime {
				break
			}
			if err := s.takeRow(inner, by, b, &r); err != nil {
				return err
			}
			if n, last = n+1, r.Line; !r.Undone {
				kept++
			}
			if err := markUndone(tx, b.ID, r); err != nil {
				return err
			}
		}
		return nil
	})
	return n, last, kept, err
}

// takeRow takes one row back, or says in it why not.
func (s *Service) takeRow(ctx context.Context, by policy.Actor, b Batch, r *Row) error {
	err := s.restore(ctx, elevated(by), b, *r)
	if f, ok := fault.As(err); ok && f.Kind != fault.Internal {
		if f.Kind == fault.Stale || f.Kind == fault.NotFound {
			f = fault.New(fault.Conflict, "import.touched")
		}
		r.Why = s.said(f)
		return nil
	}
	r.Undone = err == nil
	return err
}

// elevated acts in the name of who undoes, with every right: an undo gives back
// what was, and needs no right to delete.
func elevated(by policy.Actor) policy.Actor {
	by.Rights = policy.System.Rights
	return by
}

func (s *Service) restore(ctx context.Context, by policy.Actor, b Batch, r Row) error {
	version, err := s.Engine.Version(ctx, b.Resource, r.Record)
	if err != nil {
		return err
	}
	if r.version != 0 && version != r.version {
		return fault.New(fault.Stale, "fault.stale")
	}
	if r.Outcome == Add {
		return s.Engine.Delete(ctx, by, b.Resource, r.Record, r.version)
	}
	old := map[string]string{}
	for _, c := range r.Changes {
		old[c.Field] = c.Old
	}
	return s.Engine.Change(ctx, by, b.Resource, r.Record, r.version, old)
}
