package app

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/db"
	"cohort/db/dbtest"

	_ "modernc.org/sqlite"
)

func wrote(t *testing.T, a *App, n int) {
	t.Helper()
	err := a.DB.Write(context.Background(), func(tx *db.Tx) error {
		for range n {
			if err := audit.Write(tx, policy.System, "view", "customers", 1, audit.Change{Field: "phone", Old: "1", New: "2"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Whoever holds the database alone cannot cut the trail off unseen: the place
// that was kept in the data folder is missed, and stays as the proof until an
// administrator takes the trail as it is.
func TestACutTrailIsMissed(t *testing.T) {
	dbtest.SQLiteOnly(t)
	ctx := context.Background()
	a := open(t)
	wrote(t, a, 5)
	if err := a.keepHeadNow(ctx); err != nil {
		t.Fatal(err)
	}
	wrote(t, a, 1)
	r, err := a.CheckAudit(ctx, policy.System, nil, nil)
	if err != nil || !r.Whole() {
		t.Fatalf("%+v %v", r, err)
	}
	kept, _ := a.anchor().Read()
	h, err := sql.Open("sqlite", filepath.Join(a.Config.Data, "cohort.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close() }()
	for _, s := range []string{`PRAGMA busy_timeout = 5000`, `DROP TRIGGER audit_delete`} {
		if _, err := h.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Exec(`DELETE FROM audit WHERE id >= ?`, kept.ID-1); err != nil {
		t.Fatal(err)
	}
	if err := a.keepHeadNow(ctx); err == nil || !strings.Contains(err.Error(), "gone or changed") {
		t.Errorf("the worker: %v", err)
	}
	if again, _ := a.anchor().Read(); again != kept {
		t.Error("the proof was overwritten")
	}
	if r, err = a.CheckAudit(ctx, policy.System, nil, nil); err != nil || r.Missing != kept {
		t.Errorf("%+v %v", r, err)
	}
	bad := ""
	for _, f := range a.Doctor(ctx) {
		if f.Name == "audit" && !f.OK {
			bad = f.Text
		}
	}
	if !strings.Contains(bad, "cut off") {
		t.Errorf("the doctor says %q", bad)
	}
	if _, err := a.AcceptAudit(ctx, policy.System, ""); fault.Of(err) != fault.Invalid {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := a.AcceptAudit(ctx, policy.System, "restored"); err != nil {
		t.Fatal(err)
	}
	if r, err = a.CheckAudit(ctx, policy.System, nil, nil); err != nil || !r.Whole() {
		t.Errorf("%+v %v", r, err)
	}
	if r, err = a.CheckAudit(ctx, policy.System, []audit.Head{kept}, nil); err != nil || r.Missing != kept {
		t.Errorf("what somebody noted: %+v %v", r, err)
	}
}

// The trail is no way around field rules.
func TestAuditChangesFollowFieldRules(t *testing.T) {
	const text = `customers [{"field":"phone","old":"13800138000","new":"13900139000"},{"field":"memo","new":"hello"}]`
	auditor := func(fields string) policy.Actor {
		f, err := policy.ParseFields(fields)
		if err != nil {
			t.Fatal(err)
		}
		return policy.Actor{Account: 1, Rights: policy.NewRights(nil, policy.Scope{Me: 1}, []policy.Grant{
			{ID: 1, Resource: "audit", Action: "view"}, {ID: 2, Resource: "customers", Action: "view", Fields: f}})}
	}
	for name, c := range map[string]struct {
		by         policy.Actor
		phone, all bool
	}{
		"administrator":        {policy.System, true, true},
		"open":                 {auditor(""), true, true},
		"masked":               {auditor("phone:masked"), false, true},
		"hidden":               {auditor("phone:hidden"), false, true},
		"no view of customers": {policy.Actor{Account: 1, Rights: policy.NewRights(nil, policy.Scope{}, nil)}, false, false},
	} {
		got := shownChanges(c.by, text)
		if strings.Contains(got, "13800138000") != c.phone || strings.Contains(got, "13900139000") != c.phone || strings.Contains(got, "hello") != c.all || !strings.Contains(got, `"memo"`) {
			t.Errorf("%s: %s", name, got)
		}
	}
	a := open(t)
	wrote(t, a, 1)
	row, _, err := a.Engine.Show(context.Background(), policy.System, "audit", 1)
	if raw, _ := row.Values["changes"].Raw.(string); err != nil || strings.HasPrefix(raw, "customers") {
		t.Errorf("%q %v", raw, err)
	}
}

// What may not be done, and what is tried by guessing numbers, is on the trail;
// mistakes are not.
func TestRefusalsOnTheTrail(t *testing.T) {
	ctx := context.Background()
	a := open(t)
	by := policy.Actor{Account: 0, Enrollment: 3, Login: "enroll", Via: policy.Files, Addr: "192.0.2.5", Rights: &policy.Rights{}}
	a.Refused(ctx, by, "x", fault.Field("name", "fault.required"))
	a.Refused(ctx, by, "x", fault.New(fault.Conflict, "fault.stale"))
	a.Refused(ctx, policy.System, "x", policy.NotFound())
	count := func() int {
		list, err := audit.Entries(ctx, a.DB, "", 0, 0, "refused")
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	if n := count(); n != 0 {
		t.Errorf("%d entries of mistakes", n)
	}
	a.Refused(ctx, by, "put /x.exe", policy.Forbidden("change", "accounts"))
	for range 100 {
		a.Refused(ctx, by, "get /1", policy.NotFound())
	}
	list, _ := audit.Entries(ctx, a.DB, "", 0, 0, "refused")
	if len(list) != 1 || list[0].Changes[0].New != "put /x.exe (change accounts)" || list[0].Face != "files" || list[0].Addr != "192.0.2.5" {
		t.Errorf("%+v", list)
	}
}

// A role can be given the right to see and end sessions, by row rules of the
// accounts they belong to.
func TestRolesCanNameSessions(t *testing.T) {
	a := open(t)
	r, err := a.Org.AddRole(context.Background(), policy.System, org.NewRole{Name: "watch", Permissions: []org.Permission{
		{Resource: "sessions", Action: "list", Rows: "department=$my_department"}, {Resource: "sessions", Action: "end", Rows: "department=$my_department"}}})
	if err != nil || r.ID == 0 {
		t.Fatal(err)
	}
	_, err = a.Org.AddRole(context.Background(), policy.System, org.NewRole{Name: "wrong", Permissions: []org.Permission{{Resource: "sessions", Action: "fly"}}})
	if fault.Of(err) != fault.Invalid {
		t.Errorf("an action that is none: %v", err)
	}
}
