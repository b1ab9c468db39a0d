package kit

import "cohort/app/ui/kit/width"

// Markdown draws a Markdown text in w cells.
func Markdown(e Env, text string, w int) []string {
	return width.Wrap(width.CleanLines(text), w)
}
