package picture

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
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
func rotated(data []byte, o uint16, order binary.AppendByteOrder) []byte {
	exif := []byte("Exif\x00\x00")
	if order.String() == "BigEndian" {
		exif = append(exif, "MM\x00*"...)
	} else {
		exif = append(exif, "II*\x00"...)
	}
	exif = order.AppendUint32(exif, 8)
	exif = order.AppendUint16(exif, 2)
	exif = append(exif, 0x01, 0x10, 0, 2, 0, 0, 0, 1, 'x', 0, 0, 0) // some other tag
	exif = order.AppendUint16(exif, 0x0112)
	exif = order.AppendUint16(exif, 3)
	exif = order.AppendUint32(exif, 1)
	exif = order.AppendUint16(exif, o)
	exif = append(exif, 0, 0)
	out := append([]byte{}, data[:2]...)
	out = append(out, 0xff, 0xe1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(exif)+2))
	return append(append(out, exif...), data[2:]...)
}

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

func TestOrientation(t *testing.T) {
	data := encoded(t, four(64, 32), true)
	for o, want := range map[uint16]string{
		0: "rgbw", 1: "rgbw", 2: "grwb", 3: "wbgr", 4: "bwrg", 5: "rbgw", 6: "brwg", 7: "wgbr", 8: "gwrb", 9: "rgbw",
	} {
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			m, err := Decode(rotated(data, o, order))
			if err != nil {
				t.Fatal(err)
			}
			if got := letters(m); got != want {
				t.Errorf("orientation %d %v: %s, want %s", o, order, got, want)
			}
			if side := o >= 5 && o <= 8; side != (m.Rect.Dy() > m.Rect.Dx()) {
				t.Errorf("orientation %d: %v", o, m.Rect)
			}
		}
	}
}

