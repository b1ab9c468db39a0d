package ui

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"cohort/app/customer"
	"cohort/app/enrollment"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/width"
)

// newDetails makes the form of the applicant's own data, with the words of the
// language spoken now. typed is what stands there unsaved; nil: nothing.
func (a *applyScreen) newDetails(typed kit.Values) *kit.Form {
	var kind atomic.Value // of the paper, for the check off the loop
	fields := []kit.Field{{Name: "school", Label: "ui.apply.school", Kind: kit.KindBlock, Draw: a.drawSchool}}
	for _, i := range a.form.Fields {
		f := a.d.formField(i.Field)
		f.Value = startValue(i)
		f.Label = fieldLabel(i.Name)
		switch i.Name {
		case "id_number":
			f.Help, f.Limit = "ui.apply.help.id_number", 40
			f.Check = func(_ context.Context, v kit.Value) kit.Notice { return paperNotice(a.d.p(), kind.Load(), v.Text) }
		case "email", "emergency", "name", "phone":
			f.Help = "ui.apply.help." + i.Name
		}
		if i.ReadOnly {
			f.Kind, f.Value, f.Required, f.Help = kit.KindShow, kit.Value{Text: i.Show(a.d.p()) + "  " + a.d.p().T("ui.apply.fixed")}, false, ""
		}
		fields = append(fields, f)
	}
	form := kit.NewForm(kit.FormSpec{Name: "ui.apply.step.details", Fields: fields, OnChange: func(f *kit.Form, name string) kit.Cmd {
		kind.Store(f.Values().Text("id_kind"))
		return kit.Batch(followPaper(f, name), a.draft())
	}})
	kind.Store(form.Values().Text("id_kind"))
	for _, i := range a.form.Fields {
		if v, ok := typed[i.Name]; ok && !i.ReadOnly && !v.Same(startValue(i)) {
			form.Set(i.Name, kit.Value{Text: v.Text})
			form.Kept(kit.Values{i.Name: startValue(i)})
		}
	}
	if a.w > 0 {
		form.Update(a.room())
	}
	return form
}

// fieldLabel is what a field is called here: a name is a person's.
func fieldLabel(name string) string {
	if name == "name" {
		return "ui.apply.full_name"
	}
	return "field." + name
}

// startValue is a field as it is saved; where nothing says the kind of paper it
// is the identity card, which nearly everybody has.
func startValue(i enrollment.Item) kit.Value {
	text := i.Typed()
	if text == "" && i.Name == "id_kind" {
		text = customer.IDCard
	}
	return kit.Value{Text: text}
}

// followPaper looks at the number again when another kind of paper is chosen,
// and takes the sex out of an identity card where none is chosen.
func followPaper(f *kit.Form, name string) kit.Cmd {
	v := f.Values()
	switch number, found, bad := customer.NormalizeID(v.Text("id_number")); {
	case name == "id_kind" && v.Text("id_number") != "":
		return f.Put("id_number", v["id_number"])
	case name == "id_number" && bad == nil && found == customer.IDCard && v.Text("sex") == "" && v.Text("id_kind") == customer.IDCard:
		return f.Put("sex", kit.Value{Text: sexOf(number)})
	}
	return nil
}

func sexOf(card string) string {
	if (card[16]-'0')%2 == 1 {
		return "male"
	}
	return "female"
}

// paperNotice says how a number looks while it is typed.
func paperNotice(p i18n.Printer, kind any, typed string) kit.Notice {
	number, found, bad := customer.NormalizeID(typed)
	n := len([]rune(strings.ReplaceAll(strings.TrimSpace(typed), " ", "")))
	switch {
	case n == 0:
		return kit.Notice{}
	case kind == customer.Passport && (bad != nil || found != customer.Passport):
		if n < 6 {
			return kit.Notice{}
		}
		return kit.Notice{Err: fault.New(fault.Invalid, "enrollment.passport_form")}
	case kind == customer.Passport:
		return kit.Notice{Tone: kit.Good, Text: p.T("ui.apply.passport_good")}
	case n < 18:
		return kit.Notice{Tone: kit.Muted, Text: p.T("ui.apply.id_more", "n", 18-n)}
	case bad != nil:
		return kit.Notice{Err: bad}
	case found != customer.IDCard:
		return kit.Notice{Err: fault.New(fault.Invalid, "enrollment.id_form")}
	}
	born := number[6:10] + "-" + number[10:12] + "-" + number[12:14]
	return kit.Notice{Tone: kit.Good, Text: p.T("ui.apply.id_good", "born", born, "sex", i18n.W("choice.sex."+sexOf(number)))}
}

