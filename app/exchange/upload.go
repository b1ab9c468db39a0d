package exchange

import (
	"context"
	"errors"
	"io"
	"path"
	"strings"

	"cohort/app/audit"
	"cohort/app/blob"
	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/sheet"
	"cohort/db"
)

const (
	// MaxRows is how many rows one file may have.
	MaxRows = 200_000
	// maxWaiting is how many files of one account may wait to be run.
	maxWaiting = 100
)

// suffixes are what names of files that can be imported end with.
var suffixes = []string{".csv", ".txt", ".tsv", ".xlsx"}

// Upload is a file on its way. End it with Commit or Abort.
type Upload struct {
	s    *Service
	ctx  context.Context
	by   policy.Actor
	name string
	temp *blob.Temp
}

// Upload begins to take a file; size is negative where it is not known.
func (s *Service) Upload(ctx context.Context, by policy.Actor, name string, size int64) (*Upload, error) {
	if !s.CanImport(by) {
		return nil, fault.New(fault.Forbidden, "import.may_not")
	}
	if err := goodName(name); err != nil {
		return nil, err
	}
	if size > sheet.MaxFile {
		return nil, tooLarge()
	}
	temp, err := s.Blobs.Create(ctx, sheet.MaxFile)
	if err != nil {
		return nil, err
	}
	return &Upload{s: s, ctx: ctx, by: by, name: name, temp: temp}, nil
}

func goodName(name string) error {
	lower := strings.ToLower(name)
	for _, s := range suffixes {
		if strings.HasSuffix(lower, s) && !strings.HasSuffix(lower, ReportSuffix) {
			return nil
		}
	}
	return fault.New(fault.Invalid, "import.bad_name", "suffixes", strings.Join(suffixes, ", "))
}

func tooLarge() error { return fault.New(fault.TooMany, "sheet.too_large", "max", sheet.MaxFile>>20) }

// WriteAt takes bytes in any order.
func (u *Upload) WriteAt(p []byte, off int64) (int, error) {
	n, err := u.temp.WriteAt(p, off)
	if errors.Is(err, blob.ErrTooLarge) {
		err = tooLarge()
	}
	return n, err
}

// Abort leaves nothing of the file.
func (u *Upload) Abort() { u.temp.Abort() }

// Commit keeps the file as a batch. One that cannot be read is not kept.
func (u *Upload) Commit() (Batch, error) {
	defer u.temp.Abort()
	return u.s.land(u.ctx, u.by, Batch{Name: u.name}, u.temp)
}

// Take takes a whole file from r as a batch for records of a kind.
func (s *Service) Take(ctx context.Context, by policy.Actor, name, record string, r io.Reader) (Batch, error) {
	if err := s.mayImport(by, record); err != nil {
		return Batch{}, err
	}
	temp, err := s.Blobs.Create(ctx, sheet.MaxFile)
	if err != nil {
		return Batch{}, err
	}
	defer temp.Abort()
	if _, err = io.Copy(&sequential{to: temp}, r); errors.Is(err, blob.ErrTooLarge) {
		err = tooLarge()
	}
	if err != nil {
		return Batch{}, err
	}
	return s.land(ctx, by, Batch{Name: name, Resource: record}, temp)
}

// land brings bytes and row down together. Of a file that is refused nothing stays: it would fill the disk until the next
// sweep.
func (s *Service) land(ctx context.Context, by policy.Actor, b Batch, temp *blob.Temp) (Batch, error) {
	bytes, err := temp.CommitHeld()
	if err != nil {
		return b, err
	}
	b.stored, b.Size = bytes.Stored, bytes.Size
	b, err = s.enter(ctx, by, b)
	s.Blobs.Release(bytes.Stored)
	if err != nil {
		if bad := s.Blobs.Discard(context.WithoutCancel(ctx), bytes.Stored); bad != nil {
			s.Log.Error("exchange: bytes of a refused file stay until the next sweep", "stored", bytes.Stored, "err", bad)
		}
	}
	return b, err
}

