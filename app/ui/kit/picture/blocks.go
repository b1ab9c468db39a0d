package picture

import (
	"image"
	"image/color"
	"image/draw"
	"strconv"
	"strings"

	"github.com/charmbracelet/colorprofile"
)

// HalfBlocks draws img in at most w × h cells, two pixels a cell one above the other, in the colours that the terminal
// has; without colours one pixel a cell, in shades of ASCII. The lines are equally wide, and each ends its own style.
func HalfBlocks(img image.Image, w, h int, p colorprofile.Profile) []string {
	w, h = Cells(img, w, h)
	if p < colorprofile.ANSI {
		return shades(Scale(img, w, h))
	}
	m := Scale(img, w, 2*h)
	ink := func(x, y int) string {
		c := m.RGBAAt(x, y)
		return "2;" + strconv.Itoa(int(c.R)) + ";" + strconv.Itoa(int(c.G)) + ";" + strconv.Itoa(int(c.B))
	}
	if p < colorprofile.TrueColor {
		colors, first := xterm256, 16
		if p == colorprofile.ANSI {
			colors, first = xterm256[:0:0], 0
			colors = append(colors, xterm16...)
		}
		reduced := image.NewPaletted(m.Rect, colors)
		draw.FloydSteinberg.Draw(reduced, m.Rect, m, image.Point{})
		ink = func(x, y int) string { return "5;" + strconv.Itoa(int(reduced.ColorIndexAt(x, y))+first) }
	}
	lines := make([]string, h)
	for y := range h {
		lines[y] = blockLine(w, y, ink, p)
	}
	return lines
}

// blockLine writes one line of cells; colours are sent when they change.
func blockLine(w, y int, ink func(x, y int) string, p colorprofile.Profile) string {
	var b strings.Builder
	fg, bg := "", ""
	for x := range w {
		top, bottom := ink(x, 2*y), ink(x, 2*y+1)
		if bottom != bg {
			b.WriteString("\x1b[" + code("48;", bottom, p) + "m")
			bg = bottom
		}
		if top == bottom {
			b.WriteByte(' ')
			continue
		}
		if top != fg {
			b.WriteString("\x1b[" + code("38;", top, p) + "m")
			fg = top
		}
		b.WriteString("▀")
	}
	b.WriteString("\x1b[m")
	return b.String()
}

// code is the SGR parameter for a colour; terminals of 16 colours know only the short ones.
func code(kind, ink string, p colorprofile.Profile) string {
	if p != colorprofile.ANSI {
		return kind + ink
	}
	n, _ := strconv.Atoi(strings.TrimPrefix(ink, "5;"))
	base := 30
	if kind == "48;" {
		base = 40
	}
	if n >= 8 {
		base += 60 - 8
	}
	return strconv.Itoa(base + n)
}

const ramp = " .:-=+*#%@"

func shades(m *image.RGBA) []string {
	lines := make([]string, m.Rect.Dy())
	for y := range lines {
		line := make([]byte, m.Rect.Dx())
		for x := range line {
			g := color.GrayModel.Convert(m.RGBAAt(x, y)).(color.Gray)
			line[x] = ramp[int(g.Y)*len(ramp)/256]
		}
		lines[y] = string(line)
	}
	return lines
}

// xterm16 are the usual first 16 colours; people change them, so a picture in them is a rough one.
var xterm16 = color.Palette{
	rgb(0, 0, 0), rgb(205, 0, 0), rgb(0, 205, 0), rgb(205, 205, 0),
	rgb(0, 0, 238), rgb(205, 0, 205), rgb(0, 205, 205), rgb(229, 229, 229),
	rgb(127, 127, 127), rgb(255, 0, 0), rgb(0, 255, 0), rgb(255, 255, 0),
	rgb(92, 92, 255), rgb(255, 0, 255), rgb(0, 255, 255), rgb(255, 255, 255),
}

// xterm256 are colours 16 to 255, which nobody changes: a cube of 6 × 6 × 6 and 24 greys.
var xterm256 = func() color.Palette {
	steps := [6]uint8{0, 95, 135, 175, 215, 255}
	p := make(color.Palette, 0, 240)
	for i := range 216 {
		p = append(p, rgb(steps[i/36], steps[i/6%6], steps[i%6]))
	}
	for i := range 24 {
		g := uint8(8 + 10*i)
		p = append(p, rgb(g, g, g))
	}
	return p
}()

func rgb(r, g, b uint8) color.Color { return color.RGBA{r, g, b, 255} }
