package resource

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cohort/app/fault"
	"cohort/app/i18n"
	words "cohort/app/when"
)

// ParseText reads what somebody typed for a field that is not a relation.
// An empty text is the empty value.
func (f Field) ParseText(s string, now time.Time) (any, *fault.Fault) {
	s = strings.TrimSpace(s)
	if n := utf8.RuneCountInString(s); n > f.Max {
		return nil, fault.Field(f.Name, "fault.too_long", "max", f.Max)
	}
	switch f.Kind {
	case Int:
		return f.parseInt(s)
	case Money:
		return f.parseMoney(s)
	case Bool:
		return f.parseBool(s)
	case Choice:
		return f.parseChoice(s)
	case Day:
		return f.parseDay(s, now)
	case Time:
		return f.parseTime(s, now)
	case Strings:
		return Words(s), nil
	}
	return s, nil
}

// parseTime takes a moment as the school's clock shows it, 2026-12-01 14:30,
// +3d 20:00, fri 3pm or now, the form of --json (RFC 3339), and days: their
// beginning, or their last minute for a field that says until when.
func (f Field) parseTime(s string, now time.Time) (any, *fault.Fault) {
	switch s {
	case "":
		return int64(0), nil
	case "now":
		return now.UnixMilli(), nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(layout, s, now.Location()); err == nil {
			return t.UnixMilli(), nil
		}
	}
	m, err := words.Parse(s, now, now.Location())
	_, dayless := words.Parse("today "+s, now, now.Location())
	switch {
	case err != nil || dayless == nil: // a time without its day may be of any
		return nil, fault.Field(f.Name, "fault.bad_time", "value", s)
	case m.Day == "":
		return int64(0), nil
	case m.Clock == "" && f.Until:
		m.Clock = "23:59"
	case m.Clock == "":
		m.Clock = "00:00"
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", m.String(), now.Location())
	if err != nil {
		return nil, fault.Field(f.Name, "fault.bad_time", "value", s)
	}
	return t.UnixMilli(), nil
}

func (f Field) parseInt(s string) (any, *fault.Fault) {
	if s == "" {
		return int64(0), nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return nil, fault.Field(f.Name, "fault.bad_number", "value", s)
	}
	return n, nil
}

// parseMoney reads yuan: 5980, 5,980.00, ¥5980.5.
func (f Field) parseMoney(s string) (any, *fault.Fault) {
	fen, ok := ParseMoney(s)
	if !ok {
		return nil, fault.Field(f.Name, "fault.bad_number", "value", s)
	}
	return fen, nil
}

// ParseMoney reads yuan as fen; "" is 0.
func ParseMoney(s string) (int64, bool) {
	s = strings.NewReplacer(",", "", "¥", "", "\uffe5", "", " ", "").Replace(s)
	if s == "" {
		return 0, true
	}
	neg := strings.HasPrefix(s, "-")
	whole, frac, dot := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if len(frac) > 2 || dot && frac == "" || whole == "" {
		return 0, false
	}
	n, err := strconv.ParseUint(whole+(frac + "00")[:2], 10, 53)
	if err != nil {
		return 0, false
	}
	if neg {
		return -int64(n), true
	}
	return int64(n), true
}

func (f Field) parseBool(s string) (any, *fault.Fault) {
	switch strings.ToLower(s) {
	case "yes", "y", "true", "1", "是":
		return true, nil
	case "no", "n", "false", "0", "", "否":
		return false, nil
	}
	return nil, fault.Field(f.Name, "fault.bad_choice", "value", s, "choices", "yes, no")
}

// parseChoice takes a stored value or its word in either language.
func (f Field) parseChoice(s string) (any, *fault.Fault) {
	if s == "" {
		return "", nil
	}
	for _, c := range f.Choices {
		if strings.EqualFold(c, s) {
			return c, nil
		}
		for _, l := range i18n.Langs {
			if strings.EqualFold(f.ChoiceLabel(i18n.Printer{Lang: l}, c), s) {
				return c, nil
			}
		}
	}
	return nil, fault.Field(f.Name, "fault.bad_choice", "value", s, "choices", strings.Join(f.Choices, ", "))
}

// parseDay takes a day in any words of package when.
func (f Field) parseDay(s string, now time.Time) (any, *fault.Fault) {
	day, err := words.Day(s, now, now.Location())
	if bad, ok := fault.As(err); ok {
		return nil, bad.On(f.Name)
	}
	return day, nil
}

// parseMoment takes a day with or without a time of that day.
func (f Field) parseMoment(s string, now time.Time) (words.Moment, *fault.Fault) {
	m, err := words.Parse(s, now, now.Location())
	if bad, ok := fault.As(err); ok {
		return m, bad.On(f.Name)
	}
	return m, nil
}

// CheckClock is the rule of a Text that keeps the time of a day: "15:04".
func CheckClock(v any) *fault.Fault {
	if s, _ := v.(string); s != "" && !words.IsClock(s) {
		return fault.New(fault.Invalid, "when.no_such_time", "value", s)
	}
	return nil
}

// ParseDay reads a day as people write one, seen from now; "" stays "".
func ParseDay(s string, now time.Time) (string, bool) {
	day, err := words.Day(s, now, now.Location())
	return day, err == nil
}

// Words cuts a list of words at commas of either width, leaving empty and
// repeated ones out.
func Words(s string) []string {
	var out []string
	seen := map[string]bool{}
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '\uff0c' || r == '\u3001' || r == ';' }) {
		if w = strings.TrimSpace(w); w != "" && !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}
