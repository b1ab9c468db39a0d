package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"cohort/app/blob"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// keepExport is how long the file of an export can be fetched.
const keepExport = 24 * time.Hour

// maxExport bounds the file of an export, in bytes.
const maxExport = 2 << 30

// Kept is the file of an export, for its maker to fetch.
type Kept struct {
	ID       int64
	Resource string
	Name     string // of the file
	Size     int64
	Rows     int
	Created  time.Time
	Expires  time.Time

	stored, rights string
}

// Keep makes an export as a file that by can fetch for a day, under a name of its
// own.
func (s *Service) Keep(ctx context.Context, by policy.Actor, x Export, report Report) (k Kept, err error) {
	if by.Account == 0 {
		return k, policy.Forbidden("export", x.Resource)
	}
	res, err := s.record(by, "export", x.Resource)
	if err != nil {
		return k, err
	}
	temp, err := s.Blobs.Create(ctx, maxExport)
	if err != nil {
		return k, err
	}
	defer temp.Abort()
	out := &sequential{to: temp}
	if k.Rows, err = s.Export(ctx, by, x, out, report); err != nil {
		return k, err
	}
	b, err := temp.Commit()
	if err != nil {
		return k, err
	}
	k.Resource, k.Size, k.stored, k.rights = x.Resource, b.Size, b.Stored, rightsMark(by, res)
	format := x.Format
	if format == "" {
		format = Formats[0]
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		k.Created, k.Expires = tx.Now, tx.Now.Add(keepExport)
		base := strings.ReplaceAll(x.Resource, "_", "-") + "-" + tx.Now.In(s.zone()).Format("2006-01-02-1504")
		for i := 1; ; i++ {
			k.Name = base + "." + format
			if i > 1 {
				k.Name = fmt.Sprintf("%s-%d.%s", base, i, format)
			}
			taken, err := exportNamed(tx, by.Account, k.Name)
			if err != nil {
				return err
			}
			if taken.ID == 0 {
				break
			}
		}
		k.ID, err = insertExport(tx, by.Account, k)
		s.publish(tx, "exports", k.ID, "added")
		return err
	})
	return k, err
}

func (s *Service) zone() *time.Location {
	if s.Engine.Zone == nil {
		return time.UTC
	}
	return s.Engine.Zone
}

// sequential writes one piece behind the other.
type sequential struct {
	to *blob.Temp
	at int64
}

func (w *sequential) Write(p []byte) (int, error) {
	n, err := w.to.WriteAt(p, w.at)
	w.at += int64(n)
	return n, err
}

// rightsMark stands for the rules under which by exports a record: the rows and
// the modes of every field. Once they are others, files of theirs are not given
// out any more.
func rightsMark(by policy.Actor, res *resource.Resource) string {
	sum := sha256.New()
	for _, action := range []string{"list", "export"} {
		_, _ = fmt.Fprintln(sum, action, by.Where(action, res.Name, res.Rules, plain{}))
		for _, f := range res.Fields {
			for mode := policy.Open; mode <= policy.Masked; mode++ {
				_, _ = fmt.Fprintln(sum, f.Name, mode, by.FieldWhere(action, res.Name, f.Name, mode, res.Rules, plain{}))
			}
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// plain writes values into the text, for comparing conditions only.
type plain struct{}

// Add gives the value itself.
func (plain) Add(v any) string { return fmt.Sprintf("%q", fmt.Sprint(v)) }

// Exports lists the files that by can fetch, the newest first.
func (s *Service) Exports(ctx context.Context, by policy.Actor) (list []Kept, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		all, err := exportsOf(tx, by.Account, db.Millis(tx.Now))
		for _, k := range all {
			if s.good(by, k) {
				list = append(list, k)
			}
		}
		return err
	})
	return list, err
}

// good says that the rules under which a file was made are still those of by.
func (s *Service) good(by policy.Actor, k Kept) bool {
	res, ok := s.Engine.Get(k.Resource)
	return ok && by.Can("export", k.Resource) && rightsMark(by, res) == k.rights
}

// OpenExport opens the file of an export of one's own.
func (s *Service) OpenExport(ctx context.Context, by policy.Actor, name string) (f blob.File, k Kept, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		k, err = exportNamed(tx, by.Account, name)
		if err == nil && (k.ID == 0 || !k.Expires.After(tx.Now)) {
			err = policy.NotFound()
		}
		return err
	})
	if err != nil {
		return nil, k, err
	}
	if !s.good(by, k) {
		return nil, k, fault.New(fault.Forbidden, "export.rights_changed")
	}
	f, err = s.Blobs.Open(k.stored)
	return f, k, err
}

// DropExport removes the file of an export of one's own.
func (s *Service) DropExport(ctx context.Context, by policy.Actor, name string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		k, err := exportNamed(tx, by.Account, name)
		if err != nil {
			return err
		}
		if k.ID == 0 {
			return policy.NotFound()
		}
		s.publish(tx, "exports", k.ID, "deleted")
		return deleteExport(tx, k.ID)
	})
}
