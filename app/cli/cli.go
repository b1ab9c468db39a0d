// Package cli is the command face: "ssh HOST customers list --json". It reads
// arguments, calls the same services as the screens and prints plain aligned
// text or JSON with stable names. It holds no rule and no SQL.
//
// Exit codes: 0 done, 1 refused (the reason is on stderr), 2 wrong usage.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"time"

	"cohort/app"
	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/session"
)

// The exit codes.
const (
	exitDone    = 0
	exitRefused = 1
	exitUsage   = 2
)

// call is one command being run: who, in which language, where to print.
type call struct {
	ctx  context.Context
	app  *app.App
	sess *session.Session
	by   policy.Actor
	p    i18n.Printer
	in   io.Reader
	out  *output
	err  *output
	json bool
	all  []command
	path string // of the command that runs, for the log
}

// Run runs one command line and gives its exit code.
func Run(ctx context.Context, a *app.App, s *session.Session, args []string, in io.Reader, out, errOut io.Writer) (code int) {
	c := &call{ctx: ctx, app: a, sess: s, p: a.Printer(s.Lang(ctx)), in: in, out: newOutput(out), err: newOutput(errOut)}
	defer func() {
		if r := recover(); r != nil {
			code = c.exit(fmt.Errorf("panic: %v\n%s", r, debug.Stack()))
		}
	}()
	by, ok := s.Actor(ctx)
	if !ok {
		return c.exit(fault.New(fault.Forbidden, "cli.ended"))
	}
	if by.Unsure != nil {
		return c.exit(by.Unsure)
	}
	c.by = by
	c.all = c.commands()
	return c.exit(c.dispatch(args))
}

// usageError is a command line that cannot be understood: exit code 2.
type usageError struct {
	fault *fault.Fault
	see   string // the command whose help tells more; "" is the overview
}

func (e *usageError) Error() string { return e.fault.Error() }

// misuse makes a usage error from words.
func misuse(key string, args ...any) error {
	return &usageError{fault: fault.New(fault.Invalid, key, args...)}
}

// exit prints why a command failed and picks the code. Whoever no longer reads
// what we print is told nothing.
func (c *call) exit(err error) int {
	if failed := c.out.Flush(); failed != nil && err == nil {
		return exitRefused
	}
	defer func() { _ = c.err.Flush() }()
	var u *usageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &u):
		c.line(c.err, clean.Text(c.p.Fault(u.fault)))
		c.line(c.err, c.seeHelp(u.see))
		return exitUsage
	case c.ctx.Err() != nil && fault.Of(err) == fault.Internal:
		return exitRefused // the client has gone
	}
	c.app.Refused(c.ctx, c.by, c.path, err)
	c.line(c.err, clean.Text(c.p.Error(c.app.Explain(c.ctx, err, slog.String("command", c.path)))))
	return exitRefused
}

func (c *call) seeHelp(path string) string {
	if path == "" {
		return c.p.T("cli.see_help_all")
	}
	return c.p.T("cli.see_help", "command", path)
}

func (c *call) line(w io.Writer, text string) { _, _ = fmt.Fprintln(w, text) }

// now is the present in the school's zone.
func (c *call) now() time.Time { return c.app.DB.Now().In(c.app.Zone) }
