package picture

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/color/palette"
	"image/png"
	"strconv"
	"strings"

	"cohort/app/ui/kit/line"
)

// CellW and CellH are the pixels of a cell where nobody says them: small enough that a picture stays in its cells on
// most terminals.
const CellW, CellH = 8, 16

// Kitty returns img for terminals with Kitty's graphics protocol, in at most w × h cells. The caller sets X and Y. id
// is unique on the client's screen and not 0.
func Kitty(img image.Image, id uint32, w, h int) line.Picture {
	w, h = Cells(img, w, h)
	b := img.Bounds()
	pw, ph := within(b.Dx(), b.Dy(), min(b.Dx(), 2*CellW*w), min(b.Dy(), 2*CellH*h))
	var data bytes.Buffer
	_ = png.Encode(&data, Scale(img, pw, ph)) // a buffer takes everything
	text := base64.StdEncoding.EncodeToString(data.Bytes())
	const most = 4096 // of a chunk
	var out strings.Builder
	head := fmt.Sprintf("a=T,f=100,q=2,C=1,i=%d,p=1,c=%d,r=%d,", id, w, h)
	for len(text) > 0 {
		n := min(len(text), most)
		more := 0
		if n < len(text) {
			more = 1
		}
		fmt.Fprintf(&out, "\x1b_G%sm=%d;%s\x1b\\", head, more, text[:n])
		text, head = text[n:], ""
	}
	return line.Picture{ID: id, W: w, H: h, Payload: out.String(), Clear: fmt.Sprintf("\x1b_Ga=d,d=I,q=2,i=%d\x1b\\", id)}
}

// Sixel returns img for terminals with Sixel graphics, in at most w × h cells of cellW × cellH pixels (0: CellW, CellH).
// The caller sets X and Y; the last row of the screen cannot hold it, it would scroll.
func Sixel(img image.Image, id uint32, w, h, cellW, cellH int) line.Picture {
	if cellW <= 0 || cellH <= 0 {
		cellW, cellH = CellW, CellH
	}
	w, h = Cells(img, w, h)
	b := img.Bounds()
	pw, ph := within(b.Dx(), b.Dy(), w*cellW, h*cellH)
	return line.Picture{ID: id, W: w, H: h, Payload: sixel(websafe(Scale(img, pw, ph)))}
}

// bayer spreads what six levels of a colour cannot say over 4 × 4 pixels. (The library's Floyd-Steinberg searches the
// palette for each pixel: ten times slower.)
var bayer = [16]int{0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5}

// websafe reduces m to the palette of 6 × 6 × 6 colours.
func websafe(m *image.RGBA) *image.Paletted {
	out := image.NewPaletted(m.Rect, palette.WebSafe)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			limit := (2*bayer[y%4*4+x%4] + 1) * 255 / 32
			level := func(c uint8) int { return (5*int(c) + limit) / 255 }
			p := m.Pix[m.PixOffset(x, y):]
			out.Pix[out.PixOffset(x, y)] = uint8(min(level(p[0]), 5)*36 + min(level(p[1]), 5)*6 + min(level(p[2]), 5))
		}
	}
	return out
}

// sixel encodes m: bands of six rows, in each band one pass for each colour in it.
func sixel(m *image.Paletted) string {
	var b strings.Builder
	w, h := m.Rect.Dx(), m.Rect.Dy()
	fmt.Fprintf(&b, "\x1bP0;1q\"1;1;%d;%d", w, h)
	for i, used := range usedColors(m, 0, h) {
		if used {
			c := m.Palette[i].(color.RGBA)
			fmt.Fprintf(&b, "#%d;2;%d;%d;%d", i, percent(c.R), percent(c.G), percent(c.B))
		}
	}
	row := make([]byte, w)
	for y := 0; y < h; y += 6 {
		if y > 0 {
			b.WriteByte('-')
		}
		first := true
		for i, used := range usedColors(m, y, min(y+6, h)) {
			if !used {
				continue
			}
			if !first {
				b.WriteByte('$')
			}
			first = false
			b.WriteByte('#')
			b.WriteString(strconv.Itoa(i))
			bandOf(m, y, uint8(i), row)
			repeats(&b, row)
		}
	}
	b.WriteString("\x1b\\")
	return b.String()
}

func percent(c uint8) int { return (int(c)*100 + 127) / 255 }

func usedColors(m *image.Paletted, from, to int) []bool {
	used := make([]bool, len(m.Palette))
	for _, i := range m.Pix[from*m.Stride : to*m.Stride] {
		used[i] = true
	}
	return used
}

// bandOf fills row with the sixels of one colour.
func bandOf(m *image.Paletted, y int, i uint8, row []byte) {
	h := min(6, m.Rect.Dy()-y)
	for x := range row {
		bits := byte(0)
		for dy := range h {
			if m.Pix[(y+dy)*m.Stride+x] == i {
				bits |= 1 << dy
			}
		}
		row[x] = '?' + bits
	}
}

// repeats writes row with runs shortened, without the blank end.
func repeats(b *strings.Builder, row []byte) {
	row = bytes.TrimRight(row, "?")
	for len(row) > 0 {
		n := 1
		for n < len(row) && row[n] == row[0] {
			n++
		}
		if n > 3 {
			fmt.Fprintf(b, "!%d%c", n, row[0])
		} else {
			b.Write(row[:n])
		}
		row = row[n:]
	}
}
