package survey

import (
	"context"
	"crypto/rand"
	"math/big"

	"cohort/app/policy"
	"cohort/db"
)

// Tally is how one question was answered: Marks[0] is how many gave a 1.
type Tally struct {
	Question string
	Marks    [Best]int64
}

// Mean is the average mark in hundredths; 0 where nobody answered.
func (t Tally) Mean() int64 {
	var sum, n int64
	for i, k := range t.Marks {
		sum, n = sum+int64(i+1)*k, n+k
	}
	if n == 0 {
		return 0
	}
	return (sum*100 + n/2) / n
}

// Results are what the answers say. Withheld says why there is nothing: it is
// open, or too few have answered; then nothing is told but that.
type Results struct {
	Survey
	Withheld string // "", "open" or "few"
	Tallies  []Tally
	Words    []string // in an order that changes with every reading
}

// Results gives what the answers to a survey say, to who may read it.
func (s *Service) Results(ctx context.Context, by policy.Actor, id int64) (r Results, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if r.Survey, err = s.fetch(tx, by, "results", id); err != nil {
			return err
		}
		switch {
		case r.State == Open:
			r.Withheld = "open"
			return nil
		case !r.Enough():
			r.Withheld = "few"
			return nil
		}
		if r.Tallies, err = talliesOf(tx, id); err != nil {
			return err
		}
		r.Words, err = wordsOf(tx, id)
		return err
	})
	shuffle(r.Words)
	return r, err
}

// shuffle puts texts into a random order that nobody can foresee.
func shuffle(list []string) {
	for i := len(list) - 1; i > 0; i-- {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(i+1)))
		if err != nil {
			panic(err) // the system has no randomness left
		}
		list[i], list[n.Int64()] = list[n.Int64()], list[i]
	}
}
