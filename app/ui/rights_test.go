package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"cohort/app"
	"cohort/app/fault"
	"cohort/app/ui/kit"
)

// TestRightsOnScreen writes down what each role can do on the screens with its
// own row, its department's and a foreign one, and compares it with
// testdata/rights_screen.txt (UPDATE=1 writes it anew). The commands and files
// have the same table in e2e.
func TestRightsOnScreen(t *testing.T) {
	a := openSchool(t)
	owned := func(login, more string) int64 {
		return single(t, a, "SELECT max(id) FROM customers WHERE owner_id = $1 AND status = 'not_enrolled' AND never_contact = 0 AND "+more, accountID(t, a, login))
	}
	const fresh, stale = "touched_at > 1000 * (unixepoch() - 86400 * 20)", "touched_at < 1000 * (unixepoch() - 86400 * 40)"
	enrolled := func(login, state string) int64 {
		return single(t, a, "SELECT max(id) FROM enrollments WHERE consultant_id = $1 AND state = $2", accountID(t, a, login), state)
	}
	rows := []struct {
		name, address string
	}{
		{"customer of sales_a", fmt.Sprintf("customers/%d", owned("sales_a", fresh))},
		{"customer of sales_b, same department", fmt.Sprintf("customers/%d", owned("sales_b", fresh))},
		{"customer of sales_d, other department", fmt.Sprintf("customers/%d", owned("sales_d", fresh))},
		{"stale customer of sales_d", fmt.Sprintf("customers/%d", owned("sales_d", stale))},
		{"customer that does not exist", "customers/999999"},
		{"enrollment of sales_a, submitted", fmt.Sprintf("enrollments/%d", enrolled("sales_a", "submitted"))},
		{"enrollment of sales_c, submitted", fmt.Sprintf("enrollments/%d", enrolled("sales_c", "submitted"))},
		{"enrollment of sales_c, invited", fmt.Sprintf("enrollments/%d", enrolled("sales_c", "invited"))},
		{"enrollment that does not exist", "enrollments/999999"},
		{"account of sales_a", fmt.Sprintf("accounts/%d", accountID(t, a, "sales_a"))},
		{"account of admin", fmt.Sprintf("accounts/%d", accountID(t, a, "admin"))},
	}
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "%s\n", r.name)
		for _, login := range []string{"sales_a", "manager", "admin", "lecturer", "kobe"} {
			fmt.Fprintf(&b, "  %-9s %s\n", login, allowedOn(t, a, login, r.address))
		}
	}
	golden(t, "rights_screen.txt", b.String())
}

// allowedOn opens an address and lists the actions that are not greyed out,
// those that are in parentheses.
func allowedOn(t *testing.T, a *app.App, login, address string) string {
	t.Helper()
	s := person(t, a, login, address)
	s.Settle()
	screen := s.Root.Top()
	if at, ok := screen.(kit.Addresser); !ok || at.Address() != address {
		return "no such place"
	}
	if strings.Contains(s.Text(), "no such record") {
		return "not found"
	}
	var out []string
	for _, action := range screen.Actions() {
		if strings.HasPrefix(action.ID, "kit.") {
			continue
		}
		name := action.ID[strings.LastIndex(action.ID, ".")+1:]
		if action.WhyNot != nil {
			name = "(" + name + ": " + fault.Of(action.WhyNot).String() + ")"
		}
		out = append(out, name)
	}
	sort.Strings(out)
	return strings.Join(out, " ")
}

// golden compares a text with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what it was; got:\n%s\nwant:\n%s", path, got, want)
	}
}
