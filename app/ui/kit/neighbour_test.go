package kit_test

import (
	"fmt"
	"strings"
	"testing"

	"cohort/app/ui/kit/kittest"
)

// From a record that was opened from a list one goes on through the whole list,
// over the ends of what was read so far, and back.
func TestNextAndPreviousRecord(t *testing.T) {
	const n = 230
	d0, d := demo(t, n)
	named(d0, n)
	d.Keys("enter").See("person-1.").Keys("<").See("the first of the list", "person-1.")
	for i := 2; i <= n; i++ {
		d.Keys(">").See(fmt.Sprintf("> person-%d.", i))
	}
	d.Keys(">").See("the last of the list").Everywhere()
	for i := n - 1; i >= 1; i-- {
		d.Keys("<").See(fmt.Sprintf("> person-%d.", i))
	}
	d.Keys("f1").See("next record", "previous record").Keys("esc").Keys(">", ">", "esc")
	if h := d.Highlighted(); !strings.Contains(h, "person-3.") {
		t.Errorf("back in the list at %q", h)
	}
}

// Where the record has left the list meanwhile, the next is the one that has
// taken its place. What was opened from elsewhere has no neighbours.
func TestNextOfARecordThatLeft(t *testing.T) {
	d0, d := demo(t, 5)
	named(d0, 5)
	d.Keys("/").Type("person").Keys("enter", "down", "enter").See("> person-2.")
	d0.Change(2, func(p *kittest.Person) { p.Name = "gone" })
	d.Keys(">").See("> person-3.").Keys("<").See("> person-1.")
	d.Keys("j", "j", "enter").See("person-1. > ").Keys("f1").SeeNot("next record")
}

func named(d *kittest.Demo, n int64) {
	for id := int64(1); id <= n; id++ {
		d.Change(id, func(p *kittest.Person) { p.Name = fmt.Sprintf("person-%d.", id) })
	}
}
