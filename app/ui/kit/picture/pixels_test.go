package picture

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

var chunk = regexp.MustCompile("^\x1b_G([^;]*);([^\x1b]*)\x1b\\\\")

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
