package ui

import (
	"context"
	"strings"

	"cohort/app/enrollment"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/width"
)

// View is kit.Screen's.
func (a *applyScreen) View(e kit.Env, w, h int) kit.View {
	in := a.inner()
	switch {
	case a.over != nil:
		return a.endView(e, w)
	case in == nil:
		return kit.View{Lines: []string{"", " " + e.Theme.Paint(kit.Muted, e.T("kit.loading"))}}
	}
	head, foot := a.head(e, w), a.foot(e, w)
	room := max(1, h-len(head)-len(foot))
	v := in.View(e, w, room)
	lines := append(head, v.Lines[:min(len(v.Lines), room)]...)
	if len(foot) > 0 {
		for len(lines) < h-len(foot) {
			lines = append(lines, "")
		}
		lines = append(lines, foot...)
	}
	v.Lines = lines
	if v.Cursor != nil {
		v.Cursor = &kit.Pos{X: v.Cursor.X, Y: v.Cursor.Y + len(head)}
	}
	return v
}

// endView says why the link no longer works, and what to do.
func (a *applyScreen) endView(e kit.Env, w int) kit.View {
	v := kit.View{Lines: []string{""}}
	tone := kit.Strong
	if fault.Is(a.over, "enrollment.link_approved") {
		tone = kit.Good
	}
	for _, s := range width.Wrap(width.CleanLines(e.Error(a.over)), max(10, min(w-4, 90))) {
		v.Lines = append(v.Lines, "  "+e.Theme.Paint(tone, s))
	}
	return v
}

// head draws the progress line and, where something was returned, why.
func (a *applyScreen) head(e kit.Env, w int) []string {
	if !a.form.Editable {
		return nil
	}
	out := []string{a.progress(e, w)}
	if a.step != stepDetails {
		out = append(out, "") // a form begins with a blank line
	}
	if a.form.State == enrollment.Returned && a.step != stepWelcome {
		reason := e.T("ui.apply.returned_line", "reason", strings.Join(strings.Fields(a.form.Reason), " "))
		out = append(out, " "+e.Theme.Paint(kit.Warn, width.Cut("! "+width.Clean(reason), w-2)))
		if a.step != stepDetails {
			out = append(out, "")
		}
	}
	return out
}

// progress draws the steps as a list that is ticked off, the present one
// highlighted; where that is too wide, only which of how many.
func (a *applyScreen) progress(e kit.Env, w int) string {
	n := 0
	var parts []string
	for i, name := range stepNames {
		t := " " + e.T(name) + " "
		switch {
		case i == stepDocuments && len(a.form.Documents) > 0:
			t += kit.ID(int64(len(a.form.Documents))) + "/" + kit.ID(enrollment.MaxDocuments) + " "
		}
		if a.done(i) && i != stepWelcome {
			t = " x" + t
		} else {
			t = " " + kit.ID(int64(i+1)) + t
		}
		n += width.Of(t) + 1
		switch {
		case i == a.step:
			t = e.Theme.Selected.S(t)
		case a.done(i) && i != stepWelcome:
			t = e.Theme.Paint(kit.Good, t)
		default:
			t = e.Theme.Paint(kit.Muted, t)
		}
		parts = append(parts, t)
	}
	if n <= w {
		return " " + strings.Join(parts, " ")
	}
	return " " + e.Theme.Paint(kit.Strong, kit.Progress(a.step+1, len(stepNames), 10)) + " " + e.Theme.Selected.S(" "+e.T(stepNames[a.step])+" ")
}

// foot is the line to tick below the contract.
func (a *applyScreen) foot(e kit.Env, w int) []string {
	if !a.form.Editable || a.step != stepContract {
		return nil
	}
	box, tone := "[ ] ", kit.Accent
	if !a.form.Agreed.IsZero() {
		box, tone = "[x] ", kit.Good
	}
	return []string{e.Theme.Paint(kit.Muted, strings.Repeat("-", max(0, w))), "  " + e.Theme.Paint(tone, width.Cut(box+e.T("ui.apply.agree"), w-4))}
}

// content is what the page of the present step shows.
func (a *applyScreen) content() kit.DetailPage {
	page := kit.DetailPage{Title: a.Title(a.d.p)}
	switch {
	case !a.form.Editable:
		page.Sections = a.statusPage()
	case a.step == stepWelcome && a.form.State == enrollment.Returned:
		page.Sections = append(a.returnedPage(), a.offer())
	case a.step == stepWelcome:
		page.Sections = a.welcomePage()
	case a.step == stepDocuments:
		page.Sections = a.documentsPage()
	case a.step == stepContract:
		page.Sections = []kit.Section{{Markdown: a.form.Contract, Empty: "ui.apply.no_contract"}}
	default:
		page.Sections = a.submitPage()
	}
	return page
}

// offer is what the school enrolls him for.
func (a *applyScreen) offer() kit.Section {
	s := kit.Section{Name: "ui.apply.offer"}
	for _, name := range []string{"course", "class", "kind", "campus", "starts", "ends", "price", "consultant"} {
		i, ok := a.form.Item(name)
		if text := i.Show(a.d.p); ok && text != "" {
			pair := kit.Pair{Name: "field." + name, Value: text}
			if name == "price" || name == "class" {
				pair.Tone = kit.Strong
			}
			s.Pairs = append(s.Pairs, pair)
		}
	}
	return s
}

