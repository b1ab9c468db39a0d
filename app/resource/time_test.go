package resource

import (
	"testing"
	"time"
)

func TestTimesAreReadAsPeopleWriteThem(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, zone)
	from, until := Field{Name: "from", Kind: Time, Max: 200}, Field{Name: "due", Kind: Time, Until: true, Max: 200}
	for text, want := range map[string][2]string{
		"2026-12-01 20:00":     {"2026-12-01T20:00:00+08:00"},
		"2026-12-01T20:00":     {"2026-12-01T20:00:00+08:00"},
		"2026-12-01":           {"2026-12-01T00:00:00+08:00", "2026-12-01T23:59:00+08:00"},
		"+7d":                  {"2026-12-03T00:00:00+08:00", "2026-12-03T23:59:00+08:00"},
		"tomorrow 08:30":       {"2026-11-27T08:30:00+08:00"},
		"2026-12-01T12:00:00Z": {"2026-12-01T20:00:00+08:00"},
		"now":                  {"2026-11-26T09:00:00+08:00"},
	} {
		if want[1] == "" {
			want[1] = want[0]
		}
		for i, f := range []Field{from, until} {
			v, bad := f.ParseText(text, now)
			ms, _ := v.(int64)
			if got := time.UnixMilli(ms).In(zone).Format(time.RFC3339); bad != nil || got != want[i] {
				t.Errorf("%s %q: %v %v, want %s", f.Name, text, got, bad, want[i])
			}
		}
	}
	for _, bad := range []string{"soon", "2026-12-01 25:00", "2026-13-01", "20:00", "2026-12"} {
		if v, fl := until.ParseText(bad, now); fl == nil || fl.Key != "fault.bad_time" {
			t.Errorf("%q is %v", bad, v)
		}
	}
}
