// Package setting keeps what a school's administrator may change while it runs: quotas, days, switches, addresses, keys
// of other services. Packages declare their settings once and read them from memory; a change is written to the
// database, audited, and read again by every process.
//
// The words of a setting are setting.<name> and setting.<name>.about, those of a group setting.group.<group>.
package setting

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/seal"
	"cohort/db"
)

// Kind is what a setting's value is.
type Kind int

// The kinds. A Secret is sealed in the database, shown as set or not set only, and
// never audited in clear.
const (
	Int Kind = iota
	Flag
	Text
	Secret
	Clock   // HH:MM in the school's time zone, or "" for never
	List    // words, separated by blanks
	Choice  // one of Choices
	Numbers // whole numbers that rise, separated by blanks, each between Min and Max
)

// MaxText bounds a value, in characters.
const MaxText = 500

// Setting declares one setting.
type Setting struct {
	Name     string // such as claim_per_day
	Group    string
	Kind     Kind
	Default  string
	Min, Max int64    // of an Int and of Numbers; Max 0: no bound
	Choices  []string // of a Choice
	// Check refuses values that are of the right kind and still wrong; it gets the
	// value as it would be stored. May be nil.
	Check func(text string) error
}

// Shown is a setting with its value, for people.
type Shown struct {
	Setting
	Value string // "" of a secret
	Set   bool   // differs from the default: somebody has set it
}

// Service keeps the settings. Make one with New.
type Service struct {
	db     *db.DB
	bus    *bus.Bus
	box    seal.Box
	mu     sync.RWMutex
	order  []string
	known  map[string]Setting
	values atomic.Pointer[map[string]string] // what is set, in clear
}

// New makes the service; secret is the school's, from which the key of secret
// settings is derived.
func New(d *db.DB, b *bus.Bus, secret []byte) *Service {
	s := &Service{db: d, bus: b, box: seal.New(secret, "settings"), known: map[string]Setting{}}
	s.values.Store(&map[string]string{})
	return s
}

// Declare makes settings known, in the order in which they are shown. A name
// declared twice or a default that would be refused is a fault of the program and
// panics.
func (s *Service) Declare(list ...Setting) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range list {
		if _, twice := s.known[x.Name]; twice {
			panic("setting: declared twice: " + x.Name)
		}
		if text, err := x.clean(x.Default); err != nil || text != x.Default {
			panic(fmt.Sprintf("setting: %s: the default %q is refused: %v", x.Name, x.Default, err))
		}
		s.known[x.Name] = x
		s.order = append(s.order, x.Name)
	}
}

// Load reads all values from the database. Values that are not declared any more
// are left alone; a value that no longer fits reads as the default.
func (s *Service) Load(ctx context.Context) error {
	return s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := all(tx)
		if err != nil {
			return err
		}
		values := map[string]string{}
		for name, text := range rows {
			if x, ok := s.get(name); ok {
				if text, ok = s.readable(x, text); ok {
					values[name] = text
				}
			}
		}
		s.values.Store(&values)
		return nil
	})
}

func (s *Service) readable(x Setting, text string) (string, bool) {
	if x.Kind == Secret {
		var err error
		if text, err = s.box.Open(x.Name, text); err != nil {
			return "", false
		}
	}
	text, err := x.clean(text)
	return text, err == nil
}

// Run reads the values again whenever another process has changed one.
func (s *Service) Run(ctx context.Context) error {
	sub := s.bus.Subscribe()
	defer sub.Close()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-sub.C:
		}
		events, lost := sub.Take()
		if lost || slices.ContainsFunc(events, func(e bus.Event) bool { return e.Resource == "settings" }) {
			for s.Load(ctx) != nil && ctx.Err() == nil { // a server that is away: what was remembered stands until it is back
				time.Sleep(time.Second)
			}
		}
	}
}

func (s *Service) get(name string) (Setting, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	x, ok := s.known[name]
	return x, ok
}

// Text is the value of any setting as it is stored, secrets in clear; for programs,
// never to be shown. A name that is not declared panics.
func (s *Service) Text(name string) string {
	if text, ok := (*s.values.Load())[name]; ok {
		return text
	}
	x, ok := s.get(name)
	if !ok {
		panic("setting: not declared: " + name)
	}
	return x.Default
}

// Int is the value of an Int.
func (s *Service) Int(name string) int64 {
	n, _ := strconv.ParseInt(s.Text(name), 10, 64)
	return n
}

