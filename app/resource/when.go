package resource

import (
	"strconv"
	"strings"
	"time"
)

// span is a stretch of time, from inclusive, to exclusive; a zero end is open.
type span struct{ from, to time.Time }

// stretch reads what people write for a date or a stretch of time, seen from now
// in the school's zone:
//
//	today yesterday tomorrow this_week last_week next_week this_month last_month
//	next_month this_year last_year
//	2026 2026-11 2026-11-22 2026-11-01..2026-11-15
//	7d 2w 3m 1y     within the last (for coming days: next) so long
//	>30d            longer ago than 30 days      <30d  more recent
//	>2026-11-01     after that day               <2026-11-01, >=, <=
//	+7d             within the coming seven days
func stretch(s string, now time.Time) (span, bool) {
	if a, b, ok := strings.Cut(s, ".."); ok {
		return between(a, b, now)
	}
	op := s[:len(s)-len(strings.TrimLeft(s, "<>="))]
	rest := s[len(op):]
	if d, ok := length(rest, now); ok {
		return ago(op, d, now)
	}
	if rel, ok := strings.CutPrefix(rest, "+"); ok && op == "" {
		if from, ok := length(rel, now); ok {
			return span{midnight(now), midnight(now).Add(now.Sub(from)).AddDate(0, 0, 1)}, true
		}
	}
	sp, ok := period(rest, now)
	if !ok {
		return span{}, false
	}
	switch op {
	case "":
		return sp, true
	case ">":
		return span{from: sp.to}, true
	case ">=":
		return span{from: sp.from}, true
	case "<":
		return span{to: sp.from}, true
	case "<=":
		return span{to: sp.to}, true
	}
	return span{}, false
}

func between(a, b string, now time.Time) (span, bool) {
	var out span
	if a != "" {
		from, ok := period(a, now)
		if !ok {
			return span{}, false
		}
		out.from = from.from
	}
	if b != "" {
		to, ok := period(b, now)
		if !ok {
			return span{}, false
		}
		out.to = to.to
	}
	return out, a != "" || b != ""
}

// ago turns "30d" into a span: older than with ">", more recent than else.
func ago(op string, from time.Time, now time.Time) (span, bool) {
	switch op {
	case ">", ">=":
		return span{to: from}, true
	case "", "<", "<=":
		return span{from: from}, true
	}
	return span{}, false
}

// length reads 30d, 2w, 3m, 1y and gives the moment so long before now.
func length(s string, now time.Time) (time.Time, bool) {
	if len(s) < 2 {
		return time.Time{}, false
	}
	n, err := strconv.Atoi(s[:len(s)-1])
	if err != nil || n < 0 || n > 100_000 || s[0] == '+' {
		return time.Time{}, false
	}
	switch s[len(s)-1] {
	case 'h':
		return now.Add(-time.Duration(n) * time.Hour), true
	case 'd':
		return now.AddDate(0, 0, -n), true
	case 'w':
		return now.AddDate(0, 0, -7*n), true
	case 'm':
		return now.AddDate(0, -n, 0), true
	case 'y':
		return now.AddDate(-n, 0, 0), true
	}
	return time.Time{}, false
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// period reads a named or written day, month or year.
func period(s string, now time.Time) (span, bool) {
	day := midnight(now)
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	year := time.Date(now.Year(), 1, 1, 0, 0, 0, 0, now.Location())
	monday := day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	switch s {
	case "today":
		return span{day, day.AddDate(0, 0, 1)}, true
	case "yesterday":
		return span{day.AddDate(0, 0, -1), day}, true
	case "tomorrow":
		return span{day.AddDate(0, 0, 1), day.AddDate(0, 0, 2)}, true
	case "this_week":
		return span{monday, monday.AddDate(0, 0, 7)}, true
	case "this_month":
		return span{month, month.AddDate(0, 1, 0)}, true
	case "last_month":
		return span{month.AddDate(0, -1, 0), month}, true
	case "last_week":
		return span{monday.AddDate(0, 0, -7), monday}, true
	case "next_week":
		return span{monday.AddDate(0, 0, 7), monday.AddDate(0, 0, 14)}, true
	case "next_month":
		return span{month.AddDate(0, 1, 0), month.AddDate(0, 2, 0)}, true
	case "last_year":
		return span{year.AddDate(-1, 0, 0), year}, true
	case "this_year":
		return span{year, year.AddDate(1, 0, 0)}, true
	}
	for _, f := range []struct {
		layout  string
		y, m, d int
	}{{"2006-01-02", 0, 0, 1}, {"2006-01", 0, 1, 0}, {"2006", 1, 0, 0}} {
		if t, err := time.ParseInLocation(f.layout, s, now.Location()); err == nil {
			return span{t, t.AddDate(f.y, f.m, f.d)}, true
		}
	}
	return span{}, false
}

// IsDay says whether s is a day as it is stored: 2026-12-01.
func IsDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
