package line

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"pgregory.net/rapid"
)

func TestLinkable(t *testing.T) {
	for address, ok := range map[string]bool{
		"tencent://message/?uin=10001": true, "tel:13812345678": true, "tel:+8613812345678": true, "mailto:li.lei+x@school.example": true,
		"": false, "tencent://message/?uin=": false, "tencent://message/?uin=1&x=y": false, "tel:138 1234": false, "tel:138****5678": false,
		"mailto:a@b?subject=x": false, "mailto:a": false, "mailto:a@b\x1b\\": false, "tel:1\a\x1b[2J": false, "https://evil.example": false,
		"javascript:alert(1)": false, "file:///etc/passwd": false, "tel:１３８": false, "tel:138\n": false,
	} {
		if Linkable(address) != ok {
			t.Errorf("%q: %v", address, !ok)
		}
		if got := Link(address, "王 小明"); (got != "王 小明") != ok {
			t.Errorf("%q gives %q", address, got)
		}
	}
}

func linkPaper(w, h int, term string) *paper {
	p := newPaper(w, h, colorprofile.TrueColor)
	p.links = tellsMore(term)
	return p
}

// cellLinks says to what each cell of a row leads, by an emulator of other people.
func (p *paper) cellLinks(y int) (list []string) {
	for x := range p.vt.Width() {
		address := ""
		if c := p.vt.CellAt(x, y); c != nil {
			address = c.Link.URL + c.Link.Params // this version of x/vt takes the one for the other; we send no parameters
		}
		list = append(list, address)
	}
	return list
}

// (The second half of a wide character is no cell of its own for the emulator.) A link covers its text and nothing else, in cells: what stands beside it, and the next line, lead nowhere, also where
// the line is cut within the link.
func TestLinkCoversItsText(t *testing.T) {
	p := linkPaper(20, 3, "xterm-256color")
	const tel = "tel:13812345678"
	p.paint(shot{view: tea.NewView("电话  " + Link(tel, "\x1b[1m138 王\x1b[m") + "  next\n" + strings.Repeat(" ", 16) + Link(tel, "13812345678") + "\nbelow"), size: Size{20, 3}})
	for y, want := range []string{"______xxxxx_________", "________________xxxx", "____________________"} {
		got := ""
		for _, a := range p.cellLinks(y) {
			switch a {
			case "":
				got += "_"
			case tel:
				got += "x"
			default:
				t.Errorf("leads to %q", a)
			}
		}
		if got != want {
			t.Errorf("row %d: %s, want %s; sent %q", y, got, want, p.b)
		}
	}
	if strings.Count(p.b, openLink+tel) != 2 || strings.Count(p.b, closeLink) != 2 {
		t.Errorf("sent %q", p.b)
	}
}

// Terminals that would print a link get none.
func TestNoLinksForTheOldest(t *testing.T) {
	for _, term := range []string{"", "dumb", "linux", "vt100", "vt220", "ansi"} {
		p := linkPaper(40, 1, term)
		p.paint(shot{view: tea.NewView(Link("tel:13812345678", "13812345678")), size: Size{40, 1}})
		if strings.Contains(p.b, "\x1b]") || rows(p.vt)[0] != "13812345678" {
			t.Errorf("%s: %q", term, p.b)
		}
		if clipSequence(term, "\x1b]52;c;eA==\a") != "" {
			t.Errorf("%s gets a clipboard", term)
		}
	}
	if got := clipSequence("tmux-256color", "\x1b]52;c;eA==\a"); got != "\x1b]52;c;eA==\a\x1bPtmux;\x1b\x1b]52;c;eA==\a\x1b\\" {
		t.Errorf("%q", got)
	}
}

// Whatever is in a line, no link leads anywhere but to a contact, none reaches the next line, and what is shown is what
// is shown without links, in both emulators.
func TestHostileLinks(t *testing.T) {
	part := rapid.OneOf(
		rapid.StringOfN(rapid.RuneFrom([]rune("ab 12 张三，ｱ\a\\];:")), 0, 12, -1),
		rapid.SampledFrom([]string{Link("tel:13812345678", "138 张"), Link("mailto:a@b.example", "a@b.example"), openLink, closeLink, "\x1b]8;;tel:1\a", "\x1b]8;id=x;tel:13800000000\a",
			"\x1b]8;;https://evil.example\a", "\x1b]8;;https://evil.example\x1b\\", "\x1b]8;;file:///etc/passwd\a", "\x1b]8;;tel:13812345678\x1b[2J\a", "\x1b]8", "\x1b]52;c;eA==\a", "\x1b\\", "\x1b[7m", "\x1b[m", "“”  "}),
	)
	var frames bytes.Buffer
	rapid.Check(t, func(r *rapid.T) {
		p := linkPaper(40, 4, "xterm-256color")
		var lines []string
		for range 4 {
			lines = append(lines, strings.Join(rapid.SliceOfN(part, 0, 6).Draw(r, "line"), ""))
		}
		p.paint(shot{view: tea.NewView(strings.Join(lines, "\n")), size: Size{40, 4}})
		check(r, p, lines, nil, Size{40, 4})
		for y := range 4 {
			for x, a := range p.cellLinks(y) {
				if a != "" && !Linkable(a) {
					r.Fatalf("cell %d of %q leads to %q", x, lines[y], a)
				}
			}
			if a := p.cellLinks(y)[0]; a != "" && !strings.Contains(lines[y], openLink+a) {
				r.Fatalf("a link of another line reaches %q", lines[y])
			}
		}
		if strings.Contains(p.b, "\x1b]52") || strings.Contains(p.b, "evil") {
			r.Fatalf("sent %q", p.b)
		}
		if frames.Len() < 64<<10 {
			frame, _ := json.Marshal(map[string]any{"data": base64.StdEncoding.EncodeToString([]byte(p.b + "\x1b[1;1H\x1b[?25h")), "x": 0, "y": 0, "view": strings.Join(rows(p.vt), "\n")})
			frames.Write(append(frame, '\n'))
		}
	})
	replay(t, frames.Bytes(), 40, 4)
}
