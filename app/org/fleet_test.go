package org

import (
	"context"
	"encoding/hex"
	"slices"
	"sync"
	"testing"
	"time"

	"cohort/app/policy"
	"cohort/app/session"
	"cohort/db"
)

// process is another one that serves the same school.
func (s *school) process(mark string) *school {
	s.t.Helper()
	other := *s
	other.Service = New(s.db, s.bus, Options{Mark: mark, Place: func() string { return "host-" + mark }})
	return &other
}

func (s *school) tell(f *fleet) {
	s.t.Helper()
	if err := s.tellOpen(bg, f); err != nil {
		s.t.Fatal(err)
	}
}

func newFleet() *fleet { return &fleet{told: map[string]time.Time{}} }

func places(list []Session) (out []string) {
	for _, x := range list {
		out = append(out, x.ID+"@"+x.Process)
	}
	return out
}

func TestSessionsOfAllProcesses(t *testing.T) {
	s := newSchool(t, Options{})
	amy := s.add("amy", "sales")
	a, b := s.process("aaaa"), s.process("bbbb")
	since := s.clock.Now().Add(-time.Minute)
	atA := a.serve(session.Open{ID: "s1-aaaa", Account: amy.ID, Login: "amy", Since: since},
		session.Open{ID: "s2-aaaa", Account: s.boss.Account, Login: "boss", Since: s.clock.Now()}) // not told: it may be over soon
	b.serve(session.Open{ID: "s1-bbbb", Account: s.boss.Account, Login: "boss", Since: since.Add(time.Second)})
	fa, fb := newFleet(), newFleet()
	a.tell(fa)
	list, err := a.Sessions(bg, s.boss, 0)
	if want := []string{"s1-aaaa@", "s2-aaaa@"}; err != nil || !slices.Equal(places(list), want) {
		t.Errorf("alone: %v, %v", places(list), err)
	}
	b.tell(fb)
	list, err = b.Sessions(bg, s.boss, 0)
	if want := []string{"s1-aaaa@host-aaaa", "s1-bbbb@host-bbbb"}; err != nil || !slices.Equal(places(list), want) {
		t.Errorf("at the second: %v, %v", places(list), err)
	}
	// Ended from there: it is asked for, and its own process does it.
	if err := b.EndSession(bg, s.boss, "s1-aaaa", "s1-bbbb"); err != nil {
		t.Fatal(err)
	}
	if err := a.endWanted(bg); err != nil || atA.ended["s1-aaaa"] != "org.ended_by" {
		t.Errorf("%v, %v", atA.ended, err)
	}
	if err := b.EndSession(bg, s.boss, "s9-aaaa", ""); err == nil {
		t.Error("a session that is not there was ended")
	}
	// A process that dies takes its sessions with it; one that was taken for dead tells all again.
	s.clock.Pass(2 * deadAfter)
	if list, err = b.Sessions(bg, s.boss, 0); err != nil || len(list) != 1 || list[0].Process != "" {
		t.Errorf("after the death of the other: %v, %v", places(list), err)
	}
	b.tell(fb)
	if n := s.number("SELECT count(*) FROM open_sessions WHERE process = 'aaaa'"); n != 0 {
		t.Errorf("%d sessions of a dead process are left", n)
	}
	a.tell(fa)
	if list, err = b.Sessions(bg, s.boss, 0); err != nil || len(list) != 3 {
		t.Errorf("back from the dead: %v, %v", places(list), err)
	}
}

func TestNobodyEndsMoreElsewhereThanHere(t *testing.T) {
	s := newSchool(t, Options{})
	amy := s.actor(s.add("amy", "sales").ID)
	a, b := s.process("aaaa"), s.process("bbbb")
	since := s.clock.Now().Add(-time.Minute)
	a.serve(session.Open{ID: "s1-aaaa", Account: s.boss.Account, Login: "boss", Since: since}, session.Open{ID: "s2-aaaa", Account: amy.Account, Login: "amy", Since: since})
	b.serve()
	a.tell(newFleet())
	b.tell(newFleet())
	if err := b.EndSession(bg, amy, "s1-aaaa", ""); err == nil {
		t.Error("ended the administrator's")
	}
	if n, err := b.EndSessions(bg, amy, amy.Account, ""); n != 1 || err != nil {
		t.Errorf("%d of one's own, %v", n, err)
	}
	var list []wish
	_ = s.db.Read(bg, func(tx *db.Tx) (err error) {
		list, err = wishes(tx, "aaaa")
		return err
	})
	if len(list) != 1 || list[0].session != "s2-aaaa" || !list[0].own {
		t.Errorf("%+v", list)
	}
}

// sharing is a door that tells what it is given.
type sharing struct {
	*fakeRegistry
	mu    sync.Mutex
	fresh chan struct{}
	told  []session.Failure
	heard map[string]int
	back  int
}

