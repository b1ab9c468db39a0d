package setting

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cohort/app/clean"
	"cohort/app/fault"
)

// How a Flag is stored.
const (
	on  = "on"
	off = "off"
)

// flags are the ways in which people say yes and no.
var flags = map[string]string{
	"on": on, "yes": on, "y": on, "true": on, "1": on, "开": on, "是": on,
	"off": off, "no": off, "n": off, "false": off, "0": off, "关": off, "否": off,
}

// clean gives the value as it is stored, or says what is wrong with it.
func (x Setting) clean(typed string) (string, error) {
	text := strings.TrimSpace(typed)
	if utf8.RuneCountInString(text) > MaxText {
		return "", x.bad("setting.too_long", "max", MaxText)
	}
	if strings.Join(strings.Fields(text), " ") != clean.Line(text) { // escapes, controls, direction marks
		return "", x.bad("setting.unclean")
	}
	text, err := x.parse(text)
	if err == nil && x.Check != nil {
		err = x.Check(text)
	}
	return text, err
}

func (x Setting) parse(text string) (string, error) {
	switch x.Kind {
	case Int:
		return x.number(text)
	case Flag:
		if v, ok := flags[strings.ToLower(text)]; ok {
			return v, nil
		}
		return "", x.bad("setting.bad_flag")
	case Clock:
		if text == "" {
			return "", nil
		}
		t, err := time.Parse("15:04", strings.ReplaceAll(text, "：", ":"))
		if err != nil {
			return "", x.bad("setting.bad_clock")
		}
		return t.Format("15:04"), nil
	case List:
		return strings.Join(strings.Fields(text), " "), nil
	case Choice:
		if !slices.Contains(x.Choices, text) {
			return "", x.bad("fault.bad_choice", "value", text, "choices", strings.Join(x.Choices, ", "))
		}
	case Numbers:
		return x.numbers(text)
	}
	return text, nil
}

func (x Setting) number(text string) (string, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil, n < x.Min, x.Max != 0 && n > x.Max:
		if x.Max == 0 {
			return "", x.bad("setting.bad_number_from", "min", x.Min)
		}
		return "", x.bad("setting.bad_number", "min", x.Min, "max", x.Max)
	}
	return strconv.FormatInt(n, 10), nil
}

func (x Setting) numbers(text string) (string, error) {
	words := strings.Fields(text)
	last := int64(-1) << 62
	for i, w := range words {
		one, err := x.number(w)
		if err != nil {
			return "", err
		}
		n, _ := strconv.ParseInt(one, 10, 64)
		if n <= last {
			return "", x.bad("setting.not_rising")
		}
		words[i], last = one, n
	}
	return strings.Join(words, " "), nil
}

func (x Setting) bad(key string, args ...any) error {
	return fault.Field(x.Name, key, args...)
}
