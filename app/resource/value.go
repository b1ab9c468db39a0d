package resource

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
)

// Values holds parsed values by field name: string (Text, LongText, Choice,
// Day), int64 (Int, Money, Time, Relation; 0 is none for a relation), bool,
// []int64 (Relations), []string (Strings). Only the fields given are in it.
type Values map[string]any

// Str gives a text value, "" when it is not given.
func (v Values) Str(name string) string { s, _ := v[name].(string); return s }

// Int gives a number, 0 when it is not given.
func (v Values) Int(name string) int64 { n, _ := v[name].(int64); return n }

// Bool gives a yes or no, no when it is not given.
func (v Values) Bool(name string) bool { b, _ := v[name].(bool); return b }

// IDs gives several relations.
func (v Values) IDs(name string) []int64 { l, _ := v[name].([]int64); return l }

// Strs gives several words.
func (v Values) Strs(name string) []string { l, _ := v[name].([]string); return l }

// Has says whether the field was given.
func (v Values) Has(name string) bool { _, ok := v[name]; return ok }

// Value is one field of one row, already masked as far as the reader's rights
// ask.
type Value struct {
	Raw   any         // string, int64, bool, []string or nil where hidden or masked
	Label string      // what a relation is called; the masked text
	Code  string      // what people type for a relation
	Mode  policy.Mode // how much of it the reader sees
}

// Row is one record of a list or a detail.
type Row struct {
	ID      int64
	Version int64
	Title   string
	Values  map[string]Value
}

// Text says a value for a reader.
func (f Field) Text(p i18n.Printer, v Value) string {
	switch {
	case v.Mode == policy.Hidden:
		return ""
	case v.Mode == policy.Masked:
		return v.Label
	}
	switch raw := v.Raw.(type) {
	case string:
		if f.Kind == Choice && raw != "" {
			return f.ChoiceLabel(p, raw)
		}
		return raw
	case []string:
		return strings.Join(raw, p.T("list.comma"))
	case bool:
		if raw {
			return p.T("yes")
		}
		return p.T("no")
	case int64:
		return f.number(p, v, raw)
	}
	return ""
}

func (f Field) number(p i18n.Printer, v Value, n int64) string {
	switch f.Kind {
	case Money:
		return p.Money(n)
	case Time:
		if n == 0 {
			return ""
		}
		return p.DateTime(time.UnixMilli(n))
	case Relation:
		if v.Code != "" {
			return p.Or("choice."+f.Name+"."+v.Code, v.Label)
		}
		return v.Label
	}
	return strconv.FormatInt(n, 10)
}

// ChoiceLabel says a choice for a reader.
func (f Field) ChoiceLabel(p i18n.Printer, value string) string {
	return p.Or("choice."+f.Name+"."+value, value)
}

// JSON gives a value as the command line's --json prints it: times as RFC 3339
// in UTC, days as text, money in fen, relations by what people type.
func (f Field) JSON(v Value) any {
	switch {
	case v.Mode == policy.Hidden:
		return nil
	case v.Mode == policy.Masked:
		return v.Label
	case f.Kind == Time:
		if n, _ := v.Raw.(int64); n != 0 {
			return time.UnixMilli(n).UTC().Format(time.RFC3339)
		}
		return nil
	case f.Kind == Relation:
		if n, _ := v.Raw.(int64); n == 0 {
			return nil
		}
		if v.Code != "" {
			return v.Code
		}
		return v.Label
	case f.Kind == Day:
		if s, _ := v.Raw.(string); s == "" {
			return nil
		}
	}
	return v.Raw
}

// Masked hides all of a text but what the field lets through.
func (f Field) Masked(s string) string {
	if s == "" {
		return ""
	}
	if f.Mask != nil {
		return f.Mask(s)
	}
	return "****"
}

// MaskMiddle keeps head and tail characters and hides the rest; a text too
// short for that is hidden whole.
func MaskMiddle(head, tail int) func(string) string {
	return func(s string) string {
		r := []rune(s)
		if len(r) < head+tail+2 {
			return "****"
		}
		return string(r[:head]) + "****" + string(r[len(r)-tail:])
	}
}

// ParseText reads what somebody typed for a field that is not a relation.
// An empty text is the empty value.
func (f Field) ParseText(s string, now time.Time) (any, *fault.Fault) {
	s = strings.TrimSpace(s)
	if n := utf8.RuneCountInString(s); n > f.Max {
		return nil, fault.Field(f.Name, "fault.too_long", "max", f.Max)
	}
	switch f.Kind {
	case Int:
		return f.parseInt(s)
	case Money:
		return f.parseMoney(s)
	case Bool:
		return f.parseBool(s)
	case Choice:
		return f.parseChoice(s)
	case Day:
		return f.parseDay(s, now)
	case Strings:
		return Words(s), nil
	}
	return s, nil
}

