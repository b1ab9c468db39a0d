package resource

import (
	"errors"
	"sort"
	"strconv"
	"time"

	"cohort/app/audit"
	"cohort/app/fault"
)

// Conflict tells what two people wrote into the same fields. It is the cause of
// the fault fault.stale; ConflictOf finds it.
type Conflict struct {
	Who     string // log-in name of who wrote last
	At      time.Time
	Version int64 // the present one: to save over it, send this
	Fields  []Clash
}

// Clash is one field that both wrote, as it would be typed; theirs is masked
// where the reader sees it masked.
type Clash struct {
	Field, Theirs, Mine string
}

func (c *Conflict) Error() string {
	return "record: " + strconv.Itoa(len(c.Fields)) + " fields written by " + c.Who + " too"
}

// ConflictOf finds the conflict in an error of a change.
func ConflictOf(err error) (*Conflict, bool) {
	var c *Conflict
	ok := errors.As(err, &c)
	return c, ok
}

// collide refuses what somebody else has written differently since the version
// that the actor read.
func (ed *Edit) collide(version int64) error {
	if version == 0 || version == ed.Version || len(ed.New) == 0 {
		return nil
	}
	since, c, err := ed.since(version)
	if err != nil {
		return err
	}
	for name, mine := range ed.New {
		if since != nil && !since[name] {
			continue
		}
		f, _ := ed.res.Field(name)
		c.Fields = append(c.Fields, Clash{Field: name, Theirs: ed.Shown(f), Mine: mine})
	}
	if len(c.Fields) == 0 {
		return nil
	}
	sort.Slice(c.Fields, func(i, j int) bool { return c.Fields[i].Field < c.Fields[j].Field })
	stale := fault.New(fault.Stale, "fault.stale")
	for _, clash := range c.Fields {
		stale.More = append(stale.More, &fault.Fault{Kind: fault.Stale, Key: "record.clash", Field: clash.Field,
			Args: []any{"theirs", clash.Theirs, "mine", clash.Mine}})
	}
	return stale.Because(c)
}

// since gives the fields that were changed after a version, by the versions in
// the audit trail; nil where it does not account for all of them, so that any
// field may have changed.
func (ed *Edit) since(version int64) (map[string]bool, *Conflict, error) {
	c := &Conflict{Version: ed.Version}
	entries, err := audit.Entries(ed.tx.Ctx(), ed.e.DB, ed.res.Name, ed.id, 500)
	if err != nil {
		return nil, nil, err
	}
	fields := map[string]bool{}
	seen := int64(0)
	for _, entry := range entries {
		if versionOf(entry) <= version {
			continue
		}
		if c.Who == "" {
			c.Who, c.At = entry.Login, entry.At
		}
		seen++
		for _, ch := range entry.Changes {
			fields[ch.Field] = true
		}
	}
	if version > ed.Version || seen != ed.Version-version {
		fields = nil
	}
	return fields, c, nil
}

// versionOf is the version that an act made, 0 where it made none.
func versionOf(e audit.Entry) int64 {
	for _, ch := range e.Changes {
		if ch.Field == versionField {
			n, _ := strconv.ParseInt(ch.New, 10, 64)
			return n
		}
	}
	return 0
}
