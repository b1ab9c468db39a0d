// Package input holds the two fields into which people type: Line and Area. They draw text only and say in which cell
// the terminal's own cursor belongs, because an input method opens its window there; both count cells, not characters.
// Every value has a limit, pasted text is cleaned, and nothing reads a clipboard: it would be the server's.
//
// Keys are those of a shell: ctrl+a/e or home/end, ctrl+b/f or arrows, alt+b/f or ctrl+arrows by words, ctrl+h/d/w/k/u
// and alt+d delete, ctrl+y brings back what ctrl+k/u/w took. Enter, tab and escape are the form's in a Line.
package input

import (
	"slices"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"cohort/app/ui/kit/width"
)

// text is what both fields have in common: runes, a position among them, a limit.
type text struct {
	runes  []rune
	pos    int // the cursor stands before runes[pos]
	limit  int // most runes
	killed []rune
	lines  bool // line breaks are allowed
}

// Value returns the text.
func (t *text) Value() string { return string(t.runes) }

// Set replaces the text, cleaned and cut to the limit, and puts the cursor at its end.
func (t *text) Set(s string) {
	t.runes, t.pos = nil, 0
	t.insert(s)
}

// Len returns the number of characters.
func (t *text) Len() int { return len(t.runes) }

func (t *text) clean(s string) string {
	if t.lines {
		return width.CleanLines(s)
	}
	return width.Clean(s)
}

// insert puts s before the cursor, as much of it as the limit allows.
func (t *text) insert(s string) bool {
	room := t.limit - len(t.runes)
	if room <= 0 || s == "" {
		return false
	}
	// Cleaning looks at a bounded part: what is beyond could not be taken in anyway, short of a paste of escapes only.
	add := []rune(t.clean(s[:min(len(s), 16*room+64)]))
	add = add[:min(len(add), room)]
	t.runes = slices.Insert(t.runes, t.pos, add...)
	t.pos += len(add)
	return len(add) > 0
}

// edit does what a key or a paste asks. It says whether the text changed, and whether the message was for it at all.
func (t *text) edit(msg tea.Msg) (changed, mine bool) {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		return t.insert(msg.Content), true
	case tea.KeyPressMsg:
		if msg.Text != "" && msg.Mod&^tea.ModShift == 0 {
			return t.insert(msg.Text), true
		}
		return t.key(msg.Keystroke())
	}
	return false, false
}

func (t *text) key(name string) (changed, mine bool) {
	switch name {
	case "left", "ctrl+b":
		t.pos = t.before(t.pos)
	case "right", "ctrl+f":
		t.pos = t.after(t.pos)
	case "alt+b", "alt+left", "ctrl+left":
		t.pos = t.wordBefore()
	case "alt+f", "alt+right", "ctrl+right":
		t.pos = t.wordAfter()
	case "backspace", "ctrl+h", "shift+backspace":
		return t.remove(t.before(t.pos), t.pos), true
	case "delete", "ctrl+d":
		return t.remove(t.pos, t.after(t.pos)), true
	case "ctrl+w", "alt+backspace", "ctrl+backspace":
		return t.kill(t.wordBefore(), t.pos), true
	case "alt+d", "ctrl+delete":
		return t.kill(t.pos, t.wordAfter()), true
	case "ctrl+y":
		return t.insert(string(t.killed)), true
	case "home", "ctrl+a":
		t.pos = t.lineStart()
	case "end", "ctrl+e":
		t.pos = t.lineEnd()
	case "ctrl+u":
		return t.kill(t.lineStart(), t.pos), true
	case "ctrl+k":
		return t.killLine(), true
	default:
		return false, false
	}
	return false, true
}

// killLine removes up to the end of the line, or the line break that stands there.
func (t *text) killLine() bool {
	end := t.lineEnd()
	if end == t.pos {
		return t.remove(end, t.after(end))
	}
	return t.kill(t.pos, end)
}

func (t *text) remove(from, to int) bool {
	if from >= to {
		return false
	}
	t.runes = slices.Delete(t.runes, from, to)
	t.pos = from
	return true
}

func (t *text) kill(from, to int) bool {
	if from < to {
		t.killed = slices.Clone(t.runes[from:to])
	}
	return t.remove(from, to)
}

// before is the position of the character before i, with the marks that belong to it.
func (t *text) before(i int) int {
	for i > 0 {
		i--
		if width.Rune(t.runes[i]) > 0 || t.runes[i] == '\n' {
			break
		}
	}
	return i
}

// after is the position behind the character at i.
func (t *text) after(i int) int {
	if i < len(t.runes) {
		i++
	}
	for i < len(t.runes) && t.runes[i] != '\n' && width.Rune(t.runes[i]) == 0 {
		i++
	}
	return i
}

func (t *text) lineStart() int {
	i := t.pos
	for i > 0 && t.runes[i-1] != '\n' {
		i--
	}
	return i
}

func (t *text) lineEnd() int {
	i := t.pos
	for i < len(t.runes) && t.runes[i] != '\n' {
		i++
	}
	return i
}

func (t *text) wordBefore() int {
	i := t.pos
	for i > 0 && !wordy(t.runes[i-1]) {
		i--
	}
	for i > 0 && wordy(t.runes[i-1]) {
		i--
	}
	return i
}

func (t *text) wordAfter() int {
	i := t.pos
	for i < len(t.runes) && !wordy(t.runes[i]) {
		i++
	}
	for i < len(t.runes) && wordy(t.runes[i]) {
		i++
	}
	return i
}

// wordy: Chinese has no spaces, so a word is what stands between punctuation.
func wordy(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_'
}

func cells(runes []rune) int {
	n := 0
	for _, r := range runes {
		n += width.Rune(r)
	}
	return n
}
