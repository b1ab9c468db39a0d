package cli

import (
	"bufio"
	"context"
	"io"
	"strings"

	"cohort/app/fault"
)

// The bounds of what is read from standard input.
const (
	maxKeyText = 64 << 10
	maxSecret  = 4 << 10
)

// read takes standard input to its end; a line of it on a terminal, where
// nobody thinks of ending it.
func (c *call) read(limit int64) (string, error) {
	if c.sess.PTY {
		c.prompt("cli.ask_key")
		lines, err := c.lines(1, limit)
		return strings.Join(lines, ""), err
	}
	type answer struct {
		text []byte
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		b, err := io.ReadAll(io.LimitReader(c.in, limit))
		done <- answer{b, err}
	}()
	select {
	case <-c.ctx.Done():
		return "", context.Cause(c.ctx)
	case a := <-done:
		return string(a.text), a.err
	}
}

// lines takes so many lines of standard input, fewer where it ends.
func (c *call) lines(n int, limit int64) ([]string, error) {
	done := make(chan []string, 1)
	go func() {
		var out []string
		r := bufio.NewScanner(io.LimitReader(c.in, limit))
		r.Buffer(nil, int(limit)+1)
		for len(out) < n && r.Scan() {
			out = append(out, strings.TrimSuffix(r.Text(), "\r"))
		}
		done <- out
	}()
	select {
	case <-c.ctx.Done():
		return nil, context.Cause(c.ctx)
	case out := <-done:
		return out, nil
	}
}

func (c *call) prompt(key string) {
	_, _ = c.err.WriteString(c.p.T(key))
	_ = c.err.Flush()
}

// quiet is standard input on a terminal that can stop echoing.
type quiet interface{ Echo(on bool) }

// hush stops the echo where the server can, and gives what starts it again.
// Where it cannot, the terminal is told to draw what is typed invisibly.
func (c *call) hush() (loud func()) {
	if q, ok := c.in.(quiet); ok {
		q.Echo(false)
		return func() { q.Echo(true) }
	}
	_, _ = c.err.WriteString(conceal)
	return func() { _, _ = c.err.WriteString(reveal) }
}

// Concealed text is drawn invisibly by terminals: the server echoes what is
// typed, and a password must not be seen.
const (
	conceal = "\x1b[8m"
	reveal  = "\x1b[28m"
)

// changePassword asks for the old password and the new one: two lines of
// standard input, or three questions on a terminal.
func changePassword(c *call, _ input) error {
	secrets, err := c.secrets()
	if err != nil {
		return err
	}
	if err := c.app.Org.ChangePassword(c.ctx, c.by, secrets[0], secrets[1]); err != nil {
		return err
	}
	return c.done(object{"changed": true}, "cli.password_changed")
}

func (c *call) secrets() ([]string, error) {
	if !c.sess.PTY {
		lines, err := c.lines(2, maxSecret)
		if err == nil && len(lines) < 2 {
			err = misuse("cli.password_lines")
		}
		return lines, err
	}
	all, err := c.askSecrets("cli.ask_old", "cli.ask_new", "cli.ask_again")
	switch {
	case err != nil:
		return nil, err
	case len(all) < 3:
		return nil, misuse("cli.password_lines")
	case all[1] != all[2]:
		return nil, fault.Field("password", "cli.password_differs")
	}
	return all[:2], nil
}

// askSecrets asks question after question; what is typed is not seen.
func (c *call) askSecrets(keys ...string) (out []string, err error) {
	in := bufio.NewReader(io.LimitReader(c.in, maxSecret))
	for _, key := range keys {
		_, _ = c.err.WriteString(c.p.T(key))
		loud := c.hush()
		_ = c.err.Flush()
		line, err := c.line1(in)
		loud()
		if err != nil {
			return out, err
		}
		if line == "" {
			return out, nil
		}
		out = append(out, strings.TrimRight(line, "\r\n"))
	}
	return out, nil
}

// line1 reads one line, with its end; "" at the end of input.
func (c *call) line1(in *bufio.Reader) (string, error) {
	done := make(chan string, 1)
	go func() {
		s, _ := in.ReadString('\n')
		done <- s
	}()
	select {
	case <-c.ctx.Done():
		return "", context.Cause(c.ctx)
	case s := <-done:
		return s, nil
	}
}
