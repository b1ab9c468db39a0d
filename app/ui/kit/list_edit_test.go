package kit_test

import (
	"strings"
	"testing"

	"cohort/app/ui/kit/kittest"
)

func TestEditingInTheRow(t *testing.T) {
	d0, d := demo(t, 60)
	d.Keys("j", "i").See("> 刘思远", "next cell", "esc drop").Everywhere()
	d.Keys("ctrl+u").Type("刘备").Keys("tab").Type("zhi").See("zhihu").Keys("enter").See("> 刘备").Keys("enter").See("saved").SeeNot("> 刘备")
	if p, _ := d0.Find(2); p.Name != "刘备" || p.Source != "zhihu" || p.Memo == "" {
		t.Errorf("saved %+v", p)
	}
	if h := d.Highlighted(); !strings.HasPrefix(h, "刘备") {
		t.Errorf("highlighted %q", h)
	}
	d.Keys("i").Type("x").Keys("esc").See("刘备").SeeNot("刘备x")
	d.Keys("i", "enter").SeeNot("> 刘备") // nothing changed, nothing is written
	if d0.Saves != 1 {
		t.Errorf("%d saves", d0.Saves)
	}
}

func TestWhatIsWrongInTheRow(t *testing.T) {
	d0, d := demo(t, 60)
	d.Keys("G", "i", "ctrl+u", "enter").See("! Name: required").Everywhere()
	d.Type("wrong").SeeNot("required").Keys("enter").See("! Name: too long: at most 3", "! the school is busy").Everywhere()
	d.Keys("ctrl+u").Type("Ann").Keys("q", "ctrl+c").See("unsaved changes", "Name").Keys("esc").See("> Annq")
	d0.Change(60, func(p *kittest.Person) { p.Source = "event" }) // somebody else, another field
	d.Keys("enter").See("somebody changed other fields").Keys("enter").See("saved")
	if p, _ := d0.Find(60); p.Name != "Annq" || p.Source != "event" {
		t.Errorf("merged into %+v", p)
	}
	d.Keys("i").Press("tab")
	d0.Insert(kittest.Person{Name: "New One"}) // rows stay while one edits, and come afterwards
	d.See("of 60").Keys("esc").See("of 61")
}

// A column that has no room cannot be edited: what one does not see one does not
// type.
func TestOnlyCellsInSightAreEdited(t *testing.T) {
	_, d := demo(t, 60)
	d.Resize(60, 20).Keys("i", "tab").Type("enr").SeeNot("Source")
	d.Keys("esc").Resize(120, 30).Keys("tab", "tab", "tab", "tab").See("Fee")
}
