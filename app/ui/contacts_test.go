package ui

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

var anyLink = regexp.MustCompile("\x1b\\]8;;([^\a\x1b]+)")

// links lists where the screen as it is sent leads to.
func (s *seat) links() (list []string) {
	for _, m := range anyLink.FindAllStringSubmatch(s.Root.View().Content, -1) {
		list = append(list, m[1])
	}
	return list
}

// Contacts are links for whoever sees them in clear and has not switched that off; nobody's text makes one.
func TestContactsAreLinks(t *testing.T) {
	a := openSchool(t)
	const where = "SELECT max(id) FROM customers WHERE qq <> '' AND phone <> '' AND status = 'not_enrolled' AND owner_id "
	own := single(t, a, where+"= (SELECT id FROM accounts WHERE login = 'sales_a')")
	others := single(t, a, where+"<> (SELECT id FROM accounts WHERE login = 'sales_a')")
	qq, phone := single(t, a, "SELECT CAST(qq AS INTEGER) FROM customers WHERE id = $1", own), single(t, a, "SELECT CAST(phone AS INTEGER) FROM customers WHERE id = $1", own)

	s := person(t, a, "sales_a", fmt.Sprintf("customers/%d", own))
	got := strings.Join(s.links(), " ")
	if !strings.Contains(got, fmt.Sprintf("tencent://message/?uin=%d", qq)) || !strings.Contains(got, fmt.Sprintf("tel:%d", phone)) {
		t.Errorf("%q", got)
	}
	s.Everywhere()
	if got := person(t, a, "sales_a", fmt.Sprintf("customers/%d", others)).links(); len(got) != 0 {
		t.Errorf("masked contacts lead to %q", got)
	}
	if got := strings.Join(person(t, a, "sales_a", "calls").links(), " "); !strings.Contains(got, "tel:") && !strings.Contains(got, "tencent:") {
		t.Errorf("the day's calls lead to %q", got)
	}
	me := person(t, a, "sales_a", "me")
	me.Keys("i").See("saved")
	s.Settle()
	if s.Keys("ctrl+r"); len(person(t, a, "sales_a", fmt.Sprintf("customers/%d", own)).links()) != 0 {
		t.Errorf("switched off, and still %q", s.links())
	}
}
