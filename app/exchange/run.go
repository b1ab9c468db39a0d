package exchange

import (
	"context"
	"errors"
	"io"
	"strconv"
	"time"

	"cohort/app/audit"
	"cohort/app/i18n"
	"cohort/app/notify"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/sheet"
	"cohort/db"
)

// A part of an import is one transaction; behind each, the only writer is free
// for others.
const (
	partRows = 250
	partTime = 40 * time.Millisecond
)

// errDry undoes what a dry run has done.
var errDry = errors.New("exchange: a dry run leaves nothing")

// work is one import under way, dry or not: the same steps, but for the end of
// each part.
type work struct {
	s      *Service
	by     policy.Actor
	b      *Batch
	p      *plan
	dry    bool
	narrow bool          // the right to import has a row rule
	seen   map[mark]int  // unique values that the file has had, and in which line
	hit    map[int64]int // records that the file has changed, and in which line
	part   []Row
}

// Check reads a file as Import does and leaves nothing of it but the report: the
// rows go through the same services, in transactions that are undone.
func (s *Service) Check(ctx context.Context, by policy.Actor, id int64, report Report) (Batch, error) {
	return s.work(ctx, by, id, true, report)
}

// Import imports a file. What is refused is in the report, row by row; the others
// are in. A fault of the program, or the end of ctx, takes everything back.
func (s *Service) Import(ctx context.Context, by policy.Actor, id int64, report Report) (Batch, error) {
	return s.work(ctx, by, id, false, report)
}

func (s *Service) work(ctx context.Context, by policy.Actor, id int64, dry bool, report Report) (b Batch, err error) {
	free, err := s.hold(ctx, id)
	if err != nil {
		return b, err
	}
	defer free()
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		b, err = s.own(tx, by, id, Uploaded, Checked)
		return err
	})
	if err != nil {
		return b, err
	}
	w := &work{s: s, by: by, b: &b, dry: dry, seen: map[mark]int{}, hit: map[int64]int{}}
	if w.p, err = s.plan(ctx, by, b); err != nil {
		return b, err
	}
	w.narrow = by.Where("import", b.Resource, w.p.res.Rules, plain{}) != "1 = 1"
	if err := w.begin(ctx); err != nil {
		return b, err
	}
	if err := w.rows(ctx, report); err != nil {
		return b, errors.Join(err, w.broken(ctx))
	}
	return b, w.end(ctx)
}

// begin forgets an earlier report and says in the database what is under way.
func (w *work) begin(ctx context.Context) error {
	b := w.b
	b.Rows, b.Added, b.Changed, b.Same, b.Refused = 0, 0, 0, 0, 0
	return w.s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := deleteRows(tx, b.ID); err != nil {
			return err
		}
		action := "import_check"
		if b.State = Uploaded; !w.dry {
			b.State, b.Run, action = Running, tx.Now, "import"
		}
		w.s.publish(tx, "imports", b.ID, "changed")
		if err := updateBatch(tx, b); err != nil {
			return err
		}
		return audit.Write(tx, w.by, action, b.Resource, 0, audit.Change{Field: "batch", New: strconv.FormatInt(b.ID, 10)},
			audit.Change{Field: "import_file", New: b.Name}, audit.Change{Field: "mode", New: b.Mode})
	})
}

// rows takes the file part by part.
func (w *work) rows(ctx context.Context, report Report) error {
	r, file, err := w.s.open(*w.b)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	defer func() { _ = r.Close() }()
	if _, err := r.Next(); err != nil { // the headings
		return err
	}
	total := w.b.Rows
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		if more, err = w.onePart(ctx, r); err != nil {
			return err
		}
		report.say(w.b.Rows, total)
	}
	return nil
}

// onePart is one transaction.
func (w *work) onePart(ctx context.Context, r *sheet.Reader) (more bool, err error) {
	w.part = w.part[:0]
	err = w.s.DB.Write(ctx, func(tx *db.Tx) error {
		start := time.Now()
		inner := resource.Bulk(tx.Join())
		for more = true; w.p.whole || len(w.part) < partRows && time.Since(start) < partTime; {
			row, err := r.Next()
			if errors.Is(err, io.EOF) {
				more = false
				break
			}
			if err != nil {
				return err
			}
			done, err := w.row(inner, row)
			if err != nil {
				return err
			}
			w.part = append(w.part, done)
		}
		if w.dry {
			return errDry
		}
		return w.keep(tx)
	})
	if errors.Is(err, errDry) {
		err = w.s.DB.Write(ctx, w.keep)
	}
	return more, err
}

// keep writes down what became of the rows of a part. Where one part is all, it
// ends the import, so that nothing is left to be taken back.
func (w *work) keep(tx *db.Tx) error {
	if err := unchanged(tx, w.b); err != nil { // another process holds this one for dead
		return err
	}
	for _, row := range w.part {
		w.b.count(row.Outcome)
	}
	if err := insertRows(tx, w.b.ID, w.part); err != nil || w.dry || !w.p.whole {
		return err
	}
	w.b.State = Done
	return updateBatch(tx, w.b)
}

func (b *Batch) count(outcome string) {
	b.Rows++
	switch outcome {
	case Add:
		b.Added++
	case Change:
		b.Changed++
	case Same:
		b.Same++
	case Refused:
		b.Refused++
	}
}

// end writes the report and what came out.
func (w *work) end(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	b := w.b
	if err := w.s.writeReport(ctx, w.by, b); err != nil {
		return err
	}
	return w.s.DB.Write(ctx, func(tx *db.Tx) error {
		b.State = Checked
		if !w.dry {
			b.State = Done
			if err := w.tell(tx); err != nil {
				return err
			}
			if err := audit.Write(tx, w.by, "imported", b.Resource, 0, b.counts()...); err != nil {
				return err
			}
		}
		w.s.publish(tx, "imports", b.ID, "changed")
		return updateBatch(tx, b)
	})
}

func (b *Batch) counts() []audit.Change {
	list := []audit.Change{{Field: "batch", New: strconv.FormatInt(b.ID, 10)}}
	for _, c := range []struct {
		name string
		n    int
	}{{"rows", b.Rows}, {"added", b.Added}, {"changed", b.Changed}, {"same", b.Same}, {"refused", b.Refused}, {"kept", b.Kept}} {
		list = append(list, audit.Change{Field: c.name, New: strconv.Itoa(c.n)})
	}
	return list
}

// tell tells everybody whom records now belong to, once with their number, in
// place of once for each.
func (w *work) tell(tx *db.Tx) error {
	for _, c := range w.p.cells {
		if c.field.Kind != resource.Relation || c.field.Ref != "accounts" {
			continue
		}
		counts, err := w.s.Engine.Tally(tx, w.b.Resource, c.field, touchedRecords, w.b.ID)
		if err != nil {
			return err
		}
		for account, n := range counts {
			if account == 0 || account == w.by.Account {
				continue
			}
			err := notify.Send(tx, w.s.Bus, account, "imported", "", "who", w.by.Name, "n", n, "records", i18n.W("resource."+w.b.Resource))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// broken takes back what a run that failed has done so far.
func (w *work) broken(ctx context.Context) error {
	if w.dry {
		return nil
	}
	return w.s.takeBack(context.WithoutCancel(ctx), w.by, w.b, nil)
}
