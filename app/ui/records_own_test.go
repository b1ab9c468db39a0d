package ui

import (
	"strings"
	"testing"

	"cohort/app/policy"
)

// TestEditInTheRow changes a price where it stands.
func TestEditInTheRow(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "admin", "courses")
	s.Keys("j", "i").See("> ").Everywhere()
	s.Keys("tab", "tab", "ctrl+u").Type("nothing").Keys("enter").See("! price:").Everywhere()
	s.Keys("ctrl+u").Type("12345").Keys("enter").See("saved", "¥12,345.00")
	if n := single(t, a, "SELECT count(*) FROM courses WHERE price = 1234500"); n != 1 {
		t.Error("the price is not in the database")
	}
	s.Keys("i", "ctrl+u").Type("linux").Keys("ctrl+s") // the other course's code, or its own
	s = person(t, a, "sales_a", "customers")
	foreign := single(t, a, "SELECT id FROM customers WHERE owner_id = $1 LIMIT 1", accountID(t, a, "sales_d"))
	s.Keys("/").Type("#"+str(foreign)).Keys("enter", "i").See("may not")
	person(t, a, "lecturer", "courses").Keys("i").SeeNot("esc drop")
}

// TestMakeTheRelatedRecordOnTheWay makes a course while a class is being made,
// and comes back with it chosen.
func TestMakeTheRelatedRecordOnTheWay(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "admin", "classes")
	s.Keys("n").Type("rust-s1").Keys("tab", "enter").Type("rust").See("+ New course").Everywhere().Keys("enter")
	s.See("New course", "rust").Keys("tab").Type("Rust 系统编程").Keys("ctrl+s").See("New class", "Rust 系统编程", "rust-s1").Everywhere()
	if n := single(t, a, "SELECT count(*) FROM courses WHERE code = 'rust'"); n != 1 {
		t.Error("no course was made")
	}
	s.Keys("esc").See("unsaved changes")
}

// TestSaveAndAddAnother makes two campuses in one go, and goes on with one.
func TestSaveAndAddAnother(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "admin", "campuses")
	s.Keys("n").See("^S save", "^R save, go on", "^T save, add another").Type("广州").Keys("ctrl+t").See("here is the next one").SeeNot("广州")
	s.Type("深圳").Keys("ctrl+r").See("Edit campus", "深圳").Keys("tab").Type("南山区").Keys("ctrl+r").See("saved").Keys("ctrl+s").See("广州", "南山区")
	s.Keys("n").Type("广州").Keys("ctrl+s").See("! ").Everywhere() // a unique error, at its field
}

// TestColumnsFollowRights offers only what one may see.
func TestColumnsFollowRights(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "sales_a", "customers")
	s.Keys("C").Type("ID num").See("ID number").Everywhere().Keys("tab", "enter")
	res, _ := a.Engine.Get("customers")
	f, _ := res.Field("id_number")
	if !visible(actorOf(t, a, "sales_a"), res, f) || visible(policy.Actor{}, res, f) {
		t.Error("what is masked is seen, what is not granted is not")
	}
	hidden := policy.NewRights(nil, policy.Scope{}, []policy.Grant{{Resource: "customers", Action: "list", Fields: []policy.FieldRule{{Field: "id_number", Mode: policy.Hidden}}}})
	if visible(policy.Actor{Account: 1, Rights: hidden}, res, f) {
		t.Error("a column that is hidden on every row is offered")
	}
}

// TestSeveralInTwoPanes takes one lecturer out of a class and puts another in.
func TestSeveralInTwoPanes(t *testing.T) {
	a := openSchool(t)
	class := single(t, a, "SELECT id FROM classes WHERE code = 'python-s9'")
	s := person(t, a, "admin", "classes/"+str(class))
	s.Keys("e")
	for range 40 {
		if strings.Contains(s.Row("> lecturers"), "lecturer") {
			break
		}
		s.Keys("tab")
	}
	s.Keys("enter").See("1 chosen").Everywhere().Type("lecturer").See("[x] ").Keys("right", "tab").See("0 chosen")
	s.Keys("ctrl+u").Type("sales_b").See("[ ] ").Keys("tab").See("1 chosen").Keys("enter", "ctrl+s").See("sales_b")
	if n := single(t, a, "SELECT count(*) FROM class_lecturers WHERE class_id = $1", class); n != 1 {
		t.Errorf("%d lecturers", n)
	}
	s.Keys("u").See("lecturers: sales_b > lecturer").Keys("y").See("undone")
}
