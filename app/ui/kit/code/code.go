// Package code splits source text into pieces to be coloured. It knows what a
// piece is, not how it looks.
package code

import (
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"
)

// Kind is what a piece of source text is.
type Kind int

// The kinds. Plain is everything else.
const (
	Plain Kind = iota
	Keyword
	String
	Comment
	Number
	Name // of a function, class or built-in
)

// Piece is a stretch of one line that is of one kind.
type Piece struct {
	Text string
	Kind Kind
}

// The bounds of what is split; longer texts, and lines as long as minified ones,
// stay plain: the patterns of some languages take for ever on them.
const (
	maxText = 64 << 10
	maxLine = 2000
)

// Split splits a text into lines of pieces. The language is found by the name of
// the file or of the language, or else by nothing: then all is plain.
func Split(name, text string) [][]Piece {
	lexer := lexerOf(name)
	if lexer == nil || len(text) > maxText || longLine(text) {
		return plain(text)
	}
	lines, ok := split(lexer, text)
	if !ok {
		return plain(text)
	}
	return lines
}

func lexerOf(name string) chroma.Lexer {
	if name == "" {
		return nil
	}
	if l := lexers.Get(strings.ToLower(name)); l != nil {
		return l
	}
	return lexers.Match(name)
}

func longLine(text string) bool {
	for line := range strings.Lines(text) {
		if len(line) > maxLine {
			return true
		}
	}
	return false
}

func plain(text string) (out [][]Piece) {
	for _, line := range strings.Split(text, "\n") {
		out = append(out, []Piece{{Text: line}})
	}
	return out
}

// split is done with care: a lexer that fails or panics leaves the text plain,
// and so does one that loses any of it.
func split(lexer chroma.Lexer, text string) (lines [][]Piece, ok bool) {
	defer func() {
		if recover() != nil {
			lines, ok = nil, false
		}
	}()
	tokens, err := lexer.Tokenise(&chroma.TokeniseOptions{State: "root"}, text)
	if err != nil {
		return nil, false
	}
	line := []Piece{}
	var whole strings.Builder
	for t := tokens(); t != chroma.EOF; t = tokens() {
		whole.WriteString(t.Value)
		kind := kindOf(t.Type)
		for i, part := range strings.Split(t.Value, "\n") {
			if i > 0 {
				lines, line = append(lines, line), []Piece{}
			}
			if part != "" {
				line = append(line, Piece{part, kind})
			}
		}
	}
	return append(lines, line), whole.String() == text
}

func kindOf(t chroma.TokenType) Kind {
	switch {
	case t.InCategory(chroma.Comment):
		return Comment
	case t.InCategory(chroma.Keyword), t == chroma.OperatorWord:
		return Keyword
	case t.InSubCategory(chroma.LiteralString):
		return String
	case t.InSubCategory(chroma.LiteralNumber):
		return Number
	case t == chroma.NameFunction, t == chroma.NameClass, t == chroma.NameBuiltin, t == chroma.NameTag, t == chroma.NameDecorator:
		return Name
	}
	return Plain
}
