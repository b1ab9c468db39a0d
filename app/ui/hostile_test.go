package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cohort/app"
	"cohort/app/audit"
	"cohort/app/hostiletest"
	"cohort/app/i18n"
	"cohort/app/notify"
	"cohort/app/policy"
	"cohort/app/ui/kit"
	"cohort/db"
)

// TestNoTextOfPeopleActsOnAnyScreen opens, in a school whose every text is an attack, every place, list and record of every
// role, and whatever the keys there lead to: histories, forms, dialogs, previews, reports and the rows behind their figures.
// The driver looks at each frame: nothing but characters that draw, in as many cells as there are, and the program's own
// colours and links. A new record, place or action is in it by itself.
func TestNoTextOfPeopleActsOnAnyScreen(t *testing.T) {
	a := openSchool(t)
	furnish(t, a)
	blacken(t, a)
	took, err := hostiletest.Poison(bg, a.DB)
	if err != nil || len(took) < 60 || !slices.Contains(took, "audit.changes") {
		t.Fatalf("only %d columns took the texts: %v, %v", len(took), took, err)
	}
	a.Org.Invalidate()
	done := map[string]bool{}
	for j, r := range tableRoles {
		t.Run(r.role, func(t *testing.T) {
			x := &visitor{seat: person(t, a, r.login, "me"), done: done}
			for i, address := range x.addresses() {
				if (i+j)%everyNth != 0 {
					continue
				}
				t.Run(address, func(t *testing.T) { x.visit(t, address) })
			}
			if x.shown < 5/everyNth && r.role != "nobody" {
				t.Errorf("the texts are on %d screens only", x.shown)
			}
			x.told(t)
		})
	}
	for _, state := range []string{"invited", "submitted", "returned", "approved"} {
		t.Run("applicant "+state, func(t *testing.T) {
			x := &visitor{seat: applies(t, a, inState(t, a, state)), done: map[string]bool{}}
			x.visit(t, "")
		})
	}
}

// blacken gives all records a history, and takes away what keeps it from being changed.
func blacken(t *testing.T, a *app.App) {
	t.Helper()
	err := a.DB.Write(bg, func(tx *db.Tx) error {
		if _, err := tx.Exec("DROP TRIGGER audit_change"); err != nil {
			return err
		}
		for _, name := range a.Engine.Names() {
			res, _ := a.Engine.Get(name)
			ids, err := a.Engine.IDs(tx.Join(), policy.System, name, "", 40)
			if err != nil || len(ids) == 0 {
				continue
			}
			var changes []audit.Change
			for _, f := range res.Fields {
				changes = append(changes, audit.Change{Field: f.Name, Old: "was", New: "is"})
			}
			for _, id := range []int64{ids[0], ids[len(ids)-1]} {
				if err := audit.Write(tx, policy.System, "change", name, id, append(changes, audit.Change{Field: "reason", New: "why"})...); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// told looks at notices that come while he sits there.
func (x *visitor) told(t *testing.T) {
	x.T = t
	for _, text := range hostiletest.Plain() {
		err := x.app.DB.Write(bg, func(tx *db.Tx) error {
			return notify.Send(tx, x.app.Bus, x.desk.whose, "claimed", "customers/1", "who", text, "customer", text, "days", 3)
		})
		if err != nil {
			t.Fatal(err)
		}
		x.Settle()
		x.look()
	}
}

// visitor goes through the school and reads what is drawn.
type visitor struct {
	*seat
	done  map[string]bool // actions that somebody has tried
	shown int             // screens with a hostile text on them
}

// addresses are all places, lists, records and reports that he can open.
func (x *visitor) addresses() (list []string) {
	by := x.desk.actor()
	for _, p := range places() {
		if p.shown(by) {
			list = append(list, p.name)
		}
	}
	for _, name := range x.app.Engine.Names() { // their screens are the same for all who see them
		if by.Can("list", name) && x.first("list of "+name) {
			list = append(list, name)
		}
		ids, err := x.app.Engine.IDs(bg, by, name, "", 40)
		if err != nil {
			continue
		}
		for i, id := range ids {
			if (i == 0 || i == len(ids)-1) && x.first(fmt.Sprint(name, i == 0)) {
				list = append(list, fmt.Sprintf("%s/%d", name, id))
			}
		}
	}
	for _, r := range x.app.Reports.Names(by) {
		list = append(list, "reports/"+r.Name)
	}
	list = append(list, "me/notify", "duplicates", "teaching/1")
	return slices.DeleteFunc(slices.Compact(list), func(address string) bool {
		s, err := x.desk.resolve(address)
		return s == nil || err != nil
	})
}

// visit opens a screen, reads it, and tries what nobody has tried before him.
func (x *visitor) visit(t *testing.T, address string) {
	x.T = t
	if address != "" {
		x.Send(kit.OpenMsg{Address: address})
	}
	if x.look(); strings.Contains(x.Text(), hostiletest.Mark) {
		x.shown++
	}
	if kind, _, _ := strings.Cut(address, "/"); x.first(kind) {
		x.Lang(i18n.Chinese).Resize(120, 36)
		x.look()
		x.Lang(i18n.English).Resize(80, 24)
	}
	depth := x.Root.Depth()
	for _, a := range x.Root.Top().Actions() {
		if len(a.Keys) == 0 || a.WhyNot != nil || a.ID == "kit.quit" || !x.first(fmt.Sprintf("%T %s", x.Root.Top(), a.ID)) {
			continue
		}
		x.Keys(a.Keys[0])
		x.look()
		x.Keys("enter")
		x.look()
		for i := 0; i < 6 && x.Root.Depth() > depth; i++ {
			x.Keys("esc")
		}
		if x.Root.Depth() != depth && address != "" {
			x.Send(kit.OpenMsg{Address: address})
			depth = x.Root.Depth()
		}
	}
}

// first says whether nobody has done a thing before.
func (x *visitor) first(what string) bool {
	before := x.done[what]
	x.done[what] = true
	return !before
}

// look finds what the program would not send of itself; the driver has read the frame already.
func (x *visitor) look() {
	x.T.Helper()
	raw := x.Root.View().Content
	for _, bad := range []string{"\x1b[5", "tel:110", "evil.example\a"} {
		if strings.Contains(raw, bad) {
			x.T.Fatalf("%q is on the screen\n%q", bad, raw)
		}
	}
}
