package e2e

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
)

// padded makes a file of a kind, filled up to n bytes where n is more than the
// picture needs. What comes after the end of a picture is ignored by decoders.
func padded(kind string, n int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 64, 40))
	for y := range 40 {
		for x := range 64 {
			img.Set(x, y, color.RGBA{uint8(4 * x), uint8(6 * y), 160, 255})
		}
	}
	var b bytes.Buffer
	switch kind {
	case "jpeg":
		_ = jpeg.Encode(&b, img, nil)
	case "png":
		_ = png.Encode(&b, img)
	case "pdf":
		b.WriteString("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
	case "text":
		b.WriteString("this is no picture\n")
	}
	if pad := n - b.Len(); pad > 0 {
		b.Write(bytes.Repeat([]byte{0}, pad))
	}
	if kind == "empty" {
		return nil
	}
	return b.Bytes()
}
