package teaching

import (
	"context"
	"time"

	"cohort/app/blob"
	"cohort/app/policy"
	"cohort/db"
)

// The limits of homework where the school has not set its own.
const (
	DefaultHomeworkFiles = 10
	DefaultHomeworkBytes = 50 << 20
)

// maxVersions bounds how often one homework is handed in.
const maxVersions = 200

// Homework is one version of what a student handed in for a lesson.
type Homework struct {
	ID, Record int64
	Version    int64
	Receipt    string // the receipt's number
	Size       int64  // of all files together, in bytes
	SHA256     string // of the list "<sha256 of file>  <name>\n" in the files' order
	At         time.Time
	Late       time.Duration // after the due time; 0: in time
	Files      []HomeworkFile
}

// HomeworkFile is one file of a version.
type HomeworkFile struct {
	Homework, Position int64
	Name               string // as sent, in NFC
	Size               int64
	SHA256             string

	stored string
}

// Handed is a student of a lesson with what he handed in last; Last.ID is 0
// where he handed nothing in.
type Handed struct {
	StudyRecord
	Last     Homework
	Versions int64
}

// MyHomework gives every version that the actor handed in for the n-th lesson of
// a class, the newest first.
func (s *Service) MyHomework(ctx context.Context, by policy.Actor, class string, n int64) (list []Homework, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		id, err := myRecordID(tx, by.Account, class, n)
		if err != nil {
			return err
		}
		if err := s.need(tx, by, "view", "study_records", id); err != nil {
			return err
		}
		list, err = versionsOf(tx, id)
		return err
	})
	return list, err
}

// Versions gives every version of one study record whose homework by may view,
// the newest first.
func (s *Service) Versions(ctx context.Context, by policy.Actor, record int64) (list []Homework, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if err := s.need(tx, by, "view", "study_records", record); err != nil {
			return err
		}
		if err := by.NeedAny("view", "homework"); err != nil {
			return err
		}
		all, err := versionsOf(tx, record)
		if err != nil {
			return err
		}
		for _, h := range all {
			if ok, err := s.Engine.Sees(tx, by, "view", "homework", h.ID); err != nil {
				return err
			} else if ok {
				list = append(list, h)
			}
		}
		return nil
	})
	return list, err
}

// Handed gives the students of a lesson whose homework by may download, in the
// order of the roll, each with his last version.
func (s *Service) Handed(ctx context.Context, by policy.Actor, lesson int64) (list []Handed, err error) {
	records, err := s.Records(ctx, by, lesson)
	if err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if err := by.NeedAny("download", "homework"); err != nil {
			return err
		}
		last, err := lastVersions(tx, by, lesson)
		if err != nil {
			return err
		}
		for _, r := range records {
			h := last[r.ID]
			list = append(list, Handed{StudyRecord: r, Last: h, Versions: h.Version})
		}
		return nil
	})
	return list, err
}

// HomeworkOf gives one version that by may view.
func (s *Service) HomeworkOf(ctx context.Context, by policy.Actor, id int64) (h Homework, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if err := s.need(tx, by, "view", "homework", id); err != nil {
			return err
		}
		h, err = homeworkOf(tx, id)
		return err
	})
	return h, err
}

// OpenHomework opens a file of a version that by may download.
func (s *Service) OpenHomework(ctx context.Context, by policy.Actor, f HomeworkFile) (blob.File, error) {
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		if err := s.need(tx, by, "download", "homework", f.Homework); err != nil {
			return err
		}
		stored, err := storedFile(tx, f.Homework, f.Position)
		if db.NoRows(err) {
			err = policy.NotFound()
		}
		f.stored = stored
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Blobs.Open(f.stored)
}

// namedFiles tells which bytes homework and feedback name.
func (s *Service) namedFiles(ctx context.Context, stored []string) (used map[string]bool, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		used, err = namedFiles(tx, stored)
		return err
	})
	return used, err
}
