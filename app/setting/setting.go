// Package setting keeps what a school's administrator may change while it runs: quotas, days, switches, addresses, keys
// of other services. Packages declare their settings once and read them from memory; a change is written to the
// database, audited, and read again by every process.
//
// The words of a setting are setting.<name> and setting.<name>.about, those of a group setting.group.<group>.
package setting

import (
	"fmt"
	"sync"
	"sync/atomic"

	"cohort/app/bus"
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
