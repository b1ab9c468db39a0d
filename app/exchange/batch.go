package exchange

import (
	"context"
	"time"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/sheet"
	"cohort/db"
)

// How long files are kept that were never run, and reports of those that were:
// so long an import can be undone.
const (
	keepUnused = 7 * 24 * time.Hour
	keepDone   = 90 * 24 * time.Hour
)

// State is how far a batch is.
type State string

// The states of a batch.
const (
	Uploaded  State = "uploaded"
	Checked   State = "checked" // a dry run has made the report
	Running   State = "running"
	Done      State = "done"
	Undoing   State = "undoing"
	Undone    State = "undone"
	TakenBack State = "taken_back" // broken off in the middle, and nothing of it kept
)

// Modes are what an import may do with the rows of a file: add all, change the
// records that are there, or whichever it finds.
var Modes = []string{"add", "update", "both"}

// Batch is one file that was sent to be imported.
type Batch struct {
	ID, Version int64
	Account     int64 // who sent it
	Login, Who  string
	Name        string // of the file
	Size        int64
	Resource    string // "" until it is known
	Mode        string // one of Modes
	Match       string // the field by which records are found; "": the number and every unique one
	Read        sheet.Options
	Columns     []Column
	State       State

	Rows                          int // of the file, without the heading
	Added, Changed, Same, Refused int // or would be, after a dry run
	Kept                          int // rows that an undo had to leave
	ReportSize                    int64
	Created, Updated, Run         time.Time

	stored, report string
}

// Column is one column of a file and the field that it goes to.
type Column struct {
	Heading string `json:"heading"`
	Field   string `json:"field"` // "": left out; "id": the record's number
	Sample  string `json:"sample,omitempty"`
}

// CanImport says whether by may import records of any kind.
func (s *Service) CanImport(by policy.Actor) bool { return len(s.Importable(by)) > 0 }

// Importable lists the records that by may import.
func (s *Service) Importable(by policy.Actor) (list []string) {
	if by.Account == 0 {
		return nil
	}
	for _, name := range s.Engine.Names() {
		if s.mayImport(by, name) == nil {
			list = append(list, name)
		}
	}
	return list
}

// mayImport asks for the right to import, and to add or change at all.
func (s *Service) mayImport(by policy.Actor, name string) error {
	res, err := s.record(by, "import", name)
	if err != nil {
		return err
	}
	if res.CanAdd() && by.Can("add", name) || res.CanChange() && by.Can("change", name) {
		return nil
	}
	return policy.Forbidden("import", name)
}

// Batches lists the files that by has sent, and those of others that he may
// list; the newest first.
func (s *Service) Batches(ctx context.Context, by policy.Actor) (list []Batch, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		all, err := batchesOf(tx, by.Account, by.Can("list", "imports"))
		for _, b := range all {
			if sees(by, b, "list") {
				list = append(list, b.veiled(by))
			}
		}
		return err
	})
	return list, err
}

// sees says whether a batch is one's own, or of those of others that one may do
// the action on.
func sees(by policy.Actor, b Batch, action string) bool {
	return by.Account != 0 && b.Account == by.Account || by.May(action, "imports", policy.Row{"account": policy.Int(b.Account)})
}

// Batch gives one file that was sent.
func (s *Service) Batch(ctx context.Context, by policy.Actor, id int64) (b Batch, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		b, err = s.batch(tx, by, id, "view")
		return err
	})
	return b.veiled(by), err
}

// veiled leaves the first values of the columns to who has sent the file: he sends them to fields, and what another may
// see of them depends on which.
func (b Batch) veiled(by policy.Actor) Batch {
	if b.Account == by.Account {
		return b
	}
	columns := make([]Column, len(b.Columns))
	for i, c := range b.Columns {
		columns[i] = Column{Heading: c.Heading, Field: c.Field}
	}
	b.Columns = columns
	return b
}

func (s *Service) batch(tx *db.Tx, by policy.Actor, id int64, action string) (Batch, error) {
	b, err := batchOf(tx, id)
	if db.NoRows(err) || err == nil && !sees(by, b, "view") {
		return Batch{}, policy.NotFound()
	}
	if err == nil && !sees(by, b, action) {
		err = policy.Forbidden(action, "imports")
	}
	return b, err
}

// own gives a batch of one's own that is in one of the states.
func (s *Service) own(tx *db.Tx, by policy.Actor, id int64, states ...State) (Batch, error) {
	b, err := s.batch(tx, by, id, "view")
	switch {
	case err != nil:
		return b, err
	case b.Account != by.Account:
		return b, fault.New(fault.Forbidden, "import.not_yours")
	}
	return b, b.in(states...)
}

// in refuses a batch that is in none of the states.
func (b Batch) in(states ...State) error {
	for _, st := range states {
		if b.State == st {
			return nil
		}
	}
	return fault.New(fault.Conflict, "import.wrong_state", "state", word("choice.import_state."+string(b.State)))
}

// hold keeps a batch for one work at a time, in all processes of the school.
func (s *Service) hold(ctx context.Context, id int64) (free func(), err error) {
	s.mu.Lock()
	taken := s.busy[id]
	s.busy[id] = true
	s.mu.Unlock()
	if taken {
		return nil, fault.New(fault.Conflict, "import.busy")
	}
	drop := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.busy, id)
	}
	release, ok, err := s.DB.Hold(ctx, id)
	if err != nil || !ok {
		drop()
		if err == nil {
			err = fault.New(fault.Conflict, "import.busy")
		}
		return nil, err
	}
	return func() { release(); drop() }, nil
}

// Drop removes a file that was not run, or the report of one that was.
func (s *Service) Drop(ctx context.Context, by policy.Actor, id int64) error {
	free, err := s.hold(ctx, id)
	if err != nil {
		return err
	}
	defer free()
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.own(tx, by, id, Uploaded, Checked, Undone, TakenBack); err != nil {
			return err
		}
		s.publish(tx, "imports", id, "deleted")
		return deleteBatch(tx, id)
	})
}
