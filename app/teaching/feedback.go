package teaching

import (
	"context"
	"errors"
	"strings"
	"time"

	"cohort/app/audit"
	"cohort/app/blob"
	"cohort/app/enrollment"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/db"
)

// The limits of what goes back to one student of one lesson.
const (
	maxFeedbackFiles = 20
	maxFeedbackBytes = 20 << 20 // of each file
)

// FeedbackFile is a file that a lecturer sent back to a student.
type FeedbackFile struct {
	ID, Record int64
	Name       string
	Size       int64
	SHA256     string
	SentBy     int64
	Sent       time.Time

	stored string
}

// Feedback lists the files that went back with a study record: to those who may
// grade it, and to the student once the grades are released.
func (s *Service) Feedback(ctx context.Context, by policy.Actor, record int64) (list []FeedbackFile, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if err := s.seesFeedback(tx, by, record); err != nil {
			return err
		}
		list, err = feedbackOf(tx, record)
		return err
	})
	if fault.Is(err, "teaching.not_released") {
		return nil, nil
	}
	return list, err
}

// seesFeedback asks for the right to the comment of a record: the files go with
// it.
func (s *Service) seesFeedback(tx *db.Tx, by policy.Actor, record int64) error {
	if err := s.need(tx, by, "view", "study_records", record); err != nil {
		return err
	}
	r, err := RecordOf(tx, record)
	if err != nil {
		return err
	}
	row, err := ruleRow(tx, r)
	if err != nil {
		return err
	}
	if by.Mode("view", "study_records", "comment", row) >= policy.Masked {
		return fault.New(fault.Forbidden, "teaching.not_released")
	}
	return nil
}

// OpenFeedback opens a file that went back.
func (s *Service) OpenFeedback(ctx context.Context, by policy.Actor, f FeedbackFile) (blob.File, error) {
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		x, err := feedbackFile(tx, f.ID)
		if db.NoRows(err) {
			return policy.NotFound()
		}
		if err != nil {
			return err
		}
		f = x
		return s.seesFeedback(tx, by, f.Record)
	})
	if err != nil {
		return nil, err
	}
	return s.Blobs.Open(f.stored)
}

// FeedbackUpload is a file on its way back to a student.
type FeedbackUpload struct {
	s      *Service
	ctx    context.Context
	by     policy.Actor
	record int64
	name   string
	temp   *blob.Temp
}

// SendFeedback begins a file for the student of a record. One of the same name
// that was sent before makes room for it.
func (s *Service) SendFeedback(ctx context.Context, by policy.Actor, record int64, typed string, size int64) (*FeedbackUpload, error) {
	name, bad := enrollment.FileName(typed)
	if bad != nil {
		return nil, bad
	}
	if reservedNames[strings.ToLower(name)] || strings.ToLower(name) == "grade.md" {
		return nil, enrollment.NameReserved(name)
	}
	if size > maxFeedbackBytes {
		return nil, feedbackLarge()
	}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		if err := s.need(tx, by, "grade", "study_records", record); err != nil {
			return err
		}
		return s.feedbackRoom(tx, record, name)
	})
	if err != nil {
		return nil, err
	}
	temp, err := s.Blobs.Create(ctx, maxFeedbackBytes)
	return &FeedbackUpload{s, ctx, by, record, name, temp}, err
}

func feedbackLarge() error {
	return fault.New(fault.Invalid, "teaching.feedback_large", "max", i18n.Size(maxFeedbackBytes))
}

func (s *Service) feedbackRoom(tx *db.Tx, record int64, name string) error {
	list, err := feedbackOf(tx, record)
	if err != nil {
		return err
	}
	n := 0
	for _, f := range list {
		if f.Name != name {
			n++
		}
	}
	if n >= maxFeedbackFiles {
		return fault.New(fault.Conflict, "teaching.feedback_full", "max", maxFeedbackFiles)
	}
	return nil
}

// WriteAt takes bytes in any order.
func (u *FeedbackUpload) WriteAt(p []byte, off int64) (int, error) {
	n, err := u.temp.WriteAt(p, off)
	if errors.Is(err, blob.ErrTooLarge) {
		err = feedbackLarge()
	}
	return n, err
}

// Abort drops what came.
func (u *FeedbackUpload) Abort() { u.temp.Abort() }

// Commit keeps the file; a student whose grades are released is told.
func (u *FeedbackUpload) Commit() error {
	b, err := u.temp.CommitHeld()
	if err != nil {
		if errors.Is(err, blob.ErrTooLarge) {
			return feedbackLarge()
		}
		return fault.New(fault.Invalid, "enrollment.file_broken").Because(err)
	}
	err = u.s.DB.Write(u.ctx, func(tx *db.Tx) error { return u.keep(tx, b) })
	u.s.Blobs.Release(b.Stored)
	if err != nil {
		u.s.discard(u.ctx, b.Stored)
	}
	return err
}

func (u *FeedbackUpload) keep(tx *db.Tx, b blob.Blob) error {
	s := u.s
	if err := s.need(tx, u.by, "grade", "study_records", u.record); err != nil {
		return err
	}
	r, err := RecordOf(tx, u.record)
	if err != nil {
		return err
	}
	if err := s.mayGrade(u.by, r); err != nil {
		return err
	}
	if err := s.feedbackRoom(tx, u.record, u.name); err != nil {
		return err
	}
	f := FeedbackFile{Record: u.record, Name: u.name, Size: b.Size, SHA256: b.SHA256, SentBy: u.by.Account, Sent: tx.Now, stored: b.Stored}
	if err := insertFeedback(tx, f); err != nil {
		return err
	}
	if !r.Released.IsZero() {
		if err := s.tell(tx, r.Account, "feedback", lessonLink(r.Lesson), "class", r.ClassCode, "n", r.Number, "file", f.Name); err != nil {
			return err
		}
	}
	s.publish(tx, "study_records", r.ID, "feedback")
	return audit.Write(tx, u.by, "feedback", "study_records", r.ID, audit.Change{Field: "name", New: f.Name}, audit.Change{Field: "sha256", New: f.SHA256})
}
