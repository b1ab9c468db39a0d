package ui

import (
	"strings"
	"testing"
)

// TestMarkedRowsAreExported: what is marked, not all that the list shows.
func TestMarkedRowsAreExported(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "manager", "customers")
	s.Keys("space", "space", "X").See("id:").Everywhere()
	s.Keys("esc")
	s = person(t, a, "manager", "customers")
	s.Keys("X").SeeNot("id:")
	if l, err := a.Engine.IDs(bg, actorOf(t, a, "admin"), "customers", "id:1,3 sort:created", 0); err != nil || len(l) != 2 {
		t.Errorf("%v %v", l, err)
	}
}

// TestMarksWhereTheyServe: where nothing can be done with many rows, none are
// marked; and a key that does nothing says why.
func TestMarksWhereTheyServe(t *testing.T) {
	a := openSchool(t)
	person(t, a, "sales_a", "payments").Keys("?").SeeNot("mark all")
	person(t, a, "manager", "payments").Keys("n").See("taken on its enrollment").Everywhere()
}

// TestHistoryIsInWords: a source is called as people call it.
func TestHistoryIsInWords(t *testing.T) {
	a := openSchool(t)
	id := number(t, a, "SELECT min(customers.id) FROM customers JOIN sources ON sources.id = source_id WHERE code <> 'qq_group'")
	if err := a.Engine.Change(bg, actorOf(t, a, "admin"), "customers", id, 0, map[string]string{"source": "qq_group"}); err != nil {
		t.Fatal(err)
	}
	s := person(t, a, "admin", "customers/"+itoa(id))
	s.Keys("H")
	if text := strings.Join(s.Lines(), "\n"); strings.Contains(text, "qq_group") || !strings.Contains(text, "QQ group") {
		t.Errorf("the history says\n%s", text)
	}
}
