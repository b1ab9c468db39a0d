package picture

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"

	"cohort/app/ui/kit/width"
)

var update = flag.Bool("update", false, "write the golden files")

// four is a picture of four colours: red, green / blue, white, of w × h pixels.

func four(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{255, 0, 0, 255}
			switch {
			case y < h/2 && x >= w/2:
				c = color.RGBA{0, 255, 0, 255}
			case y >= h/2 && x < w/2:
				c = color.RGBA{0, 0, 255, 255}
			case y >= h/2:
				c = color.RGBA{255, 255, 255, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func encoded(t testing.TB, m image.Image, asJPEG bool) []byte {
	var b bytes.Buffer
	err := png.Encode(&b, m)
	if asJPEG {
		b.Reset()
		err = jpeg.Encode(&b, m, &jpeg.Options{Quality: 100})
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rotated puts an EXIF orientation into a JPEG, in either byte order.

// letters names the colours of the corners: top left, top right, bottom left, bottom right.

func letters(m *image.RGBA) string {
	s := ""
	w, h := m.Rect.Dx(), m.Rect.Dy()
	for _, p := range []image.Point{{w / 4, h / 4}, {3 * w / 4, h / 4}, {w / 4, 3 * h / 4}, {3 * w / 4, 3 * h / 4}} {
		switch c := m.RGBAAt(p.X, p.Y); {
		case c.R > 200 && c.G > 200:
			s += "w"
		case c.R > 200:
			s += "r"
		case c.G > 200:
			s += "g"
		case c.B > 200:
			s += "b"
		default:
			s += "?"
		}
	}
	return s
}

// A file of a few bytes that says it has 10 gigapixels is refused before anything is decoded.

func TestCells(t *testing.T) {
	for _, c := range []struct{ w, h, maxW, maxH, cw, ch int }{
		{100, 100, 40, 40, 40, 20}, {100, 100, 80, 10, 20, 10}, {400, 100, 40, 40, 40, 5}, {100, 400, 40, 40, 20, 40},
		{1000, 1, 40, 40, 40, 1}, {1, 1000, 40, 40, 1, 40}, {10, 10, 0, 0, 1, 1},
	} {
		w, h := Cells(image.NewRGBA(image.Rect(0, 0, c.w, c.h)), c.maxW, c.maxH)
		if w != c.cw || h != c.ch {
			t.Errorf("%d×%d in %d×%d: %d×%d, want %d×%d", c.w, c.h, c.maxW, c.maxH, w, h, c.cw, c.ch)
		}
	}
}

func TestScaleIsTheMean(t *testing.T) {
	m := image.NewGray(image.Rect(5, 5, 7, 7))
	copy(m.Pix, []byte{0, 100, 100, 200})
	if got := Scale(m, 1, 1).RGBAAt(0, 0); got.R != 100 {
		t.Errorf("mean of 0 100 100 200: %v", got)
	}
	if got := Scale(m, 4, 4).RGBAAt(3, 3); got.R != 200 {
		t.Errorf("made larger: %v", got)
	}
}

// gradient is a picture in which every colour matters.

func gradient() *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 96, 64))
	for y := range 64 {
		for x := range 96 {
			m.SetRGBA(x, y, color.RGBA{uint8(x * 255 / 95), uint8(y * 255 / 63), uint8(255 - x*255/95), 255})
		}
	}
	return m
}

func TestGolden(t *testing.T) {
	m := gradient()
	for name, got := range map[string]string{
		"truecolor": strings.Join(HalfBlocks(m, 12, 6, colorprofile.TrueColor), "\n"),
		"256":       strings.Join(HalfBlocks(m, 12, 6, colorprofile.ANSI256), "\n"),
		"16":        strings.Join(HalfBlocks(m, 12, 6, colorprofile.ANSI), "\n"),
		"ascii":     strings.Join(HalfBlocks(m, 24, 12, colorprofile.ASCII), "\n"),
		"sixel":     Sixel(m, 1, 4, 2, 0, 0).Payload,
	} {
		file := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s changed (go test -update writes it anew):\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestHalfBlocksKeepToTheirCells(t *testing.T) {
	for _, p := range []colorprofile.Profile{colorprofile.ASCII, colorprofile.ANSI, colorprofile.ANSI256, colorprofile.TrueColor} {
		lines := HalfBlocks(gradient(), 30, 50, p)
		if len(lines) != 10 {
			t.Errorf("%v: %d lines", p, len(lines))
		}
		for _, l := range lines {
			if width.Of(l) != 30 || p > colorprofile.ASCII && !strings.HasSuffix(l, "\x1b[m") {
				t.Errorf("%v: %d cells in %q", p, width.Of(l), l)
			}
			if p < colorprofile.TrueColor && strings.Contains(l, "8;2;") || p < colorprofile.ANSI256 && strings.Contains(l, "8;5;") {
				t.Errorf("%v has not the colours of %q", p, l)
			}
		}
	}
}

// What the terminal gets is the picture: the chunks together are the PNG.

// A small decoder of our own sees the colours in their places.

func TestDetect(t *testing.T) {
	for _, c := range []struct {
		term, env string
		want      Capability
	}{
		{"xterm-256color", "", Blocks}, {"vt100", "", Blocks}, {"", "", Blocks}, {"linux", "COLORTERM=truecolor", Blocks},
		{"xterm-kitty", "", Kittys}, {"xterm-ghostty", "", Kittys}, {"wezterm", "", Kittys},
		{"xterm-256color", "TERM_PROGRAM=WezTerm", Kittys}, {"xterm-256color", "KITTY_WINDOW_ID=1", Kittys},
		{"foot", "", Sixels}, {"foot-extra", "", Sixels}, {"mlterm-256color", "", Sixels}, {"contour", "", Sixels},
		{"tmux-256color", "KITTY_WINDOW_ID=1", Blocks}, {"screen.xterm-kitty", "", Blocks}, {"xterm-kitty", "TMUX=/tmp/x", Blocks},
	} {
		if got := Detect(c.term, strings.Fields(c.env)); got != c.want {
			t.Errorf("%s %s: %v, want %v", c.term, c.env, got, c.want)
		}
	}
}

func BenchmarkPhoto(b *testing.B) {
	data := encoded(b, four(4000, 3000), true)
	m, _ := Decode(data)
	b.Run("decode 12 megapixels", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = Decode(data)
		}
	})
	for name, p := range map[string]colorprofile.Profile{"truecolor": colorprofile.TrueColor, "256": colorprofile.ANSI256, "16": colorprofile.ANSI} {
		b.Run("blocks 80x24 "+name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				n = len(strings.Join(HalfBlocks(gradient(), 80, 24, p), ""))
			}
			b.ReportMetric(float64(n), "bytes")
		})
	}
	b.Run("kitty 80x24", func(b *testing.B) {
		for b.Loop() {
			Kitty(m, 1, 80, 24)
		}
	})
	b.Run("sixel 80x24", func(b *testing.B) {
		for b.Loop() {
			Sixel(m, 1, 80, 24, 0, 0)
		}
	})
}
