package teaching

import (
	"cmp"
	"context"
	"slices"

	"cohort/app/policy"
	"cohort/db"
)

// Place is where one student stands in a class.
type Place struct {
	Student, Account int64
	Roll             int64
	Name, Login      string // "" where the reader may not know who it is
	Rank             int64  // 0: nothing is graded in the class yet
	Total, Graded    int64

	Present, Late, Absent, LeftEarly, Excused int64
}

// Ranking is the order of a class, best first. Equal totals share a place, and
// the next one is as far down as there are students above it: 1, 1, 3.
type Ranking struct {
	Class  int64
	Code   string
	Places []Place // those the reader may see
	Size   int     // of the class
	Open   bool    // the class shows its students each other's places
}

// Ranking gives the ranking of a class to who may rank it: all graded lessons,
// released or not.
func (s *Service) Ranking(ctx context.Context, by policy.Actor, class int64) (r Ranking, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if err := s.need(tx, by, "rank", "classes", class); err != nil {
			return err
		}
		r, err = ranking(tx, class, false)
		return err
	})
	return r, err
}

// MyRanking gives a student the ranking of his class over the lessons whose
// grades are released: his own place, and the others' where the class shows
// them.
func (s *Service) MyRanking(ctx context.Context, by policy.Actor, class int64) (r Ranking, mine Place, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if err := s.need(tx, by, "view", "classes", class); err != nil {
			return err
		}
		r, err = ranking(tx, class, true)
		return err
	})
	if err != nil {
		return Ranking{}, Place{}, err
	}
	i := slices.IndexFunc(r.Places, func(p Place) bool { return p.Account == by.Account })
	if i < 0 || by.Account == 0 {
		return Ranking{}, Place{}, policy.NotFound()
	}
	mine = r.Places[i]
	if !r.Open {
		r.Places = []Place{mine}
	}
	for i := range r.Places {
		if p := &r.Places[i]; p.Account != by.Account {
			*p = Place{Name: p.Name, Rank: p.Rank, Total: p.Total, Graded: p.Graded}
		}
	}
	return r, mine, nil
}

// ranking reads a class's sums and ranks them.
func ranking(tx *db.Tx, class int64, releasedOnly bool) (r Ranking, err error) {
	r.Class = class
	if r.Code, r.Open, err = rankedClass(tx, class); err != nil {
		return r, err
	}
	if r.Places, err = standingsOf(tx, class, releasedOnly); err != nil {
		return r, err
	}
	r.Size = len(r.Places)
	rank(r.Places)
	return r, nil
}

// rank puts places in order, best first and by the roll among equals, and
// numbers them. Where nothing is graded at all nobody has a place.
func rank(list []Place) {
	slices.SortStableFunc(list, func(a, b Place) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(a.Roll, b.Roll), cmp.Compare(a.Student, b.Student))
	})
	if !slices.ContainsFunc(list, func(p Place) bool { return p.Graded > 0 }) {
		return
	}
	for i := range list {
		list[i].Rank = int64(i + 1)
		if i > 0 && list[i].Total == list[i-1].Total {
			list[i].Rank = list[i-1].Rank
		}
	}
}
