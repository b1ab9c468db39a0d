package kit

import (
	"cohort/app/ui/kit/input"
	"cohort/app/ui/kit/width"
)

// Line draws a line that is typed into in exactly w cells. A proposal that the
// next key writes over stands out like what is selected.
func (e Env) Line(l *input.Line, w int, on bool) string {
	text := width.Fit(l.View(w, on), w)
	if !on || !l.Proposed() {
		return e.Theme.Field.S(text)
	}
	value := width.Cut(l.Value(), w)
	return e.Theme.Selected.S(value) + e.Theme.Field.S(width.Spaces(w-width.Of(value)))
}

// capital begins a heading or a sentence with a capital letter, where its words
// do not: the same words stand in the middle of others elsewhere.
func capital(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}
