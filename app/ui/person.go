package ui

import (
	"context"

	"cohort/app"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// personActions are a person's rights to his own data, exercised by the school: all
// that is held of him given out, and erased. Who may do neither sees neither.
func (d *desk) personActions(id int64, name string) (list []kit.Action) {
	if d.can("person_data", "customers") == nil {
		list = append(list, kit.Action{ID: "ui.person.data", Weight: -1, Run: func() kit.Cmd {
			line := d.sshLine("customers person-data " + kit.ID(id) + " > person.zip")
			return kit.Show(&kit.Confirm{Name: "ui.person.data", Yes: "ui.person.copy", Body: []any{d.p().T("ui.person.data_how"), line},
				Then: func() kit.Cmd { return kit.Copy(line) }})
		}})
	}
	if d.can("erase", "customers") == nil {
		list = append(list, kit.Action{ID: "ui.person.erase", Weight: -1, Danger: true, Run: func() kit.Cmd { return d.askErase(id, name) }})
	}
	return list
}

// askErase wants the person's name typed: there is no way back.
func (d *desk) askErase(id int64, name string) kit.Cmd {
	return kit.Show(&kit.Confirm{Name: "ui.person.erase", Danger: true, Type: name, Yes: "ui.person.erase",
		Body: []any{d.p().T("ui.person.erase_ask", "name", name)},
		Then: func() kit.Cmd { return d.erase(id) }})
}

func (d *desk) erase(id int64) kit.Cmd {
	return kit.Work[app.Receipt]{Name: "erase", Write: true, Label: "kit.saving",
		Do: asks(d, func(ctx context.Context, by policy.Actor) (app.Receipt, error) { return d.app.ErasePerson(ctx, by, id) }),
		Then: func(r app.Receipt, err error) kit.Cmd {
			if err != nil {
				return kit.Fail(err)
			}
			var body []any
			for _, line := range r.Say(d.p()) {
				body = append(body, line)
			}
			return kit.Say("ui.person.erase", body...)
		}}.Cmd()
}
