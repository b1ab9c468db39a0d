package kit

import (
	"strconv"
	"strings"
	"time"

	"cohort/app/when"
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
// +3d, mon, 周五, 月底; see package when.
func ParseDay(s string, now time.Time) (day string, ok bool) {
	day, err := when.Day(s, now, now.Location())
	return day, err == nil
}
