package sshsrv

import (
	"context"
	"errors"
	"strings"

	"charm.land/ssh"
	"github.com/anmitsu/go-shlex"

	"cohort/app/fault"
	"cohort/app/files"
	"cohort/app/policy"
	"cohort/app/ui/kit/line"
)

// job is what a client asked for.
type job struct {
	kind  Kind
	args  []string
	start string // where screens begin
	wrong string // of a Refusal: the key of the words
}

func (j job) via() policy.Face {
	switch j.kind {
	case Command:
		return policy.Command
	case SFTP, SCP:
		return policy.Files
	}
	return policy.Screen
}

// jobOf reads the client's wish. "ssh -t HOST open customers/42" is a command
// that starts the screens.
func (s *Server) jobOf(c *channel) job {
	pty, _, tty := c.Pty()
	if c.Subsystem() == "sftp" {
		return job{kind: SFTP}
	}
	args, err := shlex.Split(c.RawCommand(), true)
	if err != nil {
		return job{kind: Refusal, wrong: "ssh.open_quote"}
	}
	switch {
	case len(args) == 0 && !tty:
		return job{kind: Refusal, wrong: "ssh.no_terminal"}
	case len(args) == 0 && dumb(pty.Term):
		return job{kind: Refusal, wrong: "ssh.dumb"}
	case len(args) == 0:
		return job{kind: Screens}
	case args[0] == "scp":
		return job{kind: SCP, args: args}
	case args[0] == "open" && tty && !dumb(pty.Term) && len(args) <= 2 && !strings.HasPrefix(args[len(args)-1], "-"):
		return job{kind: Screens, start: strings.Join(args[1:], "")}
	}
	return job{kind: Command, args: args}
}

// dumb says whether a terminal cannot place a cursor.
func dumb(term string) bool { return term == "" || term == "dumb" || term == "unknown" }

// route does what was asked and ends the session with its exit code.
func (s *Server) route(ssh.Handler) ssh.Handler {
	return func(sess ssh.Session) {
		c := sess.(*channel)
		switch c.job.kind {
		case Screens:
			_ = c.Exit(s.runScreens(c))
		case Command:
			_ = c.Exit(s.runCommand(c))
		case SFTP, SCP:
			_ = c.Exit(s.runFiles(c))
		default:
			c.fail(fault.New(fault.Invalid, c.job.wrong), 2)
		}
	}
}

// runScreens runs the screens until the person quits (0) or something ends them
// (1). The client's own screen is back before anything is said.
func (s *Server) runScreens(c *channel) int {
	if s.Screens == nil {
		c.say(fault.New(fault.Forbidden, "ssh.no_screens"))
		return 1
	}
	model, over := s.Screens(c.open.session)
	if over != nil {
		defer over()
	}
	if model == nil {
		c.say(fault.New(fault.Forbidden, "ssh.no_screens"))
		return 1
	}
	err := line.Run(c.ctx, s.screenOptions(c), model)
	var broke *line.PanicError
	switch f := endedBy(c.ctx); {
	case f != nil:
		c.say(f)
	case errors.As(err, &broke):
		c.say(s.panicked(broke, broke.Stack))
	case err == nil:
		return 0
	}
	return 1
}

func (s *Server) screenOptions(c *channel) line.Options {
	mail := new(line.Mailbox)
	c.open.mail.Store(mail)
	if s.draining.Load() {
		s.goodbye(c.open)
	}
	pty, _, _ := c.Pty()
	o := line.Options{
		In: keys{c.Channel, &c.open.key}, Out: c.Channel, Width: pty.Window.Width, Height: pty.Window.Height, Resize: c.resize,
		Term: pty.Term, Env: c.open.session.Env, Mail: mail, Stock: s.StockRenderer,
	}
	if s.Watch.Frame != nil {
		o.OnFrame = func(f line.Frame) { s.Watch.Frame(f.Wait, f.Write, f.Bytes) }
	}
	return o
}

// runCommand runs a command, with or without a terminal.
func (s *Server) runCommand(c *channel) int {
	if s.Command == nil {
		c.say(fault.New(fault.Forbidden, "ssh.no_commands"))
		return 1
	}
	ctx, cancel := context.WithCancel(c.ctx)
	defer cancel()
	stdin, stdout, stderr := c.streams(cancel)
	code := s.Command(ctx, c.open.session, c.job.args, stdin, stdout, stderr)
	if f := endedBy(c.ctx); f != nil {
		c.say(f)
		return 1
	}
	return code
}

// runFiles serves scp and sftp. Whoever ends the session is heard at once: the
// protocols' readers know no context.
func (s *Server) runFiles(c *channel) int {
	if s.Files == nil {
		return s.turnAway(c, fault.New(fault.Forbidden, "ssh.no_files"))
	}
	stop := context.AfterFunc(c.ctx, func() {
		if f := endedBy(c.ctx); f != nil {
			c.fail(f, 1)
		}
		_ = c.Close()
	})
	defer stop()
	tree := s.Files(c.open.session)
	if tree == nil {
		return s.turnAway(c, fault.New(fault.Forbidden, "ssh.no_files"))
	}
	return s.serveFiles(c, tree)
}

func (s *Server) serveFiles(c *channel, tree files.FS) int {
	voice := files.Voice{Stderr: c.Channel.Stderr(), Printer: c.words(), Fault: s.faultOf, Busy: &c.open.busy}
	if c.job.kind == SFTP {
		return files.ServeSFTP(c.ctx, tree, c.Channel, voice)
	}
	return files.ServeSCP(c.ctx, tree, c.job.args, c.Channel, voice)
}

// turnAway ends a session that may not begin. File transfers go on with a tree
// that refuses everything: hanging up on them would look like a broken
// connection.
func (s *Server) turnAway(c *channel, f *fault.Fault) int {
	if c.job.kind != SFTP && c.job.kind != SCP {
		c.say(f)
		return 1
	}
	_ = s.serveFiles(c, files.Closed(f))
	return 1
}
