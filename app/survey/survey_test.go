package survey_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"cohort/app/catalog"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/setting"
	"cohort/app/survey"
	"cohort/db"
	"cohort/db/dbtest"
)

var bg = context.Background()

// school has class 1 with lecturers 1 and 2 and six students (accounts 11 to
// 16), and class 2 with lecturer 1 and nobody in it.
type school struct {
	*survey.Service
	settings *setting.Service
	now      time.Time
	t        *testing.T
}

func newSchool(t *testing.T) *school {
	s := &school{now: time.Date(2026, 11, 26, 2, 0, 0, 0, time.UTC), t: t}
	d, err := db.Open(bg, db.Options{Path: dbtest.Path(t), Clock: func() time.Time { return s.now }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	e := &resource.Engine{DB: d, Zone: time.UTC}
	catalog.New(d, nil, e)
	s.settings = setting.New(d, nil, []byte("secret"))
	s.Service = survey.New(survey.Deps{DB: d, Engine: e, Settings: s.settings})
	for _, text := range []string{
		`INSERT INTO accounts (id, login, name, created_at, updated_at) VALUES (1, 'lin', 'Lin', 1, 1), (2, 'chen', 'Chen', 1, 1), (9, 'admin', 'A', 1, 1)`,
		`INSERT INTO campuses (id, name, created_at, updated_at) VALUES (1, 'B', 1, 1)`,
		`INSERT INTO courses (id, code, name, created_at, updated_at) VALUES (1, 'python', 'Python', 1, 1)`,
		`INSERT INTO contract_templates (id, name, body, created_at, updated_at) VALUES (1, 'x', 'x', 1, 1)`,
		`INSERT INTO classes (id, code, course_id, campus_id, kind, term, capacity, template_id, starts_on, ends_on, created_at, updated_at) VALUES (1, 'python-s1', 1, 1, 'full_time', 1, 9, 1, '2026-01-01', '2026-11-24', 1, 1), (2, 'python-s2', 1, 1, 'full_time', 2, 9, 1, '', '', 1, 1)`,
		`INSERT INTO class_lecturers VALUES (1, 1), (1, 2), (2, 1)`,
		`INSERT INTO sources (id, code, name, created_at, updated_at) VALUES (1, 'own', 'Own', 1, 1)`,
	} {
		s.exec(text)
	}
	for i := range 6 {
		s.exec(`INSERT INTO accounts (id, login, name, created_at, updated_at) VALUES ($1, $2, 'S', 1, 1)`, 11+i, fmt.Sprint("s", i+1))
		s.exec(`INSERT INTO customers (id, name, qq, source_id, touched_at, created_at, updated_at) VALUES ($1, 'S', $2, 1, 1, 1, 1)`, i+1, fmt.Sprint(i+1))
		s.exec(`INSERT INTO students (id, customer_id, account_id, created_at) VALUES ($1, $1, $2, 1)`, i+1, 11+i)
		s.exec(`INSERT INTO enrollments (id, customer_id, class_id, consultant_id, state, price, token_hash, link_expires_at, created_at, updated_at) VALUES ($1, $1, 1, 9, 'invited', 1, $2, 1, 1, 1)`, i+1, fmt.Sprint(i+1))
		s.exec(`INSERT INTO student_classes (student_id, class_id, enrollment_id, joined_at) VALUES ($1, 1, $1, 1)`, i+1)
	}
	return s
}

func (s *school) exec(text string, args ...any) {
	s.t.Helper()
	if err := s.DB.Write(bg, func(tx *db.Tx) error { _, err := tx.Exec(text, args...); return err }); err != nil {
		s.t.Fatal(text, err)
	}
}

func (s *school) texts(sql string) (out []string) {
	s.t.Helper()
	err := s.DB.Read(bg, func(tx *db.Tx) error {
		rows, err := tx.Query(sql)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				return err
			}
			out = append(out, text)
		}
		return rows.Err()
	})
	if err != nil {
		s.t.Fatal(sql, err)
	}
	return out
}

func (s *school) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *school) refused(err error, kind fault.Kind, key string) {
	s.t.Helper()
	f, ok := fault.As(err)
	if !ok || f.Kind != kind || !strings.HasSuffix(f.Key, key) {
		s.t.Errorf("%v, want %v %s", err, kind, key)
	}
}

func actor(account int64, scope policy.Scope, grants ...policy.Grant) policy.Actor {
	scope.Me = account
	return policy.Actor{Account: account, Login: fmt.Sprint("a", account), Rights: policy.NewRights(nil, scope, grants)}
}

var admin = actor(9, policy.Scope{}, policy.Grant{ID: 1, Resource: policy.Any, Action: policy.Any})

func student(n int64) policy.Actor {
	rule := []policy.Cond{{Field: "class", Values: []string{"$my_classes"}}}
	return actor(10+n, policy.Scope{Customer: n, Classes: []int64{1}}, policy.Grant{ID: 1, Resource: "surveys", Action: "view", Rows: rule},
		policy.Grant{ID: 2, Resource: "surveys", Action: "list", Rows: rule}, policy.Grant{ID: 3, Resource: "surveys", Action: "answer", Rows: rule})
}

