// Package picture shows pictures that people uploaded (a photo of a document, say) in a terminal: in half blocks of
// colour everywhere, in pixels where the terminal can (Kitty's protocol, Sixel). Only sizes that fit in memory are
// decoded. All functions are pure but for a gate that keeps many people from decoding at once.
package picture

import (
	"bytes"
	"errors"
	"image"
	_ "image/jpeg" // formats that Decode knows
	_ "image/png"
)

// Bounds of what is decoded and kept.
const (
	maxPixels = 40 << 20 // a photo of 40 megapixels; 60 to 320 MB while it is decoded
	maxSide   = 1280     // pixels of the longer side of what Decode returns: more than a terminal shows
)

// Errors of Decode; the faces say them in words.
var (
	ErrFormat = errors.New("picture: not a JPEG or PNG, or damaged")
	ErrTooBig = errors.New("picture: more than 40 megapixels")
)

// gate lets two pictures be decoded at a time: memory is the server's.
var gate = make(chan struct{}, 2)

// Decode reads a JPEG or PNG, at most 1280 pixels on a side, upright (a JPEG's EXIF orientation is honoured) and on
// white where it was transparent. Pixels are counted before anything is decoded.
func Decode(data []byte) (*image.RGBA, error) {
	c, format, err := image.DecodeConfig(bytes.NewReader(data))
	switch {
	case err != nil || c.Width <= 0 || c.Height <= 0:
		return nil, ErrFormat
	case c.Width > maxPixels/c.Height:
		return nil, ErrTooBig
	}
	gate <- struct{}{}
	defer func() { <-gate }()
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, ErrFormat
	}
	w, h := within(c.Width, c.Height, min(maxSide, c.Width), min(maxSide, c.Height))
	small := Scale(img, w, h)
	if format == "jpeg" {
		small = turn(small, orientation(data))
	}
	return small, nil
}

// within returns the largest size of the proportion w:h within maxW × maxH; 1 pixel at least.
func within(w, h, maxW, maxH int) (int, int) {
	if w*maxH > h*maxW {
		return maxW, max(1, (h*maxW+w/2)/w)
	}
	return max(1, (w*maxH+h/2)/h), maxH
}

// turn applies an EXIF orientation (1 to 8): 2, 4, 5 and 7 are mirrored, 5 to 8 lie on their side.
func turn(m *image.RGBA, o int) *image.RGBA {
	if o < 2 || o > 8 {
		return m
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	if o >= 5 {
		w, h = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			sx, sy := x, y
			if o >= 5 {
				sx, sy = y, x
			}
			if o == 2 || o == 3 || o == 7 || o == 8 {
				sx = m.Rect.Dx() - 1 - sx
			}
			if o == 3 || o == 4 || o == 6 || o == 7 {
				sy = m.Rect.Dy() - 1 - sy
			}
			copy(out.Pix[out.PixOffset(x, y):][:4], m.Pix[m.PixOffset(sx, sy):][:4])
		}
	}
	return out
}
