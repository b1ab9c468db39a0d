package kit

import (
	"strings"

	"cohort/app/ui/kit/code"
	"cohort/app/ui/kit/width"
)

// Code draws source text in lines of w cells, coloured by the language that
// its file's name, or the language's own, tells. What is too long is broken
// anywhere.
func Code(t *Theme, name, text string, w int) (out []string) {
	for _, line := range CodeLines(t, name, text, w) {
		out = append(out, line...)
	}
	return out
}

// CodeLines is Code with what each line of the text is broken into.
func CodeLines(t *Theme, name, text string, w int) (out [][]string) {
	for _, line := range code.Split(name, width.CleanLines(text)) {
		out = append(out, sourceLine(t, line, w))
	}
	return out
}

// codeTones are how the kinds are drawn. Without colours, keywords and names
// stand out by weight.
var codeTones = map[code.Kind]Tone{code.Plain: Plain, code.Keyword: Accent, code.String: Good, code.Comment: Muted, code.Number: Warn, code.Name: Strong}

func sourceLine(t *Theme, pieces []code.Piece, w int) (out []string) {
	var b strings.Builder
	room := w
	for _, p := range pieces {
		for rest := p.Text; rest != ""; {
			head := width.Head(rest, room)
			if head == "" && room < w {
				out, room = append(out, b.String()), w
				b.Reset()
				continue
			}
			if head == "" {
				break
			}
			b.WriteString(t.Paint(codeTones[p.Kind], head))
			room -= width.Of(head)
			rest = rest[len(head):]
		}
	}
	return append(out, b.String())
}
