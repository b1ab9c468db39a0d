// Package exchange takes records out of the school as files and into it from
// files, every record by its one declaration: columns, rights, field rules and
// services are those of the lists and forms.
package exchange

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"cohort/app/blob"
	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// Deps is what the service stands on.
type Deps struct {
	DB      *db.DB
	Bus     *bus.Bus // nil: nobody listens
	Engine  *resource.Engine
	Blobs   *blob.Store
	Printer func(i18n.Lang) i18n.Printer
	// Lang is the language of an account, for what is written before it is read.
	Lang func(ctx context.Context, by policy.Actor) i18n.Lang
	Log  *slog.Logger
}

// Service takes records out and in. Make one with New.
type Service struct {
	Deps
	mu   sync.Mutex
	busy map[int64]bool // batches that are checked, run or undone just now
}

// New makes the service and registers its own record with the engine.
func New(d Deps) *Service {
	d.Engine.Register(imports())
	s := &Service{Deps: d, busy: map[int64]bool{}}
	d.Blobs.Refer(s.named)
	return s
}

// named tells which bytes exports and imports name.
func (s *Service) named(ctx context.Context, stored []string) (names map[string]bool, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		names, err = storedNames(tx, stored)
		return err
	})
	return names, err
}

// Report hears how far work is; total is 0 where it is not known.
type Report func(done, total int)

func (r Report) say(done, total int) {
	if r != nil {
		r(done, total)
	}
}

// record gives a declared record on which by may do the action.
func (s *Service) record(by policy.Actor, action, name string) (*resource.Resource, error) {
	res, ok := s.Engine.Get(name)
	if !ok {
		return nil, fault.New(fault.NotFound, "list.no_resource", "name", name)
	}
	return res, by.NeedAny(action, name)
}

func (s *Service) publish(tx *db.Tx, name string, id int64, verb string) {
	if s.Bus != nil {
		tx.AfterCommit(func() { s.Bus.Publish(bus.Event{Resource: name, ID: id, Verb: verb}) })
	}
}

// tidyEvery is how often the worker looks for what has expired.
const tidyEvery = 10 * time.Minute

// Run is the worker: it ends exports and forgets files whose time is over. It
// returns when ctx ends.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	for {
		if err := s.tidy(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("exchange: tidying up", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// tidy does the worker's work once. The bytes go when the store is swept next.
func (s *Service) tidy(ctx context.Context) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := dropExports(tx, db.Millis(tx.Now)); err != nil {
			return err
		}
		return dropBatches(tx, db.Millis(tx.Now.Add(-keepUnused)), db.Millis(tx.Now.Add(-keepDone)))
	})
}
