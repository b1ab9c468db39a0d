package kit

import (
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"cohort/app/ui/kit/width"
)

// Markdown draws a Markdown text in w cells: headings, paragraphs, lists,
// quotes, code, tables, links. It is our own drawing on goldmark's parser,
// because lines must break between Chinese characters, and no glyph may be one
// that terminals disagree on.
func Markdown(e Env, source string, w int) []string {
	src := []byte(width.CleanLines(source))
	doc := markdown.Parser().Parse(text.NewReader(src))
	m := md{e: e, src: src}
	m.blocks(doc, max(w, 10), "", "")
	for len(m.out) > 0 && m.out[len(m.out)-1] == "" {
		m.out = m.out[:len(m.out)-1]
	}
	return m.out
}

var markdown = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify))

// md is a Markdown text while it is drawn.
type md struct {
	e   Env
	src []byte
	out []string
}

// blocks draws the children of a block. first and rest are what stands in front
// of the first line and of those after it.
func (m *md) blocks(n ast.Node, w int, first, rest string) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		m.block(c, w, first, rest)
		first = rest
		if c.NextSibling() != nil && !tight(c) {
			m.out = append(m.out, strings.TrimRight(rest, " "))
		}
	}
}

// tight says that no blank line follows a block: items of a dense list.
func tight(n ast.Node) bool {
	if l, ok := n.Parent().(*ast.List); ok {
		return l.IsTight
	}
	_, item := n.Parent().(*ast.ListItem)
	return item && n.Kind() == ast.KindTextBlock
}

func (m *md) block(n ast.Node, w int, first, rest string) {
	th := m.e.Theme
	switch n := n.(type) {
	case *ast.Heading:
		style := Style("1")
		if n.Level == 1 {
			style = style.And("4")
		}
		m.flow(m.inline(n, style), w, first, rest)
	case *ast.List:
		m.list(n, w, first, rest)
	case *ast.Blockquote:
		bar := th.Paint(Muted, "| ")
		m.blocks(n, w, first+bar, rest+bar)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		m.code(n, w, first, rest)
	case *ast.ThematicBreak:
		m.out = append(m.out, first+th.Paint(Muted, strings.Repeat("-", max(0, w-width.Of(first)))))
	case *extast.Table:
		m.table(n, w, first, rest)
	case *ast.HTMLBlock:
	default:
		m.flow(m.inline(n, ""), w, first, rest)
	}
}

// list draws items behind their bullets or numbers.
func (m *md) list(l *ast.List, w int, first, rest string) {
	i := l.Start
	for c := l.FirstChild(); c != nil; c = c.NextSibling() {
		mark := "- "
		if l.IsOrdered() {
			mark = ID(int64(i)) + ". "
		}
		m.blocks(c, w, first+m.e.Theme.Paint(Accent, mark), rest+width.Spaces(len(mark)))
		first = rest
		i++
		if c.NextSibling() != nil && !l.IsTight {
			m.out = append(m.out, strings.TrimRight(rest, " "))
		}
	}
}

// code draws lines as they are, coloured by their language; what is too long is
// broken anywhere.
func (m *md) code(n ast.Node, w int, first, rest string) {
	var text strings.Builder
	lines := n.Lines()
	for i := range lines.Len() {
		seg := lines.At(i)
		text.Write(seg.Value(m.src))
	}
	language := ""
	if f, ok := n.(*ast.FencedCodeBlock); ok {
		language = string(f.Language(m.src))
	}
	for _, s := range Code(m.e.Theme, language, strings.TrimRight(text.String(), "\n"), max(1, w-width.Of(first)-2)) {
		m.out = append(m.out, first+"  "+s)
		first = rest
	}
}

// table draws columns as wide as their cells, as far as they fit.
func (m *md) table(t *extast.Table, w int, first, rest string) {
	var rows [][]string
	cols := make([]Column, 0, 8)
	for r := t.FirstChild(); r != nil; r = r.NextSibling() {
		var cells []string
		for c := r.FirstChild(); c != nil; c = c.NextSibling() {
			cells = append(cells, m.inline(c, "").text)
		}
		rows = append(rows, cells)
		for i, s := range cells {
			if i == len(cols) {
				cols = append(cols, Column{Width: 1, Right: i < len(t.Alignments) && t.Alignments[i] == extast.AlignRight})
			}
			cols[i].Width = max(cols[i].Width, width.Of(s))
		}
	}
	room := max(1, w-width.Of(rest))
	ws := layout(cols, room)
	for i, cells := range rows {
		row := Row{}
		for _, s := range cells {
			row.Cells = append(row.Cells, Cell{Text: s})
		}
		line := width.Head(rowText(m.e, cols, ws, row, min(room, used(ws)), true), room)
		if i == 0 {
			line = m.e.Theme.Head.S(line)
		}
		m.out = append(m.out, first+line)
		first = rest
	}
}
