package audit

import (
	"context"
	"time"

	"cohort/db"
)

// Head is the place of one entry in the chain: whoever knows it can tell later
// whether everything up to it is still there.
type Head struct {
	ID   int64     `json:"id"`
	Hash string    `json:"hash"`
	At   time.Time `json:"at"` // when the entry was written
}

// HeadOf gives the newest entry's place; ID 0 where there is none.
func HeadOf(ctx context.Context, d *db.DB) (h Head, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		e, err := newest(tx)
		h = e.head()
		return err
	})
	return h, err
}

func (e entry) head() Head {
	if e.id == 0 {
		return Head{}
	}
	return Head{ID: e.id, Hash: e.hash, At: db.Time(e.at)}
}

// Report says what was found when the whole trail was reckoned again.
type Report struct {
	Checked  int   // entries that were right
	Erased   int   // of those, entries that an erasure emptied and vouches for
	BrokenAt int64 // the first entry that is not, 0 where all are
	Missing  Head  // a place that was known and is not there any more: the trail was cut off or written anew; ID 0 where none
	Head     Head  // the newest entry
}

// Whole says that nothing was wrong.
func (r Report) Whole() bool { return r.BrokenAt == 0 && r.Missing.ID == 0 }

// Check reckons every entry's hash again, and looks for the places that were
// known from before: those show what the chain alone cannot, that its newest
// entries were cut off. report hears how far it has come; it may be nil.
func Check(ctx context.Context, d *db.DB, known []Head, report func(done, total int)) (r Report, err error) {
	last, err := HeadOf(ctx, d)
	if err != nil {
		return r, err
	}
	found := map[int64]string{}
	for _, k := range known {
		found[k.ID] = ""
	}
	r, err = walk(ctx, d, func(e entry) {
		if _, wanted := found[e.id]; wanted {
			found[e.id] = e.hash
		}
	}, func(done int) {
		if report != nil {
			report(done, max(done, int(last.ID)))
		}
	})
	if err != nil || r.BrokenAt != 0 {
		return r, err
	}
	for _, k := range known {
		if k.ID != 0 && found[k.ID] != k.Hash && (r.Missing.ID == 0 || k.ID < r.Missing.ID) {
			r.Missing = k
		}
	}
	return r, nil
}

// walk goes over the whole chain in the order of time.
func walk(ctx context.Context, d *db.DB, visit func(entry), batchDone func(done int)) (r Report, err error) {
	previous, open := "", map[int64]int64{} // erasures that were named and not come to yet, by the first entry that names each
	for {
		var batch []entry
		err := d.Read(ctx, func(tx *db.Tx) (err error) {
			batch, err = entriesAfter(tx, r.Head.ID, verifyBatch)
			return err
		})
		if err != nil {
			return r, err
		}
		if len(batch) == 0 {
			r.BrokenAt = smallest(open)
			return r, nil
		}
		for _, e := range batch {
			ok := e.right(previous)
			if ok {
				ok, err = erasuresRight(ctx, d, e, open)
			}
			if !ok || err != nil {
				r.BrokenAt = e.id
				return r, err
			}
			visit(e)
			previous, r.Head = e.hash, e.head()
			r.Checked++
			if e.erasedBy != 0 {
				r.Erased++
			}
		}
		batchDone(r.Checked)
	}
}

// smallest is the first entry of those that name an erasure which is not there, 0 for none.
func smallest(open map[int64]int64) (first int64) {
	for _, id := range open {
		if first == 0 || id < first {
			first = id
		}
	}
	return first
}

// erasuresRight looks at an entry as an erased one, which must name an erasure further on, and as an erasure, which must
// have emptied just what names it. That is read anew: it may have happened since the walk came by.
func erasuresRight(ctx context.Context, d *db.DB, e entry, open map[int64]int64) (ok bool, err error) {
	if e.erasedBy != 0 {
		if e.erasedBy <= e.id {
			return false, nil
		}
		if _, known := open[e.erasedBy]; !known {
			open[e.erasedBy] = e.id
		}
	}
	if e.action != actErase {
		return open[e.id] == 0, nil
	}
	delete(open, e.id)
	err = d.Read(ctx, func(tx *db.Tx) error {
		ok, err = e.vouches(tx)
		return err
	})
	return ok, err
}

// Holds says whether the entry of a place is there as it was.
func Holds(ctx context.Context, d *db.DB, h Head) (yes bool, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		hash, err := hashOf(tx, h.ID)
		yes = hash == h.Hash && hash != ""
		return err
	})
	return yes, err
}
