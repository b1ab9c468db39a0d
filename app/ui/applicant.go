package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"cohort/app/bus"
	"cohort/app/enrollment"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/ui/kit"
)

// The steps of the applicant's form.
const (
	stepWelcome = iota
	stepDetails
	stepDocuments
	stepContract
	stepSubmit
)

var stepNames = []string{"ui.apply.step.welcome", "ui.apply.step.details", "ui.apply.step.documents", "ui.apply.step.contract", "ui.apply.step.submit"}

// applyScreen is all that an enrollment link opens: the form in steps, or, once
// it is handed in, how it stands. It reads itself again at every event about
// this enrollment.
type applyScreen struct {
	d       *desk
	env     kit.Env
	w, h    int
	form    enrollment.Form
	refused []enrollment.Refusal
	loaded  bool
	over    error // why the link no longer works
	step    int

	details *kit.Form   // the step of one's own data; it keeps what is typed
	page    *kit.Detail // any other step, or how it stands
	shots   *shots
}

// applied is what is read for the screen.
type applied struct {
	form    enrollment.Form
	refused []enrollment.Refusal
}

// applicant is the home of who comes by an enrollment link.
func (d *desk) applicant() kit.Screen { return &applyScreen{d: d, shots: d.newShots()} }

// link calls a service in the applicant's name. Whether his link still works is
// the service's to say, so that its words are shown.
func link[T any](d *desk, do func(ctx context.Context, by policy.Actor) (T, error)) func(context.Context) (T, error) {
	return func(ctx context.Context) (T, error) {
		by, _ := d.sess.Actor(ctx)
		v, err := do(ctx, by)
		if err != nil {
			err = d.app.Explain(ctx, err)
		}
		return v, err
	}
}

// Title is kit.Screen's.
func (a *applyScreen) Title(p i18n.Printer) string {
	if !a.loaded {
		return p.T("ui.apply.name")
	}
	return p.T("ui.apply.title", "class", a.form.Class)
}

// Init is kit.Screen's.
func (a *applyScreen) Init() kit.Cmd { return a.read() }

// read reads the form anew, and draws it again in place.
func (a *applyScreen) read() kit.Cmd {
	return kit.Work[applied]{Name: "form", Quiet: a.loaded, Label: "kit.loading",
		Do: link(a.d, func(ctx context.Context, by policy.Actor) (x applied, err error) {
			if x.form, err = a.d.app.Enrollments.Form(ctx, by); err != nil {
				return x, err
			}
			x.refused, err = a.d.app.Enrollments.Refusals(ctx, by)
			return x, err
		}),
		Then: func(x applied, err error) kit.Cmd {
			if err != nil {
				return a.ended(err)
			}
			return a.take(x)
		}}.Cmd()
}

// ended shows why the link no longer works. A passing failure is only said.
func (a *applyScreen) ended(err error) kit.Cmd {
	if k := fault.Of(err); a.loaded && k != fault.Conflict && k != fault.NotFound && k != fault.Forbidden {
		return kit.Fail(err)
	}
	a.over = err
	return nil
}

// take takes what was read. What the person is typing stays.
func (a *applyScreen) take(x applied) kit.Cmd {
	old, first := a.form, !a.loaded
	said := a.news(old, x, first)
	a.form, a.refused, a.loaded = x.form, x.refused, true
	switch {
	case first:
		a.step = a.firstStep()
		a.details = a.newDetails(nil)
	case a.form.State != old.State:
		a.step, a.page = stepWelcome, nil
		a.details = a.newDetails(nil)
	default:
		a.mergeDetails(old)
	}
	return kit.Batch(said, a.show())
}

// firstStep is where one goes on: at the beginning, where nothing is done yet or
// something was returned, else at the first step that is not done.
func (a *applyScreen) firstStep() int {
	number, _ := a.form.Item("id_number")
	if a.form.State == enrollment.Returned || number.Typed() == "" && len(a.form.Documents) == 0 {
		return stepWelcome
	}
	for _, s := range []int{stepDetails, stepDocuments, stepContract} {
		if !a.done(s) {
			return s
		}
	}
	return stepSubmit
}

