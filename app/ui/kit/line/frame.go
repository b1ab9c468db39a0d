package line

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cohort/app/ui/kit/width"
)

// frame appends what turns the screen into the shot, and remembers the shot as shown.
func (c *screen) frame(b []byte, s shot) []byte {
	switch {
	case !c.entered:
		b = append(b, enter...)
		c.entered, c.size = true, s.size
	case s.clear || s.size != c.size:
		b = c.erase(b)
		c.size = s.size
	}
	begin := len(b)
	if c.visible { // hidden while lines are written, if any are
		b = append(b, hide...)
	}
	from := len(b)
	b = c.dropPictures(b, s.pictures)
	b = c.drawLines(b, s.view.Content)
	b = c.drawPictures(b, s.pictures, s.size)
	drew := len(b) > from
	if drew {
		c.visible = false
	} else {
		b = b[:begin]
	}
	b = c.modes(b, s.view)
	return c.place(b, s.view.Cursor, drew)
}

// erase clears the screen, with its pictures.
func (c *screen) erase(b []byte) []byte {
	for _, p := range c.shown {
		b = append(b, p.Clear...)
	}
	c.shown, c.lines, c.visible = nil, nil, false
	return append(b, hide+"\x1b[m\x1b[2J"...)
}

// drawLines writes the lines that changed. A line beyond the window is not drawn.
func (c *screen) drawLines(b []byte, content string) []byte {
	lines := split(content, c.size.Height)
	c.wrote = slices.Grow(c.wrote[:0], max(len(lines), len(c.lines)))[:max(len(lines), len(c.lines))]
	clear(c.wrote)
	for y := range c.wrote {
		was, now := at(c.lines, y), at(lines, y)
		if was == now {
			continue
		}
		c.wrote[y] = true
		b = moveTo(b, 0, y)
		b = c.draw(b, now)
	}
	c.lines = lines
	return b
}

func at(lines []string, y int) string {
	if y < len(lines) {
		return lines[y]
	}
	return ""
}

// split cuts content into at most h lines.
func split(content string, h int) []string {
	lines := strings.SplitN(content, "\n", h+1)
	if len(lines) > h {
		lines = lines[:h]
	}
	return lines
}

// modes sends the title and the mouse's mode when they changed.
func (c *screen) modes(b []byte, v tea.View) []byte {
	if title := width.Head(width.Clean(v.WindowTitle), 80); title != c.title {
		b = append(append(append(b, "\x1b]2;"...), title...), '\a')
		c.title = title
	}
	if mouse := v.MouseMode != tea.MouseModeNone; mouse != c.mouse {
		b = append(b, map[bool]string{true: mouseOn, false: mouseOff}[mouse]...)
		c.mouse = mouse
	}
	return b
}

// place puts the cursor where the view wants it. Its shape stays the person's.
func (c *screen) place(b []byte, cur *tea.Cursor, moved bool) []byte {
	if cur == nil {
		if c.visible {
			b = append(b, hide...)
		}
		c.visible = false
		return b
	}
	at := tea.Position{X: min(max(cur.X, 0), c.size.Width-1), Y: min(max(cur.Y, 0), c.size.Height-1)}
	if moved || !c.visible || at != c.cursor {
		b = moveTo(b, at.X, at.Y)
	}
	if !c.visible {
		b = append(b, show...)
	}
	c.cursor, c.visible = at, true
	return b
}
