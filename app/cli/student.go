package cli

import (
	"strings"

	"cohort/app/enrollment"
	"cohort/app/fault"
	"cohort/app/resource"
)

// studentCommands are a student's own papers; whoever may see an enrollment may
// read its contract as well.
func studentCommands() []command {
	return []command{
		{path: "contract", use: "[ENROLLMENT|CLASS]", max: 1, may: right("view", "enrollments"), run: showContract, example: []string{"contract python-s9"}},
		{path: "outline", use: "COURSE", min: 1, max: 1, may: right("view", "courses"), run: showOutline, example: []string{"outline python"}},
	}
}

// showContract prints a contract as it was signed. A student need not say
// which, if he has one.
func showContract(c *call, in input) error {
	ids, err := c.contractIDs(in.args)
	if err != nil {
		return err
	}
	var all []enrollment.Review
	for _, id := range ids {
		r, err := c.app.Enrollments.Review(c.ctx, c.by, id)
		if err != nil {
			return err
		}
		if !r.Readable {
			return fault.New(fault.Forbidden, "cli.contract_masked")
		}
		all = append(all, r)
	}
	if c.json {
		return c.printJSON(contractsJSON(all))
	}
	for i, r := range all {
		if i > 0 {
			c.line(c.out, "\n")
		}
		c.printContract(r)
	}
	return nil
}

func contractsJSON(all []enrollment.Review) []object {
	out := make([]object, 0, len(all))
	for _, r := range all {
		out = append(out, object{"id": r.ID, "class": r.ClassCode, "course": r.CourseCode, "state": r.State, "price": r.Price, "contract": r.Contract,
			"sha256": r.SHA256, "signed": stamp(r.Signed), "approved": stamp(r.Enrollment.Approved)})
	}
	return out
}

func (c *call) printContract(r enrollment.Review) {
	c.text(r.Contract)
	c.line(c.out, "")
	pairs(c.out, [][2]string{
		{c.p.T("field.class"), r.ClassCode},
		{c.p.T("field.price"), c.p.Money(r.Price)},
		{c.p.T("field.signed"), c.moment(r.Signed)},
		{c.p.T("field.approved"), c.moment(r.Enrollment.Approved)},
		{"SHA-256", r.SHA256},
	})
}

// contractIDs finds the enrollments that are meant: one's own signed ones, or
// the one named by its number or class.
func (c *call) contractIDs(args []string) (ids []int64, err error) {
	query := "state:approved"
	if len(args) > 0 {
		if id, err := parseID(args[0]); err == nil {
			return []int64{id}, nil
		}
		query = `class:"` + strings.ReplaceAll(args[0], `"`, "") + `"`
	}
	if len(args) == 0 && !c.by.Rights.Has("student") {
		return nil, misuse("cli.too_few", "usage", "contract ENROLLMENT")
	}
	list, err := c.app.Engine.List(c.ctx, c.by, "enrollments", query, resource.Page{Limit: 50, Columns: []string{"state"}})
	if err != nil {
		return nil, err
	}
	for _, r := range list.Rows {
		ids = append(ids, r.ID)
	}
	if len(ids) == 0 {
		return nil, fault.New(fault.NotFound, "cli.no_contract")
	}
	if len(args) > 0 && len(ids) > 1 {
		return nil, fault.New(fault.Conflict, "list.ambiguous", "value", short(args[0]))
	}
	return ids, nil
}

// showOutline prints what a course teaches, as Markdown.
func showOutline(c *call, in input) error {
	id, err := c.ref("courses", in.args[0])
	if err != nil {
		return err
	}
	row, _, err := c.app.Engine.Show(c.ctx, c.by, "courses", id)
	if err != nil {
		return err
	}
	text := func(name string) string { s, _ := row.Values[name].Raw.(string); return s }
	if c.json {
		return c.printJSON(object{"id": row.ID, "code": text("code"), "name": text("name"), "outline": text("outline")})
	}
	if text("outline") == "" {
		c.say("cli.no_outline")
		return nil
	}
	c.text(text("outline"))
	return nil
}
