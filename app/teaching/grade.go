package teaching

import (
	"context"

	"cohort/app/audit"
	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// maxComment is how many characters a comment may have.
const maxComment = 20_000

// Grade is what is to be written on one study record. What is nil stays.
type Grade struct {
	Score   *Score
	Comment *string
}

// Grade grades one study record whose version by has read; 0 takes the present
// one. The version of a study record counts its grades: a roll called meanwhile
// does not make it stale. What it was before stays in the audit trail.
func (s *Service) Grade(ctx context.Context, by policy.Actor, record, version int64, g Grade) (r StudyRecord, err error) {
	if g, err = g.tidy(); err != nil {
		return r, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.need(tx, by, "grade", "study_records", record); err != nil {
			return err
		}
		if r, err = RecordOf(tx, record); err != nil {
			return err
		}
		if version != 0 && version != r.Version {
			return fault.New(fault.Stale, "fault.stale")
		}
		if _, err := s.grade(tx, by, r, g); err != nil {
			return err
		}
		r, err = RecordOf(tx, record)
		return err
	})
	return r, err
}

// Fill writes the same grade on several records of one lesson that have none
// yet, and says how many: fill-down.
func (s *Service) Fill(ctx context.Context, by policy.Actor, lesson int64, students []int64, g Grade) (n int, err error) {
	if g, err = g.tidy(); err != nil {
		return 0, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		l, err := s.lessonFor(tx, by, "view", lesson)
		if err != nil {
			return err
		}
		for _, student := range students {
			r, err := recordOfStudent(tx, lesson, student)
			if err != nil || s.need(tx, by, "grade", "study_records", r.ID) != nil {
				return s.whyNotOn(tx, by, "grade", l, student)
			}
			if r.BeforeJoin || r.Score.Counts() {
				continue
			}
			if changed, err := s.grade(tx, by, r, g); err != nil {
				return err
			} else if changed {
				n++
			}
		}
		return nil
	})
	return n, err
}

// tidy cleans and checks a grade.
func (g Grade) tidy() (Grade, error) {
	if g.Score != nil {
		score, err := ParseScore(string(*g.Score))
		if err != nil {
			return g, err
		}
		g.Score = &score
	}
	if g.Comment != nil {
		text := clean.Text(*g.Comment)
		if len([]rune(text)) > maxComment {
			return g, fault.Field("comment", "fault.too_long", "max", maxComment)
		}
		g.Comment = &text
	}
	return g, nil
}

// on lays a grade over a record.
func (g Grade) on(r StudyRecord) StudyRecord {
	if g.Score != nil {
		r.Score = *g.Score
	}
	if g.Comment != nil {
		r.Comment = *g.Comment
	}
	return r
}

// grade writes a grade on a record that by may grade, with everything that
// follows, inside the transaction. It says whether anything changed.
func (s *Service) grade(tx *db.Tx, by policy.Actor, old StudyRecord, g Grade) (changed bool, err error) {
	r := g.on(old)
	if r.Score == old.Score && r.Comment == old.Comment {
		return false, nil
	}
	if err := s.mayGrade(by, old); err != nil {
		return false, err
	}
	if err := storeGrade(tx, r, by.Account); err != nil {
		return false, err
	}
	if err := recount(tx, old, r); err != nil {
		return false, err
	}
	if !r.Released.IsZero() {
		if err := s.tellGrade(tx, r); err != nil {
			return false, err
		}
	}
	s.publish(tx, "study_records", r.ID, "graded")
	return true, audit.Write(tx, by, "grade", "study_records", r.ID, audit.Diff(old.gradeTexts(), r.gradeTexts(), []string{"score", "comment"})...)
}

// mayGrade is the rule beside the right: nobody grades himself, and what was
// before somebody joined is not graded.
func (s *Service) mayGrade(by policy.Actor, r StudyRecord) error {
	if by.Account != 0 && by.Account == r.Account {
		return fault.New(fault.Forbidden, "teaching.own_grade")
	}
	if r.BeforeJoin {
		return fault.New(fault.Conflict, "teaching.before_join", "name", r.Name, "class", r.ClassCode, "n", r.Number)
	}
	return nil
}

func (r StudyRecord) gradeTexts() map[string]string {
	return map[string]string{"score": string(r.Score), "comment": r.Comment}
}

// tellGrade tells a student of a grade that is released already.
func (s *Service) tellGrade(tx *db.Tx, r StudyRecord) error {
	return s.tell(tx, r.Account, "grade", lessonLink(r.Lesson), "class", r.ClassCode, "n", r.Number, "score", r.Score.word())
}
