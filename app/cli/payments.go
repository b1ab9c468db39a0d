package cli

import (
	"strings"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/payment"
	"cohort/app/resource"
)

// paymentCommands take money, give it back and say what is owed. Taking is the
// generic "payments add".
func paymentCommands() []command {
	return []command{
		{path: "payments", use: "[QUERY…]", max: -1, query: true, may: right("list", "payments"), run: listPayments},
		{path: "payments refund", use: "ENROLLMENT --amount YUAN --method CHOICE --reason TEXT", min: 1, max: 1, may: right("refund", "payments"),
			required: []string{"amount", "method", "reason"}, flags: refundFlags, run: refundPayment,
			example: []string{"payments refund 7 --amount 300 --method wechat_pay --reason 'moved away'"}},
		{path: "payments correct", use: "PAYMENT --reason TEXT", min: 1, max: 1, may: right("reverse", "payments"), required: []string{"reason"},
			flags: func(_ *call, f flags) { f.text("reason", "TEXT") }, run: correctPayment,
			example: []string{"payments correct 2026-000012 --reason 'typed 500 instead of 5000'"}},
		{path: "payments balance", use: "ENROLLMENT", min: 1, max: 1, may: right("list", "payments"), run: showBalance, example: []string{"payments balance 7 --json"}},
		{path: "payments plan", use: "ENROLLMENT [DAY=YUAN…]", min: 1, max: -1, may: right("plan", "payments"), flags: func(_ *call, f flags) { f.flag("none") },
			run: planPayments, example: []string{"payments plan 7 2026-12-01=9800 +1m=5000 +2m=5000", "payments plan 7 --none"}},
		{path: "payments receipt", use: "PAYMENT", min: 1, max: 1, may: right("view", "payments"), flags: func(_ *call, f flags) { f.flag("pdf") },
			run: showReceipt, example: []string{"payments receipt 2026-000012", "payments receipt 2026-000012 --pdf > receipt.pdf"}},
	}
}

// listPayments lists them without more ado.
func listPayments(c *call, in input) error {
	res, _ := c.app.Engine.Get("payments")
	return aboutQuery(c.wholeList(res, queryOf(res, in.args)))
}

// payment finds a payment by its receipt's number or its own.
func (c *call) payment(text string) (int64, error) {
	if !strings.Contains(text, "-") {
		return parseID(text)
	}
	return c.app.Payments.Numbered(c.ctx, c.by, text)
}

func refundFlags(_ *call, f flags) {
	f.text("amount", "YUAN")
	f.choice("method", payment.Methods)
	f.text("reason", "TEXT")
}

func refundPayment(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	fen, ok := resource.ParseMoney(in.str("amount"))
	if !ok {
		return fault.Field("amount", "fault.bad_number", "value", short(in.str("amount")))
	}
	p, err := c.app.Payments.Refund(c.ctx, c.by, payment.NewPayment{Enrollment: id, Amount: fen, Method: in.str("method"), Note: in.str("reason")})
	if err != nil {
		return err
	}
	return c.entered(p)
}

func correctPayment(c *call, in input) error {
	id, err := c.payment(in.args[0])
	if err != nil {
		return err
	}
	p, err := c.app.Payments.Correct(c.ctx, c.by, id, in.str("reason"))
	if err != nil {
		return err
	}
	return c.entered(p)
}

// entered says what stands in the books now.
func (c *call) entered(p payment.Payment) error {
	return c.done(paymentJSON(p), "cli.payment", "id", p.ID, "receipt", p.Receipt, "amount", i18n.Money(p.Amount))
}

func paymentJSON(p payment.Payment) object {
	return object{"id": p.ID, "enrollment_id": p.Enrollment, "class": p.Class, "customer": p.Customer, "payment": p.Kind, "amount": p.Amount, "method": p.Method,
		"receipt": p.Receipt, "remark": p.Note, "taken_by": p.TakenBy, "at": stamp(p.At), "corrects_id": orNull(p.Corrects), "corrected_by_id": orNull(p.CorrectedBy)}
}

