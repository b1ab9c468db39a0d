package cli

import (
	"strings"
	"time"

	"cohort/app/customer"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/resource"
	"cohort/app/when"
)

// callCommands are the day of somebody who telephones.
func callCommands() []command {
	may := right("follow_up", "customers")
	return []command{
		{path: "calls", may: may, flags: callsFlags, run: listCalls, example: []string{"calls", "calls --limit 10 --json"}},
		{path: "calls next", may: may, run: nextCall, example: []string{"calls next"}},
		{path: "calls done", use: "ID OUTCOME", min: 2, max: 2, may: may, flags: doneFlags, run: callDone,
			example: []string{"calls done 42 2 --note 'asked about evening classes' --next 'fri 15:00'", "calls done 42 0", "calls done 42 no_plan --note 'next year' --channel wechat"}},
		{path: "calls undo", use: "[FOLLOW-UP]", max: 1, may: may, run: callUndo, example: []string{"calls undo"}},
	}
}

func callsFlags(_ *call, f flags) {
	f.number("limit", "N", 20)
	f.text("place", "PLACE")
}

func doneFlags(_ *call, f flags) {
	f.text("note", "TEXT")
	f.text("next", "WHEN")
	f.choice("channel", customer.Channels)
}

// listCalls prints the day's counts and the queue.
func listCalls(c *call, in input) error {
	after, ok := customer.ParsePlace(in.str("place"))
	if !ok {
		return fault.Field("place", "calls.bad_place", "value", short(in.str("place")))
	}
	q, err := c.app.Customers.Calls(c.ctx, c.by, after, int(in.num("limit")))
	if err != nil {
		return err
	}
	day, err := c.app.Customers.Day(c.ctx, c.by)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(c.callsJSON(q, day))
	}
	c.text(c.dayText(day))
	if len(q.Calls) == 0 {
		c.say("calls.none")
		return nil
	}
	var rows [][]string
	for _, x := range q.Calls {
		row := []string{c.p.Value(x.Customer), c.callWhen(x)}
		for _, name := range []string{"name", "phone", "intention", "last", "owner"} {
			row = append(row, oneLine(c.callField(name, x.Row)))
		}
		rows = append(rows, row)
	}
	table(c.out, append([]string{"ID"}, c.heads("due", "name", "phone", "intention", "last", "owner")...), rows)
	if q.More {
		c.say("calls.more", "place", q.Calls[len(q.Calls)-1].Place.String())
	}
	return nil
}

// callField is a field of a customer as a list shows it: a moment as its day.
func (c *call) callField(name string, row resource.Row) string {
	res, _ := c.app.Engine.Get("customers")
	f, _ := res.Field(name)
	if at, _ := row.Values[name].Raw.(int64); f.Kind == resource.Time && at != 0 {
		return c.p.Date(time.UnixMilli(at))
	}
	return f.Text(c.p, row.Values[name])
}

// callWhen says why a customer is to be called: today 15:00, overdue 2026-11-20.
func (c *call) callWhen(x customer.Call) string {
	day, _ := x.Row.Values["next"].Raw.(string)
	clock, _ := x.Row.Values["next_time"].Raw.(string)
	if x.Part != customer.Overdue {
		day = ""
	}
	if x.Part == customer.Stale {
		clock = ""
	}
	return strings.Join(strings.Fields(c.p.T("calls.part."+x.Part)+" "+day+" "+clock), " ")
}

func (c *call) dayText(d customer.Day) string {
	at, _ := time.Parse(time.DateOnly, d.Date)
	p := i18n.Printer{Lang: c.p.Lang}
	return p.T("calls.day", "day", p.DayWeekday(at), "calls", d.Calls, "reached", d.Reached, "target", d.Target, "due", d.Due,
		"overdue", d.Overdue, "stale", staleText(d))
}

func staleText(d customer.Day) string {
	text := i18n.Group(uint64(d.Stale))
	if d.More {
		text += "+"
	}
	return text
}

func (c *call) callsJSON(q customer.Queue, d customer.Day) object {
	list := make([]object, 0, len(q.Calls))
	for _, x := range q.Calls {
		list = append(list, c.callJSON(x))
	}
	out := object{"day": dayJSON(d), "calls": list, "after": nil}
	if q.More {
		out["after"] = q.Calls[len(q.Calls)-1].Place.String()
	}
	return out
}

func dayJSON(d customer.Day) object {
	return object{"day": d.Date, "calls": d.Calls, "reached": d.Reached, "target": d.Target, "due": d.Due, "overdue": d.Overdue,
		"stale": d.Stale, "more_stale": d.More}
}

func (c *call) callJSON(x customer.Call) object {
	out := object{"customer": x.Customer, "part": x.Part}
	res, _ := c.app.Engine.Get("customers")
	for _, name := range customer.QueueColumns {
		if v, ok := x.Row.Values[name]; ok {
			f, _ := res.Field(name)
			out[name] = f.JSON(v)
		}
	}
	return out
}

