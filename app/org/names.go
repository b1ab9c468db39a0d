package org

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"

	"cohort/db"
)

// maxStem leaves room for a number after it.
const maxStem = 24

// FreeLogin gives a log-in name for a person's name that nobody has: 王小明 is
// wangxiaoming, the next one wangxiaoming2.
func FreeLogin(tx *db.Tx, name string) (string, error) {
	stem := loginStem(name)
	login := stem
	for n := 2; ; n++ {
		taken, err := loginTaken(tx, login)
		if err != nil {
			return "", err
		}
		if !taken && checkLogin(login) == nil {
			return login, nil
		}
		login = stem + strconv.Itoa(n)
	}
}

// loginStem writes a name in the letters of log-in names: Chinese in pinyin,
// Latin without its accents, and "student" where nothing is left.
func loginStem(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		switch {
		case r >= 'a' && r <= 'z' || b.Len() > 0 && r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Han, r):
			if said := pinyin.LazyPinyin(string(r), pinyin.NewArgs()); len(said) > 0 {
				b.WriteString(strings.Map(plain, said[0]))
			}
		}
	}
	stem := b.String()
	if len(stem) > maxStem {
		stem = stem[:maxStem]
	}
	if len(stem) < 2 {
		return "student"
	}
	return stem
}

// plain keeps a to z.
func plain(r rune) rune {
	if r >= 'a' && r <= 'z' {
		return r
	}
	return -1
}
