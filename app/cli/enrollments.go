package cli

import (
	"cohort/app/fault"
	"cohort/app/resource"
)

// enrollmentCommands lead a customer from the link to the approval.
func enrollmentCommands() []command {
	return []command{
		{path: "enrollments create", use: "--customer ID --class CODE", may: right("add", "enrollments"), required: []string{"customer", "class"},
			flags: createFlags, run: createEnrollment, example: []string{"enrollments create --customer 42 --class python-s9 --json"}},
		{path: "enrollments link", use: "ID", min: 1, max: 2, may: right("link", "enrollments"), flags: linkFlags, run: linkEnrollment,
			example: []string{"enrollments link 7", "enrollments link 7 --new", "enrollments link 7 --mail"}},
		{path: "enrollments show", use: "ID", min: 1, max: 1, may: right("view", "enrollments"), run: showEnrollment},
		{path: "enrollments review", use: "ID", min: 1, max: 1, may: right("view", "enrollments"), run: reviewEnrollment},
		{path: "enrollments approve", use: "ID", min: 1, max: 1, may: right("approve", "enrollments"), run: approveEnrollment,
			example: []string{"enrollments approve 7"}},
		{path: "enrollments return", use: "ID --reason TEXT", min: 1, max: 1, may: right("return", "enrollments"), required: []string{"reason"},
			flags: returnFlags, run: returnEnrollment,
			example: []string{"enrollments return 7 --reason 'the back is missing' --remark 'id-front.jpg=too dark'"}},
		{path: "enrollments cancel", use: "ID --reason TEXT", min: 1, max: 1, may: right("cancel", "enrollments"), required: []string{"reason"},
			flags: func(_ *call, f flags) { f.text("reason", "TEXT") }, run: cancelEnrollment},
		{path: "documents list", use: "[ENROLLMENT]", max: 1, may: seesDocuments, run: listDocuments,
			example: []string{"documents list 7"}},
	}
}

func createFlags(_ *call, f flags) {
	f.text("customer", "ID")
	f.text("class", "CODE")
	f.text("price", "YUAN")
}

func createEnrollment(c *call, in input) error {
	id, err := parseID(in.str("customer"))
	if err != nil {
		return err
	}
	class, err := c.class(in.str("class"))
	if err != nil {
		return err
	}
	var price *int64
	if in.Changed("price") {
		fen, ok := resource.ParseMoney(in.str("price"))
		if !ok {
			return fault.Field("price", "fault.bad_number", "value", short(in.str("price")))
		}
		price = &fen
	}
	e, link, err := c.app.Enrollments.Create(c.ctx, c.by, id, class, price)
	if err != nil {
		return err
	}
	return c.showLink(e.ID, e.State, link)
}

// class finds a class by its code or number.
func (c *call) class(text string) (int64, error) {
	if id, err := parseID(text); err == nil {
		return id, nil
	}
	class, err := c.app.Catalog.ClassByCode(c.ctx, c.by, text)
	if fault.Of(err) == fault.NotFound && err != nil {
		return 0, fault.Field("class", "list.no_such", "value", short(text))
	}
	return class.ID, err
}

// showEnrollment shows the record with its documents.
func showEnrollment(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	row, fields, err := c.app.Engine.Show(c.ctx, c.by, "enrollments", id)
	if err != nil {
		return err
	}
	docs, err := c.app.Enrollments.Documents(c.ctx, c.by, id)
	if err != nil && fault.Of(err) != fault.Forbidden {
		return err
	}
	if c.json {
		out := jsonRow(row, fields)
		out["documents"] = documentsJSON(docs)
		return c.printJSON(out)
	}
	pairs(c.out, c.rowPairs(row, fields))
	if err == nil {
		c.line(c.out, "")
		c.printDocuments(docs)
	}
	return nil
}