// Flag is the value of a Flag.
func (s *Service) Flag(name string) bool { return s.Text(name) == on }

// List is the value of a List.
func (s *Service) List(name string) []string { return strings.Fields(s.Text(name)) }

// Numbers is the value of Numbers.
func (s *Service) Numbers(name string) (list []int64) {
	for _, w := range s.List(name) {
		n, _ := strconv.ParseInt(w, 10, 64)
		list = append(list, n)
	}
	return list
}

// IsSet says that somebody has set the value.
func (s *Service) IsSet(name string) bool {
	_, ok := (*s.values.Load())[name]
	return ok
}

// Resource is what rights to settings are about.
const Resource = "settings"

// Show lists the settings with their values. It asks for the right to change them:
// who sees quotas and addresses of other services is who sets them.
func (s *Service) Show(_ context.Context, by policy.Actor) ([]Shown, error) {
	if err := by.NeedAny("change", Resource); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	list := make([]Shown, 0, len(s.order))
	for _, name := range s.order {
		list = append(list, s.shown(s.known[name]))
	}
	return list, nil
}

func (s *Service) shown(x Setting) Shown {
	text, set := (*s.values.Load())[x.Name]
	switch {
	case x.Kind == Secret:
		text = ""
	case !set:
		text = x.Default
	}
	return Shown{Setting: x, Value: text, Set: set}
}

// Get shows one setting.
func (s *Service) Get(_ context.Context, by policy.Actor, name string) (Shown, error) {
	if err := by.NeedAny("change", Resource); err != nil {
		return Shown{}, err
	}
	x, ok := s.get(name)
	if !ok {
		return Shown{}, unknown(name)
	}
	return s.shown(x), nil
}

func unknown(name string) error { return fault.New(fault.NotFound, "setting.unknown", "name", name) }

// Set gives a setting a value, written as people type it.
func (s *Service) Set(ctx context.Context, by policy.Actor, name, typed string) error {
	x, err := s.mayChange(by, name)
	if err != nil {
		return err
	}
	text, err := x.clean(typed)
	if err != nil {
		return err
	}
	return s.write(ctx, by, x, &text)
}

// Reset gives a setting its default again; a secret is forgotten.
func (s *Service) Reset(ctx context.Context, by policy.Actor, name string) error {
	x, err := s.mayChange(by, name)
	if err != nil {
		return err
	}
	return s.write(ctx, by, x, nil)
}

func (s *Service) mayChange(by policy.Actor, name string) (Setting, error) {
	x, ok := s.get(name)
	if err := by.NeedAny("change", Resource); err != nil {
		return x, err
	}
	if !ok {
		return x, unknown(name)
	}
	return x, nil
}

// write stores a value, or none where text is nil.
func (s *Service) write(ctx context.Context, by policy.Actor, x Setting, text *string) error {
	stored := ""
	if text != nil {
		stored = *text
		if x.Kind == Secret {
			var err error
			if stored, err = s.box.Seal(x.Name, stored); err != nil {
				return err
			}
		}
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		before, err := all(tx)
		if err != nil {
			return err
		}
		if text == nil {
			err = remove(tx, x.Name)
		} else {
			err = put(tx, x.Name, stored)
		}
		if err != nil {
			return err
		}
		tx.AfterCommit(func() { s.keep(x.Name, text) })
		return audit.Write(tx, by, "change", Resource, 0, change(x, before, text))
	})
}

// change is what the audit trail says of it.
func change(x Setting, before map[string]string, text *string) audit.Change {
	old, was := before[x.Name]
	if !was {
		old = x.Default
	}
	now := x.Default
	if text != nil {
		now = *text
	}
	if x.Kind == Secret {
		return audit.Secret(x.Name)
	}
	return audit.Change{Field: x.Name, Old: old, New: now}
}

// keep takes a committed value into memory and tells everybody.
func (s *Service) keep(name string, text *string) {
	s.mu.Lock()
	values := map[string]string{}
	for k, v := range *s.values.Load() {
		values[k] = v
	}
	delete(values, name)
	if text != nil {
		values[name] = *text
	}
	s.values.Store(&values)
	s.mu.Unlock()
	if s.bus != nil {
		s.bus.Publish(bus.Event{Resource: Resource, Verb: "changed"})
	}
}
