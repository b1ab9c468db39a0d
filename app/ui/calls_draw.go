package ui

import (
	"slices"
	"strings"
	"time"

	"cohort/app/customer"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/input"
	"cohort/app/ui/kit/line"
	"cohort/app/ui/kit/width"
)

// What the side takes, and from which width on there is one.
const (
	callsSide = 36
	callsWide = 92
)

// View is kit.Screen's: the customer, below him the question, and at the side
// (or on top, where it is narrow) how the day stands.
func (s *callsScreen) View(e kit.Env, w, h int) kit.View {
	if !s.loaded {
		text := e.Theme.Paint(kit.Muted, e.T("kit.loading"))
		if s.err != nil {
			text = e.Theme.Paint(kit.Bad, width.Cut(strings.ReplaceAll(e.Error(s.err), "\n", " "), w-2))
		}
		return kit.View{Lines: []string{"", " " + text}}
	}
	d := callsDraw{s: s, e: e, w: w}
	if w >= callsWide {
		d.w = w - callsSide
	} else {
		d.top = append(d.counts(e.T("list.comma"), w-2), "")
	}
	v := d.view(h)
	if w >= callsWide {
		side := d.side(h)
		for i := range max(len(v.Lines), len(side)) {
			if i == len(v.Lines) {
				v.Lines = append(v.Lines, "")
			}
			if i < len(side) {
				v.Lines[i] = width.Pad(v.Lines[i], d.w) + side[i]
			}
		}
	}
	if c, ok := s.current(); ok && c.Customer == s.card.id {
		v.Status = e.T("calls.place", "n", s.at+1, "of", s.known())
	}
	return v
}

// known is how many are read of the queue, "50+" where there are others behind.
func (s *callsScreen) known() string {
	if s.more {
		return num(int64(len(s.calls))) + "+"
	}
	return num(int64(len(s.calls)))
}

// callsDraw is the screen while it is drawn.
type callsDraw struct {
	s      *callsScreen
	e      kit.Env
	w      int
	top    []string // above the customer
	cursor *kit.Pos // within the question
}

func (d *callsDraw) view(h int) kit.View {
	if d.s.card.id == 0 {
		lines := append(d.top, "")
		text := "kit.loading"
		if len(d.s.calls) == 0 {
			text = "calls.empty"
		}
		for _, t := range width.Wrap(d.e.T(text), min(d.w-4, 70)) {
			lines = append(lines, "  "+d.e.Theme.Paint(kit.Muted, t))
		}
		return kit.View{Lines: lines}
	}
	ask := d.question()
	room := max(0, h-len(ask)-len(d.top)-1)
	card := d.card(room)
	if len(card) > room {
		card = card[:room]
	}
	lines := append(append([]string{}, d.top...), card...)
	for len(lines) < h-len(ask) {
		lines = append(lines, "")
	}
	v := kit.View{Lines: append(lines, ask...)}
	if d.cursor != nil {
		v.Cursor = &kit.Pos{X: d.cursor.X, Y: d.cursor.Y + len(lines)}
	}
	return v
}

// counts says how the day stands, in a line or two.
func (d *callsDraw) counts(sep string, w int) []string {
	day, p := d.s.day, d.e.Printer
	parts := []string{p.T("calls.count.calls", "n", day.Calls, "target", day.Target), p.T("calls.count.reached", "n", day.Reached),
		p.T("calls.count.due", "n", day.Due), p.T("calls.count.overdue", "n", day.Overdue), p.T("calls.count.stale", "n", staleCount(day))}
	return []string{" " + d.e.Theme.Paint(kit.Muted, width.Cut(strings.Join(parts, sep), w))}
}

func staleCount(day customer.Day) string {
	text := i18n.Group(uint64(day.Stale))
	if day.More {
		text += "+"
	}
	return text
}

// side draws the counts and the rest of the queue.
func (d *callsDraw) side(h int) []string {
	th, day := d.e.Theme, d.s.day
	lines := []string{"", "  " + th.Head.S(width.Fit(" "+d.e.T("calls.today"), callsSide-3))}
	pair := func(key, value string, tone kit.Tone) {
		lines = append(lines, "  "+th.Paint(kit.Muted, width.Fit(" "+d.e.T(key), 16))+th.Paint(tone, width.Cut(value, callsSide-20)))
	}
	calls := num(int64(day.Calls))
	tone := kit.Plain
	if day.Target > 0 {
		calls += " / " + num(int64(day.Target))
		if day.Calls >= day.Target {
			tone = kit.Good
		}
	}
	pair("calls.side.calls", calls, tone)
	pair("calls.side.reached", num(int64(day.Reached)), kit.Plain)
	pair("calls.side.due", num(int64(day.Due)), kit.Plain)
	overdue := kit.Plain
	if day.Overdue > 0 {
		overdue = kit.Warn
	}
	pair("calls.side.overdue", num(int64(day.Overdue)), overdue)
	pair("calls.side.stale", staleCount(day), kit.Plain)
	lines = append(lines, "", "  "+th.Head.S(width.Fit(" "+d.e.T("calls.then"), callsSide-3)))
	for i := d.s.at + 1; i < len(d.s.calls) && len(lines) < h-1; i++ {
		lines = append(lines, "  "+d.inQueue(d.s.calls[i], callsSide-3))
	}
	return lines
}

