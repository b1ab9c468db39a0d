package line

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
)

// step is what a person does, and the model that must be on the screen afterwards.
type step struct {
	keys  string
	after func(table) table
}

var recorded = []step{
	{"j", func(m table) table { return m.with("j") }},
	{"jjjjj", func(m table) table { return m.with("j", "j", "j", "j", "j") }},
	{"\x1b[6~", func(m table) table { return m.with("pgdown") }},
	{"\x1b[6~\x1b[6~", func(m table) table { return m.with("pgdown", "pgdown") }},
	{"张三", func(m table) table { return m.with("张", "三") }},
	{"，Li", func(m table) table { return m.with("，", "L", "i") }},
	{"\x1b[200~粘贴的文字\x1b[201~", func(m table) table { m.typed += "粘贴的文字"; return m }},
	{"k", func(m table) table { return m.with("k") }},
}

// A session in Chinese, checked cell by cell in two emulators after every step, the cursor too.
func TestRecordedSession(t *testing.T) {
	const w, h = 100, 30
	c := newClient(t, w, h).run(table{})
	m := table{w: w, h: h}
	var frames bytes.Buffer
	sent := 0
	check := func() {
		t.Helper()
		c.shows(m.content())
		cur := m.View().Cursor
		c.await("cursor", func() bool { return c.screen.CursorPosition() == uv.Pos(cur.X, cur.Y) && !c.hidden })
		c.mu.Lock()
		defer c.mu.Unlock()
		frame, _ := json.Marshal(map[string]any{
			"data": base64.StdEncoding.EncodeToString(c.raw[sent:]), "x": cur.X, "y": cur.Y,
			"view": strings.Join(want(m.content(), w, h), "\n"),
		})
		frames.Write(append(frame, '\n'))
		sent = len(c.raw)
	}
	check()
	for _, s := range recorded {
		c.keys(s.keys)
		m = s.after(m)
		check()
	}
	c.keys("\x03")
	if err := c.ends(); err != nil {
		t.Errorf("ended with %v", err)
	}
	c.restored()
	replay(t, frames.Bytes(), w, h)
}

// replay checks the recording in pyte, an emulator by other people, if it is installed (Debian: python3-pyte).
func replay(t *testing.T, frames []byte, w, h int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "frames.jsonl")
	if err := os.WriteFile(file, frames, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(python, "-c", "import pyte").Run() != nil {
			continue
		}
		out, err := exec.Command(python, "testdata/replay_pyte.py", file, fmt.Sprint(w), fmt.Sprint(h)).CombinedOutput()
		if err != nil {
			t.Errorf("pyte shows something else: %v\n%s", err, out)
		}
		return
	}
	if os.Getenv("COHORT_REQUIRE_CLIENTS") != "" {
		t.Fatal("pyte is missing")
	}
	t.Log("no pyte: one emulator only")
}
