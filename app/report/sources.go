package report

import (
	"database/sql"
	"time"

	"cohort/db"
)

// sources is where leads come from, what became of them and what they cost. Who
// may not list campaigns sees no cost.
func sources(q *query) error {
	list := []measure{countLeads, countEnrolled, {Column: Column{"rate", Rate}, from: ratio(1, 0)}}
	if q.by.Can("list", "campaigns") {
		list = append(list,
			measure{Column: Column{"cost", Money}, given: func(q *query) figured { return q.cost }},
			measure{Column: Column{"per_lead", Money}, from: costOf(0)},
			measure{Column: Column{"per_enrolled", Money}, from: costOf(1)})
	}
	if err := cutReport(0, 1, list...)(q); err != nil {
		return err
	}
	if len(list) > 3 && q.Part {
		q.Notes = append(q.Notes, "report.cost_of_all")
	}
	return nil
}

// costOf divides the cost among a column; what cost nothing has no cost a head.
func costOf(column int) func([]Cell) Cell {
	return func(c []Cell) Cell {
		if c[3].N == 0 {
			return Cell{None: true}
		}
		return each(c[3].N, c[column].N)
	}
}

// cost is what the campaigns cost in the period. A campaign's cost is spread
// evenly over its days, so that the months of a campaign add up to all of it; one
// without an end, or without a beginning, cost it all on the day it has.
func (q *query) cost(cut string) (map[int64]int64, error) {
	rows, err := q.tx.Query(`SELECT id, source_id, cost, starts_on, ends_on, created_at FROM campaigns WHERE cost > 0`)
	out := map[int64]int64{}
	_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
		var id, source, fen, created int64
		var starts, ends string
		if err = r.Scan(&id, &source, &fen, &starts, &ends, &created); err != nil {
			return none, err
		}
		key := source
		if cut == "campaign" {
			key = id
		}
		if part := q.costIn(fen, starts, ends, created); part > 0 {
			out[key] += part
		}
		return none, nil
	})
	return out, err
}

// costIn is the part of a campaign's cost that falls into the period.
func (q *query) costIn(fen int64, starts, ends string, created int64) int64 {
	zone := q.s.Zone
	from, errFrom := time.ParseInLocation(time.DateOnly, starts, zone)
	to, errTo := time.ParseInLocation(time.DateOnly, ends, zone)
	switch {
	case errFrom != nil && errTo != nil:
		at := db.Time(created).In(zone)
		from = time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, zone)
		to = from
	case errFrom != nil:
		from = to
	case errTo != nil:
		to = from
	}
	days := daysBetween(from, to) + 1
	upTo := func(t time.Time) int64 { // cost of the days before t
		return fen * min(max(daysBetween(from, t), 0), days) / days
	}
	return upTo(q.Ask.Period.To) - upTo(q.Ask.Period.From)
}

// daysBetween counts whole days by the calendar, whatever the clocks do.
func daysBetween(a, b time.Time) int64 {
	day := func(t time.Time) int64 {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400
	}
	return day(b) - day(a)
}
