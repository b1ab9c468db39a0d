package customer

import (
	"cohort/app/fault"
	"cohort/app/resource"
	"cohort/db"
)

// kept is what a merge keeps of how it was, as JSON.
type kept struct {
	Keep, Lose, After resource.WholeRow
	Moved             []moved    // numbered rows that went over
	Sets, SetsAfter   []wholeSet // rows without numbers, of both and of the one who stays
	Dropped           []wholeSet // enrollments that had not begun, into a class that both had
	Ledger            int64      // the line that the merge wrote into the ledger of owners; 0: none
}

// moved are rows of a table whose column said the one who went.
type moved struct {
	Table, Column string
	IDs           []int64
	Versions      []int64 `json:",omitempty"` // of enrollments: a merge is not taken back behind an approval
}

// wholeSet are rows of one table.
type wholeSet struct {
	Table, Column string
	Rows          []resource.WholeRow
}

func (k kept) counts() map[string]int {
	out := map[string]int{}
	for _, m := range k.Moved {
		if len(m.IDs) > 0 {
			out[m.Table] += len(m.IDs)
		}
	}
	return out
}

// takeOver moves everything that hangs on the one who goes, and takes him away.
func (j *joining) takeOver() (err error) {
	for _, side := range []struct {
		id int64
		to *resource.WholeRow
	}{{j.keep.ID, &j.kept.Keep}, {j.lose.ID, &j.kept.Lose}} {
		rows, err := resource.WholeRows(j.tx, "customers", "id", side.id)
		if err != nil {
			return err
		}
		*side.to = rows[0]
	}
	if err := j.sameClasses(); err != nil {
		return err
	}
	refs, err := j.tx.References("customers")
	if err != nil {
		return err
	}
	for _, ref := range refs {
		if err := j.move(ref); err != nil {
			return err
		}
	}
	if err := deleteKeys(j.tx, j.lose.ID, keysOf(j.lose)); err != nil {
		return err
	}
	if err := resource.Spend(j.tx, "customers", j.lose.ID); err != nil {
		return err
	}
	return deleteCustomer(j.tx, j.lose)
}

// move brings the rows of one table over. Those without numbers are put
// together: what both have stays once.
func (j *joining) move(ref db.Reference) error {
	numbered, err := hasColumn(j.tx, ref.Table, "id")
	if err != nil {
		return err
	}
	if !numbered {
		return j.moveSet(ref)
	}
	m := moved{Table: ref.Table, Column: ref.Column}
	if m.IDs, err = numbers(j.tx, ref, j.lose.ID, j.keep.ID); err != nil {
		return err
	}
	if ref.Table == "enrollments" {
		if m.Versions, err = versions(j.tx, m.IDs); err != nil {
			return err
		}
	}
	if err := point(j.tx, ref, m.IDs, j.lose.ID, j.keep.ID); err != nil {
		return err
	}
	j.kept.Moved = append(j.kept.Moved, m)
	if ref.Table == "customers" { // the one who stays was referred by the other: values says by whom now
		return unrefer(j.tx, j.keep.ID, j.lose.ID)
	}
	return nil
}

func (j *joining) moveSet(ref db.Reference) error {
	for _, id := range []int64{j.keep.ID, j.lose.ID} {
		rows, err := resource.WholeRows(j.tx, ref.Table, ref.Column, id)
		if err != nil {
			return err
		}
		j.kept.Sets = append(j.kept.Sets, wholeSet{ref.Table, ref.Column, rows})
	}
	return mergeSet(j.tx, ref, j.lose.ID, j.keep.ID, j.kept.Sets[len(j.kept.Sets)-1].Rows)
}

// sameClasses refuses two enrollments into one class, unless one of them has not
// begun: that one goes.
func (j *joining) sameClasses() error {
	pairs, err := sameClasses(j.tx, j.keep.ID, j.lose.ID)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		id := p.lose
		if p.loseBegun {
			id = p.keep
		}
		if p.keepBegun && p.loseBegun {
			return fault.New(fault.Conflict, "customer.merge_class", "class", p.class, "a", p.keep, "b", p.lose)
		}
		rows, err := resource.WholeRows(j.tx, "enrollments", "id", id)
		if err != nil {
			return err
		}
		if err := resource.Spend(j.tx, "enrollments", id); err != nil {
			return err
		}
		if err := deleteEnrollment(j.tx, id); err != nil {
			return fault.New(fault.Conflict, "customer.merge_class", "class", p.class, "a", p.keep, "b", p.lose).Because(err)
		}
		j.kept.Dropped = append(j.kept.Dropped, wholeSet{"enrollments", "id", rows})
	}
	return nil
}