// inQueue is one who comes later: his name and why.
func (d *callsDraw) inQueue(c customer.Call, w int) string {
	name := width.Fit(" "+width.Clean(c.Row.Title), w-15)
	tone := kit.Muted
	if d.s.skipped[c.Customer] {
		return d.e.Theme.Paint(kit.Muted, name+width.Fit(d.e.T("calls.skipped_mark"), 15))
	}
	if c.Part == customer.Overdue {
		tone = kit.Warn
	}
	return name + d.e.Theme.Paint(tone, width.Fit(d.why(c, true), 15))
}

// why says in which part of the queue somebody is, and for when.
func (d *callsDraw) why(c customer.Call, short bool) string {
	day, _ := c.Row.Values["next"].Raw.(string)
	clock, _ := c.Row.Values["next_time"].Raw.(string)
	part := d.e.T("calls.part." + c.Part)
	switch {
	case c.Part == customer.DueToday:
		return strings.TrimSpace(part + " " + clock)
	case c.Part == customer.Overdue && short && len(day) == len(time.DateOnly):
		if day[:4] != d.s.day.Date[:min(4, len(d.s.day.Date))] {
			return part + " " + day[:7] // of another year: which month
		}
		return part + " " + day[5:]
	case c.Part == customer.Overdue:
		return strings.TrimSpace(part + " " + day + " " + clock)
	}
	return part
}

// card tells who he is and what was said.
func (d *callsDraw) card(room int) []string {
	s, th := d.s, d.e.Theme
	c, _ := s.current()
	head := " " + th.Paint(kit.Strong, width.Clean(s.card.row.Title))
	tone := kit.Accent
	if c.Part == customer.Overdue {
		tone = kit.Warn
	}
	if c.Customer == s.card.id {
		head += "  " + th.Paint(tone, d.why(c, false))
	}
	lines := []string{width.Cut(head, d.w)}
	if s.card.at.Other != "" {
		lines = append(lines, " "+th.Paint(kit.Warn, width.Cut("! "+d.e.T("calls.other", "who", s.card.at.Other), d.w-2)))
	}
	contacts := d.contacts()
	if room > 18 {
		contacts = append(append([]string{""}, contacts...), "")
	}
	lines = append(lines, contacts...)
	lines = append(lines, d.pairs()...)
	long := 2
	if room > 24 {
		long = 5
	}
	for _, name := range []string{"said", "memo"} {
		lines = append(lines, d.longText(name, long)...)
	}
	return append(lines, d.last(long)...)
}

// contacts puts the one that the channel needs first, set wide so that it can be
// read out, and the others behind it.
func (d *callsDraw) contacts() []string {
	first, lines := d.s.contact(), []string{}
	var others []string
	kinds := append([]string{first}, slices.DeleteFunc(slices.Clone(customer.Kinds), func(k string) bool { return k == first })...)
	for _, k := range kinds {
		text, masked := d.contactText(k)
		switch {
		case text == "":
		case len(lines) == 0 && k == first:
			said := text
			if !masked && k == customer.Phone {
				said = spacedNumber(text)
			}
			line := "  " + d.e.Theme.Paint(kit.Muted, d.e.T("field."+k)) + "  " + d.linked(k, text, d.e.Theme.Paint(kit.Strong, said), masked)
			if masked && d.s.stage == asksOutcome {
				line += "  " + d.e.Theme.Paint(kit.Muted, d.e.T("calls.masked"))
			}
			lines = append(lines, width.Cut(line, d.w))
		default:
			others = append(others, d.e.Theme.Paint(kit.Muted, d.e.T("field."+k))+" "+d.linked(k, text, text, masked))
		}
	}
	if len(others) > 0 {
		lines = append(lines, width.Cut("  "+strings.Join(others, "   "), d.w))
	}
	return lines
}