// drawSchool draws what the school entered as far as it is not among the fields
// below, packed into few lines.
func (a *applyScreen) drawSchool(e kit.Env, w int) []string {
	var items []enrollment.Item
	for _, i := range a.form.School {
		if !a.asked(i.Name) {
			items = append(items, i)
		}
	}
	lines := packed(e, items, w)
	return append(lines, e.Theme.Paint(kit.Muted, width.Cut(e.T("ui.apply.school_fixed"), w)), "")
}

// asked says that a name is among the fields to fill in.
func (a *applyScreen) asked(name string) bool {
	return slices.ContainsFunc(a.form.Fields, func(i enrollment.Item) bool { return i.Name == name })
}

// fill saves what changed. Kind and number of the paper go together.
func (a *applyScreen) fill(typed kit.Values) func(context.Context) (enrollment.Form, error) {
	values := map[string]string{}
	for _, i := range a.form.Fields {
		if v := typed[i.Name]; !i.ReadOnly && v.Text != i.Typed() {
			values[i.Name] = typedText(i.Field, typed)
		}
	}
	_, number := values["id_number"]
	_, kind := values["id_kind"]
	if number || kind {
		values["id_kind"], values["id_number"] = typed.Text("id_kind"), typed.Text("id_number")
	}
	return link(a.d, func(ctx context.Context, by policy.Actor) (f enrollment.Form, err error) {
		if len(values) == 0 {
			return f, nil
		}
		return a.d.app.Enrollments.Fill(ctx, by, 0, values)
	})
}

func typedText(f resource.Field, v kit.Values) string { return typedValue(f, v, f.Name) }

// draftAfter is how long one must not type for the draft to be saved.
const draftAfter = 1500 * time.Millisecond

// draft saves what is right of what was typed, quietly, a moment after the last
// key: a connection that breaks loses nothing. What is wrong is said on leaving
// the step.
func (a *applyScreen) draft() kit.Cmd {
	sent := a.details.Values()
	return kit.Work[enrollment.Form]{Name: "draft", Wait: draftAfter, Quiet: true, Do: a.fill(sent),
		Then: func(f enrollment.Form, _ error) kit.Cmd {
			if f.ID != 0 {
				a.kept(f, sent)
			}
			return nil
		}}.Cmd()
}

// kept notes what has been saved. What is written otherwise now, such as a phone
// number without its blanks, is shown so once nobody is typing there.
func (a *applyScreen) kept(f enrollment.Form, sent kit.Values) {
	saved := kit.Values{}
	for _, i := range f.Fields {
		old, _ := a.form.Item(i.Name)
		if !i.ReadOnly && (i.Typed() != old.Typed() || i.Typed() == sent.Text(i.Name)) {
			saved[i.Name] = sent[i.Name]
		}
	}
	a.details.Kept(saved)
	a.form = f
}

// mergeDetails takes what was written elsewhere into the fields that the person
// has not touched.
func (a *applyScreen) mergeDetails(old enrollment.Form) {
	now := a.details.Values()
	for _, i := range a.form.Fields {
		before, ok := old.Item(i.Name)
		if !ok || before.ReadOnly != i.ReadOnly {
			a.details = a.newDetails(now) // the school entered a contact meanwhile
			return
		}
		if !i.ReadOnly && i.Typed() != before.Typed() && now[i.Name].Same(startValue(before)) {
			a.details.Set(i.Name, startValue(i))
		}
	}
}