func showBalance(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	acc, err := c.app.Payments.Account(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	return c.printAccount(acc)
}

func (c *call) printAccount(acc payment.Account) error {
	if c.json {
		return c.printJSON(accountJSON(acc))
	}
	pairs(c.out, [][2]string{
		{c.p.T("field.customer"), acc.Customer}, {c.p.T("field.class"), acc.Class}, {c.p.T("field.price"), c.p.Money(acc.Price)},
		{c.p.T("field.paid"), c.p.Money(acc.Paid)}, {c.p.T("field.owing"), c.p.Money(acc.Owing)}, {c.p.T("field.overdue"), c.p.Money(acc.Overdue)},
	})
	if len(acc.Plan) > 0 {
		c.line(c.out, "")
		c.printPlan(acc)
	}
	if len(acc.Entries) > 0 {
		c.line(c.out, "")
		c.printEntries(acc.Entries)
	}
	return nil
}

func (c *call) printPlan(acc payment.Account) {
	var rows [][]string
	for _, i := range acc.Plan {
		late := ""
		if i.Late {
			late = c.p.T("field.overdue")
		}
		rows = append(rows, []string{number(int64(i.Number)), i.Due, c.p.Money(i.Amount), c.p.Money(i.Left), late})
	}
	table(c.out, []string{c.p.T("field.instalment"), c.p.T("field.due_on"), c.p.T("field.amount"), c.p.T("field.left"), ""}, rows)
	if !acc.PlanFits {
		c.say("payment.plan_unfit")
	}
}

func (c *call) printEntries(list []payment.Payment) {
	var rows [][]string
	for _, p := range list {
		rows = append(rows, []string{number(p.ID), c.moment(p.At), p.Receipt, c.p.T("choice.payment." + p.Kind), c.p.Money(p.Amount),
			c.p.Or("choice.method."+p.Method, p.Method), p.TakenBy, oneLine(p.Note)})
	}
	table(c.out, []string{"ID", c.p.T("field.at"), c.p.T("field.receipt"), c.p.T("field.payment"), c.p.T("field.amount"), c.p.T("field.method"),
		c.p.T("field.taken_by"), c.p.T("field.remark")}, rows)
}

func accountJSON(acc payment.Account) object {
	plan, entries := []object{}, []object{}
	for _, i := range acc.Plan {
		plan = append(plan, object{"number": i.Number, "due_on": i.Due, "amount": i.Amount, "left": i.Left, "overdue": i.Late})
	}
	for _, p := range acc.Entries {
		entries = append(entries, paymentJSON(p))
	}
	return object{"enrollment_id": acc.Enrollment, "customer": acc.Customer, "class": acc.Class, "price": acc.Price, "paid": acc.Paid, "owing": acc.Owing,
		"overdue": acc.Overdue, "plan": plan, "plan_fits": acc.PlanFits, "payments": entries}
}

// planPayments sets the instalments, or takes the plan away.
func planPayments(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	if (len(in.args) == 1) != in.yes("none") {
		return misuse("cli.too_few", "usage", "payments plan ENROLLMENT DAY=YUAN…")
	}
	list, err := payment.ParsePlan(strings.Join(in.args[1:], " "), func(s string) (string, bool) { return resource.ParseDay(s, c.now()) })
	if err != nil {
		return err
	}
	acc, err := c.app.Payments.SetPlan(c.ctx, c.by, id, list)
	if err != nil {
		return err
	}
	return c.printAccount(acc)
}

// showReceipt prints the receipt, or the PDF of it for a file.
func showReceipt(c *call, in input) error {
	id, err := c.payment(in.args[0])
	if err != nil {
		return err
	}
	r, err := c.app.Payments.Receipt(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	switch {
	case in.yes("pdf"):
		b, err := r.PDF(c.p)
		if err != nil {
			return err
		}
		_, _ = c.out.Write(b) // the reader has gone: Flush tells
		return nil
	case c.json:
		out := paymentJSON(r.Payment)
		out["course"], out["campus"], out["price"], out["paid_then"], out["capitals"] = r.Course, r.Campus, r.Price, r.PaidThen, payment.Capitals(r.Amount)
		return c.printJSON(out)
	}
	c.text(strings.TrimRight(r.Text(c.p), "\n"))
	return nil
}
