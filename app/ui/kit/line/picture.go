package line

import "strconv"

// Picture is a picture in pixels (Kitty's or Sixel's protocol) at a place on the screen. A model that shows some has a
// method
//
//	Pictures() []line.Picture
//
// which is asked after every View. A picture is sent once and stays until it, its place or the window changes; the view
// leaves its cells blank.
type Picture struct {
	ID         uint32 // unique on the screen
	X, Y, W, H int    // cells, from 0
	Payload    string // sent as it is, with the cursor at X, Y
	Clear      string // sent to remove it; empty: its cells are written again (Sixel)
}

// pictured is a model with pictures.
type pictured interface{ Pictures() []Picture }

func (s *session) pictures() []Picture {
	p, ok := s.inner.(pictured)
	if !ok {
		return nil
	}
	defer s.guard("Pictures")
	return p.Pictures()
}

// fits says whether the picture lies within the window; Sixel in the last row would scroll it.
func (p Picture) fits(z Size) bool {
	bottom := z.Height
	if p.Clear == "" {
		bottom--
	}
	return p.X >= 0 && p.Y >= 0 && p.W > 0 && p.H > 0 && p.X+p.W <= z.Width && p.Y+p.H <= bottom
}

// dropPictures removes what the new view no longer has, or has otherwise. The lines beneath a picture without a Clear
// are forgotten, so that they are written again.
func (c *screen) dropPictures(b []byte, now []Picture) []byte {
	kept := c.shown[:0]
	for _, old := range c.shown {
		if has(now, old) {
			kept = append(kept, old)
			continue
		}
		b = append(b, old.Clear...)
		if old.Clear == "" {
			c.forget(old)
		}
	}
	clear(c.shown[len(kept):])
	c.shown = kept
	return b
}

// drawPictures sends what is not on the screen yet, and again those in whose lines something was written over them.
func (c *screen) drawPictures(b []byte, now []Picture, z Size) []byte {
	for _, p := range now {
		if !p.fits(z) {
			continue
		}
		shown := has(c.shown, p)
		if shown && !(p.Clear == "" && c.wroteIn(p)) {
			continue
		}
		b = moveTo(b, p.X, p.Y)
		b = append(b, p.Payload...)
		if !shown {
			c.shown = append(c.shown, p)
		}
	}
	return b
}

func has(list []Picture, p Picture) bool {
	for _, q := range list {
		if q == p {
			return true
		}
	}
	return false
}

func (c *screen) forget(p Picture) {
	for y := p.Y; y < p.Y+p.H && y < len(c.lines); y++ {
		c.lines[y] = unknown
	}
}

func (c *screen) wroteIn(p Picture) bool {
	for y := p.Y; y < p.Y+p.H && y < len(c.wrote); y++ {
		if c.wrote[y] {
			return true
		}
	}
	return false
}

// moveTo appends an absolute cursor move to a cell, counted from 0.
func moveTo(b []byte, x, y int) []byte {
	b = append(b, "\x1b["...)
	b = strconv.AppendInt(b, int64(y+1), 10)
	if x > 0 {
		b = append(b, ';')
		b = strconv.AppendInt(b, int64(x+1), 10)
	}
	return append(b, 'H')
}
