package kit

import (
	"strings"

	"cohort/app/ui/kit/width"
)

// Profile is how many colours a terminal has.
type Profile int

// The profiles.
const (
	NoColor Profile = iota
	Color16
	Color256 // and true colour: the few tones we use are all among the 256
)

// ProfileOf guesses the profile from TERM and the client's environment.
func ProfileOf(term string, getenv func(string) string) Profile {
	if getenv == nil {
		getenv = func(string) string { return "" }
	}
	ct := strings.ToLower(getenv("COLORTERM"))
	switch {
	case getenv("NO_COLOR") != "" || term == "" || term == "dumb" || strings.HasPrefix(term, "vt1") || strings.HasPrefix(term, "vt2"):
		return NoColor
	case ct == "truecolor" || ct == "24bit" || strings.Contains(term, "256") || strings.Contains(term, "direct"),
		strings.HasPrefix(term, "xterm-"), strings.HasPrefix(term, "alacritty"), strings.HasPrefix(term, "foot"):
		return Color256
	}
	return Color16
}

// Style is the parameters of an SGR sequence: "1;31". Styles do not nest: put
// styled pieces side by side.
type Style string

// S wraps one line of text in the style. Whoever wrote the text, it is nothing but text: it is cleaned on the way.
func (s Style) S(text string) string {
	text = width.Clean(text)
	if s == "" || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[m"
}

// And puts two styles together.
func (s Style) And(t Style) Style {
	switch {
	case s == "":
		return t
	case t == "":
		return s
	}
	return s + ";" + t
}

// Theme is the styles of one session. No colour is ever the only sign of
// anything, and every colour used for text can be read on black and on white:
// of the 256, those whose luminance is near 0.18 (about 4.5:1 on both).
type Theme struct {
	Profile  Profile
	Selected Style // the highlighted row
	Marked   Style // a row selected for an action
	Head     Style // the heading of a table: a thin rule comes with it
	Key      Style // a key in the help line
	Field    Style // an input, so that it is seen where one may type
	tones    [7]Style
}

// NewTheme makes the theme for a profile.
func NewTheme(p Profile) *Theme {
	t := &Theme{Profile: p, Selected: "7", Marked: "1", Head: "1;4", Key: "1", Field: "4"}
	t.tones = [7]Style{Plain: "", Muted: "2", Strong: "1", Accent: "1", Good: "1", Warn: "1", Bad: "1"}
	switch p {
	case Color16:
		t.tones[Accent], t.tones[Bad], t.tones[Warn] = "35", "1;31", "35"
	case Color256:
		t.tones[Accent], t.tones[Good] = fg(32), fg(28)
		t.tones[Warn], t.tones[Bad] = fg(130), fg(160)
		t.Key = t.tones[Accent].And("1")
	}
	return t
}

func fg(n int) Style {
	const digits = "0123456789"
	s := ""
	for ; n > 0; n /= 10 {
		s = digits[n%10:n%10+1] + s
	}
	return Style("38;5;" + s)
}

// Tone gives the style of a tone.
func (t *Theme) Tone(x Tone) Style {
	if x < 0 || int(x) >= len(t.tones) {
		return ""
	}
	return t.tones[x]
}

// Paint writes text in a tone.
func (t *Theme) Paint(x Tone, text string) string { return t.Tone(x).S(text) }
