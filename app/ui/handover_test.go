package ui

import (
	"testing"
)

// TestHandOverWithPreview is what an administrator does when sales_a leaves.
func TestHandOverWithPreview(t *testing.T) {
	a := openSchool(t)
	from := accountID(t, a, "sales_a")
	n := single(t, a, "SELECT count(*) FROM customers WHERE owner_id = $1", from)
	s := person(t, a, "admin", "accounts/"+itoa(from))
	s.Keys("t").See("Hand over from").Everywhere()
	s.Keys("ctrl+s").See("cannot do without a consultant").Everywhere()
	s.Keys("shift+tab", "enter").Type("sales_b").Keys("enter")
	s.Keys("ctrl+s").See("Hand over from", itoa(n)+" customers").Everywhere()
	if m := single(t, a, "SELECT count(*) FROM customers WHERE owner_id = $1", from); m != n {
		t.Errorf("the preview moved %d", n-m)
	}
	s.Keys("y").See("HO-000001").Everywhere()
	if m := single(t, a, "SELECT count(*) FROM customers WHERE owner_id = $1", from); m != 0 {
		t.Errorf("%d stay", m)
	}
	s.Keys("u").See("Everything goes back").Everywhere().Keys("y").See("HO-000001 is undone")
	if m := single(t, a, "SELECT count(*) FROM customers WHERE owner_id = $1", from); m != n {
		t.Errorf("%d are back, want %d", m, n)
	}
	person(t, a, "admin", "handovers?").See("李雷").Everywhere()
	person(t, a, "sales_b", "notifications").See("handed over to you")
}
