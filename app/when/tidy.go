package when

import (
	"regexp"
	"strconv"
	"strings"
)

// pattern is a regular expression that begins where the text does.
type pattern struct{ *regexp.Regexp }

func starting(text string) pattern { return pattern{regexp.MustCompile(`^(?:` + text + `)`)} }

var (
	weekdayWord = regexp.MustCompile(`(?:周|星期|礼拜)([一二三四五六日天1-7])`)
	numerals    = regexp.MustCompile(`[〇零一二两三四五六七八九十]+`)
	smallWords  = regexp.MustCompile(`\b(?:on|at|the)\b|[,，、。的]`)
	blanks      = regexp.MustCompile(`\s+`)
	shortWords  = strings.NewReplacer("今晚", "今天晚上", "明晚", "明天晚上", "后晚", "后天晚上", "今早", "今天早上", "明早", "明天早上", "tonight", "today evening")
)

// tidy writes a text in one way: half width, small letters, figures for Chinese
// numerals, no words that say nothing. Weekdays become "周5 ", so that the hour
// behind one does not run into it.
func tidy(s string) string {
	s = strings.ToLower(strings.Map(half, s))
	s = shortWords.Replace(s)
	s = weekdayWord.ReplaceAllStringFunc(s, func(w string) string {
		m := weekdayWord.FindStringSubmatch(w)
		return "周" + strings.NewReplacer("日", "7", "天", "7").Replace(figures(m[1])) + " "
	})
	s = numerals.ReplaceAllStringFunc(s, figures)
	s = smallWords.ReplaceAllString(s, " ")
	return strings.TrimSpace(blanks.ReplaceAllString(s, " "))
}

// half gives the half-width form of a character.
func half(r rune) rune {
	switch {
	case r == '\u3000':
		return ' '
	case r >= '\uff01' && r <= '\uff5e':
		return r - 0xfee0
	case r == '\u2013' || r == '\u2212':
		return '-'
	}
	return r
}

// figures turns a Chinese number below a hundred (二十四), or one that is said
// figure by figure (二〇二六), into figures. What is neither stays.
func figures(s string) string {
	if !strings.ContainsRune(s, '十') {
		var b strings.Builder
		for _, r := range s {
			b.WriteString(figure(r))
		}
		return b.String()
	}
	before, after, _ := strings.Cut(s, "十")
	tens, rest := one(before, 1), one(after, 0)
	if tens < 0 || rest < 0 {
		return s
	}
	return strconv.Itoa(tens*10 + rest)
}

func figure(r rune) string {
	switch i := strings.IndexRune(ones, r); {
	case r == '〇':
		return "0"
	case r == '两':
		return "2"
	case i >= 0:
		return strconv.Itoa(i / len("零"))
	}
	return string(r)
}

const ones = "零一二三四五六七八九"

// one gives the value of a single numeral, or none for ""; -1 for anything else.
func one(s string, none int) int {
	if s == "" {
		return none
	}
	n, err := strconv.Atoi(strings.Map(func(r rune) rune { return rune(figure(r)[0]) }, s))
	if err != nil || n > 9 {
		return -1
	}
	return n
}
