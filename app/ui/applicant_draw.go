package ui

import (
	"strings"

	"cohort/app/enrollment"
	"cohort/app/fault"
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
