package question

import (
	"context"
	"strconv"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/notify"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// Answer answers a question and tells who asked it.
func (s *Service) Answer(ctx context.Context, by policy.Actor, question int64, body string) (id int64, err error) {
	return s.addAnswer(ctx, by, resource.Values{"question": question, "body": body})
}

func (s *Service) addAnswer(ctx context.Context, by policy.Actor, v resource.Values) (id int64, err error) {
	res, _ := s.Engine.Get("answers")
	if v, err = res.Check(true, v); err != nil {
		return 0, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		q, err := s.fetch(tx, by, "answer", v.Int("question"))
		if err != nil {
			return err
		}
		if id, err = insertAnswer(tx, q.ID, by.Account, v.Str("body")); err != nil {
			return err
		}
		if err := indexAnswer(tx, q.ID, v.Str("body")); err != nil {
			return err
		}
		if q.Author != by.Account {
			if err := notify.Send(tx, s.Bus, q.Author, "question_answered", address(q.ID), "who", by.Name, "title", q.Title); err != nil {
				return err
			}
		}
		s.publish(tx, "answers", id, "added")
		s.publish(tx, "questions", q.ID, "answered")
		return audit.Write(tx, by, "answer", "questions", q.ID, audit.Change{Field: "answer", New: "#" + strconv.FormatInt(id, 10)})
	})
	return id, err
}

// changeAnswer lets an author mend what he wrote.
func (s *Service) changeAnswer(ctx context.Context, by policy.Actor, id, version int64, v resource.Values) error {
	res, _ := s.Engine.Get("answers")
	v, err := res.Check(false, v)
	if err != nil || !v.Has("body") {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.Engine.Need(tx, by, "change", "answers", id); err != nil {
			return err
		}
		a, err := answerOf(tx, id)
		if err != nil {
			return err
		}
		if version != 0 && version != a.Version {
			return fault.New(fault.Stale, "fault.stale")
		}
		if err := updateAnswer(tx, id, v.Str("body")); err != nil {
			return err
		}
		q, err := questionOf(tx, a.Question)
		if err != nil {
			return err
		}
		if err := s.reindex(tx, q); err != nil {
			return err
		}
		s.publish(tx, "answers", id, "changed")
		s.publish(tx, "questions", q.ID, "changed")
		return audit.Write(tx, by, "change", "answers", id, audit.Change{Field: "body", Old: a.Body, New: v.Str("body")})
	})
}

// Accept says that an answer answers its question, instead of another that was
// accepted before; its author is told. Accepting it twice changes nothing.
func (s *Service) Accept(ctx context.Context, by policy.Actor, answer int64) (q Question, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		a, err := answerOf(tx, answer)
		if db.NoRows(err) {
			return policy.NotFound()
		}
		if err != nil {
			return err
		}
		if q, err = s.fetch(tx, by, "accept", a.Question); err != nil || q.Accepted == answer {
			return err
		}
		if err := acceptAnswer(tx, q.ID, answer); err != nil {
			return err
		}
		if a.Author != by.Account {
			if err := notify.Send(tx, s.Bus, a.Author, "answer_accepted", address(q.ID), "who", by.Name, "title", q.Title); err != nil {
				return err
			}
		}
		q.State, q.Accepted = Solved, answer
		s.publish(tx, "questions", q.ID, "accepted")
		s.publish(tx, "answers", answer, "accepted")
		return audit.Write(tx, by, "accept", "questions", q.ID, audit.Change{Field: "accepted", New: "#" + strconv.FormatInt(answer, 10)})
	})
	return q, err
}

// address is where a notification about a question leads.
func address(question int64) string { return "questions/" + strconv.FormatInt(question, 10) }

// tellLecturers tells those who teach the asker the course. Where nobody does,
// the question still waits in the list of the unanswered.
func (s *Service) tellLecturers(tx *db.Tx, by policy.Actor, id, course int64, title string) error {
	who, err := lecturersOf(tx, by.Account, course)
	if err != nil {
		return err
	}
	for _, account := range who {
		if err := notify.Send(tx, s.Bus, account, "question_asked", address(id), "who", by.Name, "title", title); err != nil {
			return err
		}
	}
	return nil
}