func lecturer(id int64) policy.Actor {
	rule := []policy.Cond{{Field: "lecturer", Values: []string{"$me"}}}
	return actor(id, policy.Scope{}, policy.Grant{ID: 1, Resource: "surveys", Action: "view", Rows: rule}, policy.Grant{ID: 2, Resource: "surveys", Action: "list", Rows: rule},
		policy.Grant{ID: 3, Resource: "surveys", Action: "results", Rows: rule})
}

func marks(n ...int64) survey.Answer {
	a := survey.Answer{Marks: map[string]int64{}}
	for i, q := range survey.Questions {
		a.Marks[q] = n[i%len(n)]
	}
	return a
}

func TestOneAnswerEach(t *testing.T) {
	s := newSchool(t)
	_, err := s.Open(bg, admin, 1, 0, "")
	s.refused(err, fault.Invalid, "which_lecturer")
	_, err = s.Open(bg, admin, 2, 2, "")
	s.refused(err, fault.Invalid, "not_his_class")
	_, err = s.Open(bg, admin, 1, 1, "2026-11-25")
	s.refused(err, fault.Invalid, "closes_before")
	_, err = s.Open(bg, lecturer(1), 1, 1, "")
	s.refused(err, fault.Forbidden, "forbidden")
	id, err := s.Open(bg, admin, 1, 1, "")
	s.must(err)
	_, err = s.Open(bg, admin, 1, 1, "")
	s.refused(err, fault.Conflict, "is_open")
	if n := s.texts("SELECT count(*) FROM notifications WHERE kind = 'survey_open'"); n[0] != "6" {
		t.Error("told", n)
	}
	s.refused(s.Answer(bg, student(1), id, marks(5, 6)), fault.Invalid, "bad_mark")
	s.refused(s.Answer(bg, student(1), id, survey.Answer{}), fault.Invalid, "bad_mark")
	s.refused(s.Answer(bg, admin, id, marks(5)), fault.Forbidden, "not_your_class")
	s.must(s.Answer(bg, student(1), id, marks(5)))
	s.refused(s.Answer(bg, student(1), id, marks(1)), fault.Conflict, "answered")
	other := student(2)
	other.Rights = policy.NewRights(nil, policy.Scope{Me: 12, Customer: 2, Classes: []int64{2}}, other.Rights.Grants())
	s.refused(s.Answer(bg, other, id, marks(5)), fault.NotFound, "not_found")
	mine, err := s.ForMe(bg, student(1))
	if err != nil || len(mine) != 1 || !mine[0].Answered {
		t.Errorf("%+v %v", mine, err)
	}
	if mine, _ := s.ForMe(bg, student(2)); len(mine) != 1 || mine[0].Answered {
		t.Errorf("%+v", mine)
	}
	_, err = s.Close(bg, admin, id)
	s.must(err)
	_, err = s.Close(bg, admin, id)
	s.refused(err, fault.Conflict, "is_closed")
	s.refused(s.Answer(bg, student(2), id, marks(5)), fault.Conflict, "over")
}

// TestNothingIsShownTooEarly: neither figures nor texts nor a count while it is
// open, and none where few have answered; the bar is that of the opening.
func TestNothingIsShownTooEarly(t *testing.T) {
	s := newSchool(t)
	id, err := s.Open(bg, admin, 1, 1, "")
	s.must(err)
	for n := range int64(3) {
		a := marks(n+3, 5)
		a.Words = fmt.Sprint("line ", n)
		s.must(s.Answer(bg, student(n+1), id, a))
		for _, by := range []policy.Actor{admin, lecturer(1)} {
			r, err := s.Results(bg, by, id)
			if err != nil || r.Withheld != "open" || r.Tallies != nil || r.Words != nil || r.Answers != 0 {
				t.Errorf("open: %+v %v", r, err)
			}
		}
	}
	_, err = s.Results(bg, lecturer(2), id)
	s.refused(err, fault.NotFound, "not_found")
	_, err = s.Results(bg, student(1), id)
	s.refused(err, fault.Forbidden, "forbidden")
	x, err := s.Close(bg, admin, id)
	if err != nil || x.Answers != 3 || x.Invited != 6 || !x.Enough() {
		t.Fatalf("%+v %v", x, err)
	}
	r, err := s.Results(bg, lecturer(1), id)
	s.must(err)
	if r.Tallies[0].Marks != [5]int64{0, 0, 1, 1, 1} || r.Tallies[0].Mean() != 400 || r.Tallies[1].Mean() != 500 {
		t.Errorf("%+v", r.Tallies)
	}
	slices.Sort(r.Words)
	if strings.Join(r.Words, ",") != "line 0,line 1,line 2" {
		t.Errorf("%q", r.Words)
	}

	few, err := s.Open(bg, admin, 1, 2, "")
	s.must(err)
	s.must(s.Answer(bg, student(1), few, marks(1)))
	s.must(s.Answer(bg, student(2), few, marks(1)))
	_, err = s.Close(bg, admin, few)
	s.must(err)
	if r, err := s.Results(bg, lecturer(2), few); err != nil || r.Withheld != "few" || r.Tallies != nil {
		t.Errorf("%+v %v", r, err)
	}
	if told := s.texts("SELECT account_id FROM notifications WHERE kind = 'survey_closed'"); strings.Join(told, " ") != "1" {
		t.Error("told of the closing:", told)
	}
	s.refused(s.settings.Set(bg, admin, "survey_min", "2"), fault.Invalid, "")
}

