package org

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"cohort/app/audit"
	"cohort/app/clean"
	"cohort/app/policy"
	"cohort/db"
)

// failures bounds what failed log-ins write into the audit trail: the first
// one from an address at once, then one entry that counts what came after it.
// It goes by address and never by account, so that the time an answer takes
// does not tell which names exist.
type failures struct {
	mu        sync.Mutex
	byAddr    map[string]*tally
	byAccount map[int64]*attempts // since the owner was last in
}

type tally struct {
	addr  string
	since time.Time
	count int // since the entry that was written
	names []string
}

// attempts are failures on one account, of which its owner is told when he
// comes in.
type attempts struct {
	count int
	first time.Time
	addr  string // of the last one
}

const (
	tellFrom      = 3 // a slip or two of one's own are no news
	failureWindow = 10 * time.Minute
	maxTallies    = 1024 // further addresses share one
	maxNames      = 8
)

func newFailures() *failures {
	return &failures{byAddr: map[string]*tally{}, byAccount: map[int64]*attempts{}}
}

// against counts a failure on an account that exists.
func (f *failures) against(account int64, addr string, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.byAccount[account]
	if a == nil {
		a = &attempts{first: now}
		f.byAccount[account] = a
	}
	a.count++
	a.addr = addr
}

// news takes out what the owner of an account should hear.
func (f *failures) news(account int64) (a attempts, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.byAccount[account]
	delete(f.byAccount, account)
	if p == nil || p.count < tellFrom {
		return attempts{}, false
	}
	return *p, true
}

// note counts a failure. first says that it is to be written by itself; over
// are the tallies whose window has passed, which are to be written too.
func (f *failures) note(addr, login string, now time.Time) (first bool, over []tally) {
	f.mu.Lock()
	defer f.mu.Unlock()
	over = f.expired(now)
	if f.byAddr[addr] == nil && len(f.byAddr) >= maxTallies {
		addr = "*"
	}
	t := f.byAddr[addr]
	if t == nil {
		f.byAddr[addr] = &tally{addr: addr, since: now}
		return true, over
	}
	t.add(login)
	return false, over
}

func (t *tally) add(login string) {
	t.count++
	for _, n := range t.names {
		if n == login {
			return
		}
	}
	if len(t.names) < maxNames {
		t.names = append(t.names, login)
	}
}

// expired takes out the tallies whose window has passed.
func (f *failures) expired(now time.Time) (over []tally) {
	for addr, t := range f.byAddr {
		if now.Sub(t.since) < failureWindow {
			continue
		}
		delete(f.byAddr, addr)
		if t.count > 0 {
			over = append(over, *t)
		}
	}
	return over
}

// take takes out what is counted for one address, because somebody got in from
// there.
func (f *failures) take(addr string) []tally {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.byAddr[addr]
	delete(f.byAddr, addr)
	if t == nil || t.count == 0 {
		return nil
	}
	return []tally{*t}
}

// drain takes out all tallies whose window has passed by now.
func (f *failures) drain(now time.Time) []tally {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.expired(now)
}

// failed puts a failed log-in on record. That it could not be written is for
// the log; the person hears that the log-in failed.
func (s *Service) failed(ctx context.Context, account int64, login, addr string) {
	login = cut(clean.Line(login), maxLogin)
	now := s.db.Now()
	if account != 0 {
		s.failures.against(account, addr, now)
	}
	first, over := s.failures.note(addr, login, now)
	if !first && len(over) == 0 {
		return
	}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.recordFailures(tx, over...); err != nil || !first {
			return err
		}
		by := policy.Actor{Login: login, Via: door, Addr: addr}
		return audit.Write(tx, by, "login_failed", "accounts", account)
	})
	if err != nil {
		s.opt.Log.Error("org: recording a failed log-in", "err", err)
	}
}

// recordFailures writes one entry for each tally.
func (s *Service) recordFailures(tx *db.Tx, list ...tally) error {
	for _, t := range list {
		by := policy.Actor{Login: "-", Via: door, Addr: t.addr}
		err := audit.Write(tx, by, "login_failed", "accounts", 0,
			audit.Change{Field: "tries", New: strconv.Itoa(t.count)},
			audit.Change{Field: "login", New: strings.Join(t.names, " ")})
		if err != nil {
			return err
		}
	}
	return nil
}

// Run writes the counts of failed log-ins as their time comes, and tells other
// processes what is open here, until ctx ends; then it writes what is left.
func (s *Service) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	if s.opt.Mark != "" {
		wg.Go(func() { s.shareSessions(ctx) })
		wg.Go(func() { s.shareFailures(ctx) })
	}
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.flush(ctx, s.db.Now())
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			s.flush(last, s.db.Now().Add(2*failureWindow))
			return nil
		}
	}
}

func (s *Service) flush(ctx context.Context, now time.Time) {
	over := s.failures.drain(now)
	if len(over) == 0 {
		return
	}
	err := s.db.Write(ctx, func(tx *db.Tx) error { return s.recordFailures(tx, over...) })
	if err != nil {
		s.opt.Log.Error("org: recording failed log-ins", "err", err)
	}
}
