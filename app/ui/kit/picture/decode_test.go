package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"testing"
)

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
