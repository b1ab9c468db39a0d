package ui

import (
	"testing"

	"cohort/app/customer"
)

// TestErasingAPersonOnScreen types his name, reads the receipt, and finds nothing of him in the history and on the trail.
func TestErasingAPersonOnScreen(t *testing.T) {
	a := openSchool(t)
	sales := actorOf(t, a, "sales_a")
	c, err := a.Customers.Add(bg, sales, customer.NewCustomer{Name: "单晓明", Phone: "13812340001", Source: "baidu"})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Engine.Change(bg, sales, "customers", c.ID, 0, map[string]string{"phone": "13812340002"}); err != nil {
		t.Fatal(err)
	}
	address := "customers/" + itoa(c.ID)
	person(t, a, "sales_a", address).Keys(":").Type("erase this person").See("nothing found")
	s := person(t, a, "admin", address)
	s.See("13812340001 > 13812340002")
	s.Keys(":").Type("erase this person").Keys("enter").See("type 单晓明 to go on").Everywhere()
	s.Keys("y").Type("别人").Keys("enter").See("type 单晓明 to go on")
	s.Keys("backspace", "backspace", "backspace").Type("单晓明").Keys("enter").
		See("erased for good", "values in audit entries", "Beyond the program's reach").SeeNot("1381234").Everywhere()
	s.both()
	s.Keys("enter")
	s = person(t, a, "admin", address)
	s.See("erased-"+itoa(c.ID), "values erased with the person's data").SeeNot("单晓明", "1381234").Everywhere()
	s.both()
	entry := number(t, a, "SELECT min(id) FROM audit WHERE resource = 'customers' AND record_id = $1", c.ID)
	s = person(t, a, "admin", "audit/"+itoa(entry))
	s.See("The values were erased with the person's data", "sales_a").SeeNot("单晓明", "1381234").Everywhere()
	s.both()
	person(t, a, "admin", "audit").Keys("v").See("the chain is whole", "emptied when a person's data was erased").Everywhere()
}
