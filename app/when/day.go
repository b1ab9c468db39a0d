package when

import (
	"time"
)

// rule is one way to say a day.
type rule struct {
	pattern
	day func(r *reader, m []string) (time.Time, bool)
}

// rules are tried in this order: what is longer stands before what it begins
// with.
var rules = []rule{
	{starting(`day after tomorrow\b|后天`), in(2)},
	{starting(`大后天`), in(3)},
	{starting(`today\b|今[天日]?`), in(0)},
	{starting(`tomorrow\b|tmr\b|明[天日]?`), in(1)},
	{starting(`yesterday\b|昨[天日]?`), in(-1)},
	{starting(`day before yesterday\b|前天`), in(-2)},

	{starting(`([+-]) ?(\d{1,5}) ?(d\b|w\b|m\b|y\b|天|周|月|年|)`), signed},
	{starting(`()(\d{1,5})(d|w|m|y)\b`), signed},
	{starting(`(?:in )?(\d{1,5}|an?) (day|week|month|year)s?(?: later| from now)?\b`), later},
	{starting(`(?:过)?(\d{1,5}|半)个?(天|日|周|星期|礼拜|月|年)(?:之|以)?后`), later},
	{starting(`过(\d{1,5}|半)个?(天|周|星期|礼拜|月|年)`), later},

	{starting(`((?:next (?:week )?)+|this (?:week )?)?(sun|mon|tue|wed|thu|fri|sat)(?:day|s|sday|nesday|rs|rsday|urday)?\b`), weekday},
	{starting(`((?:下个?)+|本|这个?)?周([1-7])`), weekday},
	{starting(`(?:this )?weekend\b|(?:本|这个?)?周末`), weekend},
	{starting(`下个?周末|next weekend\b`), nextWeekend},
	{starting(`next week\b|下个?(?:周|星期|礼拜)`), nextMonday},

	{starting(`(?:end of (?:this )?month|eom)\b|(?:本|这个?)?月[底末]`), endOfMonth(0)},
	{starting(`end of next month\b|下个?月[底末]`), endOfMonth(1)},
	{starting(`(?:beginning of )?next month\b|下个?月初`), dayOfMonth(1)},
	{starting(`下个?月(\d{1,2})[日号]?`), dayOfMonth(1)},
	{starting(`下个?月`), dayOfMonth(1)},
	{starting(`(?:本|这个?)月(\d{1,2})[日号]?`), dayOfMonth(0)},
	{starting(`(\d{1,2})月[底末]`), endOfNamed},
	{starting(`(?:end of (?:this )?year|eoy)\b|年[底末]`), endOfYear},

	{starting(`(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})[日号]?`), written},
	{starting(`(\d{4})(\d{2})(\d{2})`), written},
	{starting(`(\d{2})-(\d{1,2})-(\d{1,2})`), written},
	{starting(`()(\d{1,2})(?:[-/.]|月)(\d{1,2})[日号]?`), written},
	{starting(`(\d{1,2})[日号]`), nextNumber},
	{starting(`(\d{1,2})(?:st|nd|rd|th)? ` + monthNames), dayMonth},
	{starting(monthNames + ` (\d{1,2})(?:st|nd|rd|th)?\b`), monthDay},
}

// day takes a day from the text; it fails where a day is said that does not
// exist, such as 2026-02-30.
func (r *reader) day() (day time.Time, ok bool, err error) {
	for _, x := range rules {
		m := r.eat(x.pattern)
		if m == nil {
			continue
		}
		if day, ok = x.day(r, m); !ok {
			return day, false, noSuchDay()
		}
		return day, true, nil
	}
	return day, false, nil
}

// in is so many days from today.
func in(days int) func(*reader, []string) (time.Time, bool) {
	return func(r *reader, _ []string) (time.Time, bool) { return r.today().AddDate(0, 0, days), true }
}

// written is a date with or without its year. One without that is over is meant
// next year; one that neither year has, such as 2-29, does not exist.
func written(r *reader, m []string) (time.Time, bool) {
	month, day := number(m[2]), number(m[3])
	if m[1] != "" {
		year := number(m[1])
		if len(m[1]) == 2 {
			year += 2000
		}
		return date(year, month, day)
	}
	return r.comingDate(month, day)
}

func (r *reader) comingDate(month, day int) (time.Time, bool) {
	t, ok := date(r.now.Year(), month, day)
	if !ok || t.Before(r.today()) {
		return date(r.now.Year()+1, month, day)
	}
	return t, true
}

// nextNumber is the next day with that number: 24号.
func nextNumber(r *reader, m []string) (time.Time, bool) {
	first := r.firstOfMonth(0)
	for i := range 3 { // of three months in a row one has 31 days
		of := first.AddDate(0, i, 0)
		if t, ok := date(of.Year(), int(of.Month()), number(m[1])); ok && !t.Before(r.today()) {
			return t, true
		}
	}
	return time.Time{}, false
}

// monthNames match as their first three letters.
const monthNames = `(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?\b`

var monthNumber = map[string]int{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12}

func dayMonth(r *reader, m []string) (time.Time, bool) {
	return r.comingDate(monthNumber[m[2]], number(m[1]))
}

func monthDay(r *reader, m []string) (time.Time, bool) {
	return r.comingDate(monthNumber[m[1]], number(m[2]))
}

// date is a day that exists.
func date(year, month, day int) (time.Time, bool) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return t, t.Day() == day && int(t.Month()) == month && year > 0
}
