package enrollment

import (
	"context"
	"time"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/db"
)

// Why a document's bytes are gone.
const (
	ByRule = "rule"   // they were kept as long as the school keeps them
	Erased = "erased" // with the person's data
)

// removed says when and why a document's bytes went.
func removed(d Document) error {
	return fault.New(fault.NotFound, "enrollment.document_removed_"+d.RemovedWhy, "name", d.Name, "on", i18n.Day(d.Removed), "hash", d.SHA256)
}

// Outlived removes the bytes of documents whose enrollment was approved longer ago than the school keeps them, and says
// how many went. Their rows stay, with the hash by which a copy can be told to be the same.
func (s *Service) Outlived(ctx context.Context, by policy.Actor) (n int, err error) {
	days := 0
	if s.DocumentDays != nil {
		days = s.DocumentDays()
	}
	if !by.IsSystem() || days <= 0 {
		return 0, nil
	}
	before := s.DB.Now().Add(-time.Duration(days) * 24 * time.Hour)
	for {
		var list []Document
		err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
			list, err = outlived(tx, before, 100)
			return err
		})
		if err != nil || len(list) == 0 {
			return n, err
		}
		err = s.DB.Write(ctx, func(tx *db.Tx) error {
			for _, d := range list {
				if err := s.RemoveBytes(tx, by, d, ByRule); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return n, err
		}
		n += len(list)
	}
}

// RemoveBytes forgets a document's bytes within a transaction, and throws them away after it.
func (s *Service) RemoveBytes(tx *db.Tx, by policy.Actor, d Document, why string) error {
	if err := markRemoved(tx, d.ID, why); err != nil {
		return err
	}
	ctx, stored := tx.Ctx(), d.stored
	tx.AfterCommit(func() { s.discard(ctx, stored) })
	s.changed(tx, d.Enrollment, "document")
	return audit.Write(tx, by, "remove", "documents", d.ID, audit.Change{Field: "enrollment", New: str(d.Enrollment)},
		audit.Change{Field: "sha256", Old: d.SHA256}, audit.Change{Field: "reason", New: why})
}

// Seen is one reading of a student's documents or ID number by somebody else.
type Seen struct {
	At    time.Time
	Who   string // the reader's name
	What  string // a document's name; "" is the ID number or the form
	Act   string // download, view, reveal
	Class string
}

// mostSeen bounds the list.
const mostSeen = 200

// WhoSaw tells a student who has read his documents and his ID number, the newest first.
func (s *Service) WhoSaw(ctx context.Context, by policy.Actor) (list []Seen, err error) {
	id, err := own(by, "list", "documents")
	if err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		list, err = seenOf(tx, id, by.Account)
		return err
	})
	return list, err
}

// EraseDocuments removes the bytes of all documents of a customer within a transaction, and says how many there were.
func (s *Service) EraseDocuments(tx *db.Tx, by policy.Actor, customer int64) (n int, err error) {
	list, err := keptOf(tx, customer)
	if err != nil {
		return 0, err
	}
	for _, d := range list {
		if err := s.RemoveBytes(tx, by, d, Erased); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
