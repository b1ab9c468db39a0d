package ui

import (
	"testing"

	"cohort/app/customer"
)

// TestMergingOnScreen marks two, picks sides, merges and takes it back.
func TestMergingOnScreen(t *testing.T) {
	a := openSchool(t)
	var ids []int64
	for i, phone := range []string{"13812340001", "13812340010"} {
		c, err := a.Customers.Add(bg, actorOf(t, a, "sales_a"), customer.NewCustomer{Name: "单晓明", Phone: phone, Source: []string{"baidu", "zhihu"}[i]})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, c.ID)
	}
	s := person(t, a, "manager", "customers")
	s.Keys("M").See("mark the two customers")
	s.Keys("/").Type("sxm").Keys("enter").See("单晓明").Everywhere()
	s.Keys("space", "space", "M").See("Merge customers", "> 13812340001", "13812340010").Everywhere()
	s.both()
	// On the numbers, which of the two stays; below, a side for each field. The arrows do not leave.
	s.Keys("right").See("> 13812340010").SeeNot("> 13812340001").Keys("right", "left").See("> 13812340001")
	s.Keys("j", "j", "right").See("> 13812340010").SeeNot("> 13812340001").Keys("left").See("> 13812340001").Keys("2")
	s.Keys("ctrl+s").See("goes into #", "13812340001 > 13812340010").Everywhere()
	s.Keys("y").See("was merged into", "13812340010")
	if n := number(t, a, "SELECT count(*) FROM customers WHERE id = $1", ids[1]); n != 0 {
		t.Error("the other is still there")
	}
	person(t, a, "manager", "customers/"+itoa(ids[1])).See("was merged into #"+itoa(ids[0]), "单晓明").Everywhere()
	s.Keys("u").See("Take it back").Keys("y").See("undone")
	if n := number(t, a, "SELECT count(*) FROM customers WHERE id = $1", ids[1]); n != 1 {
		t.Error("the other is not back")
	}
	s = person(t, a, "manager", "duplicates")
	s.See("单晓明", "13812340001", "13812340010").Everywhere().Keys("enter").See("Merge customers")
	s.both()
}
