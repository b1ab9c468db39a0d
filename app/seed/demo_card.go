package seed

import (
	"bytes"
	"hash/fnv"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
)

// drawCard draws something that looks like a scanned card, so that the review
// has pictures: side 0 with a portrait, side 1 with an emblem. Nothing of it is
// anybody's.
func drawCard(name string, side int) []byte {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	seed := h.Sum32()
	img := image.NewRGBA(image.Rect(0, 0, 428, 270))
	paper := color.RGBA{238, 243, 248, 255}
	draw.Draw(img, img.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	fill := func(x0, y0, x1, y1 int, c color.Color) {
		draw.Draw(img, image.Rect(x0, y0, x1, y1), image.NewUniform(c), image.Point{}, draw.Src)
	}
	ink := color.RGBA{60, 80, 110, 255}
	tint := color.RGBA{uint8(120 + seed%100), uint8(110 + seed>>8%90), uint8(120 + seed>>16%100), 255}
	fill(0, 0, 428, 14, tint)
	if side == 0 {
		fill(290, 50, 400, 190, color.RGBA{205, 214, 224, 255})
		disc(img, 345, 100, 30, color.RGBA{224, 188, 160, 255})
		disc(img, 345, 84, 26, color.RGBA{50, 40, 40, 255})
		disc(img, 345, 102, 25, color.RGBA{224, 188, 160, 255})
		fill(305, 140, 385, 190, tint)
		for i := range 5 {
			fill(30, 50+i*28, 90, 58+i*28, ink)
			fill(104, 50+i*28, 140+int(seed>>i%110), 58+i*28, color.RGBA{30, 30, 30, 255})
		}
		fill(30, 225, 398, 236, color.RGBA{30, 30, 30, 255})
	} else {
		disc(img, 90, 100, 44, color.RGBA{196, 60, 50, 255})
		disc(img, 90, 100, 30, color.RGBA{238, 200, 80, 255})
		fill(160, 80, 390, 96, ink)
		fill(160, 116, 340, 128, ink)
		fill(120, 220, 398, 230, color.RGBA{30, 30, 30, 255})
	}
	var b bytes.Buffer
	_ = jpeg.Encode(&b, img, &jpeg.Options{Quality: 80})
	return b.Bytes()
}

func disc(img *image.RGBA, cx, cy, r int, c color.Color) {
	for y := -r; y <= r; y++ {
		for x := -r; x <= r; x++ {
			if x*x+y*y <= r*r {
				img.Set(cx+x, cy+y, c)
			}
		}
	}
}
