package report

import (
	"strings"
	"time"

	"cohort/app/fault"
)

// Period is a stretch of whole days in the school's zone, To exclusive.
type Period struct{ From, To time.Time }

// IsZero says that no period was given.
func (p Period) IsZero() bool { return p.From.IsZero() }

// Month is the calendar month in which t lies.
func Month(t time.Time) Period {
	first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
	return Period{first, first.AddDate(0, 1, 0)}
}

// Whole says whether the period is one calendar month.
func (p Period) Whole() bool { return p == Month(p.From) }

// Text writes the period as the list language reads it: 2026-11, or
// 2026-11-01..2026-11-15.
func (p Period) Text() string {
	if p.Whole() {
		return p.From.Format("2006-01")
	}
	return p.From.Format(time.DateOnly) + ".." + p.To.AddDate(0, 0, -1).Format(time.DateOnly)
}

// Shift gives the period so many months later; one that is no month moves by its
// own length.
func (p Period) Shift(n int) Period {
	if p.Whole() {
		return Month(p.From.AddDate(0, n, 0))
	}
	days := p.Days() * n
	return Period{p.From.AddDate(0, 0, days), p.To.AddDate(0, 0, days)}
}

// Days counts the days of the period.
func (p Period) Days() int {
	n := 0
	for d := p.From; d.Before(p.To); d = d.AddDate(0, 0, 1) {
		n++
	}
	return n
}

// maxDays bounds a period: ten years.
const maxDays = 3660

// ParsePeriod reads 2026-11, 2026, a day, FROM..TO, this_month, last_month,
// this_year, seen from now in the school's zone. "" is the zero period.
func ParsePeriod(text string, now time.Time) (Period, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Period{}, nil
	}
	a, b, ranged := strings.Cut(text, "..")
	from, ok := parsePart(a, now)
	to := from
	if ok && ranged {
		to, ok = parsePart(b, now)
	}
	p := Period{from.From, to.To}
	switch {
	case !ok:
		return Period{}, fault.Field("period", "report.bad_period", "text", text)
	case !p.From.Before(p.To):
		return Period{}, fault.Field("period", "report.empty_period", "text", text)
	case p.To.Sub(p.From) > maxDays*24*time.Hour:
		return Period{}, fault.Field("period", "report.long_period")
	}
	return p, nil
}

func parsePart(s string, now time.Time) (Period, bool) {
	month := Month(now)
	switch s {
	case "this_month":
		return month, true
	case "last_month":
		return month.Shift(-1), true
	case "this_year":
		s = now.Format("2006")
	case "today":
		s = now.Format(time.DateOnly)
	}
	for _, f := range []struct {
		layout  string
		y, m, d int
	}{{"2006-01-02", 0, 0, 1}, {"2006-01", 0, 1, 0}, {"2006", 1, 0, 0}} {
		if t, err := time.ParseInLocation(f.layout, s, now.Location()); err == nil {
			return Period{t, t.AddDate(f.y, f.m, f.d)}, true
		}
	}
	return Period{}, false
}

// months gives the n calendar months that end with the one in which the period
// ends.
func (p Period) months(n int) []Period {
	last := Month(p.To.AddDate(0, 0, -1))
	out := make([]Period, n)
	for i := range out {
		out[i] = last.Shift(i - n + 1)
	}
	return out
}

// spans counts the calendar months that the period touches.
func (p Period) spans() int {
	last := p.To.AddDate(0, 0, -1)
	return (last.Year()-p.From.Year())*12 + int(last.Month()-p.From.Month()) + 1
}
