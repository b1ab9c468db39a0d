package teaching

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"

	"cohort/app/audit"
	"cohort/app/blob"
	"cohort/app/enrollment"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// Handing is one act of handing homework in: the files that come in one session.
// Nothing of it is there before Finish, which makes one version of all of them.
// Its methods may be called from many goroutines.
type Handing struct {
	s      *Service
	ctx    context.Context
	by     policy.Actor
	class  string
	number int64
	record int64

	mu       sync.Mutex
	files    []handed
	coming   int   // files under way
	bytes    int64 // of all files, those under way too
	finished int   // files that the last version has
	told     map[string]bool
}

// handed is a file that came well; its bytes are held until Finish or Drop.
type handed struct {
	name string
	blob blob.Blob
	kept bool // a version names it: it is held no longer
}

// reservedNames are what the folder itself shows.
var reservedNames = map[string]bool{"receipt.txt": true, "rejected.txt": true, "task.md": true, "versions": true, "feedback": true}

// HandIn begins to hand in the homework of the n-th lesson of a class. It is
// refused at once where nothing is taken any more.
func (s *Service) HandIn(ctx context.Context, by policy.Actor, class string, n int64) (*Handing, error) {
	h := &Handing{s: s, ctx: ctx, by: by, class: class, number: n, told: map[string]bool{}}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		a, err := s.assignmentFor(tx, by, class, n)
		h.record = a.ID
		if err != nil {
			return err
		}
		return a.takes(tx.Now)
	})
	if err != nil {
		return nil, h.refuse("", err)
	}
	return h, nil
}

// Create begins a file. size is what the client said, negative where it did not
// say it.
func (h *Handing) Create(typed string, size int64) (*HandingFile, error) {
	f, err := h.begin(typed, size)
	if err != nil {
		return nil, h.refuse(typed, err)
	}
	return f, nil
}

func (h *Handing) begin(typed string, size int64) (*HandingFile, error) {
	name, bad := enrollment.FileName(typed)
	switch {
	case bad != nil:
		return nil, bad
	case reservedNames[strings.ToLower(name)]:
		return nil, enrollment.NameReserved(name)
	}
	if err := h.s.TakesHomework(h.ctx, h.by, h.class, h.number); err != nil {
		return nil, err
	}
	if err := h.reserve(name, max(0, size)); err != nil {
		return nil, err
	}
	temp, err := h.s.Blobs.Create(h.ctx, h.s.HomeworkBytes())
	if err != nil {
		h.give(-max(0, size))
		return nil, err
	}
	return &HandingFile{h: h, name: name, temp: temp, end: max(0, size)}, nil
}

// reserve takes a place for one file, and room for its size.
func (h *Handing) reserve(name string, size int64) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := h.coming
	for _, f := range h.files {
		if f.name != name {
			n++
		}
	}
	switch {
	case n >= h.s.HomeworkFiles():
		return h.s.tooManyFiles()
	case h.bytes+size > h.s.HomeworkBytes():
		return h.s.tooLarge()
	}
	h.coming++
	h.bytes += size
	return nil
}

// grow takes room for more bytes of a file under way.
func (h *Handing) grow(by int64) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.bytes+by > h.s.HomeworkBytes() {
		return h.s.tooLarge()
	}
	h.bytes += by
	return nil
}

// give ends a file under way and changes what is taken by so many bytes.
func (h *Handing) give(bytes int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.coming--
	h.bytes += bytes
}

// add keeps a file that came well; one of its name that came before in this
// session makes room.
func (h *Handing) add(f handed) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.coming--
	for i, old := range h.files {
		if old.name == f.name {
			h.bytes -= old.blob.Size
			h.s.letGo(h.ctx, old)
			h.files[i] = f
			h.finished = 0
			return
		}
	}
	h.files = append(h.files, f)
}

// letGo throws away the bytes of a file that is in no version.
func (s *Service) letGo(ctx context.Context, f handed) {
	if f.kept {
		return
	}
	s.Blobs.Release(f.blob.Stored)
	s.discard(ctx, f.blob.Stored)
}

// HandingFile is a file on its way.
type HandingFile struct {
	h    *Handing
	name string
	temp *blob.Temp

	mu   sync.Mutex
	end  int64 // how far room is taken
	over bool
}

// WriteAt takes bytes in any order.
func (f *HandingFile) WriteAt(p []byte, off int64) (int, error) {
	if err := f.room(off + int64(len(p))); err != nil {
		return 0, f.h.refuse(f.name, err)
	}
	n, err := f.temp.WriteAt(p, off)
	if errors.Is(err, blob.ErrTooLarge) {
		err = f.h.refuse(f.name, f.h.s.tooLarge())
	}
	return n, err
}