// linked makes a contact that is shown whole lead to where it is used.
func (d *callsDraw) linked(kind, text, drawn string, masked bool) string {
	if masked {
		return drawn
	}
	return line.Link(d.s.d.linkTo(kind, text), drawn)
}

// contactText is a contact as the person may see it.
func (d *callsDraw) contactText(kind string) (text string, masked bool) {
	if text := d.s.shown[kind]; text != "" {
		return width.Clean(text), false
	}
	v := d.s.card.row.Values[kind]
	if v.Mode == policy.Masked {
		return width.Clean(v.Label), v.Label != ""
	}
	text, _ = v.Raw.(string)
	return width.Clean(text), false
}

// masked says that a contact is there but not shown whole.
func (s *callsScreen) masked(kind string) bool {
	d := callsDraw{s: s}
	_, masked := d.contactText(kind)
	return masked
}

// spacedNumber sets a number as one reads it out: 138 0013 8000.
func spacedNumber(s string) string {
	if strings.Trim(s, "0123456789") != "" || len(s) < 7 {
		return s
	}
	out, rest := s[:3], s[3:]
	for len(rest) > 0 {
		n := min(4, len(rest))
		out, rest = out+" "+rest[:n], rest[n:]
	}
	return out
}

// callFields are told of a customer in this order, two to a line.
var callFields = []string{"courses", "intention", "source", "last", "owner", "status", "tags", "sex", "campaign", "referred_by"}

func (d *callsDraw) pairs() []string {
	var cells []string
	half := (d.w - 2) / 2
	lw := 0
	for _, name := range callFields {
		lw = max(lw, width.Of(d.e.Label("field."+name)))
	}
	lw = min(lw, 20)
	for _, name := range callFields {
		text := width.Clean(d.field(name))
		if text == "" {
			continue
		}
		cells = append(cells, d.e.Theme.Paint(kit.Muted, width.Fit(d.e.Label("field."+name), lw))+"  "+width.Cut(text, half-lw-4))
	}
	var lines []string
	for i := 0; i < len(cells); i += 2 {
		line := "  " + width.Pad(cells[i], half)
		if i+1 < len(cells) {
			line += cells[i+1]
		}
		lines = append(lines, line)
	}
	return lines
}

// field is a value of the customer in words; "" where it is empty or not seen.
func (d *callsDraw) field(name string) string {
	i := slices.IndexFunc(d.s.card.fields, func(f resource.Field) bool { return f.Name == name })
	if i < 0 {
		return ""
	}
	v := d.s.card.row.Values[name]
	if at, _ := v.Raw.(int64); d.s.card.fields[i].Kind == resource.Time && at != 0 {
		return d.e.Ago(time.UnixMilli(at))
	}
	return d.s.card.fields[i].Text(d.e.Printer, v)
}

func (d *callsDraw) longText(name string, most int) []string {
	text := width.CleanLines(d.field(name))
	if text == "" {
		return nil
	}
	label := d.e.Label("field." + name)
	lw := width.Of(label) + 2
	var lines []string
	for i, t := range width.Wrap(strings.ReplaceAll(text, "\n", " "), max(20, d.w-lw-4)) {
		if i == most {
			break
		}
		lead := width.Spaces(lw)
		if i == 0 {
			lead = d.e.Theme.Paint(kit.Muted, label) + "  "
		}
		lines = append(lines, "  "+lead+t)
	}
	return lines
}

// last tells the newest follow-ups.
func (d *callsDraw) last(most int) []string {
	th := d.e.Theme
	lines := []string{"", " " + th.Head.S(width.Fit(d.e.T("calls.last_ones"), d.w-3))}
	if len(d.s.card.at.Last) == 0 {
		return append(lines, "  "+th.Paint(kit.Muted, d.e.T("calls.nothing_said")))
	}
	for _, f := range d.s.card.at.Last {
		what := d.e.T("choice.intention." + f.Intention)
		if f.NoAnswer {
			what = d.e.T("field.no_answer")
		}
		head := th.Paint(kit.Muted, d.e.DateTime(f.At)) + "  " + width.Clean(f.Name) + "  " + th.Paint(kit.Strong, d.e.T("choice.channel."+f.Channel)+" - "+what)
		lines = append(lines, "  "+width.Cut(head, d.w-3))
		for i, t := range width.Wrap(width.CleanLines(strings.ReplaceAll(f.Note, "\n", " ")), max(20, d.w-6)) {
			if i < most {
				lines = append(lines, "    "+t)
			}
		}
	}
	return lines
}

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
	text := mark + th.Paint(kit.Muted, width.Fit(d.e.T(key), label)) + th.Field.S(width.Fit(l.View(w, on), w))
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
