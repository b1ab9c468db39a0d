package ui

import (
	"context"
	"fmt"

	"cohort/app/enrollment"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// Actions is kit.Screen's.
func (a *applyScreen) Actions() []kit.Action {
	in := a.inner()
	if in == nil {
		return nil
	}
	if !a.form.Editable {
		return in.Actions()
	}
	list := a.stepActions()
	next, prev := []string{"ctrl+s", "n"}, []string{"p", "left", "h"}
	switch a.step {
	case stepWelcome:
		next = []string{"enter", "ctrl+s", "n"}
	case stepDetails:
		next, prev = []string{"ctrl+s", "pgdown"}, []string{"pgup"}
	}
	if a.step < stepSubmit {
		list = append(list, kit.Action{ID: "kit.step.next", Keys: next, Weight: 9, Run: func() kit.Cmd { return a.goStep(a.step + 1) }})
	}
	if a.step > stepWelcome {
		list = append(list, kit.Action{ID: "kit.step.prev", Keys: prev, Weight: 7, Run: func() kit.Cmd { return a.goStep(a.step - 1) }})
	}
	if a.step != stepDetails {
		for i, name := range stepNames {
			list = append(list, kit.Action{ID: name, Keys: []string{fmt.Sprint(i + 1)}, Weight: -1, Quiet: true, Run: func() kit.Cmd { return a.goStep(i) }})
		}
	}
	return append(list, in.Actions()...)
}

// stepActions are what can be done on the present step besides going on.
func (a *applyScreen) stepActions() []kit.Action {
	switch a.step {
	case stepDocuments:
		list := []kit.Action{{ID: "ui.apply.copy", Keys: []string{"c"}, Weight: 8, Run: func() kit.Cmd { return kit.Copy(uploadLine(a.d.reach(a.form.Link), 1<<10)) }}}
		if len(a.form.Documents) > 0 {
			list = append(list, kit.Action{ID: "ui.apply.remove", Keys: []string{"d", "delete", "backspace"}, Weight: 8, Run: a.remove})
		}
		return list
	case stepContract:
		id := "ui.apply.tick"
		if !a.form.Agreed.IsZero() {
			id = "ui.apply.untick"
		}
		return []kit.Action{{ID: id, Keys: []string{"a", "enter"}, Weight: 10, Run: a.agree}}
	case stepSubmit:
		return []kit.Action{{ID: "ui.apply.submit", Keys: []string{"ctrl+s", "s"}, Weight: 10, WhyNot: a.notYet(),
			Confirm: &kit.Question{Key: "ui.apply.submit_ask", Args: []any{"class", a.form.Class}}, Run: a.submit}}
	}
	return nil
}

// notYet says why it cannot be handed in now; nil where it can.
func (a *applyScreen) notYet() error {
	if len(a.form.Missing) == 0 {
		return nil
	}
	return fault.New(fault.Conflict, "ui.apply.lacking", "list", a.names(a.form.Missing))
}

// agree ticks the contract or takes the tick away.
func (a *applyScreen) agree() kit.Cmd {
	yes := a.form.Agreed.IsZero()
	return a.write("agree", func(ctx context.Context, by policy.Actor) (enrollment.Form, error) {
		return a.d.app.Enrollments.Agree(ctx, by, yes)
	})
}

func (a *applyScreen) submit() kit.Cmd {
	return a.write("submit", a.d.app.Enrollments.Submit)
}

// write does something that gives the form as it is afterwards.
func (a *applyScreen) write(name string, do func(ctx context.Context, by policy.Actor) (enrollment.Form, error)) kit.Cmd {
	return kit.Work[enrollment.Form]{Name: name, Label: "kit.saving", Write: true, Do: link(a.d, do),
		Then: func(f enrollment.Form, err error) kit.Cmd {
			if err != nil {
				return kit.Fail(err)
			}
			return a.take(applied{f, a.refused})
		}}.Cmd()
}

// remove asks which document goes, where there are several.
func (a *applyScreen) remove() kit.Cmd {
	if len(a.form.Documents) == 1 {
		return a.removeAsk(a.form.Documents[0])
	}
	var options []kit.Option
	for _, x := range a.form.Documents {
		options = append(options, kit.Option{Value: kit.ID(x.ID), Label: x.Name, Note: a.d.p().Size(x.Size)})
	}
	return kit.Choose("ui.apply.remove", options, func(o kit.Option) kit.Cmd {
		for _, x := range a.form.Documents {
			if kit.ID(x.ID) == o.Value {
				return a.removeAsk(x)
			}
		}
		return nil
	})
}

func (a *applyScreen) removeAsk(x enrollment.Document) kit.Cmd {
	return kit.Show(&kit.Confirm{Name: "ui.apply.remove", Body: []any{i18n.W("ui.apply.remove_ask", "name", x.Name)}, Danger: true, Then: func() kit.Cmd {
		return kit.Do("remove", does(a.d, func(ctx context.Context, by policy.Actor) error {
			return a.d.app.Enrollments.RemoveDocument(ctx, by, x.ID, "")
		}), func(err error) kit.Cmd {
			if err != nil {
				return kit.Fail(err)
			}
			return kit.Toast(kit.Good, "ui.apply.removed", "name", x.Name)
		})
	}})
}
