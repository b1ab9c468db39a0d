package line

import (
	"encoding/base64"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// copier copies a text at every key but ctrl+c, which ends it.
type copier struct{ text string }

func (copier) Init() tea.Cmd { return nil }
func (m copier) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if k, ok := msg.(tea.KeyPressMsg); ok {
		if k.String() == "ctrl+c" {
			return m, tea.Quit
		}
		return m, Copy(m.text)
	}
	return m, nil
}
func (copier) View() tea.View { return tea.NewView("copier") }

func TestCopyReachesTheClientsClipboard(t *testing.T) {
	for text, sent := range map[string]bool{"王小明 138": true, strings.Repeat("x", maxCopied+1): false} {
		c := newClient(t, 80, 24).run(copier{text})
		c.shows("copier")
		c.keys("y")
		want := "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(text))
		if sent {
			c.await("the text", func() bool { return strings.Contains(string(c.raw), want) })
		}
		c.keys("\x03")
		_ = c.ends()
		if strings.Contains(string(c.raw), "\x1b]52") != sent {
			t.Errorf("%d bytes: sent %v, want %v", len(text), !sent, sent)
		}
	}
}
