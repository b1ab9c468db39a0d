package sshsrv

import (
	"strings"
	"unicode"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"cohort/app/ui/kit/line"
)

// Bounds of what a client may set before it begins.
const (
	maxEnv      = 32  // variables
	maxEnvValue = 256 // bytes
	maxTerm     = 64  // bytes
	maxCommand  = 64 << 10
)

// start notes what the client wants; one channel does one thing.
func (c *channel) start(req *gossh.Request) bool {
	var what struct{ Value string }
	if req.Type != "shell" && gossh.Unmarshal(req.Payload, &what) != nil || len(what.Value) > maxCommand {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.begun || req.Type == "subsystem" && what.Value != "sftp" {
		return false
	}
	c.begun = true
	switch req.Type {
	case "exec":
		c.raw = what.Value
	case "subsystem":
		c.system = what.Value
	}
	return true
}

// setenv takes the few variables that say how to speak and draw, and nothing
// else: what a client sets never reaches a process, but a name it chooses
// freely must not be taken for one of ours.
func (c *channel) setenv(payload []byte) bool {
	var kv struct{ Name, Value string }
	if gossh.Unmarshal(payload, &kv) != nil || !welcome(kv.Name) || len(kv.Value) > maxEnvValue {
		return false
	}
	if strings.ContainsFunc(kv.Value, unicode.IsControl) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.begun || len(c.env) >= maxEnv {
		return false
	}
	c.env = append(c.env, kv.Name+"="+kv.Value)
	return true
}

func welcome(name string) bool {
	switch name {
	case "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LC_TIME",
		"COLORTERM", "COLORFGBG", "NO_COLOR", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "TZ":
		return true
	}
	return false
}

func (c *channel) setPty(payload []byte) bool {
	var req struct {
		Term                string
		Cols, Rows          uint32
		PixWidth, PixHeight uint32
		Modes               string
	}
	if gossh.Unmarshal(payload, &req) != nil || len(req.Term) > maxTerm || strings.ContainsFunc(req.Term, unusual) {
		return false
	}
	z := clamp(req.Cols, req.Rows)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.begun || c.pty != nil {
		return false
	}
	c.pty = &ssh.Pty{Term: req.Term, Window: ssh.Window{Width: z.Width, Height: z.Height}}
	return true
}

// unusual says whether r has no place in a terminal's name.
func unusual(r rune) bool { return r <= ' ' || r > '~' }

// setSize takes a window change, before the work begins or later. Only the
// newest is kept, so neither a storm of them nor a program that is busy holds
// the connection up.
func (c *channel) setSize(payload []byte) bool {
	var req struct{ Cols, Rows, PixWidth, PixHeight uint32 }
	if gossh.Unmarshal(payload, &req) != nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pty == nil || req.Cols == 0 || req.Rows == 0 {
		return false
	}
	z := clamp(req.Cols, req.Rows)
	c.pty.Window = ssh.Window{Width: z.Width, Height: z.Height}
	select {
	case <-c.resize:
	default:
	}
	c.resize <- z // room: this is the only sender
	return true
}

// clamp bounds a size: a client may ask for 3000 × 1000, or for 4 billion.
func clamp(cols, rows uint32) line.Size {
	return line.Size{Width: int(min(cols, 1<<16)), Height: int(min(rows, 1<<16))}.Clamp()
}

// signal ends the work at the signals that mean so.
func (c *channel) signal(payload []byte) bool {
	var sig struct{ Name string }
	if gossh.Unmarshal(payload, &sig) != nil {
		return false
	}
	switch sig.Name {
	case "INT", "TERM", "HUP", "QUIT", "KILL":
		c.hangup()
		return true
	}
	return false
}
