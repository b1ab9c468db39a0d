package report

import (
	"context"
	"database/sql"

	"cohort/app/policy"
	"cohort/db"
)

// usualTarget is how many follow-ups a day somebody is to make until the school
// says otherwise.
const usualTarget = 20

const targetKey = "target_follow_ups"

// activity is what people did: follow-ups and new leads, for each person or for
// each day, against the target of follow-ups a day. A person's days are those on
// which he followed somebody up.
func activity(q *query) error {
	q.Columns = []Column{{"follow_ups", Count}, {"customers", Count}, {"leads", Count}, {"days", Count}, {"per_day", Average}, {"target", Count}, {"reached_target", Rate}}
	q.Chart, q.Against = 0, -1
	target := q.s.settings.Int(targetKey)
	if q.Ask.By == "day" {
		return q.activityByDay(target)
	}
	days, err := q.activeDays()
	if err != nil {
		return err
	}
	added, err := q.sum(leads, q.Ask.Period, "person", one, "")
	if err != nil {
		return err
	}
	ids := map[int64]bool{}
	for id := range days {
		ids[id] = true
	}
	for id := range added {
		ids[id] = true
	}
	labels, err := q.labels("person", keys(ids))
	if err != nil {
		return err
	}
	var all act
	for _, id := range keys(ids) {
		a := days[id]
		a.leads = added[id]
		all.add(a)
		q.Rows = append(q.Rows, Row{ID: id, Label: labels[id], Cells: a.cells(target,
			q.open(followUps, q.Ask.Period, followUps.cutTerm("person", id)), q.open(leads, q.Ask.Period, leads.cutTerm("person", id)))})
	}
	sortRows(q.Rows, 0)
	q.Total = all.cells(target, q.open(followUps, q.Ask.Period), q.open(leads, q.Ask.Period))
	return nil
}

// act is what was done, and on how many days by how many people.
type act struct{ followUps, customers, leads, days int64 }

func (a *act) add(b act) {
	a.followUps, a.customers, a.leads, a.days = a.followUps+b.followUps, a.customers+b.customers, a.leads+b.leads, a.days+b.days
}

func (a act) cells(target int64, follow, lead string) []Cell {
	perDay := each(a.followUps*100, a.days)
	return []Cell{{N: a.followUps, Open: follow}, {N: a.customers, Open: follow}, {N: a.leads, Open: lead}, {N: a.days}, perDay, {N: target}, rate(a.followUps, a.days*target)}
}

// activeDays counts each person's follow-ups, the customers and the days day by
// day: a day begins at midnight in the school's zone.
func (q *query) activeDays() (map[int64]act, error) {
	out := map[int64]act{}
	for _, day := range q.days() {
		counts, err := q.followed(day)
		if err != nil {
			return nil, err
		}
		for id, a := range counts {
			a.days = 1
			sum := out[id]
			sum.add(a)
			out[id] = sum
		}
	}
	return out, nil
}

// days are the days of the period that have begun.
func (q *query) days() (list []Period) {
	for d := q.Ask.Period.From; d.Before(q.Ask.Period.To) && !d.After(q.tx.Now); d = d.AddDate(0, 0, 1) {
		list = append(list, Period{d, d.AddDate(0, 0, 1)})
	}
	return list
}

// followed counts the follow-ups of a day by person, and how many customers they
// were about.
func (q *query) followed(day Period) (map[int64]act, error) {
	args := &db.Args{}
	where, err := q.where(followUps, day, args)
	if err != nil {
		return nil, err
	}
	rows, err := q.tx.Query(`SELECT COALESCE(follow_ups.author_id, 0), count(*), count(DISTINCT follow_ups.customer_id)
		FROM `+joined(followUps.from, where)+` WHERE `+where+` GROUP BY 1`, *args...)
	out := map[int64]act{}
	_, err = db.Collect(rows, err, func(r *sql.Rows) (id int64, err error) {
		var a act
		err = r.Scan(&id, &a.followUps, &a.customers)
		out[id] = a
		return id, err
	})
	return out, err
}

func (q *query) activityByDay(target int64) error {
	var all act
	for i, day := range q.days() {
		counts, err := q.followed(day)
		if err != nil {
			return err
		}
		var a act
		for _, x := range counts {
			x.days = 1
			a.add(x)
		}
		if a.leads, err = q.one(leads, day, one, ""); err != nil {
			return err
		}
		all.add(a)
		text := day.From.Format("2006-01-02")
		q.Rows = append(q.Rows, Row{ID: int64(i), Label: Label{Text: text, Code: text}, Cells: a.cells(target, q.open(followUps, day), q.open(leads, day))})
	}
	q.Total = all.cells(target, q.open(followUps, q.Ask.Period), q.open(leads, q.Ask.Period))
	return nil
}

// Target is how many follow-ups a day each person is to make.
func (s *Service) Target(_ context.Context, by policy.Actor) (int64, error) {
	if err := by.NeedAny("report", "follow_ups"); err != nil {
		return 0, err
	}
	return s.settings.Int(targetKey), nil
}

// SetTarget changes that, for the whole school.
func (s *Service) SetTarget(ctx context.Context, by policy.Actor, n int64) error {
	return s.settings.Set(ctx, by, targetKey, itoa(n))
}
