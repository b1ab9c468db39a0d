package enrollment

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohort/app/customer"
)

var today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

func TestIdentityPapers(t *testing.T) {
	for _, test := range []struct{ kind, typed, number, found, key string }{
		{"", "11010519491231002X", "11010519491231002X", customer.IDCard, ""}, // the standard's own example
		{"", "11010519491231002x", "11010519491231002X", customer.IDCard, ""},
		{"", "110105 19491231 002x", "11010519491231002X", customer.IDCard, ""},
		{"", "11010519491231002X", "11010519491231002X", customer.IDCard, ""},
		{"", "440524188001010014", "", "", "enrollment.id_birth"}, // the standard's other example: born 1880
		{customer.IDCard, "110105194912310021", "", "", "customer.bad_id_digit"},
		{customer.IDCard, "110105194902300024", "", "", "customer.bad_id_digit"},
		{customer.IDCard, "E12345678", "", "", "enrollment.id_form"},
		{customer.IDCard, "110105491231002", "", "", "customer.bad_id"},
		{customer.Passport, "11010519491231002X", "", "", "enrollment.passport_form"},
		{customer.Passport, "e12345678", "E12345678", customer.Passport, ""},
		{"", "E12345678", "E12345678", customer.Passport, ""},
		{customer.Passport, "护照", "", "", "enrollment.passport_form"},
		{customer.Passport, "", "", customer.Passport, ""},
	} {
		number, found, bad := paper(test.kind, test.typed, today)
		got := ""
		if bad != nil {
			got = bad.Key
		}
		if number != test.number || found != test.found || got != test.key {
			t.Errorf("%s %q: %q %q %q", test.kind, test.typed, number, found, got)
		}
	}
	for day, want := range map[string]bool{"20261121": true, "20261123": false, "18991231": false, "19000101": true} {
		if _, _, bad := paper("", cardBorn(day, 1), today); (bad == nil) != want {
			t.Errorf("born on %s: %v", day, bad)
		}
	}
}

// TestOneWrongCharacterIsFound: the check digit finds every single wrong digit
// and every swap of neighbours, which is what it is for.
func TestOneWrongCharacterIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		right := card(rapid.Int64Range(0, 999).Draw(t, "n"))
		if _, _, bad := paper(customer.IDCard, right, today); bad != nil {
			t.Fatalf("%s: %v", right, bad)
		}
		b := []byte(right)
		at := rapid.IntRange(0, 16).Draw(t, "at")
		if rapid.Bool().Draw(t, "swap") {
			b[at], b[at+1] = b[at+1], b[at]
		} else {
			b[at] = '0' + byte(rapid.IntRange(0, 9).Draw(t, "digit"))
		}
		if _, _, bad := paper(customer.IDCard, string(b), today); string(b) != right && bad == nil {
			t.Fatalf("%s was taken for %s", b, right)
		}
	})
}

func FuzzPaper(f *testing.F) {
	f.Add("", card(1))
	f.Add(customer.Passport, "E12345678")
	f.Add("id_card", "11010519491231002X")
	f.Fuzz(func(t *testing.T, kind, typed string) {
		number, found, bad := paper(kind, typed, today)
		if bad != nil || number == "" {
			return
		}
		if strings.ToUpper(number) != number || len(number) > 18 || found != customer.IDCard && found != customer.Passport {
			t.Fatalf("%q: %q %q", typed, number, found)
		}
		again, kind2, bad := paper(found, number, today)
		if bad != nil || again != number || kind2 != found {
			t.Fatalf("%q is not stable: %q %v", number, again, bad)
		}
	})
}