// enter reads a file once, guesses what it holds and keeps it as a batch, in
// place of one of the same name that was not run.
func (s *Service) enter(ctx context.Context, by policy.Actor, b Batch) (Batch, error) {
	b.Account, b.Mode, b.State = by.Account, Modes[0], Uploaded
	b.Name = clean.Line(path.Base(b.Name))
	if err := s.look(ctx, by, &b); err != nil {
		return b, err
	}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		waiting, err := waitingOf(tx, by.Account)
		if err != nil {
			return err
		}
		for _, old := range waiting {
			if old.Name == b.Name {
				if err := deleteBatch(tx, old.ID); err != nil {
					return err
				}
			}
		}
		if len(waiting) >= maxWaiting {
			return fault.New(fault.TooMany, "import.too_many_files", "max", maxWaiting)
		}
		if b.ID, err = insertBatch(tx, b); err != nil {
			return err
		}
		s.publish(tx, "imports", b.ID, "added")
		return audit.Write(tx, by, "upload", "imports", b.ID, audit.Change{Field: "import_file", New: b.Name})
	})
	if err != nil {
		return b, err
	}
	return s.Batch(ctx, by, b.ID)
}

// look reads a file from end to end: how it is to be read, how many rows it has,
// its headings, and, where it is not said, what kind of record it holds.
func (s *Service) look(ctx context.Context, by policy.Actor, b *Batch) error {
	r, file, err := s.open(*b)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	defer func() { _ = r.Close() }()
	b.Read, b.Rows, b.Columns = r.Options(), 0, nil
	head, err := r.Next()
	if err != nil {
		return orEmpty(err)
	}
	for _, h := range head.Cells {
		b.Columns = append(b.Columns, Column{Heading: clean.Line(sheet.Bare(h))})
	}
	for ctx.Err() == nil {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if b.Rows++; b.Rows > MaxRows {
			return fault.New(fault.TooMany, "import.too_many_rows", "max", MaxRows)
		}
		b.sample(row)
	}
	if b.Rows == 0 {
		return orEmpty(io.EOF)
	}
	s.guess(by, b)
	return ctx.Err()
}

func orEmpty(err error) error {
	if errors.Is(err, io.EOF) {
		return fault.New(fault.Invalid, "import.empty")
	}
	return err
}

// sample keeps the first value of each column, to recognise it by.
func (b *Batch) sample(row sheet.Row) {
	const most = 40
	if b.Rows > 20 {
		return
	}
	for i, c := range row.Cells {
		if i < len(b.Columns) && b.Columns[i].Sample == "" {
			if r := []rune(clean.Line(sheet.Bare(c))); len(r) > 0 {
				b.Columns[i].Sample = string(r[:min(len(r), most)])
			}
		}
	}
}

// guess says what kind of record a file holds, where it is not known, and which
// field each column goes to.
func (s *Service) guess(by policy.Actor, b *Batch) {
	heads := make([]string, len(b.Columns))
	for i, c := range b.Columns {
		heads[i] = c.Heading
	}
	if b.Resource == "" {
		var all []*resource.Resource
		for _, name := range s.Importable(by) {
			res, _ := s.Engine.Get(name)
			all = append(all, res)
		}
		b.Resource = guessRecord(all, b.Name, heads)
	}
	res, ok := s.Engine.Get(b.Resource)
	if !ok {
		return
	}
	for i, f := range guess(res, heads) {
		b.Columns[i].Field = f
	}
}

// open opens a batch's file.
func (s *Service) open(b Batch) (*sheet.Reader, blob.File, error) {
	file, err := s.Blobs.Open(b.stored)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, nil, fault.New(fault.NotFound, "import.file_gone")
	}
	if err != nil {
		return nil, nil, err
	}
	r, err := sheet.Open(file, b.Size, b.Read)
	if err != nil {
		_ = file.Close()
	}
	return r, file, err
}
