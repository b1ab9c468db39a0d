package ui

import (
	"cohort/app/enrollment"
	"cohort/app/i18n"
	"cohort/app/ui/kit"
)

// content is what the page of the present step shows.
func (a *applyScreen) content() kit.DetailPage {
	page := kit.DetailPage{Title: a.Title(a.d.p())}
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
		if text := i.Show(a.d.p()); ok && text != "" {
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
	p := a.d.p()
	return []kit.Section{
		{Draw: command(p.T("ui.apply.hello", "name", a.form.Name, "class", a.form.Class, "consultant", a.form.Consultant))},
		a.offer(),
		{Name: "ui.apply.asked", Draw: command(p.T("ui.apply.asked_text", "max", i18n.Size(enrollment.MaxSize)), "", p.T("ui.apply.later", "day", p.DayWeekday(a.form.Expires)))},
	}
}

// returnedPage says on top why the enrollment came back, and what is said of
// each document.
func (a *applyScreen) returnedPage() []kit.Section {
	p := a.d.p()
	why := kit.Section{Name: "ui.apply.returned", Args: []any{"when", a.form.Returned}, Pairs: []kit.Pair{{Name: "field.reason", Value: a.form.Reason, Tone: kit.Warn, Wide: true}}}
	for _, x := range a.form.Documents {
		if x.Remark != "" {
			why.Pairs = append(why.Pairs, kit.Pair{Name: "ui.enroll.file", Value: p.T("enrollment.refused_line", "name", x.Name, "why", x.Remark), Tone: kit.Warn, Wide: true})
		}
	}
	return []kit.Section{why, {Draw: command(p.T("ui.apply.returned_todo"))}}
}

func (a *applyScreen) documentsPage() []kit.Section {
	p := a.d.p()
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
	p := a.d.p()
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
			out = append(out, a.d.p().T("ui.apply.lacks."+n))
		default:
			out = append(out, a.d.p().T(fieldLabel(n)))
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
	p := a.d.p()
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
	p := a.d.p()
	email, _ := a.form.Item("email")
	state := kit.Section{Name: "ui.apply.under_review", Draw: command(p.T("ui.apply.under_review_text", "email", email.Show(p), "consultant", a.form.Consultant))}
	dates := kit.Section{Pairs: []kit.Pair{
		{Name: "field.submitted", Value: p.DateTime(a.form.Submitted)}, {Name: "field.signed", Value: p.DateTime(a.form.Signed)}},
		Draw: command(hashLine(a.form.SHA256))}
	list := append([]kit.Section{state, dates}, a.sent()...)
	return append(list, kit.Section{Name: "ui.apply.contract_signed", Markdown: a.form.Contract})
}
