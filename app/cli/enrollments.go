package cli

import (
	"slices"
	"strings"

	"cohort/app/enrollment"
	"cohort/app/fault"
	"cohort/app/i18n"
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

// showLink prints the lines that an applicant types, as the person reached the
// school.
func (c *call) showLink(id int64, state enrollment.State, link enrollment.Link) error {
	if c.sess.Host != "" {
		link = link.At(c.sess.Host, c.sess.Port)
	}
	if c.json {
		return c.printJSON(object{"id": id, "state": state, "token": link.Token, "link": link.SSH(), "upload": link.Upload(), "expires": stamp(link.Expires)})
	}
	c.say("cli.link.head", "id", id, "state", i18n.W("choice.state."+string(state)))
	pairs(c.out, [][2]string{{c.p.T("cli.link.form"), link.SSH()}, {c.p.T("cli.link.upload"), link.Upload()}, {c.p.T("cli.link.expires"), c.p.DayWeekday(link.Expires)}})
	return nil
}

func linkFlags(_ *call, f flags) {
	f.flag("new")
	f.flag("revoke")
	f.text("mail", "[ADDRESS]")
	f.Lookup("mail").NoOptDefVal = " "
}

// linkEnrollment shows the link, or makes another, kills it or mails it.
func linkEnrollment(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	if len(in.args) > 1 && !in.Changed("mail") {
		return misuse("cli.too_many", "text", short(in.args[1]), "usage", "enrollments link ID")
	}
	if exclusive(in, "new", "revoke", "mail") > 1 {
		return misuse("cli.one_of", "flags", "--new, --revoke, --mail")
	}
	switch {
	case in.yes("new"):
		e, link, err := c.app.Enrollments.Reissue(c.ctx, c.by, id)
		if err != nil {
			return err
		}
		return c.showLink(id, e.State, link)
	case in.yes("revoke"):
		e, err := c.app.Enrollments.Revoke(c.ctx, c.by, id)
		if err != nil {
			return err
		}
		return c.done(object{"id": id, "state": e.State, "revoked": true}, "cli.link.revoked", "id", id)
	case in.Changed("mail"):
		return c.mailLink(id, strings.TrimSpace(strings.Join(append(in.args[1:], in.str("mail")), " ")))
	}
	e, err := c.app.Enrollments.Get(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	link, err := c.app.Enrollments.Link(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	return c.showLink(id, e.State, link)
}

func exclusive(in input, names ...string) (n int) {
	for _, name := range names {
		if in.Changed(name) {
			n++
		}
	}
	return n
}

func (c *call) mailLink(id int64, to string) error {
	to, err := c.app.Enrollments.MailLink(c.ctx, c.by, id, to)
	if err != nil {
		return err
	}
	return c.done(object{"id": id, "mailed": to}, "cli.link.mailed", "to", to)
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
	items := append(slices.Clone(r.School), r.Fields...)
	if c.json {
		out := object{"id": r.ID, "state": r.State, "contract": r.Contract, "sha256": r.SHA256, "signed": stamp(r.Signed),
			"submitted": stamp(r.Submitted), "seats": r.Seats, "documents": documentsJSON(r.Files)}
		for _, i := range items {
			out[i.Name] = i.JSON(i.Value)
		}
		return c.printJSON(out)
	}
	list := [][2]string{{"ID", number(r.ID)}, {c.p.T("field.state"), c.choiceOf("state", string(r.State))}}
	for _, i := range items {
		list = append(list, [2]string{c.label(i.Field), i.Show(c.p)})
	}
	list = append(list, [2]string{c.p.T("cli.head.seats"), number(int64(r.Seats))}, [2]string{"SHA-256", r.SHA256})
	pairs(c.out, list)
	c.line(c.out, "")
	c.printDocuments(r.Files)
	if r.Contract != "" {
		c.line(c.out, "")
		c.text(r.Contract)
	}
	return nil
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
