package files

import (
	"context"
	"strconv"
	"strings"

	"cohort/app/enrollment"
	"cohort/app/policy"
	"cohort/app/resource"
)

// shownEnrollments is how many of the newest enrollments the folder lists. Older
// ones are there under their number all the same.
const shownEnrollments = 1000

// enrollments is the folder enrollments/ of staff: one folder each, by number.
type enrollments struct{ sv Services }

// open says whether this person has the folder at all. A student who is nothing
// else has his documents in a folder of their own.
func (enrollments) open(c caller) bool {
	if c.by.Enrollment != 0 || !c.by.Can("list", "enrollments") || !c.by.Can("download", "documents") {
		return false
	}
	return c.by.IsSystem() || c.by.Rights.Scope.Customer == 0 || len(c.by.Rights.Roles) > 1
}

func (m enrollments) list(_ context.Context, c caller) ([]Info, error) {
	if !m.open(c) {
		return nil, nil
	}
	return []Info{{Name: "enrollments", Dir: true, ReadOnly: true}}, nil
}

func (m enrollments) find(_ context.Context, c caller, name string) (entry, error) {
	if name != "enrollments" || !m.open(c) {
		return entry{}, policy.NotFound()
	}
	return entry{Info: Info{Name: name, Dir: true, ReadOnly: true}, folder: allEnrollments(m)}, nil
}

// allEnrollments is the inside of enrollments/.
type allEnrollments struct{ sv Services }

func (m allEnrollments) list(ctx context.Context, c caller) (out []Info, err error) {
	page, err := m.sv.Engine.List(ctx, c.by, "enrollments", "sort:-id", resource.Page{Limit: shownEnrollments, Columns: []string{"created"}})
	for _, row := range page.Rows {
		out = append(out, Info{Name: strconv.FormatInt(row.ID, 10), Dir: true, ReadOnly: true})
	}
	return out, err
}

func (m allEnrollments) find(ctx context.Context, c caller, name string) (entry, error) {
	id, err := strconv.ParseInt(name, 10, 64)
	if err != nil || strconv.FormatInt(id, 10) != name {
		return entry{}, policy.NotFound()
	}
	e, err := m.sv.Enrollments.Get(ctx, c.by, id)
	if err != nil {
		return entry{}, err
	}
	inside, err := oneEnrollment{m.sv, e}.all(ctx, c)
	return entry{Info: Info{Name: name, Dir: true, ModTime: e.Created, ReadOnly: true}, folder: inside}, err
}

// oneEnrollment holds the documents, the signed contract and the form.
type oneEnrollment struct {
	sv Services
	e  enrollment.Enrollment
}

func (o oneEnrollment) all(ctx context.Context, c caller) (out fixed, err error) {
	list, err := o.sv.Enrollments.Documents(ctx, c.by, o.e.ID)
	if err != nil {
		return nil, err
	}
	for _, d := range list {
		out = append(out, document(o.sv, c, d))
	}
	out = append(out, words(formFile, o.e.Created, o.form(c)))
	if o.e.ContractSize > 0 {
		out = append(out, o.contract(c))
	}
	return out, nil
}

// contract is the signed contract. It holds the ID number, so that reading it is
// written down; looking at its size is not.
func (o oneEnrollment) contract(c caller) entry {
	info := Info{Name: contractFile, Size: int64(o.e.ContractSize), ModTime: o.e.Signed, ReadOnly: true}
	return entry{Info: info, open: func(ctx context.Context) (File, error) {
		signed, err := o.sv.Enrollments.SignedContract(ctx, c.by, o.e.ID)
		if err != nil {
			return nil, err
		}
		return words(contractFile, o.e.Signed, signed).open(ctx)
	}}
}

// form writes what was filled in, as far as the reader may see it.
func (o oneEnrollment) form(c caller) string {
	var b strings.Builder
	line := func(field, value string) {
		if value != "" {
			b.WriteString(c.p.T("fault.on_field", "field", c.p.Or("field."+field, field), "text", value) + "\n")
		}
	}
	line("class", o.e.ClassCode)
	line("course", o.e.CourseName)
	line("campus", o.e.CampusName)
	line("price", c.p.Money(o.e.Price))
	line("consultant", o.e.ConsultantName)
	line("state", c.p.T("choice.state."+string(o.e.State)))
	for _, i := range o.e.Items() {
		line(i.Name, i.Show(c.p))
	}
	line("submitted", when(c, o.e.Submitted))
	line("signed", when(c, o.e.Signed))
	line("contract_sha256", o.e.SHA256)
	return b.String()
}
