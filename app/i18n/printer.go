package i18n

import (
	"fmt"
	"strings"
	"time"

	"cohort/app/fault"
)

// Printer says things to one reader: in his language, in the school's time
// zone. It is a small value; copy it freely.
type Printer struct {
	Lang Lang
	Zone *time.Location   // nil: UTC
	Now  func() time.Time // nil: time.Now; for "3 days ago"
}

// Word is a message used as an argument of another message: it is said in the
// reader's language when the outer one is.
type Word struct {
	Key  string
	Args []any
}

// W makes a Word.
func W(key string, args ...any) Word { return Word{key, args} }

// Ago is a moment used as an argument: "3 days ago".
type Ago time.Time

// Day is a moment used as an argument, shown as a date.
type Day time.Time

// Money is an amount in fen used as an argument or a value.
type Money int64

// Size is a number of bytes used as an argument.
type Size int64

// T says a message. args are name, value pairs. A key without words comes back
// in guillemets, so that a missing one is seen.
func (p Printer) T(key string, args ...any) string {
	e, ok := catalogue[key]
	if !ok {
		return "«" + key + "»"
	}
	text := e[p.Lang]
	if text == "" {
		text = e[English]
	}
	if !strings.Contains(text, "{") {
		return text
	}
	return p.fill(text, args)
}

// Or says a message, or gives the fallback where the key has no words: for
// names that people may add at run time, such as a source of their own.
func (p Printer) Or(key, fallback string) string {
	if Has(key) {
		return p.T(key)
	}
	return fallback
}

func (p Printer) fill(text string, args []any) string {
	var b strings.Builder
	for {
		head, rest, ok := strings.Cut(text, "{")
		b.WriteString(head)
		if !ok {
			return b.String()
		}
		name, tail, ok := closed(rest)
		if !ok {
			b.WriteString("{" + rest)
			return b.String()
		}
		b.WriteString(p.place(name, args))
		text = tail
	}
}

// closed cuts at the brace that ends a place; there may be places within its forms.
func closed(s string) (name, tail string, ok bool) {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return s[:i], s[i+1:], true
			}
			depth--
		}
	}
	return s, "", false
}

func (p Printer) place(name string, args []any) string {
	name, forms, plural := strings.Cut(name, "|")
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] != name {
			continue
		}
		if !plural {
			return p.Value(args[i+1])
		}
		one, many, _ := strings.Cut(forms, "|")
		if fmt.Sprint(args[i+1]) == "1" {
			return p.fill(one, args)
		}
		return p.fill(many, args)
	}
	return "{" + name + "}"
}

// Value prints any argument for the reader.
func (p Printer) Value(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case Word:
		return p.T(v.Key, v.Args...)
	case Ago:
		return p.Ago(time.Time(v))
	case Day:
		return p.Date(time.Time(v))
	case Money:
		return p.Money(int64(v))
	case Size:
		return p.Size(int64(v))
	case time.Time:
		return p.DateTime(v)
	case time.Duration:
		return p.Span(v)
	case []string:
		return strings.Join(v, p.T("list.comma"))
	case []Word:
		list := make([]string, len(v))
		for i, w := range v {
			list[i] = p.Value(w)
		}
		return strings.Join(list, p.T("list.comma"))
	case error:
		return p.Error(v)
	}
	return fmt.Sprint(v)
}

// Fault says a refusal in one line for each of its parts, field errors with
// the field's label in front.
func (p Printer) Fault(f *fault.Fault) string {
	var lines []string
	f.Each(func(f *fault.Fault) {
		s := p.one(f)
		if f.Field != "" {
			s = p.T("fault.on_field", "field", p.Or("field."+f.Field, f.Field), "text", s)
		}
		lines = append(lines, s)
	})
	return strings.Join(lines, "\n")
}

// FieldFault says a refusal without the field's label, for a form that shows it
// beside the field.
func (p Printer) FieldFault(f *fault.Fault) string { return p.one(f) }

func (p Printer) one(f *fault.Fault) string {
	if f.Kind == fault.Internal {
		return p.T("fault.internal", "ref", f.Ref)
	}
	return p.T(f.Key, f.Args...)
}

// Error says any error; one that is not a fault shows nothing of itself.
func (p Printer) Error(err error) string {
	if f, ok := fault.As(err); ok {
		return p.Fault(f)
	}
	return p.T("fault.internal", "ref", "-")
}

func (p Printer) in(t time.Time) time.Time {
	if p.Zone == nil {
		return t.UTC()
	}
	return t.In(p.Zone)
}

func (p Printer) now() time.Time {
	if p.Now == nil {
		return time.Now()
	}
	return p.Now()
}

// Date prints 2026-11-22; a zero time prints "-".
func (p Printer) Date(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return p.in(t).Format("2006-01-02")
}

// DateTime prints 2026-11-22 16:04; a zero time prints "-".
func (p Printer) DateTime(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return p.in(t).Format("2006-01-02 15:04")
}

// Weekday prints 周日 or Sun.
func (p Printer) Weekday(t time.Time) string {
	return p.T(fmt.Sprintf("weekday.%d", int(p.in(t).Weekday())))
}

// DayWeekday prints 2026-11-22 周日, where the weekday helps.
func (p Printer) DayWeekday(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return p.Date(t) + " " + p.Weekday(t)
}

// Ago prints how long since t: "just now", "5 minutes ago", "3 days ago"; a
// zero time prints "never"; a coming moment prints its date.
func (p Printer) Ago(t time.Time) string {
	if t.IsZero() {
		return p.T("time.never")
	}
	d := p.now().Sub(t)
	switch {
	case d < -time.Minute:
		return p.Date(t)
	case d < time.Minute:
		return p.T("time.just_now")
	case d < time.Hour:
		return p.T("time.minutes_ago", "n", int(d/time.Minute))
	case d < 24*time.Hour:
		return p.T("time.hours_ago", "n", int(d/time.Hour))
	default:
		return p.T("time.days_ago", "n", int(d/(24*time.Hour)))
	}
}

// Span prints a duration in its largest whole unit, rounded up, so that "try
// again in" never promises too early.
func (p Printer) Span(d time.Duration) string {
	up := func(u time.Duration) int { return int((d + u - 1) / u) }
	switch {
	case d < time.Minute:
		return p.T("time.seconds", "n", up(time.Second))
	case d < time.Hour:
		return p.T("time.minutes", "n", up(time.Minute))
	case d < 48*time.Hour:
		return p.T("time.hours", "n", up(time.Hour))
	default:
		return p.T("time.days", "n", up(24*time.Hour))
	}
}

// Money prints fen as ¥5,980.00.
func (p Printer) Money(fen int64) string {
	sign := ""
	u := uint64(fen)
	if fen < 0 {
		sign, u = "-", -u
	}
	return fmt.Sprintf("%s¥%s.%02d", sign, Group(u/100), u%100)
}

// Group prints a number with a comma at every three digits.
func Group(n uint64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Size prints bytes as 999 B, 12.3 KB, 2.0 MB (1 KB is 1,024 bytes).
func (p Printer) Size(n int64) string {
	switch {
	case n < 1024:
		return fmt.Sprintf("%d B", n)
	case n < 1024*1024:
		return fmt.Sprintf("%.1f KB", float64(n)/1024)
	default:
		return fmt.Sprintf("%.1f MB", float64(n)/(1024*1024))
	}
}
