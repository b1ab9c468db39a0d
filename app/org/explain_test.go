package org

import (
	"slices"
	"strings"
	"testing"

	"cohort/app/policy"
)

// customer makes a customer behind the back of its own noun.
func (s *school) customer(owner int64, status string) int64 {
	s.t.Helper()
	s.sql(`INSERT INTO sources (id, code, name, created_at, updated_at) VALUES (1, 'x', 'x', 0, 0) ON CONFLICT DO NOTHING`)
	n := s.number(`SELECT count(*) FROM customers`) + 1
	s.sql(`INSERT INTO customers (id, name, qq, source_id, owner_id, status, touched_at, created_at, updated_at) VALUES ($1, 'K', $2, 1, $3, $4, 0, 0, 0)`,
		n, number(n), ref(owner), status)
	return n
}

func TestExplain(t *testing.T) {
	s := newSchool(t, Options{})
	s.records()
	s.role("caller", readyPermission{"customers", "list view", "", "phone:masked"}, readyPermission{"customers", "view change", "owner=$me", "name:read_only"})
	li := s.add("li", "caller")
	own, other := s.customer(li.ID, "not_enrolled"), s.customer(s.boss.Account, "enrolled")
	deny := func(p Permission) int64 {
		g, err := s.Grant(bg, s.boss, AccountGrant{Account: li.ID, Deny: true, Permission: p, Reason: "because"})
		if err != nil {
			t.Fatal(err)
		}
		return g.ID
	}
	said := func(action string, id int64) string {
		w, err := s.Explain(bg, s.boss, li.ID, action, "customers", id)
		if err != nil {
			return err.Error()
		}
		out := []string{map[bool]string{true: "yes", false: "no"}[w.Allowed]}
		for _, g := range w.Grants {
			out = append(out, g.Role+"("+policy.FormatRows(g.Rows)+")")
		}
		for _, g := range w.Denials {
			out = append(out, "denied("+policy.FormatRows(g.Rows)+" "+policy.FormatFields(g.Fields)+" "+g.Reason+")")
		}
		for _, f := range w.Fields {
			out = append(out, f.Field+":"+f.Mode.String())
		}
		return strings.Join(out, " ")
	}
	check := func(action string, id int64, want string) {
		t.Helper()
		if got := said(action, id); got != want {
			t.Errorf("%s %d: %s, want %s", action, id, got, want)
		}
	}
	check("view", own, "yes caller() caller(owner=$me)")
	check("view", other, "yes caller() phone:masked")
	check("change", own, "yes caller(owner=$me) name:read_only")
	check("change", other, "no caller(owner=$me)")
	check("change", 0, "yes caller(owner=$me) name:read_only")
	check("delete", own, "no")
	check("eat", own, "invalid: policy.no_action [action] action=eat resource=customers actions=list, view, add, change, delete, export, import, reveal")
	check("view", 99, "not_found: fault.not_found")
	id := deny(Permission{Resource: "customers", Action: "view", Rows: "status=not_enrolled"})
	check("view", own, "no caller() caller(owner=$me) denied(status=not_enrolled  because)")
	check("change", own, "no caller(owner=$me) denied(status=not_enrolled  because)")
	check("view", other, "yes caller() phone:masked")
	wantKey(t, s.Ungrant(bg, s.boss, li.ID, id), "")
	deny(Permission{Resource: "customers", Action: "*", Fields: "phone:hidden"})
	check("view", own, "yes caller() caller(owner=$me) denied( phone:hidden because) phone:hidden")
	_, err := s.Explain(bg, s.actor(li.ID), li.ID, "view", "customers", own)
	wantKey(t, err, "fault.forbidden")
	if w, err := s.Explain(bg, s.boss, li.ID, "view", "accounts", li.ID); err != nil || !w.Allowed || !w.Self {
		t.Errorf("himself: %+v %v", w, err)
	}
	wantKey(t, s.SetActive(bg, s.boss, li.ID, false, "gone"), "")
	if w, err := s.Explain(bg, s.boss, li.ID, "view", "customers", own); err != nil || w.Allowed || !w.Disabled {
		t.Errorf("disabled: %+v %v", w, err)
	}
}

