package cli

import (
	"cohort/app/enrollment"
	"cohort/app/i18n"
)

// seesDocuments admits applicants, who have their own, and those with the
// right.
func seesDocuments(c *call) error {
	if c.by.Enrollment != 0 {
		return nil
	}
	return c.by.NeedAny("list", "documents")
}

// listDocuments lists the documents of an enrollment; without an argument the
// applicant's own, and to others all that they may see.
func listDocuments(c *call, in input) error {
	id := c.by.Enrollment
	if len(in.args) > 0 {
		var err error
		if id, err = parseID(in.args[0]); err != nil {
			return err
		}
	}
	if res, ok := c.app.Engine.Get("documents"); id == 0 && ok {
		return c.wholeList(res, "")
	}
	docs, err := c.app.Enrollments.Documents(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(documentsJSON(docs))
	}
	c.printDocuments(docs)
	return nil
}

func documentsJSON(docs []enrollment.Document) []object {
	out := make([]object, 0, len(docs))
	for _, d := range docs {
		out = append(out, object{"id": d.ID, "enrollment": d.Enrollment, "name": d.Name, "size": d.Size, "type": d.Type, "sha256": d.SHA256,
			"remark": d.Remark, "uploaded": stamp(d.Uploaded)})
	}
	return out
}

func (c *call) printDocuments(docs []enrollment.Document) {
	if len(docs) == 0 {
		c.say("cli.empty", "records", i18n.W("resource.documents"))
		return
	}
	rows := make([][]string, 0, len(docs))
	for _, d := range docs {
		rows = append(rows, []string{number(d.ID), d.Name, d.Type, c.p.Size(d.Size), c.moment(d.Uploaded), d.Remark})
	}
	table(c.out, append([]string{"ID"}, c.heads("name", "type", "size", "uploaded", "remark")...), rows)
}

// documentNamed finds a document by its name or number.
func documentNamed(docs []enrollment.Document, name string) (enrollment.Document, bool) {
	for _, d := range docs {
		if d.Name == name {
			return d, true
		}
	}
	if id, err := parseID(name); err == nil {
		for _, d := range docs {
			if d.ID == id {
				return d, true
			}
		}
	}
	return enrollment.Document{}, false
}

func removeDocuments(c *call, in input) error {
	docs, err := c.app.Enrollments.Documents(c.ctx, c.by, c.by.Enrollment)
	if err != nil {
		return err
	}
	var ids []int64
	for _, name := range in.args {
		d, ok := documentNamed(docs, name)
		if !ok {
			return noSuch("documents", name)
		}
		if err := c.app.Enrollments.RemoveDocument(c.ctx, c.by, d.ID, ""); err != nil {
			return err
		}
		ids = append(ids, d.ID)
	}
	return c.done(object{"removed": ids}, "cli.documents_removed", "n", len(ids))
}
