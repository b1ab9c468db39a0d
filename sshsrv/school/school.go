// Package school is where the server and the school meet: who may come in, and
// which screens, commands and files he then gets.
package school

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/netip"

	tea "charm.land/bubbletea/v2"
	gossh "golang.org/x/crypto/ssh"

	"cohort/app"
	"cohort/app/cli"
	"cohort/app/fault"
	"cohort/app/files"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/session"
	"cohort/app/ui"
	"cohort/app/ui/kit"
	"cohort/sshsrv"
)

// Options says how to serve a school.
type Options struct {
	Listener      net.Listener
	HostKeys      []gossh.Signer
	Proxy         []netip.Prefix // balancers
	StockRenderer bool
	Limits        sshsrv.Limits
	Ready         func(addr net.Addr)
	Watch         func(sshsrv.Watch) sshsrv.Watch // puts hooks of its own before the school's; nil: none
}

// Serve serves the school until ctx ends, then drains and returns nil.
func Serve(ctx context.Context, a *app.App, o Options) error {
	if o.Watch == nil {
		o.Watch = func(w sshsrv.Watch) sshsrv.Watch { return w }
	}
	s, err := sshsrv.New(sshsrv.Options{
		Listener: o.Listener, HostKeys: o.HostKeys, Proxy: o.Proxy, Public: a.Config.Public, Mark: a.Mark, StockRenderer: o.StockRenderer,
		Limits: o.Limits, Lang: a.Lang, Zone: a.Zone, Log: a.Log,
		Door: &door{app: a},
		Explain: func(err error, what string) *fault.Fault {
			return a.Explain(ctx, err, slog.String("what", what))
		},
		Watch: o.Watch(watch(a.Bus)),
		Ready: func(addr net.Addr) {
			a.Listening(addr)
			if o.Ready != nil {
				o.Ready(addr)
			}
		},
		Screens: func(s *session.Session) (tea.Model, func()) {
			return ui.New(a, s)
		},
		Command: func(ctx context.Context, s *session.Session, args []string, in io.Reader, out, errOut io.Writer) int {
			return cli.Run(ctx, a, s, args, in, out, errOut)
		},
		Files: func(s *session.Session) files.FS {
			return files.Noted(files.NewTree(a, s), func(ctx context.Context, what string, err error) {
				if by, ok := s.Actor(ctx); ok {
					a.Refused(ctx, by, what, err)
				}
			})
		},
		Drain: func(words string) tea.Msg { return kit.Goodbye{Text: i18n.W("ui.said", "text", words)} },
	})
	if err != nil {
		return err
	}
	if err := a.Org.ServeSessions(ctx, policy.System, registryOf(a, s)); err != nil {
		return err
	}
	return s.Serve(ctx)
}
