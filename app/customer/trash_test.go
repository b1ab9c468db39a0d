package customer

import (
	"testing"

	"cohort/app/policy"
	"cohort/app/resource"
)

// TestACustomerGoesWithWhatIsOnlyHis: he is deleted with tags, courses and the
// deleter's own follow-ups, and comes back with them; what others said keeps him.
func TestACustomerGoesWithWhatIsOnlyHis(t *testing.T) {
	w := school(t)
	admin := w.as("admin")
	add := func(name, phone string) Customer {
		c, err := w.Add(w.ctx, admin, NewCustomer{Name: name, Phone: phone, Source: "baidu", Tags: []string{"vip"}})
		w.must(err)
		return c
	}
	other, c := add("李四光", "13900139000"), add("王小明", "13800138000")
	follow := func(by policy.Actor, id int64) int64 {
		f, err := w.FollowUp(w.ctx, by, NewFollowUp{Customer: id, Note: "asked"})
		w.must(err)
		return f.ID
	}
	first := follow(admin, c.ID)
	w.must(w.Engine.Delete(w.ctx, admin, "customers", c.ID, 0))
	if next := follow(admin, other.ID); next == first {
		t.Error("a follow-up has the number of one in the trash")
	}
	third := add("王小明", "13700137000")
	if third.ID == c.ID {
		t.Error("a customer has the number of one in the trash")
	}
	list, err := w.Engine.Undoable(w.ctx, admin)
	w.must(err)
	for _, e := range list {
		if e.Action == "delete" {
			w.must(w.Engine.Undo(w.ctx, admin, e.ID))
		}
	}
	follows, err := w.FollowUps(w.ctx, admin, c.ID, 0, 0)
	w.must(err)
	if len(follows) != 1 || follows[0].ID != first {
		t.Errorf("%+v", follows)
	}
	n, _, err := w.Engine.Count(w.ctx, admin, "customers", "小明 tag:vip")
	if err != nil || n != 2 {
		t.Errorf("found %d by name and tag: %v", n, err)
	}
	w.must(w.Change(w.ctx, admin, c.ID, 0, resource.Values{"owner": w.ids["a"]}))
	follow(w.as("a"), c.ID)
	w.refused(w.Engine.Delete(w.ctx, admin, "customers", c.ID, 0), "customer.followed")
}
