package report

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohort/app/blob"
	"cohort/app/bus"
	"cohort/app/catalog"
	"cohort/app/customer"
	"cohort/app/enrollment"
	"cohort/app/org"
	"cohort/app/payment"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/setting"
	"cohort/app/survey"
	"cohort/app/teaching"
	"cohort/db"
	"cohort/db/dbtest"
)

var bg = context.Background()

// school is a database with every table and declaration, filled by hand.
type school struct {
	*Service
	now time.Time
}

func newSchool(t testing.TB, zone *time.Location) *school {
	t.Helper()
	s := &school{now: time.Date(2024, 3, 20, 8, 0, 0, 0, time.UTC)}
	quiet := slog.New(slog.DiscardHandler)
	d, err := db.Open(bg, db.Options{Path: dbtest.Path(t), Clock: func() time.Time { return s.now }, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	e := &resource.Engine{DB: d, Zone: zone}
	b := &bus.Bus{}
	blobs, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cat := catalog.New(d, b, e)
	cust := customer.New(customer.Deps{DB: d, Bus: b, Engine: e, Zone: zone})
	enrollment.New(enrollment.Deps{DB: d, Bus: b, Engine: e, Blobs: blobs, Org: org.New(d, b, org.Options{Log: quiet}), Catalog: cat, Customers: cust,
		Secret: make([]byte, 32), Zone: zone, Log: quiet})
	payment.New(payment.Deps{DB: d, Bus: b, Engine: e, Zone: zone})
	teaching.New(teaching.Deps{DB: d, Bus: b, Engine: e, Blobs: blobs, Catalog: cat, Zone: zone, Log: quiet})
	settings := setting.New(d, b, nil)
	survey.New(survey.Deps{DB: d, Engine: e, Settings: settings, Zone: zone, Log: quiet})
	s.Service = New(d, e, settings, zone)
	s.exec(t, `INSERT INTO departments (id, name, created_at, updated_at) VALUES (1, 'North', 1, 1), (2, 'South', 1, 1)`)
	for i, dept := range []any{1, 1, 2, nil} {
		s.exec(t, `INSERT INTO accounts (id, login, name, department_id, created_at, updated_at) VALUES ($1, $2, $3, $4, 1, 1)`, i+1, fmt.Sprint("p", i+1), fmt.Sprint("Person ", i+1), dept)
	}
	s.exec(t, `INSERT INTO sources (id, code, name, created_at, updated_at) VALUES (1, 'baidu', 'Baidu', 1, 1), (2, 'qq_group', 'QQ', 1, 1), (3, 'own', 'Own', 1, 1)`)
	s.exec(t, `INSERT INTO campaigns (id, source_id, name, cost, starts_on, ends_on, created_at, updated_at) VALUES (1, 1, 'Spring', 29000, '2024-02-01', '2024-02-29', 1, 1),
		(2, 2, 'Turn of the year', 100001, '2023-12-20', '2024-01-10', 1, 1)`)
	s.exec(t, `INSERT INTO campuses (id, name, created_at, updated_at) VALUES (1, '北京', 1, 1)`)
	s.exec(t, `INSERT INTO courses (id, code, name, price, created_at, updated_at) VALUES (1, 'python', 'Python', 1, 1, 1), (2, 'linux', 'Linux', 1, 1, 1)`)
	s.exec(t, `INSERT INTO contract_templates (id, name, body, created_at, updated_at) VALUES (1, 'standard', 'x', 1, 1)`)
	s.exec(t, `INSERT INTO classes (id, code, course_id, campus_id, kind, term, capacity, template_id, created_at, updated_at)
		VALUES (1, 'python-s1', 1, 1, 'full_time', 1, 30, 1, 1, 1), (2, 'python-s2', 1, 1, 'full_time', 2, 20, 1, 1, 1), (3, 'linux-1', 2, 1, 'full_time', 1, 10, 1, 1, 1)`)
	s.exec(t, `INSERT INTO class_lecturers VALUES (1, 1), (2, 1), (3, 2)`)
	for i := range 3 {
		s.exec(t, `INSERT INTO accounts (id, login, name, created_at, updated_at) VALUES ($1, $2, 'S', 1, 1)`, 11+i, fmt.Sprint("s", i))
		s.exec(t, `INSERT INTO customers (id, name, qq, source_id, touched_at, created_at, updated_at) VALUES ($1, 'S', $2, 1, 1, 1, 1)`, 1001+i, fmt.Sprint("9", i))
		s.exec(t, `INSERT INTO students (id, customer_id, account_id, created_at) VALUES ($1, $2, $3, 1)`, 1+i, 1001+i, 11+i)
	}
	for name, table := range map[string]string{"payments_delete": "payments", "enrollments_approved": "enrollments", "homework_delete": "homework"} { // so that the next world begins with nothing
		s.exec(t, dbtest.DropTrigger(t, name, table))
	}
	return s
}

func (s *school) exec(t interface{ Fatal(...any) }, text string, args ...any) {
	if err := s.DB.Write(bg, func(tx *db.Tx) error { _, err := tx.Exec(text, args...); return err }); err != nil {
		t.Fatal(text, err)
	}
}

// actor may report on everything, or on one department, and lists everything.
func (w *world) actor() policy.Actor {
	grants := []policy.Grant{{ID: 1, Resource: "campaigns", Action: "list"}, {ID: 2, Resource: "classes", Action: "list"}}
	for i, name := range []string{"customers", "enrollments", "payments", "follow_ups", "instalments"} {
		report := policy.Grant{ID: int64(10 + i), Resource: name, Action: "report"}
		if w.dept != 0 {
			report.Rows = []policy.Cond{{Field: "department", Values: []string{"$my_department"}}}
		}
		grants = append(grants, report, policy.Grant{ID: int64(20 + i), Resource: name, Action: "list"})
	}
	for i, name := range []string{"lessons", "study_records", "homework", "surveys"} {
		report := policy.Grant{ID: int64(30 + i), Resource: name, Action: "report"}
		if w.teacher != 0 {
			report.Rows = []policy.Cond{{Field: "lecturer", Values: []string{fmt.Sprint(w.teacher)}}}
		}
		grants = append(grants, report, policy.Grant{ID: int64(40 + i), Resource: name, Action: "list"})
	}
	return policy.Actor{Account: 9, Login: "boss", Rights: policy.NewRights(nil, policy.Scope{Me: 9, Departments: []int64{w.dept}}, grants)}
}

// instant draws a moment around the ends of months, where figures go wrong, or
// any other.
func (w *world) instant(t *rapid.T) time.Time {
	month := time.Date(2023, time.Month(9+rapid.IntRange(0, 6).Draw(t, "month")), 1, 0, 0, 0, 0, w.zone)
	switch rapid.IntRange(0, 3).Draw(t, "where") {
	case 0:
		return month
	case 1:
		return month.Add(-time.Millisecond)
	case 2:
		return time.Date(2024, 2, 29, rapid.IntRange(0, 23).Draw(t, "hour"), 30, 0, 0, w.zone)
	}
	return month.Add(time.Duration(rapid.IntRange(0, 60*24*27).Draw(t, "minute")) * time.Minute)
}

func drawWorld(t *rapid.T, zone *time.Location, now time.Time) *world {
	w := &world{zone: zone, now: now, people: []person{{1, 1}, {2, 1}, {3, 2}, {4, 0}}, courseOf: map[int64]int64{1: 1, 2: 1, 3: 2},
		capacity: map[int64]int64{1: 30, 2: 20, 3: 10}, dept: int64(rapid.IntRange(0, 1).Draw(t, "dept"))}
	for i := range rapid.IntRange(0, 9).Draw(t, "leads") {
		l := lead{id: int64(i + 1), owner: int64(rapid.IntRange(0, 4).Draw(t, "owner")), source: int64(rapid.IntRange(1, 3).Draw(t, "source")), created: w.instant(t)}
		if l.source < 3 && rapid.Bool().Draw(t, "campaign") {
			l.campaign = l.source
		}
		l.courses = rapid.SliceOfNDistinct(rapid.Int64Range(1, 2), 0, 2, rapid.ID).Draw(t, "courses")
		for range rapid.IntRange(0, 2).Draw(t, "follows") {
			l.follows = append(l.follows, follow{int64(rapid.IntRange(1, 4).Draw(t, "author")), w.instant(t)})
		}
		for _, class := range rapid.SliceOfNDistinct(rapid.Int64Range(1, 3), 0, 2, rapid.ID).Draw(t, "classes") {
			w.enrol(t, &l, class)
		}
		w.leads = append(w.leads, l)
	}
	drawClassroom(t, w)
	return w
}

func (w *world) enrol(t *rapid.T, l *lead, class int64) {
	e := enroll{id: int64(len(w.enrollments) + 1), customer: l.id, class: class, consultant: int64(rapid.IntRange(1, 4).Draw(t, "consultant")),
		price: rapid.Int64Range(1, 999_999).Draw(t, "price"), state: rapid.SampledFrom([]string{"invited", "submitted", "approved", "approved", "approved", "cancelled"}).Draw(t, "state")}
	if rapid.IntRange(0, 9).Draw(t, "free") == 0 {
		e.price = 0
	}
	e.created = later(w.instant(t), l.created)
	if e.state == "submitted" || e.state == "approved" {
		e.submitted = e.created.Add(time.Hour)
	}
	if e.state == "approved" {
		e.approved = later(w.instant(t), e.created)
	}
	var sum int64
	for range rapid.IntRange(0, 3).Draw(t, "payments") {
		m := money{int64(len(w.enrollments)), rapid.SampledFrom([]string{"deposit", "tuition", "refund"}).Draw(t, "kind"), rapid.Int64Range(1, 600_000).Draw(t, "amount"), w.instant(t)}
		if m.kind == "refund" {
			m.amount = -m.amount
		}
		if sum+m.amount < 0 || sum+m.amount > e.price {
			continue
		}
		sum += m.amount
		w.payments = append(w.payments, m)
	}
	if e.price > 10 && rapid.Bool().Draw(t, "plan") {
		e.plan = []part{{rapid.SampledFrom([]string{"2024-02-29", "2024-03-19"}).Draw(t, "due"), e.price / 3}, {rapid.SampledFrom([]string{"2024-03-20", "2024-04-01"}).Draw(t, "due"), e.price - e.price/3}}
	}
	l.enrollments = append(l.enrollments, int64(len(w.enrollments)))
	w.enrollments = append(w.enrollments, e)
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// store puts a world in the place of the one before.
func (s *school) store(t *rapid.T, w *world) {
	err := s.DB.Write(bg, func(tx *db.Tx) error {
		return w.insert(func(text string, args ...any) { must(tx.Exec(text, args...)) })
	})
	if err != nil {
		t.Fatal(err)
	}
}

func must(_ any, err error) {
	if err != nil {
		panic(err) // becomes the transaction's error
	}
}

func (w *world) insert(exec func(text string, args ...any)) error {
	for _, table := range []string{"survey_tallies", "surveys", "homework", "study_records", "lessons", "payments", "instalments", "follow_ups", "customer_courses", "enrollments", "customers WHERE id < 1000"} {
		exec("DELETE FROM " + table)
	}
	w.insertClassroom(exec)
	w.insertOpinions(exec)
	null := func(id int64) any {
		if id == 0 {
			return nil
		}
		return id
	}
	ms := func(at time.Time) int64 {
		if at.IsZero() {
			return 0
		}
		return at.UnixMilli()
	}
	for _, l := range w.leads {
		status, last := "not_enrolled", int64(0)
		if _, won := w.firstWin(l); won {
			status = "enrolled"
		}
		for _, f := range l.follows {
			last = max(last, ms(f.at))
		}
		exec(`INSERT INTO customers (id, name, qq, source_id, campaign_id, status, owner_id, last_follow_up_at, touched_at, created_at, updated_at)
			VALUES ($1, 'x', $2, $3, $4, $5, $6, $7, $8, $8, $8)`, l.id, fmt.Sprint(l.id), l.source, null(l.campaign), status, null(l.owner), last, ms(l.created))
		for _, c := range l.courses {
			exec(`INSERT INTO customer_courses VALUES ($1, $2)`, l.id, c)
		}
		for _, f := range l.follows {
			exec(`INSERT INTO follow_ups (customer_id, author_id, at, channel, note, intention, created_at) VALUES ($1, $2, $3, 'phone', 'x', 'no_plan', 1)`, l.id, f.author, ms(f.at))
		}
	}
	for _, e := range w.enrollments {
		exec(`INSERT INTO enrollments (id, customer_id, class_id, consultant_id, state, price, token_hash, link_expires_at, email, agreed_at, contract, contract_sha256,
			signed_at, submitted_at, approved_by, approved_at, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, 'a@b', 1, 'x', 'x', 1, $8, 1, $9, $10, 1)`,
			e.id, e.customer, e.class, e.consultant, e.state, e.price, fmt.Sprint("h", e.id), ms(e.submitted), ms(e.approved), ms(e.created))
		for i, x := range e.plan {
			exec(`INSERT INTO instalments (enrollment_id, number, due_on, amount, created_at) VALUES ($1, $2, $3, $4, 1)`, e.id, i+1, x.due, x.amount)
		}
	}
	for i, m := range w.payments {
		exec(`INSERT INTO payments (enrollment_id, kind, amount, receipt, taken_by, at) VALUES ($1, $2, $3, $4, 1, $5)`, m.enrollment+1, m.kind, m.amount, fmt.Sprint("R", i), ms(m.at))
	}
	return nil
}