// TestExplainSaysWhatTheServiceDoes compares the answer with the right itself,
// for every account, action and row.
func TestExplainSaysWhatTheServiceDoes(t *testing.T) {
	s := newSchool(t, Options{})
	s.records()
	for i, p := range []readyPermission{{"customers", "list view change", "", "phone:masked"}, {"customers", "*", "owner=$me", ""}, {"*", "view", "", ""}, {"customers", "view", "status=enrolled", "*:hidden"}} {
		name := "r" + number(int64(i+1))
		s.role(name, p)
		a := s.add("u"+number(int64(i+1)), name, "lecturer")
		s.customer(a.ID, []string{"enrolled", "not_enrolled"}[i%2])
		if _, err := s.Grant(bg, s.boss, AccountGrant{Account: a.ID, Deny: i%2 == 0, Reason: "x", Permission: Permission{Resource: "customers", Action: "view", Rows: "status=enrolled", Fields: []string{"", "phone:hidden"}[i/2]}}); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.Accounts(bg, s.boss, Query{})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		by := s.actor(a.ID)
		for _, action := range []string{"list", "view", "change", "delete", "reveal"} {
			for id := range s.number(`SELECT count(*) FROM customers`) {
				w, err := s.Explain(bg, s.boss, a.ID, action, "customers", id+1)
				if err != nil {
					t.Fatal(err)
				}
				status := []string{"enrolled", "not_enrolled"}[id%2]
				row := policy.Row{"owner": policy.Int(s.number(`SELECT owner_id FROM customers WHERE id = $1`, id+1)), "status": {status}}
				if may := by.May(action, "customers", row); may != w.Allowed {
					t.Errorf("%s %s %d: explained as %v, is %v", a.Login, action, id+1, w.Allowed, may)
				}
				for _, f := range []string{"phone", "name"} {
					if m := by.Mode(action, "customers", f, row); w.Allowed && m != w.Mode(f) {
						t.Errorf("%s %s %d %s: explained as %v, is %v", a.Login, action, id+1, f, w.Mode(f), m)
					}
				}
			}
		}
	}
}

func TestDiffSaysWhatAChangeOpensAndCloses(t *testing.T) {
	s := newSchool(t, Options{})
	s.records()
	s.role("caller", readyPermission{"customers", "list view", "owner=$me", "phone:masked"}, readyPermission{"customers", "reveal", "", ""})
	li, han := s.add("li", "caller"), s.add("han", "caller", "lecturer")
	s.add("boss2", "admin", "caller") // gains and loses nothing: he has all
	wantKey(t, s.SetActive(bg, s.boss, s.add("gone", "caller").ID, false, "gone"), "")
	for range 3 {
		s.customer(li.ID, "enrolled")
	}
	s.customer(han.ID, "not_enrolled")
	s.customer(0, "not_enrolled")
	id := s.roleID("caller")
	d, err := s.Diff(bg, s.boss, id, []Permission{
		{Resource: "customers", Action: "list", Rows: "owner=$me", Fields: "phone:hidden"},
		{Resource: "customers", Action: "view", Rows: "owner=$me", Fields: "name:hidden"},
		{Resource: "customers", Action: "view", Rows: "status=enrolled"},
		{Resource: "customers", Action: "add"},
		{Resource: "customers", Action: "reveal", Rows: "owner=$me"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if d.Holders != 3 || d.Counted != 3 || d.Partial {
		t.Errorf("%d holders, %d counted", d.Holders, d.Counted)
	}
	got := map[string]DiffLine{}
	for _, l := range d.Lines {
		got[l.Resource+" "+l.Action] = l
	}
	if len(got) != 4 {
		t.Fatalf("%+v", d.Lines)
	}
	if l := got["customers view"]; l.Gained != (Reach{Accounts: 1, Rows: 3}) || l.Lost != (Reach{}) || len(l.After) != 2 { // han sees li's three
		t.Errorf("view: %+v", l)
	}
	if l := got["customers reveal"]; l.Gained != (Reach{}) || l.Lost != (Reach{Accounts: 2, Rows: 4}) { // li loses two, han four
		t.Errorf("reveal: %+v", l)
	}
	if l := got["customers add"]; l.Before != nil || !slices.Equal(l.After, []string{"*"}) {
		t.Errorf("add: %+v", l)
	}
	if l := got["customers list"]; len(l.Closed) != 1 || l.Closed[0] != (FieldDiff{"phone", policy.Masked, policy.Hidden, "owner=$me"}) || l.Gained.Rows != 0 {
		t.Errorf("list: %+v", l)
	}
	if l := got["customers view"]; len(l.Opened) != 1 || l.Opened[0].Field != "phone" || len(l.Closed) != 1 || l.Closed[0].Field != "name" {
		t.Errorf("fields of view: %+v", l)
	}
	same, err := s.GetRole(bg, s.boss, id)
	if err != nil {
		t.Fatal(err)
	}
	if d, err := s.Diff(bg, s.boss, id, same.Permissions); err != nil || len(d.Lines) != 0 {
		t.Errorf("no difference: %+v %v", d, err)
	}
	_, err = s.Diff(bg, s.boss, id, []Permission{{Resource: "customers", Action: "eat"}})
	wantKey(t, err, "policy.no_action")
}
