package enrollment

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/unicode/norm"

	"cohort/app/audit"
	"cohort/app/blob"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// The limits of documents.
const (
	MaxDocuments = 3
	MaxSize      = 2 << 20 // bytes, inclusive
	maxName      = 255     // bytes
)

// Document is one file that an applicant sent.
type Document struct {
	ID, Enrollment int64
	Place          int    // 1 to 3
	Name           string // as sent, in NFC
	Size           int64
	Type           string // by content
	SHA256         string
	Remark         string // what the reviewer said about it when returning
	Uploaded       time.Time
	Removed        time.Time // when its bytes went; zero: they are there
	RemovedWhy     string    // ByRule, Erased

	stored string
}

// tooMany is the one word for the fourth file.
func tooMany() *fault.Fault {
	return fault.New(fault.Conflict, "enrollment.documents_full", "max", MaxDocuments)
}

// reserved are names that the folder itself shows.
var reserved = map[string]bool{"readme.txt": true, "contract.md": true, "form.txt": true}

// cleanName brings a document's name into the form it is kept in, or says why it
// cannot be a name.
func cleanName(s string) (string, *fault.Fault) {
	s, bad := FileName(s)
	switch {
	case bad != nil:
		return "", bad
	case s[0] == '.':
		return "", fault.New(fault.Invalid, "enrollment.name_hidden", "name", s)
	case reserved[strings.ToLower(s)]:
		return "", NameReserved(s)
	}
	return s, nil
}

// NameReserved refuses a name that the folder itself shows.
func NameReserved(name string) *fault.Fault {
	return fault.New(fault.Conflict, "enrollment.name_reserved", "name", name)
}

// FileName brings the name of any uploaded file into the form it is kept in, or
// says why it cannot be a name. Broken UTF-8 is read as the GBK that old Windows
// clients send.
func FileName(s string) (string, *fault.Fault) {
	if !utf8.ValidString(s) {
		fromGBK, err := simplifiedchinese.GB18030.NewDecoder().String(s)
		if err != nil || strings.ContainsRune(fromGBK, utf8.RuneError) {
			return "", fault.New(fault.Invalid, "enrollment.name_unsafe")
		}
		s = fromGBK
	}
	s = norm.NFC.String(s)
	switch {
	case s == "" || s == "." || s == ".." || strings.ContainsAny(s, "/\\") || strings.ContainsFunc(s, unseen) || strings.TrimSpace(s) != s:
		return "", fault.New(fault.Invalid, "enrollment.name_unsafe")
	case len(s) > maxName:
		return "", fault.New(fault.Invalid, "enrollment.name_long", "max", maxName)
	}
	return s, nil
}

// unseen are characters that draw nothing or move what is drawn: controls,
// direction marks, joiners, selectors, private ones.
func unseen(r rune) bool {
	return r == utf8.RuneError || unicode.In(r, unicode.C, unicode.Zl, unicode.Zp, unicode.Variation_Selector)
}

// Documents lists an enrollment's documents for who may see them; the
// applicant and the student see their own.
func (s *Service) Documents(ctx context.Context, by policy.Actor, id int64) (list []Document, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if err := s.seesDocuments(tx, by, "list", id); err != nil {
			return err
		}
		list, err = documentsOf(tx, id)
		return err
	})
	return list, err
}

// seesDocuments asks for a right on the documents of one enrollment. All of
// them have the same row, so the enrollment's is asked.
func (s *Service) seesDocuments(tx *db.Tx, by policy.Actor, action string, id int64) error {
	if by.Enrollment != 0 {
		if by.Enrollment != id {
			return policy.NotFound()
		}
		_, err := mine(tx, by)
		return err
	}
	e, err := byID(tx, id)
	if err != nil {
		return err
	}
	if e.ID == 0 {
		return policy.NotFound()
	}
	row, err := rowOf(tx, e)
	if err != nil {
		return err
	}
	if by.May(action, "documents", row) {
		return nil
	}
	if ok, err := s.Engine.Sees(tx, by, "view", "enrollments", id); err != nil || ok {
		return firstErr(err, policy.Forbidden(action, "documents"))
	}
	return policy.NotFound()
}

// OpenDocument opens a document for reading. Every reading by somebody else
// than the applicant is written down first.
func (s *Service) OpenDocument(ctx context.Context, by policy.Actor, id, document int64) (blob.File, Document, error) {
	d, err := s.readDocument(ctx, by, id, document)
	if err != nil {
		return nil, d, err
	}
	if !d.Removed.IsZero() {
		return nil, d, removed(d)
	}
	f, err := s.Blobs.Open(d.stored)
	return f, d, err
}

func (s *Service) readDocument(ctx context.Context, by policy.Actor, id, document int64) (d Document, err error) {
	run := s.DB.Write
	if by.Enrollment != 0 {
		run = s.DB.Read
	}
	err = run(ctx, func(tx *db.Tx) error {
		if err := s.seesDocuments(tx, by, "download", id); err != nil {
			return err
		}
		if d, err = documentByID(tx, id, document); err != nil {
			return err
		}
		if by.Enrollment != 0 {
			return nil
		}
		return audit.Write(tx, by, "download", "documents", d.ID, audit.Change{Field: "enrollment", New: str(id)}, audit.Change{Field: "name", New: d.Name})
	})
	return d, err
}

// RemoveDocument takes one of the applicant's own documents away, by its id or,
// where that is 0, by its name. Its bytes go with the next sweep.
func (s *Service) RemoveDocument(ctx context.Context, by policy.Actor, document int64, name string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		e, err := open(tx, by)
		if err != nil {
			return err
		}
		var d Document
		if document != 0 {
			d, err = documentByID(tx, e.ID, document)
		} else {
			d, err = documentByName(tx, e.ID, norm.NFC.String(name))
		}
		if err != nil {
			return err
		}
		if err := deleteDocument(tx, d.ID); err != nil {
			return err
		}
		s.changed(tx, e.ID, "document")
		return audit.Write(tx, by, "remove", "documents", d.ID, audit.Change{Field: "enrollment", New: str(e.ID)},
			audit.Change{Field: "name", Old: d.Name}, audit.Change{Field: "sha256", Old: d.SHA256})
	})
}
