package when_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohort/app/fault"
	"cohort/app/when"
)

// now is a Thursday, ten past ten in the morning.
func at(s string, zone *time.Location) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
	if err != nil {
		panic(err)
	}
	return t
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// TestWordsOfEverydayUse reads them on Thursday, 2026-11-26 at 10:10 in Shanghai.
func TestWordsOfEverydayUse(t *testing.T) {
	z := zone(t, "Asia/Shanghai")
	now := at("2026-11-26 10:10", z)
	for text, want := range map[string]string{
		"": "", "-": "", "none": "", "None": "", "无": "", "待定": "",
		"today": "2026-11-26", "tomorrow": "2026-11-27", "yesterday": "2026-11-25", "day after tomorrow": "2026-11-28",
		"+3d": "2026-11-29", "+2w": "2026-12-10", "+1m": "2026-12-26", "+1y": "2027-11-26", "3d": "2026-11-29", "+3": "2026-11-29", "-1d": "2026-11-25", "+3天": "2026-11-29",
		"in 3 days": "2026-11-29", "in a week": "2026-12-03", "2 weeks later": "2026-12-10", "in 1 month": "2026-12-26",
		"fri": "2026-11-27", "Friday": "2026-11-27", "thu": "2026-12-03", "FRI 15:00": "2026-11-27 15:00", "mon": "2026-11-30", "next mon": "2026-11-30",
		"next fri": "2026-12-04", "this fri": "2026-11-27", "next week": "2026-11-30", "next week fri": "2026-12-04", "weekend": "2026-11-28", "wednesday": "2026-12-02",
		"on friday at 3:30 pm": "2026-11-27 15:30", "3pm": "2026-11-26 15:00", "9:30": "2026-11-27 09:30", "10:10": "2026-11-27 10:10", "10:11": "2026-11-26 10:11",
		"12am": "2026-11-27 00:00", "12pm": "2026-11-26 12:00", "3pm tomorrow": "2026-11-27 15:00", "noon": "2026-11-26 12:00", "tomorrow morning": "2026-11-27 09:00",
		"tonight": "2026-11-26 19:00", "in 2 hours": "2026-11-26 12:10", "+2h": "2026-11-26 12:10", "half an hour later": "2026-11-26 10:40", "in 90 min": "2026-11-26 11:40",
		"12-24": "2026-12-24", "12/24": "2026-12-24", "11-1": "2027-11-01", "11-26": "2026-11-26", "2026-12-24 9:30": "2026-12-24 09:30", "20261224": "2026-12-24",
		"26-12-24": "2026-12-24", "dec 24": "2026-12-24", "24 December": "2026-12-24", "24th dec 9:30am": "2026-12-24 09:30", "sep 1": "2027-09-01",
		"end of month": "2026-11-30", "eom": "2026-11-30", "end of next month": "2026-12-31", "next month": "2026-12-01", "end of year": "2026-12-31",
		"今天": "2026-11-26", "明天": "2026-11-27", "后天": "2026-11-28", "大后天": "2026-11-29", "昨天": "2026-11-25",
		"三天后": "2026-11-29", "３天之后": "2026-11-29", "过三天": "2026-11-29", "十二天后": "2026-12-08", "两周后": "2026-12-10", "2个星期后": "2026-12-10", "一个月后": "2026-12-26",
		"半个月后": "2026-12-11", "半年后": "2027-05-26", "一年后": "2027-11-26",
		"周五": "2026-11-27", "星期五": "2026-11-27", "礼拜五": "2026-11-27", "周日": "2026-11-29", "星期天": "2026-11-29", "周四": "2026-12-03", "周5": "2026-11-27",
		"下周一": "2026-11-30", "下周五": "2026-12-04", "下下周五": "2026-12-11", "本周五": "2026-11-27", "这周日": "2026-11-29", "下个星期三": "2026-12-02", "下周": "2026-11-30",
		"周末": "2026-11-28", "下周末": "2026-12-05", "周五下午3点": "2026-11-27 15:00", "周五三点": "2026-11-27 15:00", "周五下午": "2026-11-27 14:00", "周五15：30": "2026-11-27 15:30",
		"明天下午3点半": "2026-11-27 15:30", "明天下午三点一刻": "2026-11-27 15:15", "明天下午三点四十五分": "2026-11-27 15:45", "明天早上九点": "2026-11-27 09:00", "明早9点": "2026-11-27 09:00",
		"今晚8点": "2026-11-26 20:00", "晚上七点整": "2026-11-26 19:00", "中午12点": "2026-11-26 12:00", "中午1点": "2026-11-26 13:00", "上午9点": "2026-11-27 09:00", "十点": "2026-11-27 10:00",
		"凌晨3点": "2026-11-27 03:00", "3:00": "2026-11-27 03:00", "3点": "2026-11-26 15:00", "下午15点": "2026-11-26 15:00",
		"12月24日": "2026-12-24", "12月24号": "2026-12-24", "十二月二十四日": "2026-12-24", "２０２６年１２月２４日": "2026-12-24", "二〇二六年十二月二十四日上午十点": "2026-12-24 10:00", "12月24日的下午2点": "2026-12-24 14:00",
		"24号": "2026-12-24", "30号": "2026-11-30", "31号": "2026-12-31", "月底": "2026-11-30", "下月底": "2026-12-31", "下个月": "2026-12-01", "下个月5号": "2026-12-05", "12月底": "2026-12-31", "年底": "2026-12-31",
		"两小时后": "2026-11-26 12:10", "半小时后": "2026-11-26 10:40", "一个半小时后": "2026-11-26 11:40", "30分钟后": "2026-11-26 10:40",
	} {
		m, err := when.Parse(text, now, z)
		if err != nil || m.String() != want {
			t.Errorf("%q is %q (%v), want %q", text, m, err, want)
		}
	}
}

