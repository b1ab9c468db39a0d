package setting

import (
	"context"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

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
