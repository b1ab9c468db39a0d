package customer

import (
	"strings"
	"testing"
	"time"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
)

func TestCheckTellsWhomToAskAndNoMore(t *testing.T) {
	w := school(t)
	c, err := w.Add(w.ctx, w.as("a"), NewCustomer{Name: "王小明", Phone: "13800138000", QQ: "12345678", Source: "baidu"})
	w.must(err)
	w.later(time.Hour)
	_, err = w.FollowUp(w.ctx, w.as("a"), NewFollowUp{Customer: c.ID, Note: "聊过"})
	w.must(err)
	called := w.clock
	for text, kind := range map[string]string{"+86 138 0013 8000": Phone, "QQ 12345678": QQ} {
		f, err := w.Check(w.ctx, w.as("c"), "", text)
		w.must(err)
		want := Found{Exists: true, Kind: kind, Contact: MaskContact(kind, c.Contact(kind)), Customer: c.ID, Name: "王**", Owner: "李雷", LastFollowUp: called, Created: c.Created, Notify: true}
		if f != want {
			t.Errorf("%q: %+v, want %+v", text, f, want)
		}
	}
	if f, err := w.Check(w.ctx, w.as("a"), Phone, "13800138000"); err != nil || !f.Mine || f.Contact != "138****8000" {
		t.Errorf("%+v %v", f, err)
	}
	if f, err := w.Check(w.ctx, w.as("c"), "", "13900000000"); err != nil || f.Exists {
		t.Errorf("%+v %v", f, err)
	}
	w.later(31 * 24 * time.Hour)
	if f, err := w.Check(w.ctx, w.as("c"), "", "13800138000"); err != nil || !f.Stale {
		t.Errorf("%+v %v", f, err)
	}
	// One who may check but not view learns no id.
	blind := policy.Actor{Account: w.ids["c"], Login: "x", Rights: policy.NewRights(nil, policy.Scope{}, []policy.Grant{{Resource: "customers", Action: "check"}})}
	if f, err := w.Check(w.ctx, blind, "", "13800138000"); err != nil || !f.Exists || f.Customer != 0 {
		t.Errorf("%+v %v", f, err)
	}
	_, err = w.Check(w.ctx, w.as("lecturer"), "", "13800138000")
	w.refused(err, "fault.forbidden")
	_, err = w.Check(w.ctx, w.as("a"), "", "???")
	w.refused(err, "customer.bad_contact")
	_, err = w.Check(w.ctx, w.as("a"), QQ, "abc")
	w.refused(err, "customer.bad_qq")
}

func TestEveryCheckIsAuditedWithoutTheContact(t *testing.T) {
	w := school(t)
	w.add(w.as("a"), "王小明", "13800138000")
	checks := func() int { return w.count(`SELECT count(*) FROM audit WHERE action = 'check'`) }
	_, err := w.Check(w.ctx, w.as("c"), "", "13800138000")
	w.must(err)
	_, err = w.Check(w.ctx, w.as("c"), Phone, "13800138001")
	w.must(err)
	if n := checks(); n != 2 {
		t.Errorf("%d checks on record", n)
	}
	_, err = w.Add(w.ctx, w.as("c"), NewCustomer{Name: "x", Phone: "13800138000", Source: "baidu"})
	w.refused(err, "customer.exists")
	if n := checks(); n != 3 {
		t.Errorf("a refused entry is a check as well: %d on record", n)
	}
	if n := w.count(`SELECT count(*) FROM audit WHERE action = 'check' AND changes LIKE '%1380013%'`); n != 0 {
		t.Errorf("%d entries hold the contact", n)
	}
}

func TestNotifyOwner(t *testing.T) {
	w := school(t)
	w.add(w.as("a"), "王小明", "13800138000")
	c := w.as("c")
	n, err := w.NotifyOwner(w.ctx, c, "138-0013-8000")
	if err != nil || n != (Notified{Owner: "李雷", At: w.clock, Mailed: true}) {
		t.Fatalf("%+v %v", n, err)
	}
	w.later(time.Hour)
	_, err = w.NotifyOwner(w.ctx, c, "13800138000")
	f := w.refused(err, "customer.told_already")
	if _, en := w.said(f); f.Kind != fault.TooMany || en != "you told 李雷 today already (1 hour ago). Give the owner a little time." {
		t.Errorf("%s", en)
	}
	_, err = w.NotifyOwner(w.ctx, w.as("b"), "13800138000")
	w.must(err)
	w.later(24 * time.Hour)
	_, err = w.NotifyOwner(w.ctx, c, "13800138000")
	w.must(err)
	if notes, mails := w.notes("a", "duplicate"), w.count(`SELECT count(*) FROM mails`); notes != 3 || mails != 3 {
		t.Errorf("%d notifications, %d mails", notes, mails)
	}
	if n := w.count(`SELECT count(*) FROM mails WHERE to_addr = 'a@school.example' AND body LIKE '%138****8000%' AND body NOT LIKE '%13800138000%' AND body LIKE '%林涛%'`); n != 2 {
		t.Errorf("%d mails say who met whom", n)
	}
	_, err = w.NotifyOwner(w.ctx, w.as("a"), "13800138000")
	w.refused(err, "customer.is_yours")
	_, err = w.NotifyOwner(w.ctx, c, "13900000000")
	w.refused(err, "customer.nobody")
	_, err = w.Assign(w.ctx, w.as("manager"), []int64{1}, 0)
	w.must(err)
	_, err = w.NotifyOwner(w.ctx, c, "13800138000")
	w.refused(err, "customer.no_owner")
	_, err = w.NotifyOwner(w.ctx, w.as("student"), "13800138000")
	w.refused(err, "fault.forbidden")
}

func TestAnOwnerWithoutAGoodAddressIsToldInTheSystem(t *testing.T) {
	w := school(t)
	w.add(w.as("a"), "王小明", "13800138000")
	w.sql(`UPDATE accounts SET email = 'not an address' WHERE id = $1`, w.ids["a"])
	n, err := w.NotifyOwner(w.ctx, w.as("c"), "13800138000")
	if err != nil || n.Mailed || w.notes("a", "duplicate") != 1 {
		t.Errorf("%+v %v", n, err)
	}
}

// TestContactsOfOthersAreNotFished: what one sees masked cannot be found by
// searching either.
func TestContactsOfOthersAreNotFished(t *testing.T) {
	w := school(t)
	w.add(w.as("a"), "王小明", "13800138000")
	for _, q := range []string{"13800138000", "8000", "13800", "phone:138", "phone:*8000"} {
		if got := w.find(w.as("a"), q); len(got) != 1 {
			t.Errorf("the owner's %q finds %v", q, got)
		}
		if got := w.find(w.as("c"), q); len(got) != 0 {
			t.Errorf("somebody else's %q finds %v", q, got)
		}
	}
	l, err := w.Engine.List(w.ctx, w.as("c"), "customers", "", resource.Page{Columns: []string{"phone", "email", "qq"}})
	w.must(err)
	if v := l.Rows[0].Values["phone"]; v.Mode != policy.Masked || v.Raw != nil || strings.Contains(v.Label, "0013") {
		t.Errorf("%+v", v)
	}
}
