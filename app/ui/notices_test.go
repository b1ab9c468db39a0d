package ui

import (
	"fmt"
	"testing"

	"cohort/app"
	"cohort/app/notify"
	"cohort/db"
)

func tell(t testing.TB, a *app.App, login, kind, link string, args ...any) {
	t.Helper()
	to := accountID(t, a, login)
	if err := a.DB.Write(bg, func(tx *db.Tx) error { return notify.Send(tx, a.Bus, to, kind, link, args...) }); err != nil {
		t.Fatal(err)
	}
}

// What is told to a person shows in every open session of his, whatever he is at: its text, and a key that goes to the
// record. It takes no key that is being typed, and nobody else sees it.
func TestNoticesInOpenSessions(t *testing.T) {
	a := openSchool(t)
	own := single(t, a, "SELECT max(id) FROM customers WHERE owner_id = (SELECT id FROM accounts WHERE login = 'sales_a')")
	list, form, other := person(t, a, "sales_a", "customers"), person(t, a, "sales_a", "customers"), person(t, a, "manager", "customers")
	form.Keys("n").Type("王")
	tell(t, a, "sales_a", "new_owner", fmt.Sprintf("customers/%d", own), "who", "韩梅梅", "customer", "王小明")
	for _, s := range []*seat{list, form} {
		s.Settle()
		s.See("韩梅梅 made you the consultant of 王小明. (^G opens it)", "unread")
	}
	other.Settle()
	other.SeeNot("made you the consultant")
	form.Type("小明").See("王小明")
	form.Keys("ctrl+g").See("owner          李雷")
	form.Keys("esc").See("王小明")
	list.Keys("ctrl+g").See("owner          李雷")
	if n := single(t, a, "SELECT read_at > 0 FROM notifications WHERE link = $1", fmt.Sprintf("customers/%d", own)); n != 1 {
		t.Error("not marked as read")
	}
}

// Several at once are summed up; the key leads to the inbox, and so it does once the notice is old.
func TestManyNoticesAtOnce(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "sales_a", "customers")
	to := accountID(t, a, "sales_a")
	err := a.DB.Write(bg, func(tx *db.Tx) error {
		for i := range 3 {
			if err := notify.Send(tx, a.Bus, to, "new_owner", "customers/1", "who", "韩梅梅", "customer", fmt.Sprint("客户", i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Settle()
	s.See("3 new notifications, the newest: 韩梅梅 made you the consultant of 客户2. (^G:")
	s.Keys("ctrl+g").See("Notifications", "客户0", "客户1").Everywhere()
	s.Keys("x").Keys("f").See("unread only").Keys("enter").SeeNot("客户2").See("客户1", "客户0")
	s.Keys("r").See("Nothing matches")
}

// The inbox goes back to what is old and forth again.
func TestInboxBackAndForth(t *testing.T) {
	a := openSchool(t)
	to := accountID(t, a, "sales_b")
	err := a.DB.Write(bg, func(tx *db.Tx) error {
		for i := range 700 {
			if err := notify.Send(tx, a.Bus, to, "new_owner", "", "who", "韩梅梅", "customer", fmt.Sprintf("n%03d.", i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s := person(t, a, "sales_b", "notifications")
	s.See("n699.")
	s.Keys("G").SeeNot("n699.")
	for range 45 {
		s.Keys("pgup")
	}
	s.See("n699.")
	for range 45 {
		s.Keys("pgdown")
	}
	s.SeeNot("n500.")
	s.Keys("g").See("n699.")
}
