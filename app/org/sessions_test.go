package org

import (
	"slices"
	"testing"
	"time"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/session"
)

// fakeRegistry is a server with sessions open, and remembers how they ended.
type fakeRegistry struct {
	list  []session.Open
	ended map[string]string // id → key of the words
}

func (r *fakeRegistry) Sessions() []session.Open { return r.list }

func (r *fakeRegistry) End(id string, why *fault.Fault, _ string) bool {
	r.ended[id] = why.Key
	return true
}

func (s *school) serve(list ...session.Open) *fakeRegistry {
	s.t.Helper()
	r := &fakeRegistry{list: list, ended: map[string]string{}}
	if err := s.ServeSessions(bg, policy.System, r); err != nil {
		s.t.Fatal(err)
	}
	return r
}

func idsOf(list []Session) (out []string) {
	for _, x := range list {
		out = append(out, x.ID)
	}
	return out
}

func TestWhoSeesAndEndsSessions(t *testing.T) {
	s := newSchool(t, Options{})
	north, south := s.department("North", 0), s.department("South", 0)
	s.role("watch", readyPermission{"sessions", "list end", "department=$my_department", ""}, readyPermission{"accounts", "view", "department=$my_department", ""})
	at := func(login, role string, department int64) policy.Actor {
		return s.actor(s.addNew(NewAccount{Login: login, Name: login, Department: department, Roles: []string{role}}).ID)
	}
	watch, near, far := at("watch", "watch", north), at("near", "sales", north), at("far", "sales", south)
	since := time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC)
	r := s.serve(
		session.Open{ID: "s1", Account: s.boss.Account, Login: "boss", Since: since},
		session.Open{ID: "s2", Account: near.Account, Login: "near", Since: since},
		session.Open{ID: "s3", Account: near.Account, Login: "near", Since: since},
		session.Open{ID: "s4", Account: far.Account, Login: "far", Since: since},
		session.Open{ID: "s5", Enrollment: 9, Login: "enroll", Since: since},
		session.Open{ID: "s6", Account: watch.Account, Login: "watch", Since: since})
	for _, c := range []struct {
		by   policy.Actor
		want []string
	}{
		{s.boss, []string{"s1", "s2", "s3", "s4", "s5", "s6"}},
		{watch, []string{"s2", "s3", "s6"}},
		{far, []string{"s4"}},
	} {
		list, err := s.Sessions(bg, c.by, 0)
		if err != nil || !slices.Equal(idsOf(list), c.want) {
			t.Errorf("%s sees %v, %v; want %v", c.by.Login, idsOf(list), err, c.want)
		}
	}
	// What one does not see does not exist; one's own is one's own to end.
	if err := s.EndSession(bg, watch, "s4", "s6"); fault.Of(err) != fault.NotFound {
		t.Errorf("a foreign session: %v", err)
	}
	if err := s.EndSession(bg, far, "s2", "s4"); fault.Of(err) != fault.NotFound {
		t.Errorf("without the right: %v", err)
	}
	if err := s.EndSession(bg, watch, "s2", "s6"); err != nil || r.ended["s2"] != "org.ended_by" {
		t.Errorf("%v %v", err, r.ended)
	}
	if n, err := s.EndSessions(bg, near, near.Account, "s2"); n != 1 || err != nil || r.ended["s3"] != "org.ended_own" {
		t.Errorf("%d %v %v", n, err, r.ended)
	}
	if _, err := s.EndSessions(bg, watch, far.Account, "s6"); fault.Of(err) != fault.NotFound {
		t.Errorf("all of a foreign account: %v", err)
	}
	if len(r.ended) != 2 {
		t.Errorf("ended %v", r.ended)
	}
	if !slices.Contains(s.history(near.Account), "end_session") {
		t.Errorf("audit: %v", s.history(near.Account))
	}
}

// Who may end sessions does not throw an administrator out.
func TestAnAdministratorsSessionsAreHis(t *testing.T) {
	s := newSchool(t, Options{})
	s.role("watch", readyPermission{"sessions", "list end", "", ""})
	watch := s.actor(s.add("watch", "watch").ID)
	r := s.serve(session.Open{ID: "s1", Account: s.boss.Account, Login: "boss"})
	if err := s.EndSession(bg, watch, "s1", ""); fault.Of(err) != fault.Forbidden || len(r.ended) != 0 {
		t.Errorf("%v %v", err, r.ended)
	}
}
