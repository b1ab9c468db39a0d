package teaching

import (
	"context"
	"fmt"
	"time"

	"cohort/app/audit"
	"cohort/app/policy"
	"cohort/db"
)

// Difference is a sum that is not what the study records make it.
type Difference struct {
	Class, Student int64
	Kept, Counted  string
}

func (d Difference) String() string {
	return fmt.Sprintf("class %d, student %d: kept %s, counted %s", d.Class, d.Student, d.Kept, d.Counted)
}

// CheckStandings counts the sums of every student anew from the study records
// and says where what is kept differs. It changes nothing.
func (s *Service) CheckStandings(ctx context.Context, by policy.Actor) (list []Difference, err error) {
	if err := by.NeedAny("rank", "classes"); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		list, err = differences(tx)
		return err
	})
	return list, err
}

// RebuildStandings writes the sums anew where they differ, and says where that
// was.
func (s *Service) RebuildStandings(ctx context.Context, by policy.Actor) (list []Difference, err error) {
	if err := by.NeedAny("correct", "study_records"); err != nil {
		return nil, err
	}
	if list, err = s.CheckStandings(ctx, by); err != nil || len(list) == 0 {
		return list, err // counting takes long, and there is one writer only
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if list, err = differences(tx); err != nil || len(list) == 0 {
			return err
		}
		if err := rebuild(tx); err != nil {
			return err
		}
		return audit.Write(tx, by, "rebuild", "standings", 0, audit.Change{Field: "standings", New: fmt.Sprint(len(list))})
	})
	return list, err
}

// differences compares what is kept with what the records say.
func differences(tx *db.Tx) (out []Difference, err error) {
	kept, err := keptSums(tx)
	if err != nil {
		return nil, err
	}
	counted, err := countedSums(tx)
	if err != nil {
		return nil, err
	}
	for at, c := range counted {
		if kept[at] != c {
			out = append(out, Difference{at.class, at.student, fmt.Sprint(kept[at]), fmt.Sprint(c)})
		}
	}
	for at, k := range kept {
		if _, ok := counted[at]; !ok && k != (counts{}) {
			out = append(out, Difference{at.class, at.student, fmt.Sprint(k), fmt.Sprint(counts{})})
		}
	}
	return out, nil
}

// seat is one student in one class.
type seat struct{ class, student int64 }

// recountEvery is how often the sums are counted anew.
const recountEvery = 24 * time.Hour

// Run counts the sums anew once a day until ctx ends, mends what differs and
// says so in the log: it never should.
func (s *Service) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(recountEvery):
		}
		list, err := s.RebuildStandings(ctx, policy.System)
		for _, d := range list {
			s.Log.Error("teaching: a sum was not what the study records make it", "at", d.String())
		}
		if err != nil {
			s.Log.Error("teaching: the sums could not be counted", "err", err)
		}
	}
}
