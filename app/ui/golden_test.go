package ui

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"cohort/app"
	"cohort/app/i18n"
	"cohort/app/seed"
)

// TestGoldenScreens compares a few screens of a demo school, at a fixed moment,
// with what a person has looked at and found good: testdata/screen_*.txt.
// UPDATE=1 writes them anew; read them before you commit.
func TestGoldenScreens(t *testing.T) {
	now := time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC) // ten in the morning at the school
	c := schoolConfig(t.TempDir())
	c.Clock = func() time.Time { return now }
	a, err := app.Open(bg, c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	if _, err := seed.Demo(bg, a.Seeding()); err != nil {
		t.Fatal(err)
	}
	for _, g := range []struct {
		name, login, start string
		lang               i18n.Lang
		keys               []string
	}{
		{"customers_zh", "sales_a", "customers", i18n.Chinese, nil},
		{"customers_stale_en", "sales_b", "customers", i18n.English, []string{"f", "down", "down", "enter"}},
		{"keys_en", "sales_a", "customers", i18n.English, []string{"?"}},
		{"follow_up_zh", "sales_a", "customers", i18n.Chinese, []string{"a"}},
		{"review_queue_en", "admin", "review", i18n.English, nil},
		{"classes_zh", "kobe", "my_classes", i18n.Chinese, []string{"enter"}},
		{"payments_en", "kobe", "my_payments", i18n.English, nil},
		{"records_zh", "admin", "records", i18n.Chinese, []string{"/", "c", "a", "m", "p", "enter"}},
		{"course_en", "admin", "courses", i18n.English, []string{"enter"}},
		{"delete_zh", "admin", "campuses", i18n.Chinese, []string{"A", "D"}},
		{"columns_en", "sales_a", "customers", i18n.English, []string{"C", "right", "down"}},
	} {
		t.Run(g.name, func(t *testing.T) {
			s := person(t, a, g.login, g.start)
			s.desk.speak(i18n.Printer{Lang: g.lang, Zone: s.desk.p().Zone, Now: s.desk.p().Now})
			s.Lang(g.lang)
			for _, k := range g.keys {
				s.Keys(k)
			}
			s.Settle()
			golden(t, "screen_"+g.name+".txt", strings.Join(trimmed(s.Lines()), "\n")+"\n")
		})
	}
}

// trimmed takes the blanks off the ends of lines.
func trimmed(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimRight(l, " ")
	}
	return out
}
