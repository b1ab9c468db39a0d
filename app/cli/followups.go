package cli

import (
	"cohort/app/customer"
	"cohort/app/fault"
	"cohort/app/when"
)

func followUpCommands() []command {
	return []command{
		{path: "followups add", use: "--customer ID --note TEXT", may: right("add", "follow_ups"), required: []string{"customer", "note"},
			flags: followUpFlags, run: addFollowUp,
			example: []string{"followups add --customer 42 --note 'asked the price' --intention within_month --next +3d"}},
	}
}

func followUpFlags(c *call, f flags) {
	f.text("customer", "ID")
	f.text("note", "TEXT")
	f.choice("intention", customer.Intentions)
	f.choice("channel", customer.Channels)
	f.text("next", "WHEN")
	f.flag("no-answer")
}

// addFollowUp reads what was typed as the fields of the record do: choices by
// their words in either language, days such as +3d.
func addFollowUp(c *call, in input) error {
	id, err := parseID(in.str("customer"))
	if err != nil {
		return err
	}
	n := customer.NewFollowUp{Customer: id, Note: in.str("note")}
	res, _ := c.app.Engine.Get("follow_ups")
	var bad []*fault.Fault
	for name, to := range map[string]*string{"intention": &n.Intention, "channel": &n.Channel} {
		f, _ := res.Field(name)
		v, wrong := f.ParseText(in.str(name), c.now())
		*to, _ = v.(string)
		bad = append(bad, wrong)
	}
	m, err := when.Parse(in.str("next"), c.now(), c.now().Location())
	if wrong, ok := fault.As(err); ok {
		bad = append(bad, wrong.On("next"))
	}
	n.Next, n.NextTime, n.NoAnswer = m.Day, m.Clock, in.yes("no-answer")
	if err := fault.Join(bad...); err != nil {
		return err
	}
	f, err := c.app.Customers.FollowUp(c.ctx, c.by, n)
	if err != nil {
		return err
	}
	out := object{"id": f.ID, "customer": f.Customer, "intention": f.Intention, "channel": f.Channel, "next": nil, "at": stamp(f.At)}
	if f.Next != "" {
		out["next"] = f.Next
	}
	if f.NextTime != "" {
		out["next_time"] = f.NextTime
	}
	if f.NoAnswer {
		out["no_answer"] = true
	}
	return c.done(out, "cli.followed", "id", id)
}
