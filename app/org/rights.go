package org

import (
	"context"
	"errors"
	"sync"
	"time"

	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// cache keeps the rights of accounts until something they depend on changes. It
// takes the events from its subscription when it is asked, not in the
// background: Publish has put an event there before it returns, so who asks
// after a change never gets what was before.
type cache struct {
	mu         sync.Mutex
	sub        *bus.Sub
	generation int64
	entries    map[int64]entry
	failed     time.Time // when the database did not answer last
	why        error
}

type entry struct {
	rights     *policy.Rights
	account    Account
	generation int64
}

// cacheFor bounds how long another process's change, such as that of the
// cohort binary on the server's shell, stays unknown.
const cacheFor = 5 * time.Second

func newCache(sub *bus.Sub) *cache {
	return &cache{sub: sub, entries: map[int64]entry{}}
}

// get gives the entry of an account, if there is one, and the generation that
// a newly read one belongs to.
func (c *cache) get(id int64, now time.Time) (e entry, generation int64, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.sub.C:
		events, flooded := c.sub.Take()
		if flooded || anyMatters(events) {
			c.forget()
		}
	default:
	}
	e, ok = c.entries[id]
	if ok {
		age := now.Sub(e.rights.Read)
		ok = e.generation == c.generation && age >= 0 && age < cacheFor
	}
	return e, c.generation, ok
}

// put keeps what was read, unless something changed since.
func (c *cache) put(id, generation int64, e entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.generation = generation; generation == c.generation {
		c.entries[id] = e
	}
}

// forget makes all entries ones of the past, see old.
func (c *cache) forget() { c.generation++ }

// old gives what was last known of an account, however long ago.
func (c *cache) old(id int64) entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.entries[id]
}

// restFor is how long nobody asks again after the database did not answer, but for who must know.
const restFor = 3 * time.Second

// rests gives the reason where the database did not answer a moment ago.
func (c *cache) rests(now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if age := now.Sub(c.failed); age < 0 || age >= restFor {
		return nil
	}
	return c.why
}

// fail remembers that the database did not answer. That somebody no longer wanted to know is no such thing.
func (c *cache) fail(now time.Time, why error) {
	if !db.Gone(why) && !errors.Is(why, context.DeadlineExceeded) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed, c.why = now, why
}

func anyMatters(events []bus.Event) bool {
	for _, e := range events {
		if matters(e) {
			return true
		}
	}
	return false
}

// matters says whether rights may depend on what changed: an approval makes
// students and puts them into classes.
func matters(e bus.Event) bool {
	switch e.Resource {
	case "policy", "accounts", "roles", "classes", "departments", "students":
		return true
	case "enrollments":
		return e.Verb == "approved"
	}
	return false
}

// Invalidate forgets all rights that were read.
func (s *Service) Invalidate() {
	s.rights.mu.Lock()
	defer s.rights.mu.Unlock()
	s.rights.forget()
}

// Rights gives the rights of an active account as they are now, and the
// account. Both are snapshots: ask again for every request.
func (s *Service) Rights(ctx context.Context, account int64) (*policy.Rights, Account, error) {
	e, generation, ok := s.rights.get(account, s.db.Now())
	if !ok {
		err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
			e, err = s.readRights(tx, account)
			return err
		})
		if err != nil {
			return nil, Account{}, err
		}
		s.rights.put(account, generation, e)
	}
	if !e.account.Active {
		return nil, Account{}, disabled()
	}
	return e.rights, e.account, nil
}

// Actor gives the account as the actor of one request.
func (s *Service) Actor(ctx context.Context, account int64, via policy.Face, addr string) (policy.Actor, error) {
	rights, a, err := s.Rights(ctx, account)
	if err != nil {
		return policy.Actor{}, err
	}
	return policy.Actor{Account: a.ID, Login: a.Login, Name: a.Name, Via: via, Addr: addr, Rights: rights}, nil
}

// Remembered is Actor for a session that goes on: where the database does not answer, it gives the actor as he was last
// known, with the reason in Unsure. An error says that the account may not go on. While it does not answer only one in
// some seconds waits for it.
func (s *Service) Remembered(ctx context.Context, account int64, via policy.Face, addr string) (policy.Actor, error) {
	err := s.rights.rests(s.db.Now())
	if _, _, fresh := s.rights.get(account, s.db.Now()); fresh || err == nil {
		by, now := s.Actor(ctx, account, via, addr)
		if _, said := fault.As(now); now == nil || said {
			return by, now
		}
		s.rights.fail(s.db.Now(), now)
		err = now
	}
	e := s.rights.old(account)
	if e.rights == nil {
		e.rights = &policy.Rights{}
	}
	return policy.Actor{Account: account, Login: e.account.Login, Name: e.account.Name, Via: via, Addr: addr, Rights: e.rights, Unsure: err}, nil
}

func (s *Service) readRights(tx *db.Tx, id int64) (e entry, err error) {
	if e.account, err = accountOf(tx, id); err != nil {
		if db.NoRows(err) {
			err = policy.NotFound()
		}
		return e, err
	}
	scope, err := scopeOf(tx, e.account)
	if err != nil {
		return e, err
	}
	roles, err := rolesOf(tx, id)
	if err != nil {
		return e, err
	}
	permissions, err := permissionsOf(tx, id)
	if err != nil {
		return e, err
	}
	own, err := accountGrants(tx, id)
	if err != nil {
		return e, err
	}
	for _, g := range own {
		permissions = append(permissions, g.stored())
	}
	e.rights = policy.NewRights(forMenus(roles), scope, s.grants(permissions))
	e.rights.MustChange = e.account.MustChange
	if e.rights.MustEnroll, err = mustEnroll(tx, id); err != nil {
		return e, err
	}
	e.rights.Read = tx.Now
	return e, nil
}

func forMenus(roles []Role) (out []policy.Role) {
	for _, r := range roles {
		out = append(out, policy.Role{ID: r.ID, Name: r.Name, Title: r.Title, Menu: r.Menu})
	}
	return out
}

// grants reads stored lines. One that cannot be read grants nothing, and denies
// all that it names.
func (s *Service) grants(list []stored) (out []policy.Grant) {
	for _, p := range list {
		g, err := p.grant(p.role)
		g.Account, g.Deny, g.Reason = p.account, p.deny, p.reason
		if err != nil {
			s.opt.Log.Error("org: rules that cannot be read", "id", p.ID, "role", p.role, "account", p.account, "err", err)
			if !p.deny {
				continue
			}
			g.Rows, g.Fields = nil, nil
		}
		out = append(out, g)
	}
	return out
}