func (f *HandingFile) room(end int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if end <= f.end {
		return nil
	}
	err := f.h.grow(end - f.end)
	if err == nil {
		f.end = end
	}
	return err
}

// Abort drops what came.
func (f *HandingFile) Abort() {
	f.temp.Abort()
	f.finish(func(end int64) { f.h.give(-end) })
}

func (f *HandingFile) finish(do func(end int64)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.over {
		f.over = true
		do(f.end)
	}
}

// Commit keeps the file for Finish, or says why not.
func (f *HandingFile) Commit() error {
	b, err := f.temp.CommitHeld()
	if err != nil {
		f.finish(func(end int64) { f.h.give(-end) })
		switch {
		case errors.Is(err, blob.ErrTooLarge):
			err = f.h.s.tooLarge()
		case errors.Is(err, blob.ErrHole) || errors.Is(err, blob.ErrPieces):
			err = fault.New(fault.Invalid, "enrollment.file_broken").Because(err)
		}
		return f.h.refuse(f.name, err)
	}
	f.finish(func(end int64) {
		_ = f.h.grow(b.Size - end) // never more: room is taken before bytes are
		f.h.add(handed{name: f.name, blob: b})
	})
	f.h.s.refused.Forget(f.h.record, f.name)
	return nil
}

// Drop throws away what came and is in no version.
func (h *Handing) Drop() {
	h.mu.Lock()
	files := h.files
	h.files, h.bytes, h.finished = nil, 0, 0
	h.mu.Unlock()
	for _, f := range files {
		h.s.letGo(h.ctx, f)
	}
}

func (s *Service) discard(ctx context.Context, stored string) {
	if err := s.Blobs.Discard(context.WithoutCancel(ctx), stored); err != nil {
		s.Log.Error("teaching: bytes of refused homework stay until the next sweep", "stored", stored, "err", err)
	}
}

// Finish makes a version of all files that came in this session. Where none came
// since the last Finish it gives a version without a number.
func (h *Handing) Finish() (Homework, error) {
	h.mu.Lock()
	files := append([]handed(nil), h.files...)
	fresh := len(files) > h.finished
	h.finished = len(files)
	h.mu.Unlock()
	if !fresh {
		return Homework{}, nil
	}
	v, err := h.s.store(h.ctx, h.by, h.class, h.number, files)
	if err != nil {
		h.Drop()
		return Homework{}, h.refuse("", err)
	}
	h.settle()
	return v, nil
}

// settle stops holding what a version names now.
func (h *Handing) settle() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range h.finished {
		if f := &h.files[i]; !f.kept {
			f.kept = true
			h.s.Blobs.Release(f.blob.Stored)
		}
	}
}

// store writes a version. The limits are asked once more: they hold whatever
// came at the same moment.
func (s *Service) store(ctx context.Context, by policy.Actor, class string, n int64, files []handed) (h Homework, err error) {
	for i, f := range files {
		h.Files = append(h.Files, HomeworkFile{Position: int64(i + 1), Name: f.name, Size: f.blob.Size, SHA256: f.blob.SHA256, stored: f.blob.Stored})
		h.Size += f.blob.Size
	}
	h.SHA256 = listSum(h.Files)
	switch {
	case len(files) > s.HomeworkFiles():
		return h, s.tooManyFiles()
	case h.Size > s.HomeworkBytes():
		return h, s.tooLarge()
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		a, err := s.assignmentFor(tx, by, class, n)
		if err != nil {
			return err
		}
		if err := a.takes(tx.Now); err != nil {
			return err
		}
		h.Record, h.At, h.Late = a.ID, tx.Now, a.lesson.late(tx.Now)
		if h.Version, err = nextVersion(tx, a.ID); err != nil {
			return err
		}
		if h.Version > maxVersions {
			return fault.New(fault.TooMany, "teaching.homework_versions", "max", maxVersions)
		}
		h.Receipt = fmt.Sprintf("%s-%d-%d-%d-%s", a.ClassCode, a.Number, a.ID, h.Version, strings.ToUpper(h.SHA256[:6]))
		if err := insertHomework(tx, &h); err != nil {
			return err
		}
		s.publish(tx, "homework", a.ID, "handed_in")
		return audit.Write(tx, by, "hand_in", "study_records", a.ID, audit.Change{Field: "version", New: str(h.Version)},
			audit.Change{Field: "files", New: str(int64(len(h.Files)))}, audit.Change{Field: "sha256", New: h.SHA256})
	})
	return h, err
}

// listSum is the hash of a version: of its files' hashes and names.
func listSum(files []HomeworkFile) string {
	sum := sha256.New()
	for _, f := range files {
		_, _ = fmt.Fprintf(sum, "%s  %s\n", f.SHA256, f.Name)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
