package teaching

import (
	"cmp"
	"context"
	"slices"

	"cohort/app/policy"
	"cohort/db"
)

// Pair is two students of a lesson who handed in much the same.
type Pair struct {
	A, B  StudyRecord
	Share float64 // of the smaller one's text that is in the other, 0 to 1
}

// The bounds of what counts as similar. Shorter texts are alike by nature, and
// what most of a class has in common was given by the lecturer.
const (
	leastPrints = 12
	leastShare  = 0.6
	maxPairs    = 200
)

// Similar lists the pairs of a lesson who handed in much the same last, the most
// alike first: a hint for who grades, no proof.
func (s *Service) Similar(ctx context.Context, by policy.Actor, lesson int64) ([]Pair, error) {
	list, err := s.Handed(ctx, by, lesson)
	if err != nil {
		return nil, err
	}
	var works []work
	for _, h := range list {
		if h.Last.ID == 0 {
			continue
		}
		p, err := s.printsOf(ctx, h.Last)
		if err != nil {
			return nil, err
		}
		works = append(works, work{h.StudyRecord, p})
	}
	return pairs(works), nil
}

// work is what a student handed in, as it is compared.
type work struct {
	who    StudyRecord
	prints []uint64
}

// pairs compares everybody with everybody, through the prints that they share.
func pairs(works []work) (out []Pair) {
	holders := map[uint64][]int{}
	for i, w := range works {
		for _, p := range w.prints {
			holders[p] = append(holders[p], i)
		}
	}
	common := max(3, len(works)/2)
	own := make([]int, len(works))
	shared := map[[2]int]int{}
	for _, h := range holders {
		if len(h) > common {
			continue // given to all
		}
		for i, a := range h {
			own[a]++
			for _, b := range h[i+1:] {
				shared[[2]int{a, b}]++
			}
		}
	}
	for k, n := range shared {
		least := min(own[k[0]], own[k[1]])
		share := float64(n) / float64(max(1, least))
		if least >= leastPrints && share >= leastShare {
			out = append(out, Pair{works[k[0]].who, works[k[1]].who, share})
		}
	}
	slices.SortFunc(out, func(x, y Pair) int {
		return cmp.Or(cmp.Compare(y.Share, x.Share), cmp.Compare(x.A.Roll, y.A.Roll), cmp.Compare(x.B.Roll, y.B.Roll))
	})
	return out[:min(maxPairs, len(out))]
}

// printsOf gives a version's prints, computing them the first time.
func (s *Service) printsOf(ctx context.Context, h Homework) (prints []uint64, err error) {
	found := false
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		prints, found, err = storedPrints(tx, h.ID)
		return err
	})
	if err != nil || found {
		return prints, err
	}
	texts, err := s.textsOf(ctx, h)
	if err != nil {
		return nil, err
	}
	prints = fingerprints(texts)
	err = s.DB.Write(ctx, func(tx *db.Tx) error { return insertPrints(tx, h.ID, prints) })
	return prints, err
}
