package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"cohort/app"
	"cohort/app/customer"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// one finds a single number in the database.
func single(t testing.TB, a *app.App, sql string, args ...any) (n int64) {
	t.Helper()
	err := a.DB.Read(bg, func(tx *db.Tx) error { return tx.QueryRow(sql, args...).Scan(&n) })
	if err != nil {
		t.Fatal(sql, err)
	}
	return n
}

// TestEveryScreenOfEveryRole opens each place of each role's menu, and a record
// of each list, at every size and in both languages: the driver fails on a line
// that does not fit and on a word that is missing.
func TestEveryScreenOfEveryRole(t *testing.T) {
	a := openSchool(t)
	for _, login := range []string{"sales_a", "manager", "admin", "lecturer", "kobe"} {
		t.Run(login, func(t *testing.T) {
			s := person(t, a, login, "")
			by := actorOf(t, a, login)
			for _, p := range places() {
				if !p.shown(by) {
					continue
				}
				s := person(t, a, login, p.name)
				s.Everywhere()
				s.Keys("?").Everywhere().Keys("esc")
				s.Keys("enter")
				s.Everywhere()
				if strings.Contains(s.Text(), "«") {
					t.Errorf("%s has words missing:\n%s", p.name, s.Text())
				}
			}
			s.Keys("ctrl+k").Everywhere()
		})
	}
}

