package cli

import "cohort/app"

// privateCommands are about what the school holds of people.
func privateCommands() []command {
	return []command{
		{path: "documents seen", may: right("list", "documents"), run: whoSaw},
		{path: "customers person-data", use: "ID", min: 1, max: 1, may: right("person_data", "customers"), run: personData, example: []string{"customers person-data 42 > person.zip"}},
		{path: "customers erase", use: "ID", min: 1, max: 1, may: right("erase", "customers"), run: erasePerson, flags: func(_ *call, f flags) { f.flag("yes") },
			example: []string{"customers erase 42 --yes"}},
	}
}

// whoSaw tells a student who has read his documents and his ID number.
func whoSaw(c *call, _ input) error {
	list, err := c.app.Enrollments.WhoSaw(c.ctx, c.by)
	if err != nil {
		return err
	}
	if c.json {
		out := make([]object, 0, len(list))
		for _, s := range list {
			out = append(out, object{"at": stamp(s.At), "who": s.Who, "document": s.What, "act": s.Act, "class": s.Class})
		}
		return c.printJSON(out)
	}
	if len(list) == 0 {
		c.say("ui.study.nobody_saw")
		return nil
	}
	var rows [][]string
	for _, s := range list {
		rows = append(rows, []string{c.moment(s.At), s.Who, orWord(s.What, c.p.T("ui.study.number_read")), s.Class})
	}
	table(c.out, []string{c.p.T("field.at"), c.p.T("ui.study.reader"), c.p.T("ui.study.what"), c.p.T("field.class")}, rows)
	return nil
}

// personData writes all that the school holds of a person as a ZIP.
func personData(c *call, in input) error {
	id, err := c.ref("customers", in.args[0])
	if err != nil {
		return err
	}
	return c.app.PersonData(c.ctx, c.by, id, c.out)
}

// erasePerson takes a person's data away for good, and prints the receipt.
func erasePerson(c *call, in input) error {
	id, err := c.ref("customers", in.args[0])
	if err != nil {
		return err
	}
	if !in.yes("yes") {
		return misuse("cli.erase_sure")
	}
	r, err := c.app.ErasePerson(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(object{"pseudonym": r.Pseudonym, "at": stamp(r.At), "erased": counts(r.Gone), "stays": counts(r.Stays)})
	}
	for _, line := range r.Say(c.p) {
		c.text(line)
	}
	return nil
}

func counts(list []app.Kept) object {
	out := object{}
	for _, k := range list {
		out[k.What] = k.N
	}
	return out
}
