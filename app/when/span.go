package when

import (
	"strings"
	"time"
)

// farthest is how many days, weeks, months or years one may go at once.
const farthest = 10_000

var (
	soonEnglish = starting(`(?:in )?(\d{1,3}|an?|half an) ?(hours?|h|minutes?|mins?|min)(?: later| from now)?$`)
	soonChinese = starting(`(?:过)?(\d{1,3}|半)个?(半)?(小时|钟头|分钟?)(?:之|以)?后?$`)
	soonShort   = starting(`\+(\d{1,3})(h|min)$`)
)

// soon takes hours and minutes from now: "in 2 hours", 半小时后, +2h.
func (r *reader) soon() (time.Time, bool) {
	for _, p := range []pattern{soonEnglish, soonShort} {
		if m := r.eat(p); m != nil {
			unit := time.Hour
			if strings.HasPrefix(m[2], "m") {
				unit = time.Minute
			}
			return r.now.Add(amount(m[1], unit)), true
		}
	}
	if m := r.eat(soonChinese); m != nil {
		unit := time.Hour
		if strings.HasPrefix(m[3], "分") {
			unit = time.Minute
		}
		d := amount(m[1], unit)
		if m[2] != "" {
			d += unit / 2
		}
		return r.now.Add(d), true
	}
	return time.Time{}, false
}

func amount(s string, unit time.Duration) time.Duration {
	switch s {
	case "a", "an":
		return unit
	case "half an", "半":
		return unit / 2
	}
	return time.Duration(number(s)) * unit
}

// signed is +3d, -1w, +2, 3m.
func signed(r *reader, m []string) (time.Time, bool) {
	n := number(m[2])
	if m[1] == "-" {
		n = -n
	}
	return r.shift(n, m[3])
}

// later is "in 3 days", 两周后, 半个月后.
func later(r *reader, m []string) (time.Time, bool) {
	switch m[1] {
	case "a", "an":
		return r.shift(1, m[2])
	case "半":
		return r.halfOf(m[2])
	}
	return r.shift(number(m[1]), m[2])
}

func (r *reader) halfOf(unit string) (time.Time, bool) {
	switch unit {
	case "月":
		return r.shift(15, "天")
	case "年":
		return r.shift(6, "月")
	}
	return time.Time{}, false
}

// shift goes so many days, weeks, months or years from today. Months end where
// they end: one month after the 31st of January is the last of February.
func (r *reader) shift(n int, unit string) (time.Time, bool) {
	if n > farthest || n < -farthest {
		return time.Time{}, false
	}
	switch unit {
	case "w", "week", "周", "星期", "礼拜":
		return r.today().AddDate(0, 0, 7*n), true
	case "m", "month", "月":
		return r.months(n), true
	case "y", "year", "年":
		return r.months(12 * n), true
	}
	return r.today().AddDate(0, 0, n), true
}

func (r *reader) months(n int) time.Time {
	first := r.firstOfMonth(n)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(r.now.Day(), last)-1)
}

func (r *reader) firstOfMonth(n int) time.Time {
	return time.Date(r.now.Year(), r.now.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
}

// endOfMonth is the last day of this month, or of one that comes.
func endOfMonth(n int) func(*reader, []string) (time.Time, bool) {
	return func(r *reader, _ []string) (time.Time, bool) { return r.firstOfMonth(n).AddDate(0, 1, -1), true }
}

// dayOfMonth is a day of this month or the next; the first where none is said.
func dayOfMonth(n int) func(*reader, []string) (time.Time, bool) {
	return func(r *reader, m []string) (time.Time, bool) {
		first := r.firstOfMonth(n)
		if len(m) < 2 || m[1] == "" {
			return first, true
		}
		return date(first.Year(), int(first.Month()), number(m[1]))
	}
}

// endOfNamed is 12月底: the last day of the month with that number to come.
func endOfNamed(r *reader, m []string) (time.Time, bool) {
	n := number(m[1])
	months := (n - int(r.now.Month()) + 12) % 12
	return r.firstOfMonth(months).AddDate(0, 1, -1), n >= 1 && n <= 12
}

func endOfYear(r *reader, _ []string) (time.Time, bool) { return date(r.now.Year(), 12, 31) }

// monday is that of this week; weeks begin on Mondays.
func (r *reader) monday() time.Time {
	return r.today().AddDate(0, 0, -(int(r.today().Weekday())+6)%7)
}

// weekday is the next to come; with "this" or "next" (下, 下下) that of this
// calendar week or of one that comes.
func weekday(r *reader, m []string) (time.Time, bool) {
	n := strings.Index("sunmontuewedthufrisat", m[2])
	if n >= 0 {
		n = (n/3 + 6) % 7
	} else {
		n = number(m[2]) - 1
	}
	weeks := strings.Count(m[1], "next") + strings.Count(m[1], "下")
	if m[1] != "" {
		return r.monday().AddDate(0, 0, 7*weeks+n), true
	}
	t := r.monday().AddDate(0, 0, n)
	if !t.After(r.today()) {
		t = t.AddDate(0, 0, 7)
	}
	return t, true
}

func nextMonday(r *reader, _ []string) (time.Time, bool) { return r.monday().AddDate(0, 0, 7), true }

// weekend is the Saturday to come.
func weekend(r *reader, _ []string) (time.Time, bool) {
	t := r.monday().AddDate(0, 0, 5)
	if t.Before(r.today()) {
		t = t.AddDate(0, 0, 7)
	}
	return t, true
}

func nextWeekend(r *reader, _ []string) (time.Time, bool) { return r.monday().AddDate(0, 0, 12), true }
