package kit

import "strings"

// The text of a list's query is the caller's language; the kit only puts terms
// of the form field:value in and takes them out, leaving the rest as it stands.

// pieces cuts a query at blanks outside double quotes.
func pieces(query string) []string {
	var out []string
	quoted, from := false, -1
	for i, c := range query {
		switch {
		case c == '"':
			quoted = !quoted
			if from < 0 {
				from = i
			}
		case (c == ' ' || c == '\t' || c == '\u3000') && !quoted:
			if from >= 0 {
				out = append(out, query[from:i])
				from = -1
			}
		case from < 0:
			from = i
		}
	}
	if from >= 0 {
		out = append(out, query[from:])
	}
	return out
}

// isTerm says whether a piece is a condition on the field; a full-width colon,
// as input methods type it, counts.
func isTerm(piece, field string) (value string, ok bool) {
	rest, ok := strings.CutPrefix(piece, field)
	if !ok {
		return "", false
	}
	if v, ok := strings.CutPrefix(rest, ":"); ok {
		return v, true
	}
	return strings.CutPrefix(rest, "\uff1a")
}

// Term gives the value of field:value in a query, without quotes; ok is false
// when there is none.
func Term(query, field string) (value string, ok bool) {
	for _, p := range pieces(query) {
		if v, ok := isTerm(p, field); ok {
			return strings.ReplaceAll(v, `"`, ""), true
		}
	}
	return "", false
}

// SetTerm puts field:value into a query in place of the field's terms; an empty
// value takes them out.
func SetTerm(query, field, value string) string {
	if strings.Count(query, `"`)%2 == 1 {
		query += `"` // what follows must not fall into the quotes
	}
	var out []string
	put := func() {
		if value != "" {
			out = append(out, field+":"+quote(value))
			value = ""
		}
	}
	for _, p := range pieces(query) {
		if _, is := isTerm(p, field); is {
			put()
			continue
		}
		out = append(out, p)
	}
	put()
	return strings.Join(out, " ")
}

// quote wraps a value that holds blanks in double quotes; quotes within it go.
func quote(v string) string {
	v = strings.ReplaceAll(v, `"`, "")
	if strings.ContainsAny(v, " \t\u3000") {
		return `"` + v + `"`
	}
	return v
}