func (x *sharing) Fresh() <-chan struct{} { return x.fresh }
func (x *sharing) Tell(most int) []session.Failure {
	x.mu.Lock()
	defer x.mu.Unlock()
	out := x.told[:min(most, len(x.told))]
	x.told = x.told[len(out):]
	return out
}
func (x *sharing) Untold(list []session.Failure) { x.back += len(list) }
func (x *sharing) Hear(list []session.Failure) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, f := range list {
		x.heard[f.Login+"@"+f.Addr] = f.Failures
	}
}

func (s *school) count(x *sharing, seen *int64, told ...session.Failure) {
	s.t.Helper()
	x.told = told
	if err := s.countTogether(bg, x, seen); err != nil {
		s.t.Fatal(err)
	}
}

func TestFailuresAreCountedTogether(t *testing.T) {
	s := newSchool(t, Options{})
	a, b := s.process("aaaa"), s.process("bbbb")
	of := func(n int, login string) session.Failure {
		return session.Failure{Sort: session.OfPair, Who: hex.EncodeToString([]byte(login)), Login: login, Addr: "192.0.2.1", Failures: n, Last: s.clock.Now()}
	}
	atA, atB := &sharing{heard: map[string]int{}}, &sharing{heard: map[string]int{}}
	var seenA, seenB int64
	a.count(atA, &seenA, of(2, "amy"))
	b.count(atB, &seenB, of(3, "amy"), of(1, "x\x00\xff\x1b[2J"))
	a.count(atA, &seenA)
	if atA.heard["amy@192.0.2.1"] != 5 || atB.heard["amy@192.0.2.1"] != 5 || len(atA.heard) != 2 {
		t.Errorf("%v %v", atA.heard, atB.heard)
	}
	before := s.number("SELECT max(turn) FROM failures")
	for range 5 {
		a.count(atA, &seenA) // hearing writes nothing
	}
	if now := s.number("SELECT max(turn) FROM failures"); now != before {
		t.Errorf("turn %d, then %d", before, now)
	}
	clear := of(0, "amy")
	clear.Clear = true
	a.count(atA, &seenA, clear)
	b.count(atB, &seenB)
	if atB.heard["amy@192.0.2.1"] != 0 {
		t.Errorf("not cleared: %v", atB.heard)
	}
	s.clock.Pass(session.Forget + time.Minute)
	a.count(atA, &seenA, of(1, "bob"))
	b.count(atB, &seenB, of(1, "bob"), of(1, "amy"))
	if atB.heard["bob@192.0.2.1"] != 2 || atB.heard["amy@192.0.2.1"] != 1 {
		t.Errorf("what is long ago counts: %v", atB.heard)
	}
	if err := s.db.Write(bg, func(tx *db.Tx) error { return sweepFailures(tx, tx.Now.Add(-session.Forget), 1) }); err != nil {
		t.Fatal(err)
	}
	if n := s.number("SELECT count(*) FROM failures"); n != 2 {
		t.Errorf("%d rows are left: those of the newest turn stay", n)
	}
	// The database away: nothing is lost.
	late, cancel := context.WithDeadline(bg, time.Unix(0, 0))
	defer cancel()
	atA.told = []session.Failure{of(1, "eve")}
	if err := a.countTogether(late, atA, &seenA); err == nil || atA.back != 1 {
		t.Errorf("%v, %d put back", err, atA.back)
	}
}

// The workers do it all by themselves: what one process counts and has open the other knows, and what is to end ends.
func TestProcessesHearByThemselves(t *testing.T) {
	s := newSchool(t, Options{})
	a, b := s.process("aaaa"), s.process("bbbb")
	atA := &sharing{fakeRegistry: &fakeRegistry{ended: map[string]string{}}, fresh: make(chan struct{}, 1), heard: map[string]int{}}
	atB := &sharing{fakeRegistry: &fakeRegistry{ended: map[string]string{}}, fresh: make(chan struct{}, 1), heard: map[string]int{}}
	for p, r := range map[*school]*sharing{a: atA, b: atB} {
		if err := p.ServeSessions(bg, policy.System, r); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(bg)
	var all sync.WaitGroup
	all.Go(func() { _ = a.Run(ctx) })
	all.Go(func() { _ = b.Run(ctx) })
	sub := s.bus.Subscribe()
	defer sub.Close()
	atA.mu.Lock()
	atA.told = []session.Failure{{Sort: session.OfName, Who: "w", Login: "amy", Failures: 7, Last: s.clock.Now()}}
	atA.mu.Unlock()
	atA.fresh <- struct{}{}
	for heard := 0; heard == 0; {
		<-sub.C
		sub.Take()
		atB.mu.Lock()
		heard = atB.heard["amy@"]
		atB.mu.Unlock()
	}
	stop()
	all.Wait()
	if n := s.number("SELECT count(*) FROM processes"); n != 0 {
		t.Errorf("%d processes are on the list after all have left", n)
	}
}
