package when_test

import (
	"testing"
	"time"

	"cohort/app/fault"
	"cohort/app/when"
)

// FuzzParse: whatever is typed is a refusal in words, or a moment that is read
// back as itself.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"fri 15:00", "明天下午3点半", "2026-12-24 9:30", "+3d", "月底", "三十一号", "next next mon", "１２月２４日", "-", "in half an hour", "晚上12点", "下个月31号"} {
		f.Add(s, int64(1_795_000_000))
	}
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string, seconds int64) {
		now := time.Unix(seconds%4e9, 0)
		m, err := when.Parse(text, now, zone)
		if err != nil {
			if x, ok := fault.As(err); !ok || x.Kind != fault.Invalid || m != (when.Moment{}) {
				t.Fatalf("%q: %v with %q", text, err, m)
			}
			return
		}
		if m.Clock != "" && !when.IsClock(m.Clock) || m.Day == "" && m.Clock != "" {
			t.Fatalf("%q is %+v", text, m)
		}
		if again, err := when.Parse(m.String(), now, zone); err != nil || again != m {
			t.Fatalf("%q is %q, which is %q: %v", text, m, again, err)
		}
	})
}
