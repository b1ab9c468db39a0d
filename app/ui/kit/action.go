package kit

import (
	"sort"

	"cohort/app/i18n"
)

// Action is something a person can do now. Dispatch, the help line, the list of
// keys, the palette and the tests read the same values.
type Action struct {
	ID      string     // message key of the label; also its name in tests
	Args    []any      // arguments of the label
	Keys    []string   // as bubbletea writes them: "n", "ctrl+s"; the first is shown
	WhyNot  error      // a fault: greyed out, and said when pressed
	Run     func() Cmd // nil: shown for the record, such as keys of an input
	Weight  int        // place in the help line, higher first; below 0: only in ? and the palette
	Quiet   bool       // not in the palette (movement)
	Danger  bool       // drawn as such; the asking is up to Confirm
	Confirm *Question  // asked before Run
}

// Question is asked before an action runs.
type Question struct {
	Key  string // message key of the question
	Args []any
	Yes  string // message key of the "yes" label; "" for a plain yes
	Type string // what must be typed to go on, for what cannot be undone
}

// Label says the action in the reader's words.
func (a Action) Label(p i18n.Printer) string { return p.T(a.ID, a.Args...) }

// has says whether a key starts the action.
func (a Action) has(key string) bool {
	for _, k := range a.Keys {
		if k == key {
			return true
		}
	}
	return false
}

// find gives the action of a key.
func find(list []Action, key string) (Action, bool) {
	for _, a := range list {
		if a.has(key) {
			return a, true
		}
	}
	return Action{}, false
}

// Clashes names keys that two actions of one screen share, or that the Root
// keeps for itself. Tests fail on any.
func Clashes(list []Action) []string {
	seen, bad := map[string]string{}, []string{}
	for _, k := range reserved {
		seen[k] = "the root"
	}
	for _, a := range list {
		for _, k := range a.Keys {
			if by, twice := seen[k]; twice {
				bad = append(bad, k+": "+a.ID+" and "+by)
			}
			seen[k] = a.ID
		}
	}
	sort.Strings(bad)
	return bad
}

// reserved are the keys that mean the same everywhere.
var reserved = []string{"q", "?", ":", "m", "ctrl+k", "ctrl+c", "ctrl+l", "ctrl+b"}

// KeyName prints a key for people: "^S", "enter", "空格".
func KeyName(p i18n.Printer, key string) string {
	if len(key) == 6 && key[:5] == "ctrl+" {
		return "^" + string(upper(key[5]))
	}
	return p.Or("kit.key."+key, key)
}

func upper(b byte) byte {
	if b >= 'a' && b <= 'z' {
		return b - 32
	}
	return b
}
