package question

import (
	"context"
	"math"
	"slices"
	"unicode/utf8"

	"cohort/app/grams"
	"cohort/app/policy"
	"cohort/db"
)

// The bounds of a search. A word that more than newest questions hold finds the
// newest of them.
const (
	maxWords = 24   // grams of what is typed that count
	maxAsked = 8    // of which so many, the rarest, are looked up
	newest   = 2000 // questions that one gram finds
	maxFound = 100
	batch    = 25 // candidates whose rights are asked at once
	ranked   = 200
)

// enough is how much of the weight of what was typed a question must hold to be
// an answer to it. Words that everybody uses weigh little.
const enough = 0.3

// Search finds the questions that are about what was typed, the best first, at
// most limit (1 to 100; else 20). Rare words count for more than frequent ones,
// and words of a title for more than those of a text.
func (s *Service) Search(ctx context.Context, by policy.Actor, typed string, limit int) (list []Question, err error) {
	if err := by.NeedAny("list", "questions"); err != nil {
		return nil, err
	}
	if limit <= 0 || limit > maxFound {
		limit = 20
	}
	words := grams.Wanted(typed, maxWords)
	if len(words) == 0 {
		return nil, nil
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		ids, err := rank(tx, words)
		if err != nil {
			return err
		}
		list, err = readable(tx, by, ids, limit)
		return err
	})
	return list, err
}

// readable gives those of the questions that by may list, in their order.
func readable(tx *db.Tx, by policy.Actor, ids []int64, limit int) (list []Question, err error) {
	for len(ids) > 0 && len(list) < limit {
		n := min(batch, len(ids))
		some, err := questionsAmong(tx, by, ids[:n])
		if err != nil {
			return nil, err
		}
		for _, id := range ids[:n] {
			if q, ok := some[id]; ok && len(list) < limit {
				list = append(list, q)
			}
		}
		ids = ids[n:]
	}
	return list, nil
}

// wanted is a gram that is looked for.
type wanted struct {
	gram   string
	count  int // questions that hold it, up to newest+1
	weight float64
}

// rank finds the questions that hold enough of the words, the best first. It
// looks rare words up first, and the frequent ones only while few were asked.
func rank(tx *db.Tx, words []string) ([]int64, error) {
	all, err := weigh(tx, words)
	if err != nil {
		return nil, err
	}
	total := 0.0
	for _, w := range all {
		total += w.weight
	}
	var asked []wanted
	for _, w := range all {
		if w.count == 0 {
			continue
		}
		if len(asked) == maxAsked || w.count > newest && len(asked) >= 3 {
			total -= w.weight // not asked, so it counts neither for nor against
			continue
		}
		asked = append(asked, w)
	}
	if len(asked) == 0 {
		return nil, nil
	}
	return holding(tx, asked, total*enough)
}

// weigh counts how many questions hold each gram; the rarest come first.
func weigh(tx *db.Tx, words []string) ([]wanted, error) {
	size, err := howMany(tx)
	if err != nil {
		return nil, err
	}
	var all []wanted
	for _, g := range words {
		n, err := countHolding(tx, g, newest+1)
		if err != nil {
			return nil, err
		}
		w := wanted{gram: g, count: n, weight: math.Log(1 + float64(size)/float64(max(1, n)))}
		if n == 0 && utf8.RuneCountInString(g) == 2 {
			w.weight /= 2 // two characters that stand side by side need not be a word
		}
		all = append(all, w)
	}
	slices.SortStableFunc(all, func(a, b wanted) int { return a.count - b.count })
	return all, nil
}
