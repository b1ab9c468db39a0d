package enrollment

import (
	"context"
	"errors"
	"image"
	_ "image/jpeg" // the header is read
	_ "image/png"
	"io"
	"sync/atomic"

	"github.com/gabriel-vasile/mimetype"

	"cohort/app/audit"
	"cohort/app/blob"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/db"
)

// Upload is a document on its way. Nothing of it is there before Commit, and
// nothing is left after a refusal or an Abort.
type Upload struct {
	s    *Service
	ctx  context.Context
	by   policy.Actor
	name string
	temp *blob.Temp
	told atomic.Bool // that it is too large; SFTP clients write from many goroutines
}

// Upload begins a document of the applicant's. size is what the client said
// beforehand, or -1. What can be refused before any byte is sent is refused
// here.
func (s *Service) Upload(ctx context.Context, by policy.Actor, name string, size int64) (*Upload, error) {
	clean, err := s.mayUpload(ctx, by, name, size)
	if err != nil {
		return nil, s.refuse(by, name, err)
	}
	temp, err := s.Blobs.Create(ctx, MaxSize)
	if err != nil {
		return nil, err
	}
	return &Upload{s: s, ctx: ctx, by: by, name: clean, temp: temp}, nil
}

func (s *Service) mayUpload(ctx context.Context, by policy.Actor, typed string, size int64) (name string, err error) {
	name, bad := cleanName(typed)
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		e, err := open(tx, by)
		if err != nil {
			return err
		}
		if bad != nil {
			return bad
		}
		if err := checkSize(size); size >= 0 && err != nil {
			return err
		}
		_, err = seat(tx, e.ID, name)
		return err
	})
	return name, err
}

func checkSize(size int64) error {
	switch {
	case size == 0:
		return fault.New(fault.Invalid, "enrollment.file_empty")
	case size > MaxSize:
		return tooLarge()
	}
	return nil
}

func tooLarge() error {
	return fault.New(fault.Invalid, "enrollment.file_large", "max", i18n.Size(MaxSize))
}

// seat finds the place a document would take: one of three, under a name of
// its own.
func seat(tx *db.Tx, enrollment int64, name string) (int, error) {
	list, err := documentsOf(tx, enrollment)
	if err != nil {
		return 0, err
	}
	taken := map[int]bool{}
	for _, d := range list {
		if d.Name == name {
			return 0, fault.New(fault.Conflict, "enrollment.file_there", "name", name)
		}
		taken[d.Place] = true
	}
	for place := 1; place <= MaxDocuments; place++ {
		if !taken[place] {
			return place, nil
		}
	}
	return 0, tooMany()
}

// WriteAt takes bytes in any order.
func (u *Upload) WriteAt(p []byte, off int64) (int, error) {
	n, err := u.temp.WriteAt(p, off)
	if errors.Is(err, blob.ErrTooLarge) {
		err = tooLarge()
		if u.told.CompareAndSwap(false, true) {
			_ = u.s.refuse(u.by, u.name, err)
		}
	}
	return n, err
}

// Abort drops what came.
func (u *Upload) Abort() { u.temp.Abort() }

// Commit keeps the document, or says why not.
func (u *Upload) Commit() (Document, error) {
	d, stored, err := u.land()
	if err == nil {
		u.s.refused.Forget(u.by.Enrollment, u.name)
		return d, nil
	}
	if stored != "" {
		u.s.discard(u.ctx, stored)
	}
	if u.told.Load() {
		return Document{}, err // told already
	}
	return Document{}, u.s.refuse(u.by, u.name, err)
}

// land brings bytes and row down together; stored names bytes that are on the
// disk without a row.
func (u *Upload) land() (d Document, stored string, err error) {
	b, err := u.temp.CommitHeld()
	if err != nil {
		return d, "", uploadFault(err)
	}
	defer u.s.Blobs.Release(b.Stored)
	if err := checkSize(b.Size); err != nil {
		return d, b.Stored, err
	}
	kind, err := u.s.contentType(b)
	if err != nil {
		return d, b.Stored, err
	}
	d = Document{Enrollment: u.by.Enrollment, Name: u.name, Size: b.Size, Type: kind, SHA256: b.SHA256, stored: b.Stored}
	if d, err = u.s.addRow(u.ctx, u.by, d); err != nil {
		return d, b.Stored, err
	}
	return d, "", nil
}

// uploadFault turns what the store refuses into words.
func uploadFault(err error) error {
	switch {
	case errors.Is(err, blob.ErrTooLarge):
		return tooLarge()
	case errors.Is(err, blob.ErrHole) || errors.Is(err, blob.ErrPieces) || errors.Is(err, blob.ErrClosed):
		return fault.New(fault.Invalid, "enrollment.file_broken").Because(err)
	}
	return err
}

// types are the contents that are taken.
var types = []string{"image/jpeg", "image/png", "application/pdf"}

// contentType finds the type by content, never by name. A picture's header must
// be readable too, so that a reviewer is not sent a file of the right first
// bytes only.
func (s *Service) contentType(b blob.Blob) (string, error) {
	bad := fault.New(fault.Invalid, "enrollment.file_type")
	found := mimetype.Detect(b.Head)
	for _, t := range types {
		if !found.Is(t) {
			continue
		}
		if t == "application/pdf" {
			return t, nil
		}
		f, err := s.Blobs.Open(b.Stored)
		if err != nil {
			return "", err
		}
		defer func() { _ = f.Close() }()
		if !picture(f) {
			return "", bad
		}
		return t, nil
	}
	return "", bad
}

func picture(r io.Reader) bool {
	c, _, err := image.DecodeConfig(r)
	return err == nil && c.Width > 0 && c.Height > 0
}

// addRow writes the row of a document that is on the disk.
func (s *Service) addRow(ctx context.Context, by policy.Actor, d Document) (Document, error) {
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		e, err := open(tx, by)
		if err != nil {
			return err
		}
		if d.Place, err = seat(tx, e.ID, d.Name); err != nil {
			return err
		}
		d.Uploaded = tx.Now
		if d.ID, err = insertDocument(tx, d); err != nil {
			if _, taken := db.Unique(err); taken {
				return tooMany()
			}
			return err
		}
		s.changed(tx, e.ID, "document")
		return audit.Write(tx, by, "upload", "documents", d.ID, audit.Change{Field: "enrollment", New: str(e.ID)},
			audit.Change{Field: "name", New: d.Name}, audit.Change{Field: "sha256", New: d.SHA256})
	})
	return d, err
}

// discard throws the bytes of a refused upload away, unless some row names the
// same ones or another upload is about to.
func (s *Service) discard(ctx context.Context, stored string) {
	if err := s.Blobs.Discard(context.WithoutCancel(ctx), stored); err != nil {
		s.Log.Error("enrollment: bytes of a refused upload stay until the next sweep", "stored", stored, "err", err)
	}
}

// named tells which bytes some document names.
func (s *Service) named(ctx context.Context, stored []string) (used map[string]bool, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		used, err = namedBlobs(tx, stored)
		return err
	})
	return used, err
}