// TestAnswersCannotBeTiedToWhoGaveThem looks at all that is kept. Whoever
// answers in whatever order and at whatever time, the tables that hold answers
// are the same but for random places; who answered is forgotten at the end; the
// audit trail tells the act alone.
func TestAnswersCannotBeTiedToWhoGaveThem(t *testing.T) {
	kept := func(order []int64) (answers, trail []string) {
		s := newSchool(t)
		id, err := s.Open(bg, admin, 1, 1, "")
		s.must(err)
		version := s.texts("SELECT version || '/' || updated_at FROM surveys")
		for i, n := range order {
			s.now = s.now.Add(time.Hour)
			a := marks(int64(i%5)+1, int64(i%3)+1) // what is said goes by the turn, not by the person
			a.Words = fmt.Sprint("text ", i)
			s.must(s.Answer(bg, student(n), id, a))
		}
		if !slices.Equal(version, s.texts("SELECT version || '/' || updated_at FROM surveys")) {
			t.Error("an answer moves the survey's record")
		}
		if n := s.texts("SELECT count(*) FROM notifications WHERE kind <> 'survey_open'"); n[0] != "0" {
			t.Error("somebody is told of an answer")
		}
		_, err = s.Close(bg, admin, id)
		s.must(err)
		answers = append(s.texts("SELECT question || mark || n FROM survey_tallies ORDER BY 1"), s.texts("SELECT body FROM survey_words ORDER BY 1")...)
		if n := s.texts("SELECT count(*) FROM survey_voters"); n[0] != "0" {
			t.Error("who answered is still kept")
		}
		for _, place := range s.texts("SELECT place FROM survey_words") {
			if len(place) < 26 {
				t.Errorf("place %q is no random number", place)
			}
		}
		entries, err := s.Engine.History(bg, lecturer(1), "surveys", id, 100)
		s.must(err)
		for _, e := range entries {
			if e.Action == "answer" {
				t.Error("the record's history tells who answered and when")
			}
		}
		return answers, s.texts("SELECT account_id || action || changes FROM audit WHERE action = 'answer' ORDER BY account_id")
	}
	a, trail := kept([]int64{1, 2, 3, 4, 5, 6})
	b, other := kept([]int64{6, 3, 5, 1, 4, 2})
	if !slices.Equal(a, b) {
		t.Errorf("what is kept depends on who answered:\n%v\n%v", a, b)
	}
	if !slices.Equal(trail, other) || len(trail) != 6 || trail[0] != "11answer" {
		t.Errorf("the trail tells more than that he answered: %v", trail)
	}
}

// TestTextsAreShuffled: in the order in which they came in one of many readings
// at the most.
func TestTextsAreShuffled(t *testing.T) {
	s := newSchool(t)
	id, err := s.Open(bg, admin, 1, 1, "")
	s.must(err)
	for n := range int64(6) {
		a := marks(5)
		a.Words = fmt.Sprint(n)
		s.must(s.Answer(bg, student(n+1), id, a))
	}
	_, err = s.Close(bg, admin, id)
	s.must(err)
	orders := map[string]bool{}
	for range 40 {
		r, err := s.Results(bg, admin, id)
		s.must(err)
		orders[strings.Join(r.Words, "")] = true
	}
	if len(orders) < 5 { // of 720 orders
		t.Errorf("only %d orders in 40 readings", len(orders))
	}
}

// TestDaysPass: what is over is closed; classes that have ended are asked about,
// once, where the school wants it.
func TestDaysPass(t *testing.T) {
	s := newSchool(t)
	id, err := s.Open(bg, admin, 1, 1, "2026-11-26")
	s.must(err)
	s.must(s.Tend(bg, policy.System))
	if x, _ := s.Get(bg, admin, id); x.State != survey.Open {
		t.Error("closed on its last day")
	}
	s.now = s.now.AddDate(0, 0, 1)
	s.refused(s.Answer(bg, student(1), id, marks(5)), fault.Conflict, "over")
	s.must(s.Tend(bg, policy.System))
	if x, _ := s.Get(bg, admin, id); x.State != survey.Closed || x.ClosedOn != "2026-11-27" {
		t.Errorf("%+v", x)
	}
	if n := s.texts("SELECT count(*) FROM surveys"); n[0] != "1" {
		t.Error("opened by itself")
	}
	s.must(s.settings.Set(bg, admin, "survey_at_end", "on"))
	s.must(s.Tend(bg, policy.System))
	s.must(s.Tend(bg, policy.System))
	if list := s.texts("SELECT class_id || '/' || lecturer_id || state FROM surveys ORDER BY id"); strings.Join(list, " ") != "1/1closed 1/2open" {
		t.Error(list)
	}
}
