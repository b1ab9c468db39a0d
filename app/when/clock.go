package when

import (
	"strconv"
	"strings"
)

// clock is a time of day.
type clock struct{ hour, minute int }

var (
	chineseClock = starting(`(凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|晚|早)? ?(\d{1,2})(?::(\d{2})|[点时](?:([13])刻|(半)|(\d{1,2})分?|整|钟)?)`)
	englishClock = starting(`(\d{1,2})(?::(\d{2}))? ?(am|pm|a\.m\.|p\.m\.|in morning|in afternoon|in evening)`)
	partOfDay    = starting(`凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|morning\b|noon\b|midday\b|afternoon\b|evening\b`)
)

// clock takes a time from the text: 15:00, 9:30, 3pm, 下午3点半, noon, 上午.
func (r *reader) clock() (c clock, ok bool, err error) {
	if m := r.eat(englishClock); m != nil {
		c, err = english(number(m[1]), number(m[2]), m[3])
		return c, true, err
	}
	if m := r.eat(chineseClock); m != nil {
		c, err = chinese(m)
		return c, true, err
	}
	if m := r.eat(partOfDay); m != nil {
		return clock{hour: usualHour[m[0]]}, true, nil
	}
	return c, false, nil
}

// usualHour is what one means by a part of the day alone.
var usualHour = map[string]int{
	"凌晨": 0, "清晨": 7, "早上": 9, "早晨": 9, "上午": 9, "中午": 12, "下午": 14, "傍晚": 18, "晚上": 19,
	"morning": 9, "noon": 12, "midday": 12, "afternoon": 14, "evening": 19,
}

// english reads the twelve hours of am and pm.
func english(hour, minute int, half string) (clock, error) {
	if hour < 1 || hour > 12 || minute > 59 {
		return clock{}, noSuchTime()
	}
	hour %= 12
	if half != "in morning" && !strings.HasPrefix(half, "a") {
		hour += 12
	}
	return clock{hour, minute}, nil
}

// chinese reads the parts of chineseClock. Hours after 点 without a part of the
// day are meant as one telephones: 3点 is in the afternoon; 3:00 is what it says.
func chinese(m []string) (clock, error) {
	part, hour, minute := m[1], number(m[2]), number(m[3])+number(m[6])
	switch {
	case m[5] != "":
		minute = 30
	case m[4] != "":
		minute = 15 * number(m[4])
	}
	spoken := m[3] == ""
	switch {
	case part == "" && spoken && hour >= 1 && hour <= 6:
		hour += 12
	case part != "":
		hour = hourIn(part, hour)
	}
	if hour < 0 || hour > 23 || minute > 59 {
		return clock{}, noSuchTime()
	}
	return clock{hour, minute}, nil
}

// hourIn gives the hour of the day of one that is said with its part of the day;
// -1 where the two do not go together.
func hourIn(part string, hour int) int {
	switch part {
	case "凌晨":
		return unless(hour > 6, hour)
	case "清晨", "早上", "早晨", "早":
		return unless(hour > 11, hour)
	case "上午":
		return unless(hour > 12, hour)
	case "中午":
		if hour == 1 || hour == 2 {
			return hour + 12
		}
		return unless(hour < 11 || hour > 14, hour)
	case "下午", "傍晚":
		return unless(hour == 0, afternoon(hour))
	}
	return unless(hour < 5 || hour == 12, afternoon(hour))
}

// afternoon gives the hour of the day of 1 to 12; what is more is that already.
func afternoon(hour int) int {
	if hour < 12 {
		return hour + 12
	}
	return hour
}

func unless(bad bool, hour int) int {
	if bad {
		return -1
	}
	return hour
}

// number reads figures; "" is 0. The patterns let few through.
func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
