package cli

import (
	"cohort/app/customer"
	"cohort/app/fault"
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
	f.text("next", "DATE")
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
	for name, to := range map[string]*string{"intention": &n.Intention, "channel": &n.Channel, "next": &n.Next} {
		f, _ := res.Field(name)
		v, wrong := f.ParseText(in.str(name), c.now())
		*to, _ = v.(string)
		bad = append(bad, wrong)
	}
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
	return c.done(out, "cli.followed", "id", id)
}
