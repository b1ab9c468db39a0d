package kit

import (
	"strconv"
	"strings"
	"time"

	"cohort/app/i18n"
)

// Value is what a field of a form holds: a text in its stable form ("baidu",
// "42", "2026-12-01", "5980.00", "yes"), or several, with the labels of what was
// chosen.
type Value struct {
	Text   string
	Label  string   // of a relation or choice
	Chosen []Option // of Several
}

// Same says whether two values mean the same; labels do not count.
func (v Value) Same(o Value) bool {
	if v.Text != o.Text || len(v.Chosen) != len(o.Chosen) {
		return false
	}
	for i := range v.Chosen {
		if v.Chosen[i].Value != o.Chosen[i].Value {
			return false
		}
	}
	return true
}

// Values are the fields of a form by name.
type Values map[string]Value

// Text gives a field's text without blanks around it.
func (v Values) Text(name string) string { return strings.TrimSpace(v[name].Text) }

// Int gives a field as a number, 0 when it is none: ids of relations.
func (v Values) Int(name string) int64 {
	n, _ := strconv.ParseInt(v.Text(name), 10, 64)
	return n
}

// Bool gives a yes/no field.
func (v Values) Bool(name string) bool { return v[name].Text == Yes }

// List gives the values of a field of several choices.
func (v Values) List(name string) []string {
	var out []string
	for _, o := range v[name].Chosen {
		out = append(out, o.Value)
	}
	return out
}

// Ints gives the ids of a field of several relations.
func (v Values) Ints(name string) []int64 {
	var out []int64
	for _, s := range v.List(name) {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			out = append(out, n)
		}
	}
	return out
}

// Fen gives a money field; 0 when it is empty or none.
func (v Values) Fen(name string) int64 {
	n, _ := ParseMoney(v.Text(name))
	return n
}

// Day gives a date field as "2026-12-01"; "" when it is empty.
func (v Values) Day(name string) string { return v.Text(name) }

// Yes is the text of a yes/no field that is on.
const Yes = "yes"

// On makes a yes/no value.
func On(b bool) Value {
	if b {
		return Value{Text: Yes}
	}
	return Value{}
}

// ID prints an id as a value.
func ID(n int64) string { return strconv.FormatInt(n, 10) }

// Fen makes a money value.
func Fen(n int64) Value {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	return Value{Text: sign + strconv.FormatInt(n/100, 10) + "." + pad2(n%100)}
}

func pad2(n int64) string {
	if n < 10 {
		return "0" + strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10)
}

// ParseMoney reads "5980", "5,980.5", "¥5980.00" as fen.
func ParseMoney(s string) (fen int64, ok bool) {
	s = strings.NewReplacer("¥", "", "￥", "", ",", "", "，", "", " ", "").Replace(s)
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	whole, part, _ := strings.Cut(s, ".")
	if whole == "" && part == "" || len(part) > 2 || len(whole) > 12 {
		return 0, false
	}
	for _, c := range whole + part {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	n, _ := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	if neg {
		n = -n
	}
	return n, true
}

// ParseDay reads a date as people write it, seen from now: 2026-12-01, 12-1,
// 20261201, +3d, +2w, +1m, today, tomorrow, mon … sun, 周一, 明天.
func ParseDay(s string, now time.Time) (day string, ok bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	s = strings.NewReplacer("/", "-", ".", "-", "年", "-", "月", "-", "日", "", "号", "").Replace(s)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	const iso = "2006-01-02"
	switch s {
	case "":
		return "", true
	case "today", "今天", "今":
		return today.Format(iso), true
	case "tomorrow", "明天", "明":
		return today.AddDate(0, 0, 1).Format(iso), true
	case "后天":
		return today.AddDate(0, 0, 2).Format(iso), true
	}
	if t, ok := relativeDay(s, today); ok {
		return t.Format(iso), true
	}
	for _, f := range []string{iso, "2006-1-2", "20060102", "06-1-2"} {
		if t, err := time.Parse(f, s); err == nil {
			return t.Format(iso), true
		}
	}
	if t, err := time.Parse("1-2", s); err == nil {
		t = time.Date(today.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
		if t.Before(today) {
			t = t.AddDate(1, 0, 0)
		}
		return t.Format(iso), true
	}
	return "", false
}

var weekdays = []string{"sun 周日 星期日 周天", "mon 周一 星期一", "tue 周二 星期二", "wed 周三 星期三", "thu 周四 星期四", "fri 周五 星期五", "sat 周六 星期六"}

// relativeDay reads +3d, -1w and weekdays, which are the next to come.
func relativeDay(s string, today time.Time) (time.Time, bool) {
	for i, names := range weekdays {
		for _, n := range strings.Fields(names) {
			if s == n {
				d := (i - int(today.Weekday()) + 7) % 7
				if d == 0 {
					d = 7
				}
				return today.AddDate(0, 0, d), true
			}
		}
	}
	if len(s) < 2 || s[0] != '+' && s[0] != '-' {
		return today, false
	}
	unit := s[len(s)-1]
	num := s[:len(s)-1]
	if unit >= '0' && unit <= '9' {
		unit, num = 'd', s
	}
	n, err := strconv.Atoi(num)
	if err != nil || n > 4000 || n < -4000 {
		return today, false
	}
	switch unit {
	case 'd':
		return today.AddDate(0, 0, n), true
	case 'w':
		return today.AddDate(0, 0, 7*n), true
	case 'm':
		return today.AddDate(0, n, 0), true
	case 'y':
		return today.AddDate(n, 0, 0), true
	}
	return today, false
}

// dayNote says the weekday of a date that is typed or meant: "Tue", or
// "2026-12-01 Tue" for "+3d".
func dayNote(e Env, typed string, now time.Time) string {
	day, ok := ParseDay(typed, now)
	if !ok || day == "" {
		return ""
	}
	t, err := time.Parse("2006-01-02", day)
	if err != nil {
		return ""
	}
	p := i18n.Printer{Lang: e.Lang}
	if strings.TrimSpace(typed) == day {
		return p.Weekday(t)
	}
	return p.DayWeekday(t)
}