// TestMenusFollowRights says what each role has, and has not.
func TestMenusFollowRights(t *testing.T) {
	a := openSchool(t)
	for login, want := range map[string]string{
		"sales_a":  "home customers calls enrollments payments reports classes courses records notifications me",
		"manager":  "home customers calls enrollments payments reports classes courses accounts imports records notifications me",
		"admin":    "home customers calls enrollments review payments reports teaching classes courses questions surveys accounts roles rights sessions bans settings mails messages audit imports records notifications me",
		"lecturer": "home reports teaching classes courses questions surveys records notifications me",
		"kobe":     "home contract my_classes my_scores my_documents my_payments my_surveys courses questions notifications me",
	} {
		by := actorOf(t, a, login)
		var got []string
		for _, p := range places() {
			if p.shown(by) {
				got = append(got, p.name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", login, got, want)
		}
	}
	s := person(t, a, "lecturer", "customers/1")
	s.SeeNot("Customers")
}

// TestEnterACustomer is A's day: a customer from Baidu, not enrolled.
func TestEnterACustomer(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "sales_a", "customers")
	s.Keys("n").Type("王小明").Keys("tab", "tab").Type("+86 138-0013-8000").See("not taken")
	s.Keys("ctrl+s").See("required")
	s.Keys("enter").Type("baidu").See("Baidu").Keys("enter")
	s.Everywhere()
	s.Keys("ctrl+s").See("customer entered", "13800138000", "not enrolled")
	l, err := a.Engine.List(bg, policy.System, "customers", "phone:13800138000", resource.Page{})
	if err != nil || len(l.Rows) != 1 || l.Rows[0].Values["owner"].Code != "sales_a" {
		t.Fatalf("%+v %v", l.Rows, err)
	}
}

// TestMeetADuplicate is D's day: refused while typing, and the owner is told
// with one key.
func TestMeetADuplicate(t *testing.T) {
	a := openSchool(t)
	_, err := a.Customers.Add(bg, actorOf(t, a, "sales_a"), customer.NewCustomer{Name: "王小明", Phone: "13800138000", Source: "baidu"})
	if err != nil {
		t.Fatal(err)
	}
	s := person(t, a, "sales_d", "customers")
	s.Keys("n").Type("Wang").Keys("tab", "tab").Type("138 0013 8000")
	s.See("customer exists: owned by 李雷", "Press ctrl+n to notify the owner")
	s.SeeNot("王小明").Everywhere()
	s.Keys("ctrl+n").See("李雷 was told, here and by mail")
	if n := single(t, a, "SELECT count(*) FROM notifications WHERE account_id = $1 AND kind = 'duplicate' AND read_at = 0", accountID(t, a, "sales_a")); n != 1 {
		t.Errorf("%d notifications", n)
	}
	if n := single(t, a, "SELECT count(*) FROM mails WHERE to_addr = 'sales_a@cohort.example' AND template = 'duplicate'"); n != 1 {
		t.Errorf("%d mails", n)
	}
	s.Keys("ctrl+s").See("customer exists")
	if n := single(t, a, "SELECT count(*) FROM customers WHERE name = 'Wang'"); n != 0 {
		t.Error("the duplicate was saved")
	}
}

// TestPhoneAnOldCustomer is C's day.
func TestPhoneAnOldCustomer(t *testing.T) {
	a := openSchool(t)
	id := single(t, a, "SELECT id FROM customers WHERE owner_id = $1 AND status = 'not_enrolled' ORDER BY touched_at LIMIT 1", accountID(t, a, "sales_c"))
	s := person(t, a, "sales_c", fmt.Sprintf("customers/%d", id))
	s.Keys("a").Keys("tab").Type("没人接,明天再打").Keys("tab", "enter").Type("no plan").Everywhere()
	s.Keys("enter", "tab").Type("+1d").Keys("ctrl+s").See("recorded", "没人接,明天再打")
	if n := single(t, a, "SELECT count(*) FROM follow_ups WHERE customer_id = $1 AND note = '没人接,明天再打'", id); n != 1 {
		t.Errorf("%d follow-ups", n)
	}
}

// TestMaskedContactsAreShownOnAskingOnly looks at a stale customer of somebody
// else: masked, revealed with one key, and that is written down.
func TestMaskedContactsAreShownOnAskingOnly(t *testing.T) {
	a := openSchool(t)
	id := single(t, a, `SELECT id FROM customers WHERE owner_id = $1 AND phone <> '' AND qq = '' AND wechat = '' AND never_contact = 0
		AND status = 'not_enrolled' ORDER BY touched_at LIMIT 1`, accountID(t, a, "sales_d"))
	var phone string
	if err := a.DB.Read(bg, func(tx *db.Tx) error {
		return tx.QueryRow("SELECT phone FROM customers WHERE id = $1", id).Scan(&phone)
	}); err != nil {
		t.Fatal(err)
	}
	s := person(t, a, "sales_a", fmt.Sprintf("customers/%d", id))
	s.See(phone[:3] + "****" + phone[7:]).SeeNot(phone)
	s.Keys("v").See(phone, "has been recorded").Keys("esc").SeeNot(phone)
	if n := single(t, a, "SELECT count(*) FROM audit WHERE action = 'reveal' AND resource = 'customers' AND record_id = $1", id); n != 1 {
		t.Errorf("%d entries in the audit trail", n)
	}
	fresh, err := a.Customers.Add(bg, actorOf(t, a, "sales_d"), customer.NewCustomer{Name: "Fresh", Phone: "13900139000", Source: "baidu"})
	if err != nil {
		t.Fatal(err)
	}
	person(t, a, "sales_a", fmt.Sprintf("customers/%d", fresh.ID)).Keys("v").SeeNot("13900139000")
}

// TestLookUpBeforeTyping asks for a contact and goes on from the answer.
func TestLookUpBeforeTyping(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "sales_a", "customers")
	s.Keys("c").Type("13999999999").Keys("enter").See("Nobody has this contact").Keys("y").See("new customer", "13999999999")
}

// TestManagerAssigns gives marked customers to somebody else.
func TestManagerAssigns(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "manager", "customers")
	s.Keys("space", "j", "space", "o").Type("Lucy").See("Lucy Brown").Keys("enter").See("assigned to Lucy Brown")
	person(t, a, "sales_a", "customers").Keys("o").SeeNot("Assign 1")
}

