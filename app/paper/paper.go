// Package paper puts words on paper: a page of labels and values as a PDF that
// carries its own font, so that it looks the same wherever it is opened and
// printed, with Chinese in it.
//
// The fonts are Droid Sans Fallback (Google, Apache License 2.0, see FONT.txt),
// which holds Chinese and no Latin, two megabytes packed, and the Go font for
// the rest. A page embeds only the characters it shows.
package paper

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"sync"
	"time"

	"github.com/signintech/gopdf"
	"golang.org/x/image/font/gofont/goregular"
)

//go:embed DroidSansFallbackFull.ttf.gz
var packed []byte

// chinese unpacks the font once.
var chinese = sync.OnceValues(func() ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
})

// Page is one sheet of A5 across: a title, a number, labels with their values,
// and a line to sign on.
type Page struct {
	Title  string
	Number string
	Rows   [][2]string
	Stamp  string // said in large letters below, "" for nothing
	Sign   string // what the line below is for, "" for none
	Made   time.Time
}

// A5 across, in points, and the sizes of what stands on it.
const (
	pageW, pageH = 595.28, 419.53
	margin       = 42.0
	titleSize    = 18.0
	textSize     = 10.5
	lineHeight   = 17.5
	columnGap    = 24.0
	labelShare   = 0.34 // of a column
	rowsTop      = 92.0
)

// PDF draws the page.
func (p Page) PDF() ([]byte, error) {
	han, err := chinese()
	if err != nil {
		return nil, err
	}
	d := &gopdf.GoPdf{}
	d.Start(gopdf.Config{PageSize: gopdf.Rect{W: pageW, H: pageH}})
	d.SetInfo(gopdf.PdfInfo{Title: p.Title + " " + p.Number, Producer: "Cohort", CreationDate: p.Made.UTC()})
	for name, ttf := range map[string][]byte{latin: goregular.TTF, hans: han} {
		if err := d.AddTTFFontData(name, ttf); err != nil {
			return nil, err
		}
	}
	d.AddPage()
	w := &writer{pdf: d}
	p.head(w)
	p.rows(w)
	p.foot(w)
	if w.err != nil {
		return nil, w.err
	}
	return d.GetBytesPdfReturnErr()
}

func (p Page) head(w *writer) {
	w.size(titleSize)
	w.text(margin, 40, p.Title)
	w.size(textSize)
	w.text(pageW-margin-w.width(p.Number), 48, p.Number)
	w.pdf.SetLineWidth(0.8)
	w.pdf.Line(margin, 74, pageW-margin, 74)
}

// rows sets labels and values in two columns, down the left one first.
func (p Page) rows(w *writer) {
	column := (pageW - 2*margin - columnGap) / 2
	half := (len(p.Rows) + 1) / 2
	for i, kv := range p.Rows {
		x, y := margin, rowsTop+float64(i)*lineHeight
		if i >= half {
			x, y = margin+column+columnGap, rowsTop+float64(i-half)*lineHeight
		}
		w.grey(0.4)
		w.text(x, y, kv[0])
		w.grey(0)
		w.text(x+column*labelShare, y, w.cut(kv[1], column*(1-labelShare)))
	}
}

func (p Page) foot(w *writer) {
	if p.Stamp != "" {
		w.size(titleSize)
		w.text((pageW-w.width(p.Stamp))/2, pageH-130, p.Stamp)
		w.size(textSize)
	}
	if p.Sign != "" {
		w.grey(0.4)
		w.text(pageW-margin-190, pageH-62, p.Sign)
		w.pdf.Line(pageW-margin-190+w.width(p.Sign)+6, pageH-48, pageW-margin, pageH-48)
	}
}
