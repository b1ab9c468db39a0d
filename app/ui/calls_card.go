package ui

import (
	"slices"
	"strings"
	"time"

	"cohort/app/customer"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/line"
	"cohort/app/ui/kit/width"
)

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
	for _, name := range callTexts {
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
			line := "  " + d.label(k) + d.linked(k, text, d.e.Theme.Paint(kit.Strong, said), masked)
			if masked && d.s.stage == asksOutcome {
				line += "  " + d.e.Theme.Paint(kit.Muted, d.e.T("calls.masked"))
			}
			lines = append(lines, width.Cut(line, d.w))
		default:
			others = append(others, d.label(k)+d.linked(k, text, text, masked))
		}
	}
	return append(lines, d.twos(others)...)
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

// callTexts are told below, on lines of their own.
var callTexts = []string{"said", "memo"}

func (d *callsDraw) pairs() []string {
	var cells []string
	for _, name := range callFields {
		if text := width.Clean(d.field(name)); text != "" {
			cells = append(cells, d.label(name)+text)
		}
	}
	return d.twos(cells)
}

// label is a field's name, as wide as those of all.
func (d *callsDraw) label(name string) string {
	w := 0
	for _, n := range slices.Concat(customer.Kinds, callFields, callTexts) {
		w = max(w, width.Of(d.e.Label("field."+n)))
	}
	return d.e.Theme.Paint(kit.Muted, width.Fit(d.e.Label("field."+name), min(w, 20))) + "  "
}

// twos sets cells two to a line; one that is too long has a line for itself.
func (d *callsDraw) twos(cells []string) (lines []string) {
	half, room := (d.w-2)/2, false // room behind the last line
	for _, c := range cells {
		fits := width.Of(c) < half-1
		if room = room && fits; room {
			lines[len(lines)-1] = width.Pad(lines[len(lines)-1], half+2) + c
			room = false
			continue
		}
		lines, room = append(lines, width.Cut("  "+c, d.w-1)), fits
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
	label := d.label(name)
	lw := width.Of(label)
	var lines []string
	for i, t := range width.Wrap(strings.ReplaceAll(text, "\n", " "), max(20, d.w-lw-4)) {
		if i == most {
			break
		}
		lead := width.Spaces(lw)
		if i == 0 {
			lead = label
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