func (f Field) parseInt(s string) (any, *fault.Fault) {
	if s == "" {
		return int64(0), nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return nil, fault.Field(f.Name, "fault.bad_number", "value", s)
	}
	return n, nil
}

// parseMoney reads yuan: 5980, 5,980.00, ¥5980.5.
func (f Field) parseMoney(s string) (any, *fault.Fault) {
	fen, ok := ParseMoney(s)
	if !ok {
		return nil, fault.Field(f.Name, "fault.bad_number", "value", s)
	}
	return fen, nil
}

// ParseMoney reads yuan as fen; "" is 0.
func ParseMoney(s string) (int64, bool) {
	s = strings.NewReplacer(",", "", "¥", "", "\uffe5", "", " ", "").Replace(s)
	if s == "" {
		return 0, true
	}
	neg := strings.HasPrefix(s, "-")
	whole, frac, dot := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if len(frac) > 2 || dot && frac == "" || whole == "" {
		return 0, false
	}
	n, err := strconv.ParseUint(whole+(frac + "00")[:2], 10, 53)
	if err != nil {
		return 0, false
	}
	if neg {
		return -int64(n), true
	}
	return int64(n), true
}

func (f Field) parseBool(s string) (any, *fault.Fault) {
	switch strings.ToLower(s) {
	case "yes", "y", "true", "1", "是":
		return true, nil
	case "no", "n", "false", "0", "", "否":
		return false, nil
	}
	return nil, fault.Field(f.Name, "fault.bad_choice", "value", s, "choices", "yes, no")
}

// parseChoice takes a stored value or its word in either language.
func (f Field) parseChoice(s string) (any, *fault.Fault) {
	if s == "" {
		return "", nil
	}
	for _, c := range f.Choices {
		if strings.EqualFold(c, s) {
			return c, nil
		}
		for _, l := range i18n.Langs {
			if strings.EqualFold(f.ChoiceLabel(i18n.Printer{Lang: l}, c), s) {
				return c, nil
			}
		}
	}
	return nil, fault.Field(f.Name, "fault.bad_choice", "value", s, "choices", strings.Join(f.Choices, ", "))
}

// parseDay takes 2026-12-01, today, tomorrow and +3d, +2w, +1m.
func (f Field) parseDay(s string, now time.Time) (any, *fault.Fault) {
	d, ok := ParseDay(s, now)
	if !ok {
		return nil, fault.Field(f.Name, "fault.bad_date", "value", s)
	}
	return d, nil
}

// ParseDay reads a day as people write one, seen from now; "" stays "".
func ParseDay(s string, now time.Time) (string, bool) {
	if s == "" {
		return "", true
	}
	if rest, ok := strings.CutPrefix(s, "+"); ok && len(rest) > 1 {
		n, err := strconv.Atoi(rest[:len(rest)-1])
		if err != nil || n < 0 || n > 10_000 {
			return "", false
		}
		switch rest[len(rest)-1] {
		case 'd':
			return now.AddDate(0, 0, n).Format(time.DateOnly), true
		case 'w':
			return now.AddDate(0, 0, 7*n).Format(time.DateOnly), true
		case 'm':
			return now.AddDate(0, n, 0).Format(time.DateOnly), true
		}
		return "", false
	}
	sp, ok := period(s, now)
	if !ok || !sp.from.AddDate(0, 0, 1).Equal(sp.to) {
		return "", false
	}
	return sp.from.Format(time.DateOnly), true
}

// Words cuts a list of words at commas of either width, leaving empty and
// repeated ones out.
func Words(s string) []string {
	var out []string
	seen := map[string]bool{}
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '\uff0c' || r == '\u3001' || r == ';' }) {
		if w = strings.TrimSpace(w); w != "" && !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}

// scanned turns a column as the driver gives it into a raw value of the field's
// kind.
func (f Field) scanned(v any) any {
	switch f.Kind {
	case Int, Money, Time, Relation:
		n, _ := v.(int64)
		return n
	case Bool:
		switch b := v.(type) {
		case bool:
			return b
		case int64:
			return b != 0
		}
		return false
	case Relations, Strings:
		s := str(v)
		if s == "" {
			return []string{}
		}
		return strings.Split(s, Sep)
	}
	return str(v)
}

// Sep joins the labels of several relations in one column: the unit separator,
// which no cleaned text contains. It stands in SQL as it is, since no function
// that makes it is the same on both engines.
const Sep = "\x1f"

func str(v any) string {
	switch s := v.(type) {
	case nil:
		return ""
	case string:
		return s
	case []byte:
		return string(s)
	}
	return fmt.Sprint(v)
}
