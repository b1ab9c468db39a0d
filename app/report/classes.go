package report

import (
	"database/sql"

	"cohort/db"
)

// classes are the classes that run in the period or take students for later:
// their students against their capacity, and who is on the way.
func classes(q *query) error {
	q.Columns = []Column{{"capacity", Count}, {"enrolled", Count}, {"fill", Rate}, {"on_the_way", Count}, {"free", Count}}
	q.Chart, q.Against = 1, 0
	coming := enrolled
	coming.always, coming.terms = "enrollments.state IN ('invited', 'submitted', 'returned')", "state:invited,submitted,returned"
	among := "enrollments.class_id IN (SELECT classes.id FROM classes WHERE " + running(q.Ask.Period) + ")"
	in, err := q.sum(enrolled, Period{}, "class", one, among)
	if err != nil {
		return err
	}
	way, err := q.sum(coming, Period{}, "class", one, among)
	if err != nil {
		return err
	}
	list, err := q.running()
	if err != nil {
		return err
	}
	var total [3]int64
	for _, c := range list {
		q.Rows = append(q.Rows, Row{ID: c.id, Label: Label{Text: c.code, Code: c.code}, Cells: []Cell{{N: c.capacity},
			{N: in[c.id], Open: q.open(enrolled, Period{}, enrolled.cutTerm("class", c.id))}, rate(in[c.id], c.capacity),
			{N: way[c.id], Open: q.open(coming, Period{}, coming.cutTerm("class", c.id))}, {N: c.capacity - c.students}}})
		total[0], total[1], total[2] = total[0]+c.capacity, total[1]+in[c.id], total[2]+way[c.id]
	}
	free := int64(0)
	for _, r := range q.Rows {
		free += r.Cells[4].N
	}
	q.Total = []Cell{{N: total[0]}, {N: total[1]}, rate(total[1], total[0]), {N: total[2]}, {N: free}}
	return nil
}

type classRow struct {
	id                 int64
	code               string
	capacity, students int64
}

// running is the condition of the classes that were there in a period and not
// over before it. The day is text that this package writes itself.
func running(p Period) string {
	return "classes.created_at < " + itoa(db.Millis(p.To)) + " AND (classes.ends_on = '' OR classes.ends_on >= '" + p.From.Format("2006-01-02") + "')"
}

// running lists those classes of which the actor may ask.
func (q *query) running() ([]classRow, error) {
	args := &db.Args{}
	rule, err := q.s.Engine.Rule(q.tx, q.by, "list", "classes", args)
	if err != nil {
		return nil, err
	}
	rows, err := q.tx.Query(`SELECT classes.id, classes.code, classes.capacity, (SELECT count(*) FROM student_classes WHERE student_classes.class_id = classes.id)
		FROM classes WHERE `+rule+` AND `+running(q.Ask.Period)+` ORDER BY classes.starts_on DESC, classes.id DESC`, *args...)
	return db.Collect(rows, err, func(r *sql.Rows) (c classRow, err error) {
		err = r.Scan(&c.id, &c.code, &c.capacity, &c.students)
		return c, err
	})
}