func (a *applyScreen) welcomePage() []kit.Section {
	p := a.d.p
	return []kit.Section{
		{Draw: command(p.T("ui.apply.hello", "name", a.form.Name, "class", a.form.Class, "consultant", a.form.Consultant))},
		a.offer(),
		{Name: "ui.apply.asked", Draw: command(p.T("ui.apply.asked_text", "max", i18n.Size(enrollment.MaxSize)), "", p.T("ui.apply.later", "day", p.DayWeekday(a.form.Expires)))},
	}
}

// returnedPage says on top why the enrollment came back, and what is said of
// each document.
func (a *applyScreen) returnedPage() []kit.Section {
	p := a.d.p
	why := kit.Section{Name: "ui.apply.returned", Args: []any{"when", a.form.Returned}, Pairs: []kit.Pair{{Name: "field.reason", Value: a.form.Reason, Tone: kit.Warn, Wide: true}}}
	for _, x := range a.form.Documents {
		if x.Remark != "" {
			why.Pairs = append(why.Pairs, kit.Pair{Name: "ui.enroll.file", Value: p.T("enrollment.refused_line", "name", x.Name, "why", x.Remark), Tone: kit.Warn, Wide: true})
		}
	}
	return []kit.Section{why, {Draw: command(p.T("ui.apply.returned_todo"))}}
}

func (a *applyScreen) documentsPage() []kit.Section {
	p := a.d.p
	line := uploadLine(a.d.reach(a.form.Link), a.w-5)
	got := kit.Section{Name: "ui.apply.got", Args: []any{"n", len(a.form.Documents), "max", enrollment.MaxDocuments}, Empty: "ui.apply.got_none",
		Table: a.d.documentTable(a.form.Documents, a.shots)}
	list := []kit.Section{{Draw: command(p.T("ui.apply.send"), "", "$ "+line, "", p.T("ui.apply.send_rules", "max", enrollment.MaxDocuments, "size", i18n.Size(enrollment.MaxSize)))}, got}
	if len(a.refused) == 0 {
		return list
	}
	no := kit.Section{Name: "ui.apply.refused"}
	for _, r := range a.refused {
		no.Timeline = append(no.Timeline, kit.Moment{When: p.Ago(r.At), Who: r.Name, Head: p.Fault(r.Why), Tone: kit.Bad})
	}
	return append(list, no)
}

// submitPage is the last look: what is missing leads to where it is asked.
func (a *applyScreen) submitPage() []kit.Section {
	p := a.d.p
	check := kit.Section{Name: "ui.apply.check"}
	for _, step := range []int{stepDetails, stepDocuments, stepContract} {
		pair := kit.Pair{Name: stepNames[step], Value: "[x] " + p.T("ui.apply.complete"), Tone: kit.Good, Open: func() kit.Cmd { return a.jump(step) }}
		if lacks := a.missing(step); len(lacks) > 0 {
			pair.Value, pair.Tone = "[ ] "+p.T("ui.apply.missing", "list", a.names(lacks)), kit.Warn
		}
		check.Pairs = append(check.Pairs, pair)
	}
	say := "ui.apply.ready"
	if len(a.form.Missing) > 0 {
		say = "ui.apply.not_ready"
	}
	return append([]kit.Section{check, {Draw: command(p.T(say))}}, a.sent()...)
}

// names says what is missing, in words.
func (a *applyScreen) names(list []string) []string {
	var out []string
	for _, n := range list {
		switch n {
		case "documents", "agree":
			out = append(out, a.d.p.T("ui.apply.lacks."+n))
		default:
			out = append(out, a.d.p.T(fieldLabel(n)))
		}
	}
	return out
}

// jump goes to a step, and there to the first thing that is missing.
func (a *applyScreen) jump(step int) kit.Cmd {
	if lacks := a.missing(step); step == stepDetails && len(lacks) > 0 {
		a.details.Focus(lacks[0])
	}
	return a.goStep(step)
}

// sent is what was filled in and sent.
func (a *applyScreen) sent() []kit.Section {
	p := a.d.p
	mine := kit.Section{Name: "ui.apply.yours"}
	for _, i := range a.form.Fields {
		if text := i.Show(p); text != "" {
			mine.Pairs = append(mine.Pairs, kit.Pair{Name: fieldLabel(i.Name), Value: text})
		}
	}
	return []kit.Section{mine, {Name: "ui.enroll.documents", Table: a.d.documentTable(a.form.Documents, a.shots), Empty: "ui.apply.got_none"}}
}

// statusPage says how it stands after handing in.
func (a *applyScreen) statusPage() []kit.Section {
	p := a.d.p
	email, _ := a.form.Item("email")
	state := kit.Section{Name: "ui.apply.under_review", Draw: command(p.T("ui.apply.under_review_text", "email", email.Show(p), "consultant", a.form.Consultant))}
	dates := kit.Section{Pairs: []kit.Pair{
		{Name: "field.submitted", Value: p.DateTime(a.form.Submitted)}, {Name: "field.signed", Value: p.DateTime(a.form.Signed)}},
		Draw: command(hashLine(a.form.SHA256))}
	list := append([]kit.Section{state, dates}, a.sent()...)
	return append(list, kit.Section{Name: "ui.apply.contract_signed", Markdown: a.form.Contract})
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
		options = append(options, kit.Option{Value: kit.ID(x.ID), Label: x.Name, Note: a.d.p.Size(x.Size)})
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
