// Package qr draws QR codes with half blocks, for a telephone's camera.
package qr

import (
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quiet is how many light modules are left around the code.
const quiet = 2

// Lines draws a text as a QR code, two modules a cell one above the other.
// With colours dark is dark whatever the terminal's own are; without, the
// terminal is taken to be dark, as most are.
func Lines(text string, colours bool) ([]string, error) {
	code, err := qr.Encode(text, qr.L, qr.Auto)
	if err != nil {
		return nil, err
	}
	size := code.Bounds().Dx()
	dark := func(x, y int) bool {
		x, y = x-quiet, y-quiet
		return x >= 0 && y >= 0 && x < size && y < size && color.GrayModel.Convert(code.At(x, y)).(color.Gray).Y < 128
	}
	var lines []string
	for y := 0; y < size+2*quiet; y += 2 {
		lines = append(lines, line(dark, y, size+2*quiet, colours))
	}
	return lines, nil
}

func line(dark func(x, y int) bool, y, width int, colours bool) string {
	var b strings.Builder
	if colours {
		b.WriteString("\x1b[38;5;16;48;5;231m")
	}
	for x := range width {
		top, bottom := dark(x, y), dark(x, y+1)
		if !colours {
			top, bottom = !top, !bottom // what is drawn is light
		}
		b.WriteString(cell(top, bottom))
	}
	if colours {
		b.WriteString("\x1b[m")
	}
	return b.String()
}

// cell draws the two halves of a cell.
func cell(top, bottom bool) string {
	switch {
	case top && bottom:
		return "█"
	case top:
		return "▀"
	case bottom:
		return "▄"
	}
	return " "
}
