package ui

import "testing"

// TestVerifyTheTrail is the administrator's key on the audit list.
func TestVerifyTheTrail(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "admin", "audit")
	s.Keys("v").See("the chain is whole").Everywhere()
	s.Keys("enter").See("verify")
	// What somebody may not have is on the trail, once.
	person(t, a, "sales_a", "accounts/1")
	x := person(t, a, "sales_a", "customers/999999")
	x.See("no such record")
	person(t, a, "admin", "audit").See("refused", "sales_a")
}
