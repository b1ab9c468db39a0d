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
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cohort/app"
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
	out  io.Writer
	err  io.Writer
	json bool
}

// usageError is a command line that cannot be understood: exit code 2.
type usageError struct{ error }

// Run runs one command line and gives its exit code.
func Run(ctx context.Context, a *app.App, s *session.Session, args []string, in io.Reader, out, errOut io.Writer) int {
	by, ok := s.Actor(ctx)
	c := &call{ctx: ctx, app: a, sess: s, by: by, p: a.Printer(s.Lang(ctx)), in: in, out: out, err: errOut}
	if !ok {
		_, _ = fmt.Fprintln(errOut, c.p.T("cli.ended"))
		return exitRefused
	}
	root := c.tree()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	return c.exit(root, args, err)
}

// exit prints why a command failed and picks the code.
func (c *call) exit(root *cobra.Command, args []string, err error) int {
	if err == nil {
		return exitDone
	}
	var u usageError
	if errors.As(err, &u) || isUnknown(err) {
		_, _ = fmt.Fprintln(c.err, c.usageText(root, args, err))
		return exitUsage
	}
	_, _ = fmt.Fprintln(c.err, c.p.Error(c.app.Explain(c.ctx, err, slog.String("command", commandName(args)))))
	return exitRefused
}

// commandName is what a log may hold of a command line: its words before the
// first flag or argument with data.
func commandName(args []string) string {
	n := min(len(args), 2)
	return strings.Join(args[:n], " ")
}

// isUnknown recognises cobra's complaint about a word that is no command.
func isUnknown(err error) bool {
	return strings.HasPrefix(err.Error(), "unknown command") || strings.HasPrefix(err.Error(), "unknown flag")
}

func (c *call) usageText(root *cobra.Command, args []string, err error) string {
	var f *fault.Fault
	text := ""
	switch {
	case errors.As(err, &f):
		text = c.p.Fault(f)
	case strings.HasPrefix(err.Error(), "unknown command"):
		text = c.p.T("cli.unknown", "command", strings.Join(args[:min(len(args), 2)], " "))
	default:
		text = c.p.T("cli.bad_flag", "text", strings.TrimPrefix(err.Error(), "invalid argument "))
	}
	if found, _, e := root.Find(args); e == nil && found != root {
		return text + "\n" + c.p.T("cli.see_help", "command", found.CommandPath())
	}
	return text + "\n" + c.p.T("cli.see_help_all")
}

// misuse makes a usage error from words.
func misuse(key string, args ...any) error {
	return usageError{fault.New(fault.Invalid, key, args...)}
}

// tree builds the commands that this actor may use. A command whose right is
// missing is not there, as a menu entry would not be.
func (c *call) tree() *cobra.Command {
	root := &cobra.Command{Use: "ssh HOST", SilenceErrors: true, SilenceUsage: true, DisableAutoGenTag: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return misuse("cli.unknown", "command", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { c.help(cmd); return nil }}
	root.CompletionOptions.DisableDefaultCmd = true
	root.PersistentFlags().BoolVar(&c.json, "json", false, c.p.T("cli.flag.json"))
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { c.help(cmd) })
	root.SetHelpCommand(&cobra.Command{Use: "help [COMMAND]", Short: c.p.T("cli.help.short"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.helpOn(root, args) }})
	c.records(root)
	c.verbs(root)
	return root
}

// add hangs a leaf command into the tree. nargs is how many arguments it takes;
// -1: any number.
func (c *call) add(parent *cobra.Command, use string, nargs int, run func(cmd *cobra.Command, args []string) error) *cobra.Command {
	name, _, _ := strings.Cut(use, " ")
	key := "cli." + strings.ReplaceAll(strings.TrimPrefix(parent.CommandPath()+" "+name, "ssh HOST "), " ", ".")
	cmd := &cobra.Command{Use: use, Short: c.p.T(strings.ReplaceAll(key, "-", "_")), RunE: run, Args: func(cmd *cobra.Command, args []string) error {
		if nargs >= 0 && len(args) != nargs {
			return misuse("cli.args", "usage", cmd.UseLine())
		}
		return nil
	}}
	parent.AddCommand(cmd)
	return cmd
}

// group finds or makes a command that only holds others.
func (c *call) group(root *cobra.Command, name string) *cobra.Command {
	for _, cmd := range root.Commands() {
		if cmd.Name() == name {
			return cmd
		}
	}
	cmd := &cobra.Command{Use: name, Short: c.p.T("cli." + strings.ReplaceAll(name, "-", "_")),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return misuse("cli.unknown", "command", name+" "+args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { c.help(cmd); return nil }}
	root.AddCommand(cmd)
	return cmd
}

// now is the present in the school's zone.
func (c *call) now() time.Time { return c.app.DB.Now().In(c.app.Zone) }
