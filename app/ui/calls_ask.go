package ui

import (
	"strings"
	"time"

	"cohort/app/customer"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/input"
	"cohort/app/ui/kit/width"
)

// question is what the person is asked now, at the foot of the screen.
func (d *callsDraw) question() []string {
	th := d.e.Theme
	rule := " " + th.Paint(kit.Muted, strings.Repeat("-", max(0, d.w-3)))
	by := d.e.T("calls.by", "channel", i18n.W("choice.channel."+d.s.channel))
	if d.s.stage == asksOutcome {
		return append([]string{rule}, append(d.outcomes(), " "+th.Paint(kit.Muted, width.Cut(by+"  "+d.e.T("calls.ask"), d.w-2)))...)
	}
	o := d.s.outcome
	tone := kit.Accent
	if o.Name == "never_contact" {
		tone = kit.Bad
	}
	lines := []string{rule, " " + th.Paint(tone, num(int64(o.Digit))+" "+d.e.T("calls.outcome."+o.Name)) + "  " + th.Paint(kit.Muted, by)}
	label := max(width.Of(d.e.T("calls.note")), width.Of(d.e.T("calls.next_label"))) + 2
	lines = d.input(lines, "calls.note", d.s.note, d.s.stage == asksNote, label, max(10, d.w-label-4), "")
	if o.Name != "never_contact" {
		lines = d.input(lines, "calls.next_label", d.s.next, d.s.stage == asksNext, label, 18, d.understood())
	}
	return append(lines, d.below()...)
}

// outcomes lists the digits, as many to a line as fit.
func (d *callsDraw) outcomes() (lines []string) {
	th := d.e.Theme
	line, n := "", 0
	for _, o := range customer.Outcomes {
		word := d.e.T("calls.outcome." + o.Name)
		cells := 2 + width.Of(word) + 3
		if n+cells > d.w-2 && n > 0 {
			lines, line, n = append(lines, " "+line), "", 0
		}
		line += th.Key.S(num(int64(o.Digit))) + " " + word + "   "
		n += cells
	}
	return append(lines, " "+strings.TrimRight(line, " "))
}

// input draws a line that is typed into, with what it means.
func (d *callsDraw) input(lines []string, key string, l *input.Line, on bool, label, w int, note string) []string {
	th := d.e.Theme
	mark := "  "
	if on {
		mark = th.Paint(kit.Accent, "> ")
		d.cursor = &kit.Pos{X: label + 2 + l.Cursor(w), Y: len(lines)}
	}
	text := mark + th.Paint(kit.Muted, width.Fit(d.e.T(key), label)) + d.e.Line(l, w, on)
	if note != "" {
		text += " " + th.Paint(kit.Muted, width.Cut(note, max(0, d.w-label-w-5)))
	}
	return append(lines, text)
}

// understood says what the next date means, or that there is none.
func (d *callsDraw) understood() string {
	m, err := d.s.moment()
	if err != nil {
		return ""
	}
	t, err := time.Parse(time.DateOnly, m.Day)
	if err != nil {
		return d.e.T("calls.no_next")
	}
	return strings.TrimSpace(i18n.Printer{Lang: d.e.Lang}.DayWeekday(t) + " " + m.Clock)
}

// below says what is wrong, or how to write a date.
func (d *callsDraw) below() []string {
	tone, text := kit.Muted, d.e.T("calls.note_help")
	if d.s.stage == asksNext {
		text = d.e.T("ui.customers.next_help")
	}
	if d.s.said != nil {
		tone, text = kit.Bad, "! "+d.e.Error(d.s.said)
		if f, ok := fault.As(d.s.said); ok {
			text = "! " + d.e.FieldFault(f)
		}
	}
	var lines []string
	for _, t := range width.Wrap(width.CleanLines(text), max(20, d.w-4)) {
		lines = append(lines, "  "+d.e.Theme.Paint(tone, t))
	}
	return lines
}
