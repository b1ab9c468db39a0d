package line

import (
	"bytes"
	"runtime/debug"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/colorprofile"

	"cohort/app/ui/kit/width"
)

func stack() []byte { return debug.Stack() }

// pen writes one line of a view: never beyond the window, and never anything but text, colours and columns.
type pen struct {
	b      []byte
	w      int  // cells of the window
	col    int  // the cell that comes next
	gap    int  // unstyled spaces not written yet
	spaces int  // spaces just written
	linked bool // a link is open
	styled bool // a colour or attribute is on
	full   bool // something did not fit: the line is over
	unsure bool // a rune before may be wider on this terminal than we think
}

// draw appends a line and the erase of what may stand behind it. Of escape sequences only colours (CSI m), absolute
// columns (CSI n G, forward) and links to contacts (OSC 8, see Link) go through; control and format characters are left out, whoever wrote them.
//
// Terminals that draw ambiguous runes (“ ” … · ─) in two cells, common in China, would shift all that follows: after
// such a rune the next text behind two spaces or a column move is placed absolutely. Elsewhere a column move costs
// nothing but the spaces up to it.
func (c *screen) draw(b []byte, s string) []byte {
	p := pen{b: b, w: c.size.Width}
	for i := 0; i < len(s) && !p.full; {
		if s[i] == 0x1b {
			n := width.Escape(s[i:])
			c.sequence(&p, s[i:i+n])
			i += n
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			r = '?'
		}
		p.rune(r)
		i += n
	}
	p.unlink()
	if p.styled {
		p.b = append(p.b, "\x1b[m"...)
	}
	if p.col-p.gap < p.w {
		p.b = append(p.b, "\x1b[K"...)
	}
	return p.b
}

// rune writes r if there is room; spaces without a style wait for what follows, since an erase does for the last ones.
func (p *pen) rune(r rune) {
	n := width.Rune(r)
	switch {
	case p.col+n > p.w:
		p.fill()
		return
	case r == ' ' && !p.styled:
		p.col++
		p.gap++
		return
	case !width.Printable(r) || n == 0 && p.col == 0:
		return
	}
	p.flush()
	if r == ' ' {
		p.spaces++
	} else {
		p.sync()
		p.spaces = 0
	}
	p.b = utf8.AppendRune(p.b, r)
	p.col += n
	p.unsure = p.unsure || !width.Sure(r)
}

// fill ends a line that is longer than the window. A wide character does not fit the last cell: it stays blank.
func (p *pen) fill() {
	p.full = true
	if p.col < p.w && p.styled {
		p.b = append(p.b, ' ')
		p.col = p.w
	}
}

// flush writes the spaces that were held back.
func (p *pen) flush() {
	p.b = append(p.b, width.Spaces(p.gap)...)
	p.spaces += p.gap
	p.gap = 0
}

// sync places the next rune absolutely where the terminal's cursor may have drifted and a column seems to begin.
func (p *pen) sync() {
	if p.unsure && p.spaces >= 2 {
		p.column(p.col)
	}
}

func (p *pen) column(x int) {
	p.b = append(p.b, "\x1b["...)
	p.b = strconv.AppendInt(p.b, int64(x+1), 10)
	p.b = append(p.b, 'G')
	p.unsure = false
}

// sequence handles one escape sequence of the view.
func (c *screen) sequence(p *pen, seq string) {
	if strings.HasPrefix(seq, openLink) {
		c.link(p, seq)
		return
	}
	if len(seq) < 3 || seq[1] != '[' {
		return
	}
	args := seq[2 : len(seq)-1]
	if strings.Trim(args, "0123456789;") != "" {
		return
	}
	switch seq[len(seq)-1] {
	case 'm':
		reset := args == "" || args == "0"
		if reset && !p.styled {
			return
		}
		p.flush()
		p.styled = !reset
		p.b = append(p.b, c.color(seq, args)...)
	case 'G':
		n, _ := strconv.Atoi(args)
		p.goTo(max(n, 1) - 1)
	}
}

// goTo moves forward to a column, by spaces: what stood there must go.
func (p *pen) goTo(x int) {
	x = min(x, p.w)
	if x < p.col {
		return
	}
	for p.col < x {
		p.rune(' ')
	}
	if p.unsure && x < p.w {
		p.flush()
		p.column(x)
	}
}

// color returns a colour sequence in the colours that the terminal has. Few differ on a screen, so they are remembered.
func (c *screen) color(seq, args string) string {
	if c.profile == colorprofile.TrueColor || args == "" || args == "0" {
		return seq
	}
	if c.profile == colorprofile.ANSI256 && !strings.Contains(args, "8;2;") && !strings.Contains(args, "8:2:") {
		return seq
	}
	if known, ok := c.colors[seq]; ok {
		return known
	}
	if c.colors == nil || len(c.colors) >= 256 {
		c.colors = make(map[string]string)
	}
	var out bytes.Buffer
	_, _ = (&colorprofile.Writer{Forward: &out, Profile: c.profile}).WriteString(seq)
	c.colors[strings.Clone(seq)] = out.String()
	return out.String()
}
