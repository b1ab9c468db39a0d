// Package i18n holds the words of the product in Chinese and English and prints
// dates, money and durations for a reader. Code carries keys, never sentences.
//
// Words live in words/*.txt, both languages side by side:
//
//	[customer.exists]
//	zh = 客户已存在:由 {owner} 负责
//	en = customer exists: owned by {owner}
//
// A placeholder is {name}. {name|one|many} chooses by number: English "one"
// where the value is 1, else "many". A text may go on over further lines, each
// beginning with "|".
package i18n

import (
	"embed"
	"fmt"
	"io/fs"
	"sort"
	"strings"
)

//go:embed words/*.txt
var words embed.FS

// Lang is a language the product speaks.
type Lang string

// The languages.
const (
	Chinese Lang = "zh"
	English Lang = "en"
)

// Langs lists every language.
var Langs = []Lang{Chinese, English}

// ParseLang reads a language tag or a POSIX locale ("zh_CN.UTF-8", "en"); ok is
// false when it names no language of ours ("C", "", "fr").
func ParseLang(s string) (Lang, bool) {
	s = strings.ToLower(s)
	switch {
	case strings.HasPrefix(s, "zh"):
		return Chinese, true
	case strings.HasPrefix(s, "en"):
		return English, true
	}
	return "", false
}

// Entry is one message in every language.
type Entry map[Lang]string

var catalogue = mustLoad()

// Catalogue gives all messages by key, for tests and listings.
func Catalogue() map[string]Entry { return catalogue }

// Keys lists the keys under a prefix, in order.
func Keys(prefix string) []string {
	var keys []string
	for k := range catalogue {
		if strings.HasPrefix(k, prefix) {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	return keys
}

// Has says whether a key exists.
func Has(key string) bool { _, ok := catalogue[key]; return ok }

func mustLoad() map[string]Entry {
	all := map[string]Entry{}
	files, err := fs.Glob(words, "words/*.txt")
	if err != nil {
		panic(err)
	}
	for _, f := range files {
		text, err := words.ReadFile(f)
		if err != nil {
			panic(err)
		}
		if err := parse(string(text), all); err != nil {
			panic(fmt.Sprintf("%s: %v", f, err))
		}
	}
	return all
}

// parse adds the entries of one catalogue file to all. A key given twice is an
// error: the second would silently win.
func parse(text string, all map[string]Entry) error {
	key, lang := "", Lang("")
	for i, line := range strings.Split(text, "\n") {
		t := strings.TrimSpace(line)
		switch {
		case t == "" || strings.HasPrefix(t, "#"):
		case strings.HasPrefix(t, "[") && strings.HasSuffix(t, "]"):
			key, lang = t[1:len(t)-1], ""
			if _, twice := all[key]; twice {
				return fmt.Errorf("line %d: key %q given twice", i+1, key)
			}
			all[key] = Entry{}
		case strings.HasPrefix(t, "|") && key != "" && lang != "":
			all[key][lang] += "\n" + strings.TrimPrefix(strings.TrimPrefix(t, "|"), " ")
		default:
			l, v, ok := strings.Cut(t, "=")
			lang = Lang(strings.TrimSpace(l))
			if !ok || key == "" || (lang != Chinese && lang != English) {
				return fmt.Errorf("line %d: want [key], zh = …, en = … or | …", i+1)
			}
			all[key][lang] = unquote(strings.TrimSpace(v))
		}
	}
	return nil
}

// unquote takes the quotes off a text whose outer spaces matter: en = ", ".
func unquote(s string) string {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' && strings.TrimSpace(s[1:len(s)-1]) != s[1:len(s)-1] {
		return s[1 : len(s)-1]
	}
	return s
}
