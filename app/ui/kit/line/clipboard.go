package line

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// Copied is a text on its way to the client's clipboard.
type Copied string

// maxCopied bounds what is put on a clipboard, in bytes: terminals drop longer sequences.
const maxCopied = 64 << 10

// Copy puts a text on the client's own clipboard (OSC 52), where its terminal allows that; a longer one than 64 KiB is
// not sent. It never touches the server's clipboard.
func Copy(text string) tea.Cmd {
	return func() tea.Msg { return Copied(text) }
}

// onCopy hands the text to the painter, or to bubbletea with the stock renderer.
func (s *session) onCopy(text Copied) tea.Cmd {
	switch {
	case len(text) > maxCopied:
		return nil
	case s.Stock:
		return tea.SetClipboard(string(text))
	}
	s.clip, s.stale = clipSequence(s.Term, ansi.SetSystemClipboard(string(text))), true
	return nil
}
