package ui

import (
	"testing"

	"cohort/app/policy"
)

// TestDeleteUndoRestore takes a campus away and brings it back, first by undo,
// then from the trash.
func TestDeleteUndoRestore(t *testing.T) {
	a := openSchool(t)
	if _, err := a.Engine.Add(bg, actorOf(t, a, "admin"), "campuses", map[string]string{"name": "天津"}); err != nil {
		t.Fatal(err)
	}
	s := person(t, a, "admin", "campuses")
	s.Keys("/").Type("天津").Keys("enter", "D").See("Delete campuses", "天津", "trash").Everywhere()
	s.Keys("enter").See("Delete campuses").Keys("y").See("u undoes it", "Nothing matches")
	s.Keys("u").See("delete campus \"天津\"", "Take it back").Everywhere().Keys("y").See("undone", "1-1 of 1")
	s.Keys("enter", "D", "y").See("moved to the trash", "Nothing matches")
	s = person(t, a, "admin", "trash")
	s.See("天津", "campuses").Everywhere().Keys("r").See("done: 1")
	if n := single(t, a, "SELECT count(*) FROM campuses WHERE name = '天津'"); n != 1 {
		t.Error("it has not come back")
	}
}

// TestWhatIsNeededStays refuses to delete what others point to, in words, also
// among many.
func TestWhatIsNeededStays(t *testing.T) {
	a := openSchool(t)
	if _, err := a.Engine.Add(bg, actorOf(t, a, "admin"), "campuses", map[string]string{"name": "天津"}); err != nil {
		t.Fatal(err)
	}
	s := person(t, a, "admin", "campuses")
	s.Keys("/").Type("北京").Keys("enter", "D").See("Cannot be deleted", "classes").Everywhere().Keys("enter")
	s.Keys("backspace", "A", "D").See("3 records are chosen to be deleted", "2 of them cannot be deleted and stay").Everywhere()
	s.Keys("y").See("1 done, 2 refused").Everywhere().Keys("enter").See("2 marked")
	person(t, a, "sales_a", "campuses").Keys("D", ".").SeeNot("Delete", "With 1")
}

// TestHistoryPutsBack changes a price twice and puts the first one back.
func TestHistoryPutsBack(t *testing.T) {
	a := openSchool(t)
	admin := actorOf(t, a, "admin")
	id := single(t, a, "SELECT id FROM courses WHERE code = 'linux'")
	for _, price := range []string{"100", "200"} {
		if err := a.Engine.Change(bg, admin, "courses", id, 0, map[string]string{"price": price}); err != nil {
			t.Fatal(err)
		}
	}
	s := person(t, a, "admin", "courses/"+str(id))
	s.Keys("H").See("price: ¥100.00 > ¥200.00", "price: ¥16,800.00 > ¥100.00").Everywhere()
	s.Keys("enter").See("Put these values back", "price: ¥100.00").Everywhere().Keys("enter").See("put back")
	if n := single(t, a, "SELECT price FROM courses WHERE id = $1", id); n != 10000 {
		t.Errorf("price %d", n)
	}
	s.Keys("u").See("price: ¥100.00 > ¥200.00", "Take it back").Keys("y").See("undone")
	if n := single(t, a, "SELECT price FROM courses WHERE id = $1", id); n != 20000 {
		t.Errorf("price %d after undoing", n)
	}
}

// TestUndoIsRefusedWithTheReason where somebody else has changed the same field.
func TestUndoIsRefusedWithTheReason(t *testing.T) {
	a := openSchool(t)
	id := single(t, a, "SELECT id FROM courses WHERE code = 'linux'")
	if err := a.Engine.Change(bg, actorOf(t, a, "admin"), "courses", id, 0, map[string]string{"price": "100"}); err != nil {
		t.Fatal(err)
	}
	if err := a.Engine.Change(bg, policy.System, "courses", id, 0, map[string]string{"price": "300"}); err != nil {
		t.Fatal(err)
	}
	s := person(t, a, "admin", "courses")
	s.Keys("u").See("Cannot be undone", "changed this on").Everywhere().Keys("enter")
	s.Keys("U").See("what I did lately", "change", "Linux").Everywhere()
	person(t, a, "manager", "courses").Keys("u").See("you have done nothing")
}

// TestChangeMany gives one value to all that match.
func TestChangeMany(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "admin", "classes")
	s.Keys("A", ".").See("With 6 records", "change", "delete").Everywhere().Keys("enter").See("Which field").Type("capac").Keys("enter")
	s.See("change (6 records)").Type("x").Keys("ctrl+s").See("not a number").Everywhere().Keys("ctrl+u").Type("44").Keys("ctrl+s")
	s.See("6 records are concerned", "44").Everywhere().Keys("y").See("done: 6")
	if n := single(t, a, "SELECT count(*) FROM classes WHERE capacity = 44"); n != 6 {
		t.Errorf("%d classes changed", n)
	}
}

// TestSavedListIsShared keeps a list and finds it as somebody of the role does.
func TestSavedListIsShared(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "sales_a", "customers")
	s.Keys("/").Type("status:enrolled sort:name").Keys("enter", "S").Type("学员").Keys("tab", "right", "ctrl+s").See("kept as")
	s = person(t, a, "sales_b", "customers")
	s.Keys("f").See("学员 (shared by 李雷)").Everywhere().Keys("enter").See("search status:enrolled sort:name")
	s.Keys("C").Keys("right", "tab", "enter").See("kept for you")
	person(t, a, "sales_b", "customers").SeeNot("  name  ")
	person(t, a, "admin", "customers").Keys("f").SeeNot("学员 (")
}

// The trash is found by its name from anywhere, by who may see it.
func TestTrashIsFoundByName(t *testing.T) {
	a := openSchool(t)
	person(t, a, "admin", "customers").Keys(":").Type("trash").Keys("enter").See("Trash")
	person(t, a, "kobe", "").Keys(":").Type("trash").See("nothing found")
}
