package resource

import (
	"strings"
	"unicode"

	"cohort/app/fault"
)

// Query is a list's state as it is typed, saved, shared and pasted:
//
//	source:baidu last:>30d owner:me -tag:vip sort:-created 王小明
//
// A term is field:value; several values are joined by commas and mean any of
// them; a leading minus turns a term round. Words without a field are searched.
// Values with spaces stand in double quotes.
type Query struct {
	Terms []Term
	Words []string
	Sort  string // field name
	Desc  bool
}

// Term is one condition on one field.
type Term struct {
	Field string
	Not   bool
	Value string // as typed, without quotes: "baidu,zhihu", ">30d", "2026-11"
}

// maxTerms bounds what one query may hold, so that no pasted text makes a
// statement that is expensive to parse.
const maxTerms = 40

// Parse reads the list language. It does not know the fields: Compile says
// which of them are unknown.
func Parse(text string) (Query, error) {
	// No stored text holds NUL or what is no UTF-8, and PostgreSQL refuses to be asked for it.
	text = strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "")
	var q Query
	parts, ok := split(text)
	if !ok {
		return q, fault.New(fault.Invalid, "list.open_quote")
	}
	if len(parts) > maxTerms {
		return q, fault.New(fault.Invalid, "list.too_long", "max", maxTerms)
	}
	for _, p := range parts {
		q.add(p)
	}
	return q, nil
}

// part is one blank-separated piece; name is the unquoted text before the first
// colon outside quotes.
type part struct {
	name, value string
	hasColon    bool
}

func (q *Query) add(p part) {
	if !p.hasColon {
		if p.value != "" {
			q.Words = append(q.Words, p.value)
		}
		return
	}
	if p.name == "sort" {
		q.Sort, q.Desc = strings.TrimPrefix(p.value, "-"), strings.HasPrefix(p.value, "-")
		return
	}
	t := Term{Field: p.name, Value: p.value}
	if rest, ok := strings.CutPrefix(p.name, "-"); ok {
		t.Field, t.Not = rest, true
	}
	q.Terms = append(q.Terms, t)
}

// split cuts a text at blanks outside double quotes; ok is false when a quote
// is not closed. A full-width colon counts as a colon after a field's name, as
// input methods type it.
func split(text string) (parts []part, ok bool) {
	var cur part
	var b strings.Builder
	quoted, started := false, false
	flush := func() {
		if started {
			cur.value = b.String()
			parts = append(parts, cur)
		}
		cur, started = part{}, false
		b.Reset()
	}
	for _, r := range text {
		switch {
		case r == '"':
			quoted, started = !quoted, true
		case !quoted && unicode.IsSpace(r):
			flush()
		case !quoted && !cur.hasColon && (r == ':' || r == '\uff1a') && isName(b.String()):
			cur.name, cur.hasColon = b.String(), true
			b.Reset()
		default:
			b.WriteRune(r)
			started = true
		}
		if cur.hasColon {
			started = true
		}
	}
	flush()
	return parts, !quoted
}

// isName says whether s can be a field's name, so that "http://…" and "12:30"
// stay words.
func isName(s string) bool {
	s = strings.TrimPrefix(s, "-")
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r == '_') {
			return false
		}
	}
	return s != ""
}

// String writes the query in its one canonical form; Parse(q.String()) gives q.
func (q Query) String() string {
	var out []string
	for _, t := range q.Terms {
		s := t.Field + ":" + quote(t.Value)
		if t.Not {
			s = "-" + s
		}
		out = append(out, s)
	}
	for _, w := range q.Words {
		out = append(out, quoteWord(w))
	}
	if q.Sort != "" {
		d := ""
		if q.Desc {
			d = "-"
		}
		out = append(out, "sort:"+d+quote(q.Sort))
	}
	return strings.Join(out, " ")
}

func quote(s string) string {
	if s == "" || strings.ContainsFunc(s, unicode.IsSpace) {
		return `"` + s + `"`
	}
	return s
}

func quoteWord(s string) string {
	if strings.ContainsAny(s, ":\uff1a") {
		return `"` + s + `"`
	}
	return quote(s)
}

// Set puts a term in place of all terms of its field; an empty value removes
// them.
func (q Query) Set(field, value string) Query {
	out := q
	out.Terms = nil
	for _, t := range q.Terms {
		if t.Field != field {
			out.Terms = append(out.Terms, t)
		}
	}
	if value != "" {
		out.Terms = append(out.Terms, Term{Field: field, Value: value})
	}
	return out
}
