package question

import (
	"context"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// Vote says that a question is worth asking, or takes that back. Each person has
// one vote, and none for his own question; votes gives how many there are.
func (s *Service) Vote(ctx context.Context, by policy.Actor, question int64, on bool) (votes int, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		q, err := s.fetch(tx, by, "vote", question)
		if err != nil {
			return err
		}
		votes, err = s.vote(tx, by, "question", q.ID, q.Author, on)
		s.publish(tx, "questions", q.ID, "voted")
		return err
	})
	return votes, err
}

// VoteAnswer is Vote for an answer.
func (s *Service) VoteAnswer(ctx context.Context, by policy.Actor, answer int64, on bool) (votes int, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		a, err := answerOf(tx, answer)
		if db.NoRows(err) {
			return policy.NotFound()
		}
		if err != nil {
			return err
		}
		if _, err := s.fetch(tx, by, "vote", a.Question); err != nil {
			return err
		}
		votes, err = s.vote(tx, by, "answer", a.ID, a.Author, on)
		s.publish(tx, "answers", a.ID, "voted")
		s.publish(tx, "questions", a.Question, "voted")
		return err
	})
	return votes, err
}

func (s *Service) vote(tx *db.Tx, by policy.Actor, what string, id, author int64, on bool) (int, error) {
	if author == by.Account {
		return 0, fault.New(fault.Conflict, "question.own_vote")
	}
	return setVote(tx, what, id, by.Account, on)
}
