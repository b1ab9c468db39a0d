package ui

import (
	"testing"

	"cohort/app"
	"cohort/app/customer"
	"cohort/app/policy"
	"cohort/db"
)

// untouched enters a customer of sales_c whom nobody has followed up for long.
func untouched(t *testing.T, a *app.App, name, phone string) int64 {
	t.Helper()
	c, err := a.Customers.Add(bg, actorOf(t, a, "sales_c"), customer.NewCustomer{Name: name, Phone: phone, Source: "baidu"})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"UPDATE customers SET touched_at = 1000, created_at = 1000 WHERE id = $1", "DELETE FROM ownerships WHERE customer_id = $1"} {
		if err := a.DB.Write(bg, func(tx *db.Tx) error { _, err := tx.Exec(text, c.ID); return err }); err != nil {
			t.Fatal(err)
		}
	}
	return c.ID
}

// TestLookUpFromTheSearchAndThePalette asks before typing: who is there, who is
// not, and what can be done at once.
func TestLookUpFromTheSearchAndThePalette(t *testing.T) {
	a := openSchool(t)
	untouched(t, a, "欧阳思远", "13612340001")
	if _, err := a.Customers.Add(bg, actorOf(t, a, "sales_c"), customer.NewCustomer{Name: "王小明", Phone: "13612340002", Source: "baidu"}); err != nil {
		t.Fatal(err)
	}
	s := person(t, a, "sales_b", "customers")
	s.Keys("/").Type("?13612340002").See("look up 13612340002", "1-").Everywhere()
	s.Keys("enter").See("王**", "136****0002", "never followed up", "notify the owner", "open").SeeNot("13612340002", "claim").Everywhere()
	s.Keys("n").See("was told")
	// The full-width mark of a Chinese keyboard, behind conditions that stand there.
	s.Keys("/").Type("owner:me").Keys("enter", "/").Type("？136 1234 0001").Keys("enter").See("欧**", "Stale", "open").Everywhere()
	s.Keys("esc").See("search owner:me")
	s.Keys(":").Type("?13612340009").See("look up 13612340009").Everywhere().Keys("enter").See("Nobody has this contact", "new customer").Everywhere()
	s.Keys("enter").See("new customer", "13612340009")
	if n := single(t, a, "SELECT n FROM daily_acts WHERE act = 'check'"); n != 3 {
		t.Errorf("%d look-ups counted", n)
	}
	person(t, a, "admin", "daily_acts").See("韩梅梅", "look-ups", "3").Everywhere()
}

// TestClaimAndPutBack takes a customer over and gives him back, and reads why in
// the ledger.
func TestClaimAndPutBack(t *testing.T) {
	a := openSchool(t)
	id := untouched(t, a, "欧阳思远", "13612340001")
	other := untouched(t, a, "诸葛明", "13612340003")
	person(t, a, "sales_b", "customers/"+str(id)).See("欧阳思远").SeeNot("w claim")
	if err := a.Settings.Set(bg, policy.System, "claim", "on"); err != nil {
		t.Fatal(err)
	}
	s := person(t, a, "sales_b", "customers").Keys("/").Type("?13612340001").Keys("enter").See("Stale", "claim", "notify the owner").Everywhere()
	s.Keys("enter").See("the customer is yours", "Ownership", "韩梅梅", "claimed").Everywhere()
	s.Keys("w").See("this customer is yours already")
	person(t, a, "sales_d", "customers/"+str(id)).Keys("w").See("has 30 days to follow up").Everywhere()
	s.Keys("r").See("Why? It is kept").Everywhere().Type("空号").Keys("enter").See("back in the pool", "空号", "the pool").Everywhere()
	s.Keys("w").See("you lost this customer", "7 days").Everywhere()
	// From the list, one and several.
	person(t, a, "sales_d", "customers?name:欧阳思远").See("欧阳思远").Keys("w").See("the customer is yours")
	person(t, a, "sales_a", "customers?name:诸葛明").Keys("w").See("the customer is yours")
	if n := single(t, a, "SELECT count(*) FROM ownerships WHERE reason = 'claimed' AND customer_id IN ($1, $2)", id, other); n != 3 {
		t.Errorf("%d claims in the ledger", n)
	}
	person(t, a, "sales_c", "notifications").See("韩梅梅 claimed your customer 欧阳思远").Everywhere()
}
