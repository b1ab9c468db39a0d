package paper

import "github.com/signintech/gopdf"

// The two fonts of a page.
const (
	latin = "latin"
	hans  = "hans"
)

// writer draws texts that change between the two fonts, and keeps the first
// fault of many strokes.
type writer struct {
	pdf    *gopdf.GoPdf
	points float64
	err    error
}

func (w *writer) keep(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *writer) size(points float64) { w.points = points }

func (w *writer) grey(g float64) { w.pdf.SetGrayFill(g) }

// run is a stretch of text in one font.
type run struct{ font, text string }

// runs cuts a text where the font changes. What neither font has a picture of
// becomes a question mark.
func (w *writer) runs(s string) (list []run) {
	for _, r := range s {
		font, text := latin, string(r)
		if r >= 0x2e80 {
			font = hans
		}
		if !w.has(font, r) {
			if font = hans; !w.has(hans, r) {
				font, text = latin, "?"
			}
		}
		if n := len(list); n > 0 && list[n-1].font == font {
			list[n-1].text += text
			continue
		}
		list = append(list, run{font, text})
	}
	return list
}

func (w *writer) has(font string, r rune) bool {
	w.use(font)
	ok, err := w.pdf.IsCurrFontContainGlyph(r)
	w.keep(err)
	return ok
}

func (w *writer) use(font string) { w.keep(w.pdf.SetFont(font, "", w.points)) }

// text writes from x to the right.
func (w *writer) text(x, y float64, s string) {
	for _, r := range w.runs(s) {
		w.use(r.font)
		w.pdf.SetXY(x, y)
		w.keep(w.pdf.Cell(nil, r.text))
		x += w.measure(r.text)
	}
}

func (w *writer) measure(s string) float64 {
	n, err := w.pdf.MeasureTextWidth(s)
	w.keep(err)
	return n
}

func (w *writer) width(s string) (n float64) {
	for _, r := range w.runs(s) {
		w.use(r.font)
		n += w.measure(r.text)
	}
	return n
}

// cut shortens a text to so many points.
func (w *writer) cut(s string, room float64) string {
	if w.width(s) <= room {
		return s
	}
	r := []rune(s)
	for len(r) > 0 && w.width(string(r)+"..") > room {
		r = r[:len(r)-1]
	}
	return string(r) + ".."
}
