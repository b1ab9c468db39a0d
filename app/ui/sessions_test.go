package ui

import (
	"testing"
	"time"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/session"
)

// openNow is a server with some sessions open.
type openNow struct {
	list  []session.Open
	ended map[string]string
}

func (o *openNow) Sessions() []session.Open { return o.list }

func (o *openNow) End(id string, why *fault.Fault, _ string) bool {
	o.ended[id] = why.Key
	return true
}

// TestSessionsAreSeenAndEnded is the administrator's list of who is in, and
// everybody's own.
func TestSessionsAreSeenAndEnded(t *testing.T) {
	a := openSchool(t)
	since := time.Now().Add(-2 * time.Hour)
	now := &openNow{ended: map[string]string{}, list: []session.Open{
		{ID: "s3", Account: accountID(t, a, "sales_a"), Login: "sales_a", Addr: "192.0.2.9", Method: "password", Kind: "screens", Term: "xterm-256color 120x36", Since: since, LastKey: since},
		{ID: "s4", Account: accountID(t, a, "sales_b"), Login: "sales_b", Addr: "192.0.2.8", Method: "publickey", Kind: "sftp", Since: since},
		{ID: "s5", Account: accountID(t, a, "sales_a"), Login: "sales_a", Addr: "192.0.2.7", Method: "publickey", Kind: "screens", Term: "xterm 80x24", Since: since}}}
	if err := a.Org.ServeSessions(bg, policy.System, now); err != nil {
		t.Fatal(err)
	}
	s := person(t, a, "admin", "sessions")
	s.See("Sessions", "sales_a", "192.0.2.9", "sales_b", "files", "2 hours ago").Everywhere()
	s.Keys("enter").See("xterm-256color 120x36").Everywhere().Keys("esc")
	s.Keys("x").See("192.0.2.9").Everywhere()
	s.Keys("y")
	s.See("the session of sales_a has ended")
	if now.ended["s3"] != "org.ended_by" || len(now.ended) != 1 {
		t.Errorf("ended %v", now.ended)
	}
	me := person(t, a, "sales_a", "me")
	me.See("My sessions", "192.0.2.9", "192.0.2.7").SeeNot("192.0.2.8").Everywhere()
	me.desk.sess.ID = "s5"
	me.Keys("x").See("Only this one stays").Keys("y").See("other sessions ended: 1")
	if now.ended["s3"] != "org.ended_own" || now.ended["s5"] != "" {
		t.Errorf("ended %v", now.ended)
	}
	person(t, a, "sales_a", "sessions").SeeNot("192.0.2.8")
}

// barred is a server that also holds somebody off.
type barred struct {
	openNow
	bans   []session.Ban
	lifted []string
}

func (b *barred) Bans() []session.Ban { return b.bans }

func (b *barred) Lift(id string) bool {
	b.lifted = append(b.lifted, id)
	return true
}

// TestBansAreSeenAndLifted is the administrator's list of whom the door holds off.
func TestBansAreSeenAndLifted(t *testing.T) {
	a := openSchool(t)
	now := time.Now()
	door := &barred{bans: []session.Ban{
		{ID: "0a1b2c3d4e5f", Login: "admin", Addr: "192.0.2.66", Failures: 9, Last: now, Until: now.Add(time.Hour)},
		{ID: "1a1b2c3d4e5f", Addr: "192.0.2.66", Failures: 31, Last: now, Until: now.Add(-time.Minute)},
		{ID: "2a1b2c3d4e5f", Login: "admin", Failures: 21, Last: now}}}
	if err := a.Org.ServeSessions(bg, policy.System, door); err != nil {
		t.Fatal(err)
	}
	s := person(t, a, "admin", "bans")
	s.See("Log-ins and bans", "192.0.2.66", "whoever", "wherever", "made to wait", "may try again").Everywhere()
	s.Keys("x").See("Lift the ban of admin from 192.0.2.66").Everywhere().Keys("y").See("lifted")
	if len(door.lifted) != 1 || door.lifted[0] != "0a1b2c3d4e5f" {
		t.Errorf("lifted %v", door.lifted)
	}
	s.Keys("L").See("Audit")
	if _, err := a.Org.Bans(bg, policy.Actor{Account: 1, Rights: policy.NewRights(nil, policy.Scope{}, nil)}); fault.Of(err) != fault.Forbidden {
		t.Errorf("without the right: %v", err)
	}
}
