package resource

import (
	"fmt"
	"strconv"
	"strings"
	"time"

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
		if f.Word != "" && raw != "" {
			return p.Or(f.Word+"."+raw, raw)
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
	case nil:
		if f.Void != "" {
			return p.T(f.Void)
		}
	}
	return ""
}

func (f Field) number(p i18n.Printer, v Value, n int64) string {
	if f.Bytes {
		return p.Size(n)
	}
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

// scanned turns a column as the driver gives it into a raw value of the field's
// kind.
func (f Field) scanned(v any) any {
	switch f.Kind {
	case Int, Money:
		if v == nil && !f.Input {
			return nil // reckoned from nothing: no number at all
		}
		n, _ := v.(int64)
		return n
	case Time, Relation:
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
