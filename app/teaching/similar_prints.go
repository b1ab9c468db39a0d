package teaching

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/fnv"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"cohort/db"
)

// A text is recognised by the hashes of its stretches of tokens, of which one in
// each window is kept (winnowing). Names, numbers and strings count as such, so
// that renaming them hides nothing; blanks and comments count for nothing.

const (
	stretch  = 8 // tokens of one hash
	window   = 5 // hashes of which the least is kept
	maxTexts = 1 << 20
	maxParts = 60
)

// textsOf reads what is text of a version, inside archives too.
func (s *Service) textsOf(ctx context.Context, h Homework) (texts []string, err error) {
	room := maxTexts
	for _, f := range h.Files {
		if room <= 0 || ctx.Err() != nil {
			break
		}
		in, err := s.Blobs.Open(f.stored)
		if err != nil {
			return nil, err
		}
		for _, t := range textsIn(in, f.Size) {
			texts = append(texts, t)
			room -= len(t)
		}
		_ = in.Close()
	}
	return texts, ctx.Err()
}

func textsIn(in io.ReaderAt, size int64) (texts []string) {
	inside, archive, err := LookInside(in, size)
	if !archive || err != nil {
		data, _, err := look(io.NewSectionReader(in, 0, size))
		if t, ok := sourceText(data); ok && err == nil {
			texts = append(texts, t)
		}
		return texts
	}
	for i, e := range inside.Entries {
		if i == maxParts || e.Why != nil {
			continue
		}
		data, _, err := ReadInside(in, size, e.Index)
		if t, ok := sourceText(data); ok && err == nil {
			texts = append(texts, t)
		}
	}
	return texts
}

func sourceText(data []byte) (string, bool) {
	if len(data) == 0 || bytes.IndexByte(data, 0) >= 0 || !utf8.Valid(bytes.TrimRightFunc(data, func(r rune) bool { return r == utf8.RuneError })) {
		return "", false
	}
	return string(data), true
}

// fingerprints gives the sorted hashes that texts are recognised by.
func fingerprints(texts []string) []uint64 {
	seen := map[uint64]bool{}
	for _, t := range texts {
		tokens := tokensOf(t)
		var hashes []uint64
		for i := 0; i+stretch <= len(tokens); i++ {
			h := fnv.New64a()
			_, _ = io.WriteString(h, strings.Join(tokens[i:i+stretch], "\x00"))
			hashes = append(hashes, h.Sum64())
		}
		for i := 0; i+window <= len(hashes); i++ {
			seen[slices.Min(hashes[i:i+window])] = true
		}
	}
	out := make([]uint64, 0, len(seen))
	for h := range seen {
		out = append(out, h)
	}
	slices.Sort(out)
	return out
}

// words that are no names, in the languages that are taught.
var keywords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`and as assert async await break case catch class const continue def default del do done elif else esac except export extends
		fi finally for from func function global go if implements import in interface is lambda let new nonlocal not null or package pass private public raise
		return select static struct super switch then this throw true false none try type var void while with yield print range len self`) {
		m[w] = true
	}
	return m
}()

// tokensOf splits source text: keywords and signs as they are, names as "n",
// numbers as "0", strings as "s"; Chinese text by its characters.
func tokensOf(text string) (out []string) {
	r := []rune(text)
	for i := 0; i < len(r); {
		c := r[i]
		switch {
		case c == '#' || c == '/' && i+1 < len(r) && r[i+1] == '/':
			for i < len(r) && r[i] != '\n' {
				i++
			}
		case c == '"' || c == '\'':
			i = endOfString(r, i)
			out = append(out, "s")
		case unicode.IsDigit(c):
			for i < len(r) && (unicode.IsDigit(r[i]) || r[i] == '.') {
				i++
			}
			out = append(out, "0")
		case unicode.Is(unicode.Han, c):
			out = append(out, string(c))
			i++
		case unicode.IsLetter(c) || c == '_':
			from := i
			for i < len(r) && (unicode.IsLetter(r[i]) || unicode.IsDigit(r[i]) || r[i] == '_') && !unicode.Is(unicode.Han, r[i]) {
				i++
			}
			if w := strings.ToLower(string(r[from:i])); keywords[w] {
				out = append(out, w)
			} else {
				out = append(out, "n")
			}
		case unicode.IsSpace(c):
			i++
		default:
			out = append(out, string(c))
			i++
		}
	}
	return out
}

func endOfString(r []rune, at int) int {
	quote := r[at]
	for i := at + 1; i < len(r); i++ {
		switch r[i] {
		case '\\':
			i++
		case quote, '\n':
			return i + 1
		}
	}
	return len(r)
}

func storedPrints(tx *db.Tx, homework int64) (prints []uint64, found bool, err error) {
	data, err := printsRow(tx, homework)
	if db.NoRows(err) {
		return nil, false, nil
	}
	for i := 0; i+8 <= len(data); i += 8 {
		prints = append(prints, binary.BigEndian.Uint64(data[i:]))
	}
	return prints, err == nil, err
}

func insertPrints(tx *db.Tx, homework int64, prints []uint64) error {
	data := make([]byte, 0, 8*len(prints))
	for _, p := range prints {
		data = binary.BigEndian.AppendUint64(data, p)
	}
	return insertPrintsRow(tx, homework, data)
}
