// Package when reads days and times as people write them: "fri 15:00", "+3d",
// "明天下午3点半", "月底". It knows no clock of its own: now and the zone are given,
// and the same words always mean the same then.
package when

import (
	"strings"
	"time"
	"unicode/utf8"

	"cohort/app/fault"
)

// Moment is a day and, where one was said, a time of that day, both as the
// clocks of the zone show them. The zero Moment is "no date".
type Moment struct {
	Day   string // "2026-12-24", "" for no date
	Clock string // "09:30", "" where no time was said
}

// String gives the moment as Parse reads it back: "2026-12-24 09:30".
func (m Moment) String() string { return strings.TrimSpace(m.Day + " " + m.Clock) }

// longest is how many characters a date may have; no real one comes near.
const longest = 60

// Parse reads a day, a time, or both. A time alone is the next time that the
// clock shows it; a day of the year that is over is meant next year; a weekday
// is the next to come, never today. "", "-", "none" and 无 are no date. An error
// is a fault without a field: when.unknown, when.no_such_day, when.no_such_time.
func Parse(text string, now time.Time, zone *time.Location) (Moment, error) {
	said := strings.TrimSpace(text)
	if utf8.RuneCountInString(said) > longest {
		return Moment{}, unknown(string([]rune(said)[:longest]))
	}
	rest := tidy(said)
	if nothing[rest] {
		return Moment{}, nil
	}
	r := reader{text: rest, now: now.In(zone), zone: zone}
	m, err := r.read()
	if f, ok := fault.As(err); ok {
		f.Args = []any{"value", said}
		return Moment{}, f
	}
	return m, err
}

// Day is Parse where only a day is wanted: a time is refused
// (when.only_a_day), and what cannot be read is fault.bad_date.
func Day(text string, now time.Time, zone *time.Location) (string, error) {
	m, err := Parse(text, now, zone)
	switch {
	case fault.Is(err, "when.unknown"):
		return "", fault.New(fault.Invalid, "fault.bad_date", "value", strings.TrimSpace(text))
	case err != nil:
		return "", err
	case m.Clock != "":
		return "", fault.New(fault.Invalid, "when.only_a_day", "value", strings.TrimSpace(text), "day", m.Day)
	}
	return m.Day, nil
}

// IsClock says whether s is a time of day as a Moment has it: "09:30".
func IsClock(s string) bool {
	t, err := time.Parse("15:04", s)
	return err == nil && t.Format("15:04") == s
}

// nothing are the ways to say that there is no date.
var nothing = map[string]bool{"": true, "-": true, "--": true, "none": true, "no date": true, "无": true, "没有": true, "不定": true, "待定": true}

func unknown(said string) *fault.Fault {
	return fault.New(fault.Invalid, "when.unknown", "value", said)
}

func noSuchDay() *fault.Fault  { return fault.New(fault.Invalid, "when.no_such_day") }
func noSuchTime() *fault.Fault { return fault.New(fault.Invalid, "when.no_such_time") }

// reader takes a text apart from the left.
type reader struct {
	text string
	now  time.Time
	zone *time.Location
}

// read tries what may stand first: so much time from now, a day with or without
// a time, or a time with or without a day.
func (r *reader) read() (Moment, error) {
	if t, ok := r.soon(); ok {
		return Moment{t.Format(time.DateOnly), t.Format("15:04")}, nil
	}
	day, dayed, err := r.day()
	if err != nil {
		return Moment{}, err
	}
	c, clocked, err := r.clock()
	if err != nil {
		return Moment{}, err
	}
	if !dayed && clocked {
		if day, dayed, err = r.day(); err != nil {
			return Moment{}, err
		}
	}
	switch {
	case r.text != "" || !dayed && !clocked:
		return Moment{}, unknown("")
	case !dayed:
		day = r.nextTime(c)
	}
	if y := day.Year(); y < 1 || y > 9999 {
		return Moment{}, noSuchDay()
	}
	if !clocked {
		return Moment{Day: day.Format(time.DateOnly)}, nil
	}
	return r.at(day, c)
}

// nextTime is today where the time is still to come, else tomorrow.
func (r *reader) nextTime(c clock) time.Time {
	if c.hour*60+c.minute > r.now.Hour()*60+r.now.Minute() {
		return r.today()
	}
	return r.today().AddDate(0, 0, 1)
}

// at puts a time to a day; one that the clocks leave out that day, when summer
// time begins, is refused.
func (r *reader) at(day time.Time, c clock) (Moment, error) {
	t := time.Date(day.Year(), day.Month(), day.Day(), c.hour, c.minute, 0, 0, r.zone)
	if t.Hour() != c.hour || t.Minute() != c.minute {
		return Moment{}, noSuchTime()
	}
	return Moment{day.Format(time.DateOnly), t.Format("15:04")}, nil
}

// today is the zone's day. Days are reckoned in UTC, where each has 24 hours.
func (r *reader) today() time.Time {
	return time.Date(r.now.Year(), r.now.Month(), r.now.Day(), 0, 0, 0, 0, time.UTC)
}

// eat gives what stands between the parentheses of the first of the patterns
// that the text begins with, and goes on behind it.
func (r *reader) eat(p pattern) []string {
	m := p.FindStringSubmatch(r.text)
	if m != nil {
		r.text = strings.TrimSpace(r.text[len(m[0]):])
	}
	return m
}
