package cli

import (
	"slices"
	"strings"

	"cohort/app/enrollment"
	"cohort/app/fault"
)

// reviewEnrollment shows all that who checks an enrollment looks at, the ID
// number and the contract among it; that he did is written down.
func reviewEnrollment(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	r, err := c.app.Enrollments.Review(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(reviewJSON(r))
	}
	list := [][2]string{{"ID", number(r.ID)}, {c.p.T("field.state"), c.choiceOf("state", string(r.State))}}
	for _, i := range append(slices.Clone(r.School), r.Fields...) {
		list = append(list, [2]string{c.label(i.Field), i.Show(c.p)})
	}
	pairs(c.out, append(list, [2]string{c.p.T("cli.head.seats"), number(int64(r.Seats))}, [2]string{"SHA-256", r.SHA256}))
	c.line(c.out, "")
	c.printDocuments(r.Files)
	if r.Contract != "" {
		c.line(c.out, "")
		c.text(r.Contract)
	}
	return nil
}

func reviewJSON(r enrollment.Review) object {
	out := object{"id": r.ID, "state": r.State, "contract": r.Contract, "sha256": r.SHA256, "signed": stamp(r.Signed),
		"submitted": stamp(r.Submitted), "seats": r.Seats, "documents": documentsJSON(r.Files)}
	for _, i := range append(slices.Clone(r.School), r.Fields...) {
		out[i.Name] = i.JSON(i.Value)
	}
	return out
}

func approveEnrollment(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	e, err := c.app.Enrollments.Approve(c.ctx, c.by, id, 0)
	if err != nil {
		return err
	}
	return c.done(object{"id": e.ID, "state": e.State, "class": e.ClassCode, "approved": stamp(e.Approved)},
		"cli.approved", "name", calledIn(e), "class", e.ClassCode)
}

func calledIn(e enrollment.Enrollment) string {
	if e.Name != "" {
		return e.Name
	}
	return e.CustomerName
}

func returnFlags(_ *call, f flags) {
	f.text("reason", "TEXT")
	f.many("remark", "DOC=TEXT")
}

func returnEnrollment(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	remarks, err := c.remarks(id, in.list("remark"))
	if err != nil {
		return err
	}
	e, err := c.app.Enrollments.Return(c.ctx, c.by, id, 0, in.str("reason"), remarks)
	if err != nil {
		return err
	}
	return c.done(object{"id": e.ID, "state": e.State, "reason": e.Reason}, "cli.returned", "name", calledIn(e), "class", e.ClassCode)
}

// remarks reads DOC=TEXT, where DOC is a document's name, place or number.
func (c *call) remarks(id int64, list []string) (map[int64]string, error) {
	if len(list) == 0 {
		return nil, nil
	}
	docs, err := c.app.Enrollments.Documents(c.ctx, c.by, id)
	if err != nil {
		return nil, err
	}
	out := map[int64]string{}
	for _, r := range list {
		name, text, ok := strings.Cut(r, "=")
		if !ok {
			return nil, misuse("cli.bad_remark", "text", short(r))
		}
		d, found := documentNamed(docs, name)
		if !found {
			return nil, fault.Field("documents", "list.no_such", "value", short(name))
		}
		out[d.ID] = text
	}
	return out, nil
}

func cancelEnrollment(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	e, err := c.app.Enrollments.Cancel(c.ctx, c.by, id, in.str("reason"))
	if err != nil {
		return err
	}
	return c.done(object{"id": e.ID, "state": e.State, "reason": e.Reason}, "cli.cancelled", "name", calledIn(e), "class", e.ClassCode)
}