// news says what has happened since it was read last: a document that came, one
// that was refused, an answer from the school.
func (a *applyScreen) news(old enrollment.Form, x applied, first bool) kit.Cmd {
	if first {
		return nil
	}
	switch {
	case x.form.State == enrollment.Returned && old.State == enrollment.Submitted:
		return kit.Toast(kit.Warn, "ui.apply.now_returned")
	case x.form.State == enrollment.Submitted && old.State.Open():
		return kit.Toast(kit.Good, "ui.apply.now_submitted")
	case len(x.refused) > 0 && (len(a.refused) == 0 || x.refused[0].At.After(a.refused[0].At)):
		r := x.refused[0]
		return kit.Toast(kit.Bad, "enrollment.refused_line", "name", r.Name, "why", r.Why)
	}
	had := map[int64]bool{}
	for _, d := range old.Documents {
		had[d.ID] = true
	}
	for _, d := range x.form.Documents {
		if !had[d.ID] {
			return kit.Toast(kit.Good, "ui.apply.arrived", "name", d.Name, "n", len(x.form.Documents), "max", enrollment.MaxDocuments)
		}
	}
	return nil
}

// done says whether a step has all that it asks for.
func (a *applyScreen) done(step int) bool {
	if step == stepWelcome {
		return true
	}
	return step != stepSubmit && len(a.missing(step)) == 0
}

// missing names what a step still lacks.
func (a *applyScreen) missing(step int) (out []string) {
	for _, name := range a.form.Missing {
		if stepOf(name) == step {
			out = append(out, name)
		}
	}
	return out
}

// stepOf is the step on which something is asked for.
func stepOf(name string) int {
	switch name {
	case "documents":
		return stepDocuments
	case "agree":
		return stepContract
	}
	return stepDetails
}

// Changed is kit.Watcher's.
func (a *applyScreen) Changed(events []bus.Event, lost bool) kit.Cmd {
	for _, e := range events {
		lost = lost || e.Resource == "enrollments" && (e.ID == a.form.ID || e.ID == 0 || !a.loaded)
	}
	if !lost {
		return nil
	}
	return a.read()
}

// Dirty is kit.Dirtier's.
func (a *applyScreen) Dirty() error {
	if a.details == nil || !a.loaded || !a.form.Editable || a.over != nil {
		return nil
	}
	return a.details.Dirty()
}

// Typing is kit.Screen's.
func (a *applyScreen) Typing() bool { return a.filling() }

// filling says that the data form is what one sees.
func (a *applyScreen) filling() bool {
	return a.loaded && a.over == nil && a.form.Editable && a.step == stepDetails
}

// inner is the screen inside this one; nil before anything is there.
func (a *applyScreen) inner() kit.Screen {
	switch {
	case !a.loaded || a.over != nil:
		return nil
	case a.filling():
		return a.details
	case a.page == nil:
		return nil
	}
	return a.page
}

// Update is kit.Screen's.
func (a *applyScreen) Update(msg tea.Msg) kit.Cmd {
	z, ok := msg.(kit.Resized)
	if !ok {
		if in := a.inner(); in != nil {
			return in.Update(msg)
		}
		return nil
	}
	other := a.env.Lang != z.Env.Lang
	a.env, a.w, a.h = z.Env, z.W, z.H
	if !a.loaded {
		return nil
	}
	if other && a.details != nil {
		a.details = a.newDetails(a.details.Values())
	}
	return a.show()
}

// show gives the inner screen its room and what it shows now.
func (a *applyScreen) show() kit.Cmd {
	if a.w == 0 || a.over != nil {
		return nil
	}
	if a.filling() {
		return a.details.Update(a.room())
	}
	if a.page == nil {
		a.page = kit.NewDetail(kit.DetailSpec{Name: "ui.apply.name"})
	}
	page := a.content()
	a.page.Spec.Load = func(context.Context) (kit.DetailPage, error) { return page, nil }
	return kit.Batch(a.page.Update(a.room()), a.page.Reload())
}

// room is what the inner screen may draw in.
func (a *applyScreen) room() kit.Resized {
	return kit.Resized{Env: a.env, W: a.w, H: max(1, a.h-len(a.head(a.env, a.w))-len(a.foot(a.env, a.w)))}
}

// goStep goes to a step. What was filled in is saved first; going on waits until
// it is in order.
func (a *applyScreen) goStep(to int) kit.Cmd {
	to = max(stepWelcome, min(to, stepSubmit))
	if to == a.step {
		return nil
	}
	if a.step != stepDetails || len(a.details.Changes()) == 0 {
		return a.enter(to)
	}
	sent := a.details.Values()
	return kit.Work[enrollment.Form]{Name: "fill", Label: "kit.saving", Write: true, Do: a.fill(sent),
		Then: func(f enrollment.Form, err error) kit.Cmd {
			if f.ID != 0 {
				a.kept(f, sent)
			}
			switch {
			case err == nil || to < a.step:
				return kit.Batch(kit.Fail(err), a.enter(to))
			default:
				return kit.Batch(a.details.Refuse(err), kit.Fail(err))
			}
		}}.Cmd()
}

func (a *applyScreen) enter(to int) kit.Cmd {
	a.step, a.page = to, nil
	return a.show()
}
