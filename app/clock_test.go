package app

import (
	"context"
	"strings"
	"testing"
	"time"

	"cohort/app/policy"
)

// TestClockSetBack: the school goes on, nothing that was done is lost or out of
// order, the doctor tells, and once the clock is right again all is well.
func TestClockSetBack(t *testing.T) {
	ctx := context.Background()
	noon := time.Date(2026, 11, 26, 4, 0, 0, 0, time.UTC)
	now := noon
	a := openApp(t, func(c *Config) { c.Clock = func() time.Time { return now } })
	step := func(name string) {
		t.Helper()
		if _, err := a.Engine.Add(ctx, policy.System, "campuses", map[string]string{"name": name}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	finding := func(name string) Finding {
		for _, f := range a.Doctor(ctx) {
			if f.Name == name {
				return f
			}
		}
		t.Fatalf("the doctor does not look at %s", name)
		return Finding{}
	}
	step("before")
	now = noon.Add(-48 * time.Hour)
	step("two days earlier")
	if f := finding("clock"); f.OK || !strings.Contains(f.Text, "the clock was set back") {
		t.Errorf("the doctor says of the clock: %+v", f)
	}
	now = noon.Add(time.Hour)
	step("right again")
	for _, name := range []string{"clock", "audit", "database"} {
		if f := finding(name); !f.OK {
			t.Errorf("%s: %s", name, f.Text)
		}
	}
	if n, _, err := a.Engine.Count(ctx, policy.System, "campuses", ""); err != nil || n != 3 {
		t.Errorf("campuses: %v, %v", n, err)
	}
}
