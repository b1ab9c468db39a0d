// Command cohort is the one binary of a school: it serves it over SSH and holds
// the few acts that need the server's own shell.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"cohort/app"
)

// version is set by the linker for releases; else the build's own information.
var version = ""

func main() {
	// Widths of characters must not depend on how the server was started: the
	// libraries read these and would change them for everybody.
	for _, name := range []string{"LANG", "LC_ALL", "LC_CTYPE", "RUNEWIDTH_EASTASIAN"} {
		_ = os.Unsetenv(name)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// run is main without the process: exit code 0, 1 for a failure, 2 for a wrong
// command line.
func run(ctx context.Context, args []string, getenv func(string) string, out, errOut io.Writer) int {
	p := &program{getenv: getenv, out: out, err: errOut}
	root := p.tree()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	_, _ = fmt.Fprintln(errOut, "cohort:", strings.TrimSpace(err.Error()))
	var u usageError
	if errors.As(err, &u) || strings.HasPrefix(err.Error(), "unknown ") {
		_, _ = fmt.Fprintln(errOut, "See cohort --help.")
		return 2
	}
	return 1
}

type usageError struct{ error }

type program struct {
	getenv   func(string) string
	out, err io.Writer
	values   map[string]*string // flags as given, by name
}

func (p *program) tree() *cobra.Command {
	p.values = map[string]*string{}
	root := &cobra.Command{Use: "cohort", Short: "A CRM for training schools that people use with ssh and scp",
		Long: "A CRM for training schools that people use with nothing but ssh and scp.\n\nTry it:  cohort serve --demo\n\n" + envHelp(),
		Args: cobra.NoArgs, SilenceErrors: true, SilenceUsage: true,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	for _, v := range app.Vars {
		p.values[v.Flag] = root.PersistentFlags().String(v.Flag, v.Default, v.Help)
	}
	root.AddCommand(p.serve(), p.account(), p.backup(), p.restore(), p.eraseAgain(), p.copy(), p.seed(), p.doctor(), p.keys(), p.health(), p.version())
	return root
}

// envHelp lists the environment variables beside the flags that they stand for.
func envHelp() string {
	var b strings.Builder
	b.WriteString("Every flag can be given by the environment instead:\n")
	for _, v := range app.Vars {
		fmt.Fprintf(&b, "  %-20s --%s\n", v.Env, v.Flag)
	}
	return strings.TrimRight(b.String(), "\n")
}

// config takes flags first, then the environment, then the defaults.
func (p *program) config(cmd *cobra.Command) (app.Config, error) {
	c, err := app.FromEnv(p.getenv)
	if err != nil {
		return c, usageError{err}
	}
	for _, v := range app.Vars {
		if !cmd.Flags().Changed(v.Flag) {
			continue
		}
		if err := v.Set(&c, *p.values[v.Flag], "--"+v.Flag); err != nil {
			return c, usageError{err}
		}
	}
	return c, nil
}

func (p *program) version() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Print the version", Args: cobra.NoArgs, Run: func(*cobra.Command, []string) {
		v := version
		if info, ok := debug.ReadBuildInfo(); ok && v == "" {
			v = info.Main.Version
		}
		_, _ = fmt.Fprintln(p.out, "cohort", v)
	}}
}
