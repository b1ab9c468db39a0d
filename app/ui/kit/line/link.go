package line

import (
	"regexp"
	"strings"
)

// A link (OSC 8) makes a text of the screen lead to an address that the person's own machine opens: a chat, a call, a
// mail. Only the forms below are links, and only what [Link] wrote: the painter looks at each address again, ends a link
// with its line, and sends nothing else of the kind, so that a text from people can neither open a link nor end one.

var addresses = regexp.MustCompile(`^(tencent://message/\?uin=[0-9]{5,12}|tel:\+?[0-9]{3,20}|mailto:[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){0,8})$`)

const (
	openLink  = "\x1b]8;;"
	closeLink = "\x1b]8;;\a"
)

// Linkable says whether an address may be a link.
func Linkable(address string) bool { return addresses.MatchString(address) }

// Link makes a text lead to an address, where that may be one; else it is the text. The text takes the cells it took.
func Link(address, text string) string {
	if text == "" || !Linkable(address) {
		return text
	}
	return openLink + address + "\a" + text + closeLink
}

// link draws the beginning or the end of a link.
func (c *screen) link(p *pen, seq string) {
	address := strings.TrimSuffix(strings.TrimSuffix(seq[len(openLink):], "\a"), "\x1b\\")
	switch {
	case address == "":
		p.unlink()
	case c.links && Linkable(address):
		p.flush()
		p.b = append(append(append(p.b, openLink...), address...), '\a')
		p.linked = true
	}
}

// unlink ends a link, if one is open.
func (p *pen) unlink() {
	if p.linked {
		p.b = append(p.b, closeLink...)
		p.linked = false
	}
}

// tellsMore says whether a terminal takes sequences that end in BEL for what they are: those of today do, also where they
// know neither links nor clipboards. The oldest would print them.
func tellsMore(term string) bool {
	switch term, _, _ = strings.Cut(term, "-"); term {
	case "", "dumb", "linux", "ansi", "cons25", "vt52", "vt100", "vt102", "vt220", "unknown":
		return false
	}
	return true
}

// clipSequence puts a text on the terminal's clipboard. tmux keeps that for itself unless it is told otherwise
// (set-clipboard on); wrapped for its pass-through, the terminal around it hears of it too.
func clipSequence(term, sequence string) string {
	if !tellsMore(term) {
		return ""
	}
	if strings.HasPrefix(term, "tmux") {
		return sequence + "\x1bPtmux;" + strings.ReplaceAll(sequence, "\x1b", "\x1b\x1b") + "\x1b\\"
	}
	return sequence
}
