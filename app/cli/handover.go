package cli

import (
	"slices"
	"strings"

	"cohort/app/handover"
	"cohort/app/i18n"
)

// handoverCommands move what somebody looks after, and keep the receipts.
func handoverCommands() []command {
	return []command{
		{path: "accounts handover", use: "LOGIN --to LOGIN|--pool", min: 1, max: 1, may: right("handover", "accounts"), run: handOver,
			flags: func(_ *call, f flags) {
				f.text("to", "LOGIN")
				f.flag("pool")
				f.text("enrollments-to", "LOGIN")
				f.text("customers", "QUERY")
				f.many("only", "WHAT")
				f.text("reason", "TEXT")
				f.flag("dry-run")
			},
			example: []string{"accounts handover sales_a --to sales_b --dry-run", "accounts handover sales_a --pool --enrollments-to sales_b --reason 离职",
				"accounts handover sales_a --to sales_b --customers 'source:baidu'"}},
		{path: "handovers show", use: "ID", min: 1, max: 1, may: right("view", "handovers"), run: showHandover},
		{path: "handovers undo", use: "ID", min: 1, max: 1, may: right("handover", "accounts"), run: undoHandover},
	}
}

// handoverParts are what --only may name.
var handoverParts = []string{"customers", "enrollments", "classes"}

func handOver(c *call, in input) error {
	p, err := c.handoverPlan(in)
	if err != nil {
		return err
	}
	if in.yes("dry-run") {
		r, err := c.app.Handovers.Preview(c.ctx, c.by, p)
		if err != nil {
			return err
		}
		return c.printReceipt(r)
	}
	r, err := c.app.Handovers.HandOver(c.ctx, c.by, p)
	if err != nil {
		return err
	}
	return c.printReceipt(r)
}

func (c *call) handoverPlan(in input) (p handover.Plan, err error) {
	if (in.str("to") == "") == !in.yes("pool") {
		return p, misuse("cli.handover.to_or_pool")
	}
	for _, what := range in.list("only") {
		if !slices.Contains(handoverParts, what) {
			return p, misuse("cli.handover.bad_part", "value", short(what), "parts", strings.Join(handoverParts, ", "))
		}
	}
	only := in.list("only")
	p = handover.Plan{Query: in.str("customers"), Reason: in.str("reason"), Customers: slices.Contains(only, "customers"),
		Enrollments: slices.Contains(only, "enrollments"), Classes: slices.Contains(only, "classes")}
	for _, x := range []struct {
		login string
		id    *int64
	}{{in.args[0], &p.From}, {in.str("to"), &p.To}, {in.str("enrollments-to"), &p.EnrollmentsTo}} {
		if x.login == "" {
			continue
		}
		a, err := c.account(x.login)
		if err != nil {
			return p, err
		}
		*x.id = a.ID
	}
	return p, nil
}

// printReceipt prints a hand-over; one without a number is a preview.
func (c *call) printReceipt(r handover.Receipt) error {
	if c.json {
		return c.printJSON(c.receiptJSON(r))
	}
	if r.ID == 0 {
		c.say("cli.handover.preview")
	}
	pairs(c.out, c.receiptPairs(r))
	if r.ID == 0 {
		return nil
	}
	for _, name := range handoverParts {
		if ids := r.IDs(name); len(ids) > 0 {
			c.line(c.out, "")
			c.line(c.out, c.p.T("resource."+name)+" ("+number(int64(len(ids)))+")")
			c.line(c.out, "  "+wrapNumbers(ids, 76))
		}
	}
	return nil
}

func (c *call) receiptPairs(r handover.Receipt) [][2]string {
	list := [][2]string{}
	add := func(key, text string) {
		if text != "" {
			list = append(list, [2]string{c.p.T(key), text})
		}
	}
	if r.ID != 0 {
		add("field.handover_no", r.Number())
	}
	add("field.at", c.moment(r.At))
	add("field.by_account", called(r.By))
	add("field.from_account", called(r.From))
	add("field.to_account", c.toWhom(r))
	add("field.enrollments_to", called(r.Consultant))
	add("field.query", oneLine(r.Query))
	add("field.reason", oneLine(r.Reason))
	add("field.customers", number(int64(r.Customers)))
	add("field.with_next", number(int64(r.Due)))
	add("field.enrollments", number(int64(r.Enrollments)))
	add("field.classes", number(int64(r.Classes)))
	if !r.Undone.IsZero() {
		add("field.undone", c.moment(r.Undone)+"  "+called(r.UndoneBy))
	}
	return list
}

func (c *call) toWhom(r handover.Receipt) string {
	if r.To.ID == 0 {
		return c.p.T("handover.pool")
	}
	return called(r.To)
}

// called is a person's name with the log-in name.
func called(p handover.Person) string {
	if p.Login == "" {
		return ""
	}
	return oneLine(p.Name) + " (" + p.Login + ")"
}

func (c *call) receiptJSON(r handover.Receipt) object {
	out := object{"id": r.ID, "number": "", "at": stamp(r.At), "by": r.By.Login, "from": r.From.Login, "to": r.To.Login, "enrollments_to": r.Consultant.Login,
		"query": r.Query, "reason": r.Reason, "counts": object{"customers": r.Customers, "due": r.Due, "enrollments": r.Enrollments, "classes": r.Classes},
		"undone": stamp(r.Undone), "undone_by": r.UndoneBy.Login, "dry_run": r.ID == 0}
	if r.ID != 0 {
		out["number"] = r.Number()
	}
	for _, name := range handoverParts {
		ids := r.IDs(name)
		if ids == nil {
			ids = []int64{}
		}
		out[name] = ids
	}
	return out
}

// wrapNumbers writes numbers in lines of at most so many characters.
func wrapNumbers(ids []int64, width int) string {
	var b strings.Builder
	at := 0
	for i, id := range ids {
		text := number(id)
		if i > 0 && at+1+len(text) > width {
			b.WriteString("\n  ")
			at = 0
		} else if i > 0 {
			b.WriteByte(' ')
			at++
		}
		b.WriteString(text)
		at += len(text)
	}
	return b.String()
}

// receiptID reads the number of a receipt: 7, or HO-000007.
func receiptID(text string) (int64, error) {
	return parseID(strings.TrimLeft(strings.TrimPrefix(strings.ToUpper(text), "HO-"), "0"))
}

func showHandover(c *call, in input) error {
	id, err := receiptID(in.args[0])
	if err != nil {
		return err
	}
	r, err := c.app.Handovers.Get(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	return c.printReceipt(r)
}

func undoHandover(c *call, in input) error {
	id, err := receiptID(in.args[0])
	if err != nil {
		return err
	}
	r, err := c.app.Handovers.Undo(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	return c.done(object{"id": r.ID, "number": r.Number()}, "cli.handover.undone", "number", r.Number(), "name", i18n.W("ui.said", "text", called(r.From)))
}
