package picture

import (
	"image"
	"image/color"
	"image/draw"
)

// Scale returns img in w × h pixels on white. A pixel is the mean of those it stands for; making larger repeats pixels.
func Scale(img image.Image, w, h int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, max(w, 1), max(h, 1)))
	r := img.Bounds()
	if r.Empty() {
		return out
	}
	w, h = out.Rect.Dx(), out.Rect.Dy()
	band := image.NewRGBA(image.Rect(0, 0, r.Dx(), 1))
	row := make([]uint64, 3*w)
	for y := range h {
		clear(row)
		from, to := span(y, h, r.Dy())
		for sy := from; sy < to; sy++ {
			draw.Draw(band, band.Rect, image.White, image.Point{}, draw.Src)
			draw.Draw(band, band.Rect, img, image.Pt(r.Min.X, r.Min.Y+sy), draw.Over)
			addRow(row, band.Pix, w, r.Dx())
		}
		for x := range w {
			a, b := span(x, w, r.Dx())
			n := uint64((b - a) * (to - from))
			out.SetRGBA(x, y, color.RGBA{
				uint8((row[3*x] + n/2) / n), uint8((row[3*x+1] + n/2) / n), uint8((row[3*x+2] + n/2) / n), 255,
			})
		}
	}
	return out
}

// span returns the source pixels [from, to) for pixel i of n out of size; at least one.
func span(i, n, size int) (from, to int) {
	from, to = i*size/n, (i+1)*size/n
	return from, max(to, from+1)
}

// addRow adds a row of size source pixels to the sums of w pixels.
func addRow(sum []uint64, pix []byte, w, size int) {
	for x := range w {
		from, to := span(x, w, size)
		for s := 4 * from; s < 4*to; s += 4 {
			sum[3*x] += uint64(pix[s])
			sum[3*x+1] += uint64(pix[s+1])
			sum[3*x+2] += uint64(pix[s+2])
		}
	}
}

// Cells returns the box of cells, within w × h, in which img keeps its proportions; a cell is twice as high as wide.
func Cells(img image.Image, w, h int) (int, int) {
	w, h = max(w, 1), max(h, 1)
	b := img.Bounds()
	if b.Empty() {
		return 1, 1
	}
	cw, ch := within(b.Dx(), b.Dy(), w, 2*h)
	return cw, (ch + 1) / 2
}
