package kit

import "strings"

// LookUp is what is done with a text that begins with a question mark where
// queries are typed: it asks something instead of narrowing what is shown.
type LookUp struct {
	Name string // message key of what enter does; gets {text}
	Run  func(text string) Cmd
}

// of gives what is asked; false where the text is no question. Whoever writes
// Chinese types the full-width mark.
func (q *LookUp) of(typed string) (text string, asked bool) {
	if q == nil {
		return "", false
	}
	typed = strings.TrimSpace(typed)
	for _, mark := range []string{"?", "？"} {
		if rest, ok := strings.CutPrefix(typed, mark); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return "", false
}

// question is what is asked in the query line: behind the conditions that stood
// there already.
func (l *List) question() (text string, asked bool) {
	if l.line == nil {
		return "", false
	}
	return l.Spec.LookUp.of(strings.TrimPrefix(strings.TrimSpace(l.line.Value()), strings.TrimSpace(l.old)))
}

// askIt leaves the query line as it was before and asks.
func (l *List) askIt(text string) Cmd {
	l.line, l.query = nil, l.old
	l.scroll()
	if text == "" {
		return l.sendQuery()
	}
	return Batch(l.sendQuery(), l.Spec.LookUp.Run(text))
}
