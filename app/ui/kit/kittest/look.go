package kittest

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"cohort/app/i18n"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/line"
	"cohort/app/ui/kit/width"
)

// Lines gives the screen as plain lines.
func (d *Driver) Lines() []string {
	lines := strings.Split(d.Root.View().Content, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(kit.Strip(lines[i]), " ")
	}
	return lines
}

// Text gives the screen as one plain text.
func (d *Driver) Text() string { return strings.Join(d.Lines(), "\n") }

// See fails unless each text is on the screen, now or within twenty seconds.
func (d *Driver) See(texts ...string) *Driver {
	d.T.Helper()
	for _, want := range texts {
		end := time.Now().Add(20 * time.Second)
		for !strings.Contains(d.Text(), want) {
			if time.Now().After(end) {
				d.T.Fatalf("not on the screen: %q\n%s", want, d.Text())
			}
			d.Settle()
		}
	}
	return d
}

// Now fails unless a text is on the screen at this moment; it waits for nothing.
func (d *Driver) Now(text string) *Driver {
	d.T.Helper()
	if !strings.Contains(d.Text(), text) {
		d.T.Fatalf("not on the screen: %q\n%s", text, d.Text())
	}
	return d
}

// SeeNot fails when one of the texts is on the screen.
func (d *Driver) SeeNot(texts ...string) *Driver {
	d.T.Helper()
	for _, bad := range texts {
		if strings.Contains(d.Text(), bad) {
			d.T.Fatalf("on the screen: %q\n%s", bad, d.Text())
		}
	}
	return d
}

// Row gives the first line that contains a text; "" when there is none.
func (d *Driver) Row(text string) string {
	for _, l := range d.Lines() {
		if strings.Contains(l, text) {
			return l
		}
	}
	return ""
}

// Highlighted gives the text of the reversed part of the screen: the chosen row.
func (d *Driver) Highlighted() string {
	for _, l := range strings.Split(d.Root.View().Content, "\n") {
		if _, rest, ok := strings.Cut(l, "\x1b[7m"); ok {
			head, _, _ := strings.Cut(rest, "\x1b[m")
			return strings.TrimSpace(head)
		}
	}
	return ""
}

// Everywhere draws what is on the screen at many sizes in every language; each
// drawing is checked.
func (d *Driver) Everywhere() *Driver {
	d.T.Helper()
	w, h := d.W, d.H
	for _, l := range i18n.Langs {
		d.Lang(l)
		for _, s := range Sizes {
			d.Resize(s.W, s.H)
		}
	}
	return d.Resize(w, h)
}

// check fails when the drawing does not fit, or two actions share a key.
func (d *Driver) check() {
	d.T.Helper()
	if err := Fits(d.Root.View(), d.W, d.H); err != nil {
		d.T.Fatalf("%dx%d: %v\n%s", d.W, d.H, err, d.Text())
	}
	if top := d.Root.Top(); top != nil {
		if bad := kit.Clashes(top.Actions()); len(bad) > 0 {
			d.T.Fatalf("%T: keys used twice: %v", top, bad)
		}
	}
}

// Fits says what is wrong with a drawing: lines too many, too few or too wide,
// escape sequences other than colours and links to contacts, a cursor outside.
func Fits(v tea.View, w, h int) error {
	lines := strings.Split(v.Content, "\n")
	if len(lines) > h {
		return fmt.Errorf("%d lines", len(lines))
	}
	for i, l := range lines {
		if n := width.Of(l); n > w {
			return fmt.Errorf("line %d has %d cells: %q", i, n, kit.Strip(l))
		}
		if err := clean(l); err != nil {
			return fmt.Errorf("line %d: %w", i, err)
		}
	}
	if c := v.Cursor; c != nil && (c.X < 0 || c.X >= w || c.Y < 0 || c.Y >= h) {
		return fmt.Errorf("cursor at %d,%d", c.X, c.Y)
	}
	return nil
}

// clean says whether a line holds nothing but characters that draw and stay where they are, and SGR sequences, each
// style ended.
func clean(l string) error {
	open, linked := false, false
	for i := 0; i < len(l); {
		if l[i] != 0x1b {
			r, n := utf8.DecodeRuneInString(l[i:])
			if r == utf8.RuneError && n == 1 || !width.Printable(r) {
				return fmt.Errorf("%q (%U) is no character to be drawn", l[i:i+n], r)
			}
			i += n
			continue
		}
		n := width.Escape(l[i:])
		seq := l[i : i+n]
		if address, is := strings.CutPrefix(seq, "\x1b]8;;"); is {
			address = strings.TrimSuffix(address, "\a")
			if linked == (address != "") || address != "" && !line.Linkable(address) {
				return fmt.Errorf("a link %q, within another: %v", address, linked)
			}
			linked = address != ""
			i += n
			continue
		}
		if !strings.HasPrefix(seq, "\x1b[") || !strings.HasSuffix(seq, "m") {
			return fmt.Errorf("escape sequence %q", seq)
		}
		open = seq != "\x1b[m"
		i += n
	}
	if linked {
		return fmt.Errorf("a link is not ended: %q", l)
	}
	if open {
		return fmt.Errorf("a style is not ended: %q", l)
	}
	return nil
}
