package teaching

import (
	"context"

	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// A lecturer's bank of phrases: at most so many, each so long.
const (
	maxPhrases = 200
	maxPhrase  = 500
)

// Phrase is one of the actor's own phrases for comments.
type Phrase struct {
	ID   int64
	Text string
}

// Phrases gives the actor's own phrases, the newest first.
func (s *Service) Phrases(ctx context.Context, by policy.Actor) (list []Phrase, err error) {
	if err := by.NeedAny("grade", "study_records"); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		list, err = phrasesOf(tx, by.Account)
		return err
	})
	return list, err
}

// KeepPhrase puts a phrase into the actor's bank; one that is there already
// stays as it is.
func (s *Service) KeepPhrase(ctx context.Context, by policy.Actor, text string) error {
	if err := by.NeedAny("grade", "study_records"); err != nil {
		return err
	}
	text = clean.Text(text)
	switch {
	case text == "":
		return fault.Field("comment", "fault.required")
	case len([]rune(text)) > maxPhrase:
		return fault.Field("comment", "fault.too_long", "max", maxPhrase)
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		list, err := phrasesOf(tx, by.Account)
		if err != nil {
			return err
		}
		if len(list) >= maxPhrases {
			return fault.New(fault.TooMany, "teaching.phrases_full", "n", maxPhrases)
		}
		return insertPhrase(tx, by.Account, text)
	})
}

// DropPhrase takes one of the actor's own phrases out of his bank.
func (s *Service) DropPhrase(ctx context.Context, by policy.Actor, id int64) error {
	if err := by.NeedAny("grade", "study_records"); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		done, err := deletePhrase(tx, by.Account, id)
		if err == nil && !done {
			err = policy.NotFound()
		}
		return err
	})
}