func TestDecode(t *testing.T) {
	if m, err := Decode(encoded(t, four(300, 200), false)); err != nil || letters(m) != "rgbw" || m.Rect.Dx() != 300 {
		t.Errorf("a small PNG: %v %v", m.Rect, err)
	}
	if m, err := Decode(encoded(t, four(3000, 500), true)); err != nil || letters(m) != "rgbw" || m.Rect.Dx() != 1280 || m.Rect.Dy() != 213 {
		t.Errorf("a large JPEG: %v %v", m.Rect, err)
	}
	clear := image.NewNRGBA(image.Rect(0, 0, 4, 4))
	if m, err := Decode(encoded(t, clear, false)); err != nil || letters(m) != "wwww" {
		t.Errorf("transparent: %v %v", m, err)
	}
	for name, data := range map[string][]byte{"nothing": nil, "text": []byte("hello"), "half": encoded(t, four(64, 64), true)[:300]} {
		if _, err := Decode(data); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A file of a few bytes that says it has 10 gigapixels is refused before anything is decoded.
func TestBomb(t *testing.T) {
	data := encoded(t, four(8, 8), false)
	binary.BigEndian.PutUint32(data[16:], 100_000)
	binary.BigEndian.PutUint32(data[20:], 100_000)
	binary.BigEndian.PutUint32(data[29:], crc(data[12:29]))
	if _, err := Decode(data); !errors.Is(err, ErrTooBig) {
		t.Errorf("got %v", err)
	}
}

func crc(b []byte) uint32 {
	c := ^uint32(0)
	for _, x := range b {
		c ^= uint32(x)
		for range 8 {
			c = c>>1 ^ 0xedb88320&-(c&1)
		}
	}
	return ^c
}

func FuzzDecode(f *testing.F) {
	f.Add(rotated(encoded(f, four(8, 8), true), 6, binary.LittleEndian))
	f.Add(encoded(f, four(8, 8), false))
	f.Fuzz(func(t *testing.T, data []byte) {
		orientation(data)
		if c, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil && c.Width*c.Height > 1<<20 {
			return // slow, not wrong
		}
		if m, err := Decode(data); err == nil && (m.Rect.Dx() > maxSide || m.Rect.Dy() > maxSide || m.Rect.Empty()) {
			t.Errorf("%v", m.Rect)
		}
	})
}

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

var chunk = regexp.MustCompile("^\x1b_G([^;]*);([^\x1b]*)\x1b\\\\")

// What the terminal gets is the picture: the chunks together are the PNG.
func TestKitty(t *testing.T) {
	m := gradient()
	noise := rand.New(rand.NewPCG(1, 2)) // for more than one chunk
	for i := range m.Pix {
		m.Pix[i] |= uint8(noise.IntN(256))
	}
	p := Kitty(m, 42, 20, 20)
	if p.ID != 42 || p.W != 20 || p.H != 7 || !strings.Contains(p.Clear, "i=42") {
		t.Errorf("%+v", p)
	}
	text, rest, chunks := "", p.Payload, 0
	for rest != "" {
		g := chunk.FindStringSubmatch(rest)
		if g == nil || len(g[2]) > 4096 {
			t.Fatalf("not a chunk: %.60q", rest)
		}
		rest = rest[len(g[0]):]
		chunks++
		if first := strings.Contains(g[1], "a=T,f=100,q=2,C=1,i=42,p=1,c=20,r=7"); first != (chunks == 1) {
			t.Errorf("chunk %d has %s", chunks, g[1])
		}
		if last := strings.HasSuffix(g[1], "m=0"); last != (rest == "") {
			t.Errorf("chunk %d has %s", chunks, g[1])
		}
		text += g[2]
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	got, err := png.Decode(bytes.NewReader(data))
	if err != nil || got.Bounds().Dx() != 96 || chunks < 2 {
		t.Errorf("%v in %d chunks, %v", got.Bounds(), chunks, err)
	}
}

// A small decoder of our own sees the colours in their places.
func TestSixel(t *testing.T) {
	p := Sixel(four(80, 80), 1, 4, 2, 10, 20)
	if p.W != 4 || p.H != 2 || p.Clear != "" {
		t.Errorf("%+v", p)
	}
	m := unsixel(t, p.Payload)
	if m.Rect.Dx() != 40 || m.Rect.Dy() != 40 || letters(m) != "rgbw" {
		t.Errorf("%v %s", m.Rect, letters(m))
	}
	for i := 3; i < len(m.Pix); i += 4 {
		if m.Pix[i] != 255 {
			t.Fatalf("pixel %d was not drawn", i/4)
		}
	}
}

func unsixel(t *testing.T, s string) *image.RGBA {
	t.Helper()
	var w, h int
	if _, err := fmt.Sscanf(s, "\x1bP0;1q\"1;1;%d;%d", &w, &h); err != nil {
		t.Fatal(err)
	}
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	s = strings.TrimSuffix(s[strings.Index(s, "#"):], "\x1b\\")
	colors, x, y, n := map[int]color.RGBA{}, 0, 0, 0
	number := func() int {
		v := 0
		for len(s) > 0 && s[0] >= '0' && s[0] <= '9' {
			v, s = v*10+int(s[0]-'0'), s[1:]
		}
		return v
	}
	for s != "" {
		c := s[0]
		s = s[1:]
		repeat := 1
		switch c {
		case '#':
			n = number()
			var v [4]int
			for i := 0; len(s) > 0 && s[0] == ';'; i++ {
				s = s[1:]
				v[i] = number()
			}
			if v[0] == 2 {
				colors[n] = color.RGBA{uint8(v[1] * 255 / 100), uint8(v[2] * 255 / 100), uint8(v[3] * 255 / 100), 255}
			}
			continue
		case '$':
			x = 0
			continue
		case '-':
			x, y = 0, y+6
			continue
		case '!':
			repeat = number()
			c, s = s[0], s[1:]
		}
		for range repeat {
			for dy := range 6 {
				if (c-'?')>>dy&1 == 1 {
					m.SetRGBA(x, y+dy, colors[n])
				}
			}
			x++
		}
	}
	return m
}

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
