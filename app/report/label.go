package report

import (
	"strings"

	"cohort/app/i18n"
)

// Label says what a row stands for.
type Label struct {
	Word string // message key, where there are words for it
	Args []any
	Text string // else this
	Code string // what is typed for it, for programs
}

// Say gives the label in the reader's language.
func (l Label) Say(p i18n.Printer) string {
	if l.Word != "" && i18n.Has(l.Word) {
		return p.T(l.Word, l.Args...)
	}
	return l.Text
}

// Say gives a figure in the reader's language; "—" stands for what cannot be
// said.
func (c Column) Say(p i18n.Printer, x Cell) string {
	if x.None {
		return "—"
	}
	switch c.Kind {
	case Money:
		return p.Money(x.N)
	case Rate:
		return hundredths(round(x.N, 10), 10) + "%"
	case Average:
		return hundredths(x.N, 100)
	case Span:
		return p.T("report.days", "n", hundredths(round(x.N, 8_640_000), 10))
	}
	return grouped(x.N)
}

// hundredths writes n with as many places as unit has noughts.
func hundredths(n, unit int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	places := "0"
	if unit == 100 {
		places = "00"
	}
	rest := itoa(n % unit)
	return sign + itoa(n/unit) + "." + places[:len(places)-len(rest)] + rest
}

func grouped(n int64) string {
	if n < 0 {
		return "-" + i18n.Group(uint64(-n))
	}
	return i18n.Group(uint64(n))
}

// Plain gives a figure for a spreadsheet: yuan, percent and days as numbers, ""
// for what cannot be said.
func (c Column) Plain(x Cell) string {
	if x.None {
		return ""
	}
	switch c.Kind {
	case Money, Rate, Average:
		return hundredths(x.N, 100)
	case Span:
		return hundredths(round(x.N, 864_000), 100)
	}
	return itoa(x.N)
}

func choices(list []string) string { return strings.Join(list, ", ") }

// Key is the message key of the column's heading.
func (c Column) Key() string { return "report.col." + c.Name }

// Label is the column's heading.
func (c Column) Label(p i18n.Printer) string { return p.T(c.Key()) }

// Unit says behind the heading what plain figures are in.
func (c Column) Unit(p i18n.Printer) string {
	switch c.Kind {
	case Money:
		return p.T("report.unit.yuan")
	case Rate:
		return " (%)"
	case Span:
		return p.T("report.unit.days")
	}
	return ""
}

// JSON is a figure for programs: counts, fen, rates as fractions, averages and
// days as numbers; nil for what cannot be said.
func (c Column) JSON(x Cell) any {
	switch {
	case x.None:
		return nil
	case c.Kind == Rate:
		return float64(x.N) / 10_000
	case c.Kind == Average:
		return float64(x.N) / 100
	case c.Kind == Span:
		return float64(round(x.N, 864_000)) / 100
	}
	return x.N
}

// Said are the message keys of what a reader must know besides.
func (r Result) Said() []string {
	if r.Part {
		return append([]string{"report.part"}, r.Notes...)
	}
	return r.Notes
}
