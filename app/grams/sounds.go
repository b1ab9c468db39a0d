package grams

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

const (
	maxSyllables = 8  // of a name; longer ones are found by how they begin
	maxReadings  = 4  // of a name
	maxSound     = 24 // letters of a key
)

// Sounds gives what a name is found by when it is typed as it is said: pinyin
// without tones from each syllable on, and the initials. 王小明 is wang,
// wangxiaoming, xiaoming, ming, wxm and xm. Characters that are read in more than
// one way in names give each of them; a Latin word is a syllable.
func Sounds(name string) []string {
	var out set
	for _, said := range readings(name) {
		out.add(said[0])
		for i := range said {
			out.add(cut(strings.Join(said[i:], "")))
			if letters := initials(said[i:]); len(letters) > 1 {
				out.add(letters)
			}
		}
	}
	return out.list
}

// Sound gives what somebody typed as keys of Sounds are written, "" where it can
// be the beginning of none. ü is v, as input methods have it.
func Sound(word string) string {
	s := strings.NewReplacer("ü", "v", "u:", "v", "lyu", "lv", "nyu", "nv", "'", "", "\u2019", "").Replace(Fold(word))
	if len(s) < 2 || strings.IndexFunc(s, func(r rune) bool { return r < 'a' || r > 'z' }) >= 0 {
		return ""
	}
	return cut(s)
}

func cut(s string) string { return s[:min(len(s), maxSound)] }

func initials(said []string) string {
	var b strings.Builder
	for _, s := range said {
		b.WriteByte(s[0])
	}
	return b.String()
}

// readings gives the syllables of a name, once for each way to read it.
func readings(name string) [][]string {
	syllables := syllablesOf(name)
	if len(syllables) == 0 {
		return nil
	}
	all := [][]string{nil}
	for _, ways := range syllables[:min(len(syllables), maxSyllables)] {
		var longer [][]string
		for _, way := range ways {
			for _, said := range all {
				if len(longer) < maxReadings {
					longer = append(longer, append(said[:len(said):len(said)], way))
				}
			}
		}
		all = longer
	}
	return all
}

// syllablesOf gives the readings of each character; a Latin word is a syllable.
func syllablesOf(name string) (out [][]string) {
	rest := Fold(name)
	for rest != "" {
		if head, ways, ok := family(rest, len(out) == 0); ok {
			out, rest = append(out, ways...), rest[len(head):]
			continue
		}
		word := strings.TrimLeftFunc(rest, latin)
		if n := len(rest) - len(word); n > 0 {
			out, rest = append(out, []string{cut(rest[:n])}), word
			continue
		}
		r := []rune(rest)[0]
		if ways := said(r); len(ways) > 0 {
			out = append(out, ways)
		}
		rest = rest[len(string(r)):]
	}
	return out
}

func latin(r rune) bool { return r >= 'a' && r <= 'z' }

// family reads a family name where it is read otherwise than its characters are.
func family(name string, first bool) (head string, ways [][]string, ok bool) {
	if !first {
		return "", nil, false
	}
	for _, n := range []int{2, 1} {
		r := []rune(name)
		if len(r) < n {
			continue
		}
		if text, ok := families[string(r[:n])]; ok {
			for _, syllable := range strings.Split(text, "'") {
				ways = append(ways, strings.Fields(syllable))
			}
			return string(r[:n]), ways, true
		}
	}
	return "", nil, false
}

var plainPinyin = pinyin.NewArgs()

// said gives how a character is read in names, the usual way first.
func said(r rune) []string {
	if !unicode.Is(unicode.Han, r) {
		return nil
	}
	if text, ok := given[r]; ok {
		return strings.Fields(text)
	}
	return pinyin.SinglePinyin(r, plainPinyin)
}
