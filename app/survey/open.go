package survey

import (
	"context"
	"time"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// add is behind forms and commands: it opens a survey.
func (s *Service) add(ctx context.Context, by policy.Actor, v resource.Values) (int64, error) {
	return s.Open(ctx, by, v.Int("class"), v.Int("lecturer"), v.Str("closes"))
}

// Open opens a survey of a class about one of its lecturers, to be answered up to
// a day; "" is two weeks from today. lecturer 0 is the class's only one. Its
// students are told.
func (s *Service) Open(ctx context.Context, by policy.Actor, class, lecturer int64, closes string) (id int64, err error) {
	if err := by.NeedAny("add", "surveys"); err != nil {
		return 0, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.Engine.Need(tx, by, "view", "classes", class); err != nil {
			return err
		}
		id, err = s.open(tx, by, class, lecturer, closes)
		return err
	})
	return id, err
}

func (s *Service) open(tx *db.Tx, by policy.Actor, class, lecturer int64, closes string) (int64, error) {
	lecturer, err := chosen(tx, class, lecturer)
	if err != nil {
		return 0, err
	}
	today := s.today(tx)
	if closes == "" {
		closes = tx.Now.In(s.Zone).AddDate(0, 0, openDays).Format(time.DateOnly)
	}
	if closes < today {
		return 0, fault.Field("closes", "survey.closes_before")
	}
	id, err := insertSurvey(tx, Survey{Class: class, Lecturer: lecturer, Least: s.Settings.Int("survey_min"), Opened: today, Closes: closes})
	if _, twice := db.Unique(err); twice {
		return 0, fault.New(fault.Conflict, "survey.is_open").Because(err)
	}
	if err != nil {
		return 0, err
	}
	// Now that the row is there, the row rule can say whether it may be.
	if ok, err := s.Engine.Sees(tx, by, "add", "surveys", id); err != nil || !ok {
		if err == nil {
			err = policy.Forbidden("add", "surveys")
		}
		return 0, err
	}
	x, err := surveyOf(tx, id)
	if err != nil {
		return 0, err
	}
	if err := s.tellStudents(tx, x); err != nil {
		return 0, err
	}
	s.publish(tx, id, "added")
	return id, audit.Write(tx, by, "open", "surveys", id, audit.Change{Field: "class", New: x.ClassCode}, audit.Change{Field: "lecturer", New: x.LecturerLogin})
}

// chosen is the lecturer that a survey is about: one of the class's.
func chosen(tx *db.Tx, class, lecturer int64) (int64, error) {
	list, err := lecturersOf(tx, class)
	if err != nil {
		return 0, err
	}
	if lecturer == 0 && len(list) == 1 {
		return list[0], nil
	}
	for _, id := range list {
		if id == lecturer {
			return id, nil
		}
	}
	if lecturer == 0 {
		return 0, fault.Field("lecturer", "survey.which_lecturer")
	}
	return 0, fault.Field("lecturer", "survey.not_his_class")
}

func (s *Service) tellStudents(tx *db.Tx, x Survey) error {
	accounts, err := studentAccounts(tx, x.Class)
	if err != nil {
		return err
	}
	for _, to := range accounts {
		if err := s.tell(tx, to, "survey_open", link(x.ID), "class", x.ClassCode, "who", x.LecturerName); err != nil {
			return err
		}
	}
	return nil
}

// Close ends a survey for good: answers are counted, who gave them is forgotten,
// and the lecturer is told if there are enough of them.
func (s *Service) Close(ctx context.Context, by policy.Actor, id int64) (x Survey, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if x, err = s.fetch(tx, by, "close", id); err != nil {
			return err
		}
		if x.State == Closed {
			return fault.New(fault.Conflict, "survey.is_closed")
		}
		x, err = s.close(tx, by, x)
		return err
	})
	return x, err
}

func (s *Service) close(tx *db.Tx, by policy.Actor, x Survey) (Survey, error) {
	if err := closeSurvey(tx, x.ID, s.today(tx)); err != nil {
		return x, err
	}
	x, err := surveyOf(tx, x.ID)
	if err != nil {
		return x, err
	}
	if x.Enough() {
		if err := s.tell(tx, x.Lecturer, "survey_closed", link(x.ID), "class", x.ClassCode, "n", x.Answers); err != nil {
			return x, err
		}
	}
	s.publish(tx, x.ID, "changed")
	return x, audit.Write(tx, by, "close", "surveys", x.ID)
}

// closing is Close behind the lists' actions.
func (s *Service) closing(ctx context.Context, by policy.Actor, id int64, _ resource.Values) error {
	_, err := s.Close(ctx, by, id)
	return err
}
