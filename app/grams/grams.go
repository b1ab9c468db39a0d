// Package grams cuts text into what it is found by. Two neighbouring Chinese
// characters are as good as a word, so that a table of them, with an index, is a
// full-text search which knows words of two characters and asks the same SQL of
// every database.
package grams

import (
	"slices"
	"strings"
	"unicode"

	"cohort/app/clean"
)

// Fold is text as it is searched: one line, in small letters.
func Fold(s string) string { return strings.ToLower(clean.Line(s)) }

// set collects grams, each once, in the order in which they come.
type set struct {
	seen map[string]bool
	list []string
}

func (s *set) add(g string) {
	if s.seen == nil {
		s.seen = map[string]bool{}
	}
	if !s.seen[g] {
		s.seen[g] = true
		s.list = append(s.list, g)
	}
}

// Name cuts a name: every two neighbouring characters, every character that is
// not a Latin letter, and the first letter of every word.
func Name(name string) []string {
	var out set
	for _, word := range strings.Fields(Fold(name)) {
		r := []rune(word)
		for i, c := range r {
			if i == 0 || !unicode.Is(unicode.Latin, c) {
				out.add(string(c))
			}
			if i+1 < len(r) {
				out.add(string(r[i : i+2]))
			}
		}
	}
	return out.list
}

// longest is how many characters of a word count: nobody tells two words apart
// further on.
const longest = 24

// Text cuts a text: every two neighbouring characters of what is written without
// blanks, such as Chinese, and each of its characters; every other word as a
// whole. At most limit grams.
func Text(text string, limit int) []string {
	var out set
	for _, run := range runs(Fold(text)) {
		if len(out.list) >= limit {
			break
		}
		run.cut(&out, true)
	}
	return out.list[:min(limit, len(out.list))]
}

// Wanted cuts what somebody looks for: the pairs of its Chinese words, a
// character only where it stands alone, and other words as a whole. At most
// limit grams.
func Wanted(text string, limit int) []string {
	var out set
	for _, run := range runs(Fold(text)) {
		run.cut(&out, false)
	}
	return out.list[:min(limit, len(out.list))]
}

// run is a stretch of one kind of writing.
type run struct {
	text  []rune
	dense bool // written without blanks
}

func (r run) cut(out *set, singles bool) {
	if !r.dense {
		out.add(string(r.text[:min(longest, len(r.text))]))
		return
	}
	for i, c := range r.text {
		if singles || len(r.text) == 1 {
			out.add(string(c))
		}
		if i+1 < len(r.text) {
			out.add(string(r.text[i : i+2]))
		}
	}
}

// runs splits folded text into words and stretches without blanks. Signs inside
// a word belong to it where programmers write them: c++, c#, __init__, os.path.
func runs(text string) (out []run) {
	var cur run
	flush := func() {
		cur.text = trim(cur.text)
		if len(cur.text) > 0 {
			out = append(out, cur)
		}
		cur = run{}
	}
	for _, c := range text {
		switch d := dense(c); {
		case !d && !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("_.+#", c):
			flush()
		case d != cur.dense && len(cur.text) > 0:
			flush()
			fallthrough
		default:
			cur.dense = d
			cur.text = append(cur.text, c)
		}
	}
	flush()
	return out
}

// trim takes off signs that end a sentence rather than belong to a word.
func trim(r []rune) []rune {
	for len(r) > 0 && r[len(r)-1] == '.' {
		r = r[:len(r)-1]
	}
	for len(r) > 0 && r[0] == '.' {
		r = r[1:]
	}
	if !slices.ContainsFunc(r, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }) {
		return nil
	}
	return r
}

// dense says whether a character belongs to a writing without blanks.
func dense(c rune) bool {
	return unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai)
}
