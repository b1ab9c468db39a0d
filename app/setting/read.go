package setting

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"cohort/app/bus"
	"cohort/db"
)

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