// TestWhatIsNoDate is refused, with the key that says why.
func TestWhatIsNoDate(t *testing.T) {
	z := zone(t, "Asia/Shanghai")
	now := at("2026-11-26 10:10", z)
	for text, key := range map[string]string{
		"soon": "when.unknown", "不再联系": "when.unknown", "never": "when.unknown", "别打了": "when.unknown", "x": "when.unknown", "+": "when.unknown", "+d": "when.unknown", "12": "when.unknown",
		"1-2-3-4": "when.unknown", "fri x": "when.unknown", "month": "when.unknown", "fri sat": "when.unknown", "明年": "when.unknown", "15:00:00": "when.unknown", "0": "when.unknown",
		"3pm 4pm": "when.unknown", "today tomorrow": "when.unknown", strings.Repeat("9", 61): "when.unknown", "\x00": "when.unknown", "三十十天后": "when.unknown",
		"2026-13-01": "when.no_such_day", "2026-02-30": "when.no_such_day", "2-30": "when.no_such_day", "2-29": "when.no_such_day", "13月1日": "when.no_such_day", "32号": "when.no_such_day",
		"+99999d": "when.no_such_day", "+9999y": "when.no_such_day", "0000-01-01": "when.no_such_day",
		"25:00": "when.no_such_time", "fri 9:60": "when.no_such_time", "13pm": "when.no_such_time", "0am": "when.no_such_time", "晚上12点": "when.no_such_time", "凌晨15点": "when.no_such_time", "24:00": "when.no_such_time",
	} {
		m, err := when.Parse(text, now, z)
		if !fault.Is(err, key) || m != (when.Moment{}) {
			t.Errorf("%q is %q (%v), want %s", text, m, err, key)
		}
	}
}

// TestMonthsEndWhereTheyEnd: leap days, short months, the turn of the year.
func TestMonthsEndWhereTheyEnd(t *testing.T) {
	for _, c := range [][3]string{
		{"2026-01-31 09:00", "+1m", "2026-02-28"}, {"2028-01-31 09:00", "+1m", "2028-02-29"}, {"2026-01-31 09:00", "+2m", "2026-03-31"}, {"2026-08-31 09:00", "一个月后", "2026-09-30"},
		{"2028-02-29 09:00", "+1y", "2029-02-28"}, {"2028-02-29 09:00", "月底", "2028-02-29"}, {"2026-02-10 09:00", "end of month", "2026-02-28"}, {"2026-03-31 09:00", "-1m", "2026-02-28"},
		{"2026-12-31 09:00", "下月底", "2027-01-31"}, {"2026-12-31 09:00", "tomorrow", "2027-01-01"}, {"2026-12-30 09:00", "fri", "2027-01-01"}, {"2027-05-01 09:00", "2-29", "2028-02-29"},
		{"2028-02-28 09:00", "tomorrow", "2028-02-29"}, {"2026-01-30 09:00", "31号", "2026-01-31"}, {"2026-02-01 09:00", "31号", "2026-03-31"}, {"2026-01-31 09:00", "下个月", "2026-02-01"},
		{"2026-12-31 23:30", "9am", "2027-01-01 09:00"}, {"2026-11-29 10:00", "周日", "2026-12-06"}, {"2026-11-29 10:00", "下周一", "2026-11-30"}, {"2026-11-29 10:00", "周末", "2026-12-05"},
	} {
		m, err := when.Parse(c[1], at(c[0], time.UTC), time.UTC)
		if err != nil || m.String() != c[2] {
			t.Errorf("on %s %q is %q (%v), want %q", c[0], c[1], m, err, c[2])
		}
	}
}

