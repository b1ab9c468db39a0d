package kit

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"

	"cohort/app/ui/kit/width"
)

// spans is a text with styles on parts of it.
type spans struct {
	text  string
	parts []part
}

// part is the style from a byte on, up to the next part.
type part struct {
	from  int
	style Style
}

func (s *spans) add(text string, style Style) {
	if text != "" {
		s.parts = append(s.parts, part{len(s.text), style})
		s.text += text
	}
}

// inline gathers the text of a block with its styles.
func (m *md) inline(n ast.Node, style Style) spans {
	var s spans
	m.gather(&s, n, style)
	return s
}

func (m *md) gather(s *spans, n ast.Node, style Style) {
	th := m.e.Theme
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			s.add(string(c.Segment.Value(m.src)), style)
			switch {
			case c.HardLineBreak():
				s.add("\n", style)
			case c.SoftLineBreak():
				s.add(softBreak(s.text, c.NextSibling(), m.src), style)
			}
		case *ast.String:
			s.add(string(c.Value), style)
		case *ast.CodeSpan:
			m.gather(s, c, style.And(th.Tone(Accent)))
		case *ast.Emphasis:
			if c.Level >= 2 {
				m.gather(s, c, style.And("1"))
			} else {
				m.gather(s, c, style.And("3"))
			}
		case *extast.Strikethrough:
			m.gather(s, c, style.And("9"))
		case *ast.AutoLink:
			s.add(string(c.URL(m.src)), style.And("4"))
		case *ast.Link:
			m.link(s, c, style)
		case *ast.RawHTML:
		default:
			m.gather(s, c, style)
		}
	}
}

// link writes the text and, where it differs, the address behind it: not every
// terminal opens hidden links, and nobody should click on what he cannot read.
func (m *md) link(s *spans, c *ast.Link, style Style) {
	from := len(s.text)
	m.gather(s, c, style.And("4"))
	if url := width.Clean(string(c.Destination)); s.text[from:] != url && url != "" {
		s.add(" ("+url+")", style.And(m.e.Theme.Tone(Muted)))
	}
}

// softBreak is what a line break in the source means: a space between words,
// nothing between Chinese characters.
func softBreak(before string, next ast.Node, src []byte) string {
	t, ok := next.(*ast.Text)
	if !ok || before == "" {
		return " "
	}
	last, first := []rune(before), []rune(string(t.Segment.Value(src)))
	if len(first) > 0 && width.Rune(last[len(last)-1]) == 2 && width.Rune(first[0]) == 2 {
		return ""
	}
	return " "
}

// flow wraps a styled text behind its lead.
func (m *md) flow(s spans, w int, first, rest string) {
	at := 0
	for _, line := range strings.Split(s.text, "\n") {
		from := at
		for {
			room := max(2, w-width.Of(first))
			n := width.Break(line, room)
			m.out = append(m.out, first+s.cut(from, from+len(strings.TrimRight(line[:n], " "))))
			first = rest
			next := strings.TrimLeft(line[n:], " ")
			from += len(line) - len(next)
			if line = next; line == "" {
				break
			}
		}
		at = from + 1
	}
}

// cut gives a stretch of the text with its styles.
func (s *spans) cut(from, to int) string {
	var b strings.Builder
	for i, p := range s.parts {
		end := len(s.text)
		if i+1 < len(s.parts) {
			end = s.parts[i+1].from
		}
		if a, z := max(from, p.from), min(to, end); a < z {
			b.WriteString(p.style.S(s.text[a:z]))
		}
	}
	return b.String()
}
