package report

import (
	"slices"
	"time"
)

// The oracle: a school as plain values, and what its reports should say, reckoned
// in Go row by row, without SQL.

type person struct{ id, dept int64 }

type lead struct {
	id, owner, source, campaign int64
	courses                     []int64
	created                     time.Time
	follows                     []follow
	enrollments                 []int64 // indexes into world.enrollments
}

type follow struct {
	author int64
	at     time.Time
}

type enroll struct {
	id, customer, class, consultant, price int64
	state                                  string
	created, submitted, approved           time.Time
	plan                                   []part
}

type part struct {
	due    string
	amount int64
}

type money struct {
	enrollment int64 // index
	kind       string
	amount     int64
	at         time.Time
}

type world struct {
	zone        *time.Location
	now         time.Time
	people      []person
	leads       []lead
	enrollments []enroll
	payments    []money
	courseOf    map[int64]int64 // of a class
	capacity    map[int64]int64
	lessons     []lesson
	studies     []study
	opinions    []opinion
	teacher     int64 // the reader sees the classroom of this lecturer only; 0: all
	dept        int64 // the reader sees this department only; 0: all
}

func (w *world) deptOf(account int64) int64 {
	for _, p := range w.people {
		if p.id == account {
			return p.dept
		}
	}
	return 0
}

func (w *world) seesLead(l lead) bool { return w.dept == 0 || w.deptOf(l.owner) == w.dept }

func (w *world) seesEnrollment(e enroll) bool { return w.dept == 0 || w.deptOf(e.consultant) == w.dept }

func (w *world) leadOf(e enroll) lead { return w.leads[e.customer-1] }

func within(t time.Time, p Period) bool { return !t.Before(p.From) && t.Before(p.To) }

// key is what a lead or an enrollment counts for.
func (w *world) leadKey(l lead, by string) int64 {
	switch by {
	case "source":
		return l.source
	case "campaign":
		return l.campaign
	case "person":
		return l.owner
	case "department":
		return w.deptOf(l.owner)
	}
	panic(by)
}

func (w *world) enrollKey(e enroll, by string) int64 {
	switch by {
	case "person":
		return e.consultant
	case "department":
		return w.deptOf(e.consultant)
	case "class":
		return e.class
	case "course":
		return w.courseOf[e.class]
	case "campus":
		return 1
	}
	return w.leadKey(w.leadOf(e), by)
}

// approved calls do for every enrollment of the reader's that was approved in
// the period.
func (w *world) approved(p Period, do func(e enroll)) {
	for _, e := range w.enrollments {
		if e.state == "approved" && within(e.approved, p) && w.seesEnrollment(e) {
			do(e)
		}
	}
}

func (w *world) entered(p Period, do func(l lead)) {
	for _, l := range w.leads {
		if within(l.created, p) && w.seesLead(l) {
			do(l)
		}
	}
}

// paid calls do for every payment of the reader's in the period.
func (w *world) paid(p Period, do func(m money, e enroll)) {
	for _, m := range w.payments {
		if e := w.enrollments[m.enrollment]; within(m.at, p) && w.seesEnrollment(e) {
			do(m, e)
		}
	}
}

// figures is a report's table: row key → figures.
type table map[int64][]int64

func (t table) add(id int64, column, columns int, n int64) {
	if t[id] == nil {
		t[id] = make([]int64, columns)
	}
	t[id][column] += n
}

func (w *world) conversion(p Period, by string) table {
	t := table{}
	w.entered(p, func(l lead) { t.add(w.leadKey(l, by), 0, 3, 1) })
	w.approved(p, func(e enroll) { t.add(w.enrollKey(e, by), 1, 3, 1); t.add(w.enrollKey(e, by), 2, 3, e.price) })
	return t
}

func (w *world) demand(p Period) table {
	t := table{}
	w.entered(p, func(l lead) {
		for _, c := range l.courses {
			t.add(c, 0, 2, 1)
		}
	})
	w.approved(p, func(e enroll) { t.add(w.courseOf[e.class], 1, 2, 1) })
	return t
}

func (w *world) collected(p Period, by string) table {
	t := table{}
	w.paid(p, func(m money, e enroll) {
		if m.kind == "refund" {
			t.add(w.enrollKey(e, by), 1, 2, -m.amount)
		} else {
			t.add(w.enrollKey(e, by), 0, 2, m.amount)
		}
	})
	return t
}

func (w *world) agreedIn(p Period) (n int64) {
	w.approved(p, func(e enroll) { n += e.price })
	return n
}

func (w *world) incomeIn(p Period) (n int64) {
	w.paid(p, func(m money, _ enroll) { n += m.amount })
	return n
}

// firstWin is when a lead first enrolled.
func (w *world) firstWin(l lead) (at time.Time, won bool) {
	for _, i := range l.enrollments {
		if e := w.enrollments[i]; e.state == "approved" && (!won || e.approved.Before(at)) {
			at, won = e.approved, true
		}
	}
	return at, won
}

func (w *world) cohort(p Period) (n, wins int64, by [cohortMonths + 1]int64) {
	w.entered(p, func(l lead) {
		n++
		at, won := w.firstWin(l)
		if !won {
			return
		}
		wins++
		later := 0
		for m := p; !at.Before(m.To) && later < cohortMonths; m = m.Shift(1) {
			later++
		}
		by[later]++
	})
	return n, wins, by
}

func (w *world) funnel(p Period) (n [5]int64) {
	w.entered(p, func(l lead) {
		n[0]++
		var sent, in bool
		for _, i := range l.enrollments {
			sent = sent || !w.enrollments[i].submitted.IsZero()
			in = in || w.enrollments[i].state == "approved"
		}
		for i, yes := range []bool{len(l.follows) > 0, len(l.enrollments) > 0, sent, in} {
			if yes {
				n[i+1]++
			}
		}
	})
	return n
}

func (w *world) owed(by string) table {
	t := table{}
	today := w.now.In(w.zone).Format(time.DateOnly)
	for i, e := range w.enrollments {
		if e.state != "approved" || !w.seesEnrollment(e) {
			continue
		}
		var paid, due int64
		for _, m := range w.payments {
			if m.enrollment == int64(i) {
				paid += m.amount
			}
		}
		for _, x := range e.plan {
			if x.due < today {
				due += x.amount
			}
		}
		for column, n := range []int64{1, e.price, paid, e.price - paid, max(0, due-paid)} {
			t.add(w.enrollKey(e, by), column, 5, n)
		}
	}
	return t
}

// activity counts follow-ups, leads and days with a follow-up by person.
func (w *world) activity(p Period) table {
	t := table{}
	days := map[int64][]string{}
	for _, l := range w.leads {
		for _, f := range l.follows {
			if !within(f.at, p) || !w.seesLead(l) {
				continue
			}
			t.add(f.author, 0, 3, 1)
			if d := f.at.In(w.zone).Format(time.DateOnly); !slices.Contains(days[f.author], d) {
				days[f.author] = append(days[f.author], d)
				t.add(f.author, 2, 3, 1)
			}
		}
	}
	w.entered(p, func(l lead) { t.add(l.owner, 1, 3, 1) })
	return t
}