// TestZonesAndSummerTime: the day is the zone's, and an hour that its clocks
// leave out does not exist.
func TestZonesAndSummerTime(t *testing.T) {
	ny := zone(t, "America/New_York")
	for _, c := range [][3]string{
		{"2026-03-08 01:30", "in 1 hour", "2026-03-08 03:30"}, {"2026-03-07 10:00", "tomorrow 3:30", "2026-03-08 03:30"}, {"2026-03-07 23:30", "+1d", "2026-03-08"},
		{"2026-10-31 10:00", "tomorrow 1:30", "2026-11-01 01:30"}, {"2026-11-01 00:30", "+1d", "2026-11-02"},
	} {
		m, err := when.Parse(c[1], at(c[0], ny), ny)
		if err != nil || m.String() != c[2] {
			t.Errorf("at %s %q is %q (%v), want %q", c[0], c[1], m, err, c[2])
		}
	}
	if m, err := when.Parse("tomorrow 2:30", at("2026-03-07 10:00", ny), ny); !fault.Is(err, "when.no_such_time") {
		t.Errorf("an hour that is left out is %q (%v)", m, err)
	}
	late := at("2026-11-26 23:30", ny) // in Shanghai it is the next day
	if m, err := when.Parse("today", late, zone(t, "Asia/Shanghai")); err != nil || m.Day != "2026-11-27" {
		t.Errorf("today in Shanghai is %q (%v)", m, err)
	}
}

// TestDay refuses a time where only a day is kept.
func TestDay(t *testing.T) {
	now := at("2026-11-26 10:10", time.UTC)
	if day, err := when.Day("fri", now, time.UTC); err != nil || day != "2026-11-27" {
		t.Errorf("%q %v", day, err)
	}
	for text, key := range map[string]string{"fri 15:00": "when.only_a_day", "3pm": "when.only_a_day", "soon": "fault.bad_date", "2-30": "when.no_such_day"} {
		if day, err := when.Day(text, now, time.UTC); !fault.Is(err, key) || day != "" {
			t.Errorf("%q is %q (%v), want %s", text, day, err, key)
		}
	}
}

// TestWhatIsUnderstoodIsUnderstoodAgain: any day and time, written as a Moment
// is, in full width or half, comes back from any day on and in any zone.
func TestWhatIsUnderstoodIsUnderstoodAgain(t *testing.T) {
	zones := []*time.Location{time.UTC, zone(t, "Asia/Shanghai"), zone(t, "America/New_York"), zone(t, "Pacific/Apia")}
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.SampledFrom(zones).Draw(t, "zone")
		moment := func(name string) time.Time {
			return time.Unix(rapid.Int64Range(0, 4e9).Draw(t, name), 0).In(z)
		}
		now, then := moment("now"), moment("then")
		text := then.Format(rapid.SampledFrom([]string{"2006-01-02 15:04", "2006-01-02", "2006年1月2日15点04分", "2006/1/2 3:04PM", "20060102 15:04"}).Draw(t, "layout"))
		if strings.Contains(text, "点") && then.Hour() >= 1 && then.Hour() <= 6 {
			return // 3点 is in the afternoon
		}
		first, err := when.Parse(text, now, z)
		if err != nil || first.Day != then.Format(time.DateOnly) || first.Clock != "" && first.Clock != then.Format("15:04") {
			t.Fatalf("%q is %q: %v", text, first, err)
		}
		for _, again := range []string{first.String(), fullWidth(first.String()), strings.ToUpper(text)} {
			if m, err := when.Parse(again, moment("later"), z); err != nil || m != first {
				t.Fatalf("%q came back from %q as %q: %v", first, again, m, err)
			}
		}
	})
}

// TestRelativeDays: so many days on are as the calendar counts them, in every
// way to say so.
func TestRelativeDays(t *testing.T) {
	ny := zone(t, "America/New_York")
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "now"), 0).In(ny)
		n := rapid.IntRange(1, 400).Draw(t, "n")
		want := now.AddDate(0, 0, n).Format(time.DateOnly)
		for _, text := range []string{"+%d", "+%dd", "%dd", "in %d days", "%d天后", "过%d天"} {
			text = strings.ReplaceAll(text, "%d", itoa(n))
			if m, err := when.Parse(text, now, ny); err != nil || m.Day != want || m.Clock != "" {
				t.Fatalf("%q from %s is %q (%v), want %s", text, now, m, err, want)
			}
		}
	})
}

// TestWeekdaysAreToCome: within a week, never today.
func TestWeekdaysAreToCome(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "now"), 0).UTC()
		day := rapid.IntRange(0, 6).Draw(t, "weekday")
		for _, text := range []string{time.Weekday(day).String(), time.Weekday(day).String()[:3], "周" + string([]rune("日一二三四五六")[day])} {
			m, err := when.Parse(text, now, time.UTC)
			d, _ := time.Parse(time.DateOnly, m.Day)
			if days := d.Sub(now.Truncate(24*time.Hour)) / (24 * time.Hour); err != nil || days < 1 || days > 7 || int(d.Weekday()) != day {
				t.Fatalf("%q on %s is %q: %v", text, now.Format(time.DateOnly), m, err)
			}
		}
	})
}

func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r + 0xfee0
		}
		return '\u3000'
	}, s)
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}
