package ui

import (
	"strings"
	"time"

	"cohort/app/customer"
	"cohort/app/i18n"
	"cohort/app/ui/kit"
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