// TestFirstPassword is all that a one-time password opens; an address asked for
// comes after it.
func TestFirstPassword(t *testing.T) {
	a := openSchool(t)
	id := accountID(t, a, "sales_b")
	password, err := a.Org.ResetPassword(bg, policy.System, id)
	if err != nil {
		t.Fatal(err)
	}
	s := person(t, a, "sales_b", "customers/1")
	s.See("Choose your password").SeeNot("Customers").Everywhere()
	s.Type(password).Keys("tab").Type("short").Keys("tab").Type("other").Keys("ctrl+s").See("not the same")
	s.Keys("ctrl+u").Type("short").Keys("ctrl+s").See("10")
	s = person(t, a, "sales_b", "customers/1")
	s.Type(password).Keys("tab").Type("a good long one").Keys("tab").Type("a good long one").Keys("ctrl+s").See("History")
	if _, err := a.Org.LogIn(bg, "sales_b", "a good long one", "192.0.2.7"); err != nil {
		t.Error(err)
	}
}

// TestAdministratorMakesAnAccount ends in an activation address shown once.
func TestAdministratorMakesAnAccount(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "admin", "accounts")
	s.Keys("n").Type("sales_e").Keys("tab").Type("赵敏").Everywhere()
	s.Keys("tab", "tab", "tab", "tab", "tab", "tab", "enter").See("sales").Type("sales").Keys("enter").Keys("ctrl+s")
	s.See("activate-", "sales_e", "works once").Everywhere()
	s.Keys("enter").Keys("x").See("Disable").Type("left the school").Keys("enter").See("is disabled")
	if n := single(t, a, "SELECT active FROM accounts WHERE login = 'sales_e'"); n != 0 {
		t.Error("still active")
	}
}

// TestNotificationsAreLive shows what somebody else's act brings, at once and
// with the way to its record.
func TestNotificationsAreLive(t *testing.T) {
	a := openSchool(t)
	c, err := a.Customers.Add(bg, actorOf(t, a, "sales_a"), customer.NewCustomer{Name: "Live One", QQ: "987654321", Source: "zhihu"})
	if err != nil {
		t.Fatal(err)
	}
	s := person(t, a, "sales_a", "notifications")
	if _, err := a.Customers.NotifyOwner(context.Background(), actorOf(t, a, "sales_d"), "987654321"); err != nil {
		t.Fatal(err)
	}
	s.See("unread", "张伟").Keys("g", "enter").See("Live One")
	_ = c
}

// TestMailLog reads a mail and sends it again.
func TestMailLog(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "admin", "mails")
	s.Keys("enter").See("@").Keys("r").See("Send this mail again").Keys("y").See("queued again")
	s = person(t, a, "admin", "mails")
	s.Keys("o").See("No mail server is set").Everywhere()
}

// TestAuditTrail finds who looked at what, and leads to the record.
func TestAuditTrail(t *testing.T) {
	a := openSchool(t)
	id := single(t, a, `SELECT id FROM customers WHERE owner_id = $1 AND phone <> '' AND status = 'not_enrolled' AND never_contact = 0
		ORDER BY touched_at LIMIT 1`, accountID(t, a, "sales_d"))
	if _, err := a.Customers.Reveal(bg, actorOf(t, a, "sales_a"), id, "phone"); err != nil {
		t.Fatal(err)
	}
	s := person(t, a, "admin", "audit")
	s.Keys("/").Type("act:reveal,view on:customers").Keys("enter").See("sales_a", "reveal").Keys("enter").See("phone").Everywhere()
	s.Keys("o").See("History")
	person(t, a, "sales_a", "audit").SeeNot("reveal")
}

// TestAdministratorMakesACourseAndAClass uses the forms that follow from the
// declarations.
func TestAdministratorMakesACourseAndAClass(t *testing.T) {
	a := openSchool(t)
	s := person(t, a, "admin", "courses")
	s.Keys("n").Type("golang").Keys("tab").Type("Go 语言").Keys("tab").Type("9,800").Everywhere().Keys("ctrl+s").See("saved", "golang")
	s = person(t, a, "admin", "classes")
	s.Keys("n").Type("golang-s1").Keys("tab", "enter").Type("golang").See("Go").Keys("enter", "tab", "enter").Type("北京").Keys("enter")
	s.Keys("ctrl+s").See("required").Everywhere()
	if n := single(t, a, "SELECT price FROM courses WHERE code = 'golang'"); n != 980000 {
		t.Errorf("price %d", n)
	}
	person(t, a, "lecturer", "courses").Keys("n").SeeNot("New course")
}
