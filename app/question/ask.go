package question

import (
	"context"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// NewQuestion is a question as somebody asks it.
type NewQuestion struct {
	Course      int64
	Title, Body string
}

// Ask enters a question and tells the lecturers of the asker's classes of the
// course.
func (s *Service) Ask(ctx context.Context, by policy.Actor, n NewQuestion) (Question, error) {
	id, err := s.add(ctx, by, resource.Values{"course": n.Course, "title": n.Title, "body": n.Body})
	if err != nil {
		return Question{}, err
	}
	t, err := s.Thread(ctx, by, id)
	return t.Question, err
}

// add is behind Ask, forms and commands.
func (s *Service) add(ctx context.Context, by policy.Actor, v resource.Values) (id int64, err error) {
	if err := by.NeedAny("add", "questions"); err != nil {
		return 0, err
	}
	res, _ := s.Engine.Get("questions")
	if v, err = res.Check(true, v); err != nil {
		return 0, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if id, err = insertQuestion(tx, by.Account, v.Int("course"), v.Str("title"), v.Str("body")); err != nil {
			return unknownCourse(err)
		}
		// Now that the row is there, the row rule can say whether it may be.
		if ok, err := s.Engine.Sees(tx, by, "add", "questions", id); err != nil || !ok {
			if err == nil {
				err = fault.Field("course", "question.not_your_course")
			}
			return err
		}
		if err := index(tx, id, v.Str("title"), v.Str("body")); err != nil {
			return err
		}
		if err := s.tellLecturers(tx, by, id, v.Int("course"), v.Str("title")); err != nil {
			return err
		}
		s.publish(tx, "questions", id, "added")
		return audit.Write(tx, by, "add", "questions", id, audit.Change{Field: "title", New: v.Str("title")})
	})
	return id, err
}

func unknownCourse(err error) error {
	if key, ok := db.Constraint(err); ok && key == db.ForeignKey {
		return fault.Field("course", "list.no_such", "value", "#").Because(err)
	}
	return err
}

// change is behind forms and commands: the asker mends what he wrote.
func (s *Service) change(ctx context.Context, by policy.Actor, id, version int64, v resource.Values) error {
	res, _ := s.Engine.Get("questions")
	v, err := res.Check(false, v)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		q, err := s.fetch(tx, by, "change", id)
		if err != nil {
			return err
		}
		old := q
		if version != 0 && version != q.Version {
			return fault.New(fault.Stale, "fault.stale")
		}
		if v.Has("title") {
			q.Title = v.Str("title")
		}
		if v.Has("body") {
			q.Body = v.Str("body")
		}
		if err := updateQuestion(tx, q); err != nil {
			return err
		}
		if err := s.reindex(tx, q); err != nil {
			return err
		}
		s.publish(tx, "questions", id, "changed")
		return audit.Write(tx, by, "change", "questions", id, audit.Diff(
			map[string]string{"title": old.Title, "body": old.Body}, map[string]string{"title": q.Title, "body": q.Body}, []string{"title", "body"})...)
	})
}