// nextCall shows the first of the queue with what was said last, and how to say
// what comes of it. Others are told for a while that somebody talks to him.
func nextCall(c *call, _ input) error {
	c.app.Customers.LetGo(c.ctx, c.by)
	q, err := c.app.Customers.Calls(c.ctx, c.by, customer.Place{}, 1)
	if err != nil {
		return err
	}
	if len(q.Calls) == 0 {
		if c.json {
			return c.printJSON(object{"customer": nil})
		}
		c.say("calls.none")
		return nil
	}
	x := q.Calls[0]
	at, err := c.app.Customers.TakeUp(c.ctx, c.by, x.Customer, 3)
	if err != nil {
		return err
	}
	row, fields, err := c.app.Engine.Show(c.ctx, c.by, "customers", x.Customer)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(nextJSON(x, at, jsonRow(row, fields)))
	}
	c.text(c.callWhen(x))
	var list [][2]string
	for _, kv := range c.rowPairs(row, fields) {
		if kv[1] != "" {
			list = append(list, kv)
		}
	}
	pairs(c.out, list)
	for _, f := range at.Last {
		c.text(c.saidLine(f))
	}
	if at.Other != "" {
		c.say("calls.other", "who", at.Other)
	}
	c.say("calls.how", "id", x.Customer, "outcomes", c.outcomes())
	return nil
}

func nextJSON(x customer.Call, at customer.At, record object) object {
	last := make([]object, 0, len(at.Last))
	for _, f := range at.Last {
		last = append(last, object{"id": f.ID, "at": stamp(f.At), "author": f.AuthorLogin, "channel": f.Channel, "note": f.Note,
			"intention": f.Intention, "no_answer": f.NoAnswer})
	}
	out := object{"part": x.Part, "customer": record, "last": last, "other": nil}
	if at.Other != "" {
		out["other"] = at.Other
	}
	return out
}

// saidLine tells a follow-up in one line.
func (c *call) saidLine(f customer.FollowUp) string {
	what := c.p.T("choice.intention." + f.Intention)
	if f.NoAnswer {
		what = c.p.T("field.no_answer")
	}
	return cut(strings.Join([]string{c.p.DateTime(f.At), f.Name, c.choiceOf("channel", f.Channel), what, f.Note}, " · "), 150)
}

// outcomes lists the digits with their words.
func (c *call) outcomes() string {
	var list []string
	for _, o := range customer.Outcomes {
		list = append(list, c.p.Value(o.Digit)+" "+c.p.T("calls.outcome."+o.Name))
	}
	return strings.Join(list, ", ")
}

// callDone writes what came of a call. The next date is the outcome's own where
// none is given.
func callDone(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	o, ok := c.outcomeOf(in.args[1])
	if !ok {
		return fault.New(fault.Invalid, "calls.bad_outcome", "value", short(in.args[1]), "outcomes", c.outcomes())
	}
	n := customer.NewFollowUp{Customer: id, Channel: in.str("channel"), Note: in.str("note"), Intention: o.Intention, NoAnswer: o.NoAnswer}
	if n.Note == "" {
		n.Note = c.p.T("calls.outcome." + o.Name)
	}
	next := o.Next
	if in.Changed("next") {
		next = in.str("next")
	}
	m, err := when.Parse(next, c.now(), c.now().Location())
	if bad, ok := fault.As(err); ok {
		return bad.On("next")
	}
	n.Next, n.NextTime = m.Day, m.Clock
	f, err := c.app.Customers.FollowUp(c.ctx, c.by, n)
	if err != nil {
		return err
	}
	c.app.Customers.LetGo(c.ctx, c.by)
	if c.json {
		return c.printJSON(doneJSON(f, o))
	}
	c.say("calls.saved", "outcome", i18n.W("calls.outcome."+o.Name), "next", orDash(m.String()))
	if o.Name == "enrolled" {
		c.say("calls.enroll", "id", id)
	}
	return nil
}

func doneJSON(f customer.FollowUp, o customer.Outcome) object {
	out := object{"id": f.ID, "customer": f.Customer, "outcome": o.Name, "intention": f.Intention, "no_answer": f.NoAnswer,
		"channel": f.Channel, "next": nil, "next_time": nil, "at": stamp(f.At)}
	for name, text := range map[string]string{"next": f.Next, "next_time": f.NextTime} {
		if text != "" {
			out[name] = text
		}
	}
	return out
}

// outcomeOf takes a digit, a name, or the words in either language.
func (c *call) outcomeOf(text string) (customer.Outcome, bool) {
	if o, ok := customer.OutcomeOf(strings.ToLower(text)); ok {
		return o, true
	}
	for _, o := range customer.Outcomes {
		for _, l := range i18n.Langs {
			if strings.EqualFold(i18n.Printer{Lang: l}.T("calls.outcome."+o.Name), text) {
				return o, true
			}
		}
	}
	return customer.Outcome{}, false
}

// callUndo takes back a follow-up of one's own, the newest where none is named.
func callUndo(c *call, in input) error {
	id := int64(0)
	if len(in.args) > 0 {
		var err error
		if id, err = parseID(in.args[0]); err != nil {
			return err
		}
	}
	f, err := c.app.Customers.TakeBack(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	return c.done(object{"id": f.ID, "customer": f.Customer, "note": f.Note}, "calls.taken_back", "id", f.Customer, "note", cut(f.Note, 60))
}
