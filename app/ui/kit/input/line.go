package input

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cohort/app/ui/kit/width"
)

// Line is a field for one line of text.
type Line struct {
	text
	first    int // the rune that stands in the first cell
	masked   bool
	proposed bool // the text is a proposal
}

// NewLine returns an empty field for at most limit characters.
func NewLine(limit int) *Line { return &Line{text: text{limit: limit}} }

// Mask shows every character as "*": passwords. What is taken out of a masked field cannot be brought back.
func (l *Line) Mask(on bool) { l.masked = on }

// Set replaces the text and puts the cursor at its end.
func (l *Line) Set(s string) {
	l.text.Set(s)
	l.proposed = false
}

// Propose puts a text there that what is typed next takes the place of, as text that is selected elsewhere: backspace
// takes it away, and any other key makes it one's own to edit.
func (l *Line) Propose(s string) {
	l.Set(s)
	l.proposed = l.Len() > 0
}

// Proposed says that the text is a proposal which nobody has touched.
func (l *Line) Proposed() bool { return l.proposed }

// AtEnd says that the cursor stands behind the last character.
func (l *Line) AtEnd() bool { return l.pos == len(l.runes) }

// Update takes a key or a paste and says whether the text changed.
func (l *Line) Update(msg tea.Msg) (changed bool) {
	if l.proposed && replaces(msg) {
		l.kill(0, len(l.runes))
		changed = true
	}
	edited, mine := l.edit(msg)
	if changed = changed || edited; changed || mine {
		l.proposed = false
	}
	if l.masked {
		l.killed = nil
	}
	return changed
}

// replaces says that a message takes the place of a proposal.
func replaces(msg tea.Msg) bool {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		return true
	case tea.KeyPressMsg:
		return msg.Text != "" && msg.Mod&^tea.ModShift == 0 || slices.Contains([]string{"backspace", "ctrl+h", "delete"}, msg.Keystroke())
	}
	return false
}

// View returns the part of the text around the cursor in exactly w cells; a field that is not focused shows its
// beginning.
func (l *Line) View(w int, focused bool) string {
	first := 0
	if focused {
		l.scroll(w)
		first = l.first
	}
	if l.masked {
		return width.Pad(strings.Repeat("*", min(len(l.runes)-first, max(w, 0))), w)
	}
	end, used := first, 0
	for end < len(l.runes) && used+width.Rune(l.runes[end]) <= w {
		used += width.Rune(l.runes[end])
		end++
	}
	return string(l.runes[first:end]) + width.Spaces(w-used)
}

// Cursor returns the cell of the cursor in a focused View of w cells, from 0.
func (l *Line) Cursor(w int) (x int) {
	l.scroll(w)
	return l.cells(l.first, l.pos)
}

// scroll moves the first shown rune so that the cursor's cell is within w, and no room is wasted at the right.
func (l *Line) scroll(w int) {
	l.first = min(l.first, l.pos)
	for l.first < l.pos && l.cells(l.first, l.pos) > w-1 {
		l.first++
	}
	for l.first > 0 && l.cells(l.first-1, len(l.runes)) <= w-1 {
		l.first--
	}
	for l.first > 0 && l.first < l.pos && !l.masked && width.Rune(l.runes[l.first]) == 0 {
		l.first++ // a mark without its character
	}
}

func (l *Line) cells(from, to int) int {
	if l.masked {
		return to - from
	}
	return cells(l.runes[from:to])
}
