package files

import (
	"context"
	"strings"

	"cohort/app/enrollment"
)

// The files that stand beside an applicant's own.
const (
	readmeFile   = "README.txt"
	contractFile = "contract.md"
	formFile     = "form.txt"
)

// applicant is the whole tree of who comes by an enrollment link: his documents
// at the top, which he sends there, with a README and the contract.
type applicant struct{ sv Services }

func (applicant) accepts(c caller) bool { return c.by.Enrollment != 0 }

func (a applicant) list(ctx context.Context, c caller) ([]Info, error) {
	all, err := a.all(ctx, c)
	if err != nil {
		return nil, err
	}
	return all.list(ctx, c)
}

func (a applicant) find(ctx context.Context, c caller, name string) (entry, error) {
	all, err := a.all(ctx, c)
	if err != nil {
		return entry{}, err
	}
	return all.find(ctx, c, name)
}

// all are the applicant's files. They are few, so looking for one reads them
// all.
func (a applicant) all(ctx context.Context, c caller) (out fixed, err error) {
	if !a.accepts(c) {
		return nil, nil
	}
	f, err := a.sv.Enrollments.Form(ctx, c.by)
	if err != nil {
		return nil, err
	}
	readme, err := a.readme(ctx, c, f)
	if err != nil {
		return nil, err
	}
	out = append(out, words(readmeFile, a.sv.Engine.DB.Now(), readme), exact(contractFile, f.Signed, f.Contract))
	for _, d := range f.Documents {
		e := document(a.sv, c, d)
		e.ReadOnly = !f.Editable
		out = append(out, e)
	}
	return out, nil
}

// readme says what to do, what is there and what was not taken.
func (a applicant) readme(ctx context.Context, c caller, f enrollment.Form) (string, error) {
	refusals, err := a.sv.Enrollments.Refusals(ctx, c.by)
	if err != nil {
		return "", err
	}
	var there, refused []string
	for _, d := range f.Documents {
		there = append(there, c.p.T("enrollment.file_line", "name", d.Name, "size", c.p.Size(d.Size)))
	}
	for _, r := range refusals {
		refused = append(refused, c.p.T("enrollment.refused_line", "name", r.Name, "why", c.p.Fault(r.Why)))
	}
	link := f.Link
	if c.host != "" {
		link = link.At(c.host, c.port)
	}
	return c.p.T("enrollment.readme", "name", f.Name, "class", f.Class, "ssh", link.SSH(), "scp", link.Upload(), "max", c.p.Size(enrollment.MaxSize),
		"state", c.p.T("choice.state."+string(f.State)), "there", orNone(c, there), "refused", orNone(c, refused)) + "\n", nil
}

func orNone(c caller, list []string) string {
	if len(list) == 0 {
		return c.p.T("enrollment.nothing")
	}
	return "\n  " + strings.Join(list, "\n  ")
}

func (a applicant) create(ctx context.Context, c caller, name string, size int64) (Upload, error) {
	u, err := a.sv.Enrollments.Upload(ctx, c.by, name, size)
	if err != nil {
		return nil, err
	}
	return sending{u}, nil
}

func (a applicant) remove(ctx context.Context, c caller, name string) error {
	if name == readmeFile || name == contractFile {
		return readOnly()
	}
	return a.sv.Enrollments.RemoveDocument(ctx, c.by, 0, name)
}

// sending is a document on its way.
type sending struct{ *enrollment.Upload }

// Commit implements Upload.
func (s sending) Commit() error {
	_, err := s.Upload.Commit()
	return err
}

// document is a document as a file.
func document(sv Services, c caller, d enrollment.Document) entry {
	info := Info{Name: d.Name, Size: d.Size, ModTime: d.Uploaded, ReadOnly: true}
	return entry{Info: info, open: func(ctx context.Context) (File, error) {
		f, _, err := sv.Enrollments.OpenDocument(ctx, c.by, d.Enrollment, d.ID)
		if err != nil {
			return nil, err
		}
		return bytesOf{f, f, info}, nil
	}}
}
