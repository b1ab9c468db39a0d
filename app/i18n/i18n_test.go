package i18n

import (
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"

	"cohort/app/fault"
)

var placeholder = regexp.MustCompile(`\{([a-z_]+)[|}]`)

// TestEveryKeySpeaksBothLanguagesWithTheSameArguments keeps the catalogues
// whole.
func TestEveryKeySpeaksBothLanguagesWithTheSameArguments(t *testing.T) {
	for key, e := range Catalogue() {
		for _, l := range Langs {
			if e[l] == "" {
				t.Errorf("%s has no %s", key, l)
			}
		}
		zh, en := names(e[Chinese]), names(e[English])
		if zh != en {
			t.Errorf("%s: arguments differ: zh {%s}, en {%s}", key, zh, en)
		}
	}
}

func names(text string) string {
	seen := map[string]bool{}
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		seen[m[1]] = true
	}
	var out []string
	for n := range seen {
		out = append(out, n)
	}
	sort.Strings(out)
	return strings.Join(out, " ")
}

func TestPlaceholdersAndPlurals(t *testing.T) {
	p := Printer{Lang: English}
	for n, want := range map[int]string{1: "1 day ago", 3: "3 days ago"} {
		if got := p.T("time.days_ago", "n", n); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
	if got := p.T("no.such.key"); got != "«no.such.key»" {
		t.Errorf("missing key: %q", got)
	}
	if got := p.Value([]string{"a", "b"}); got != "a, b" {
		t.Errorf("list: %q", got)
	}
}

func TestMoneyAndTimes(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	p := Printer{Lang: Chinese, Zone: time.FixedZone("CST", 8*3600), Now: func() time.Time { return now }}
	for got, want := range map[string]string{
		p.Money(598000):                     "¥5,980.00",
		p.Money(-5):                         "-¥0.05",
		p.Money(123456789012):               "¥1,234,567,890.12",
		p.DateTime(now):                     "2026-11-22 18:00",
		p.DayWeekday(now):                   "2026-11-22 周日",
		p.Ago(now.Add(-3 * 24 * time.Hour)): "3 天前",
		p.Ago(time.Time{}):                  "从未",
		p.Span(61 * time.Second):            "2 分钟",
		p.Error(fault.New(fault.Internal, "x", "a", 1)): "系统出错了,已记录(编号 )。请稍后再试,或把编号告诉管理员。",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestFieldFaultsNameTheField(t *testing.T) {
	p := Printer{Lang: English}
	err := fault.Join(fault.Field("phone", "fault.required"), fault.Field("note", "fault.too_long", "max", 3))
	got := p.Error(err)
	if strings.Count(got, "\n") != 1 || !strings.Contains(got, "required") || !strings.Contains(got, "3") {
		t.Errorf("%q", got)
	}
}

func TestParseRefusesBrokenCatalogues(t *testing.T) {
	for _, bad := range []string{"zh = x", "[a]\nfr = x", "[a]\nzh=1\n[a]\nzh=2", "| x"} {
		if parse(bad, map[string]Entry{}) == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestAFormOfAPluralHasPlacesOfItsOwn(t *testing.T) {
	p := Printer{Lang: English}
	for n, want := range map[int]string{1: "held by one account: li", 3: "held by 3 accounts: li"} {
		if got := p.fill("held by {n|one account|{n} accounts}: {who}", []any{"n", n, "who", "li"}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
