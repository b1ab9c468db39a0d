package qr

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/boombuler/barcode/qr"
)

// TestEveryModuleIsDrawn reads the half blocks back and compares them with the
// code, in both ways of drawing.
func TestEveryModuleIsDrawn(t *testing.T) {
	const text = "otpauth://totp/Cohort:wangxiaoming?secret=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567&issuer=Cohort"
	code, err := qr.Encode(text, qr.L, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	size := code.Bounds().Dx()
	for _, colours := range []bool{true, false} {
		lines, err := Lines(text, colours)
		if err != nil {
			t.Fatal(err)
		}
		if len(lines) > 22 {
			t.Errorf("%d lines: too many for a small terminal", len(lines))
		}
		for i, l := range lines {
			l = strings.TrimSuffix(strings.TrimPrefix(l, "\x1b[38;5;16;48;5;231m"), "\x1b[m")
			if utf8.RuneCountInString(l) != size+2*quiet {
				t.Fatalf("line %d is %d wide", i, utf8.RuneCountInString(l))
			}
			for x, r := range []rune(l) {
				for half := range 2 {
					cx, cy := x-quiet, 2*i+half-quiet
					want := false
					if cx >= 0 && cy >= 0 && cx < size && cy < size {
						lum, _, _, _ := code.At(cx, cy).RGBA()
						want = lum == 0
					}
					got := r == '█' || half == 0 && r == '▀' || half == 1 && r == '▄'
					if !colours {
						got = !got
					}
					if got != want {
						t.Fatalf("module %d,%d is dark: %v, want %v", cx, cy, got, want)
					}
				}
			}
		}
	}
}
