package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"

	"charm.land/log/v2"
	"github.com/spf13/cobra"

	"cohort/app"
	"cohort/app/seed"
	"cohort/sshsrv"
	"cohort/sshsrv/monitor"
	"cohort/sshsrv/school"
)

func (p *program) serve() *cobra.Command {
	var demo bool
	var stock bool
	cmd := &cobra.Command{Use: "serve", Short: "Serve the school over SSH", Args: cobra.NoArgs,
		Long: "Serve the school over SSH. An empty data folder becomes a new school with one administrator, whose one-time\npassword is printed once; with --demo it becomes a demo school to try everything on.\n\n" + envHelp(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.config(cmd)
			if err != nil {
				return err
			}
			c.Demo = demo
			return p.runServer(cmd.Context(), c, stock)
		}}
	cmd.Flags().BoolVar(&demo, "demo", false, "fill an empty data folder with a demo school; its passwords work on loopback only")
	cmd.Flags().BoolVar(&stock, "stock-renderer", false, "draw with bubbletea's own renderer, for comparing")
	return cmd
}

func (p *program) logger(c app.Config) *slog.Logger {
	level, _ := log.ParseLevel(c.Log)
	return slog.New(log.NewWithOptions(p.err, log.Options{Level: level, ReportTimestamp: true, TimeFormat: "2006-01-02 15:04:05"}))
}

func (p *program) runServer(ctx context.Context, c app.Config, stock bool) error {
	if c.Demo && !c.Loopback() {
		return fmt.Errorf("--demo refused: demo passwords are public, so a demo school listens on loopback only. Leave --listen out, or start without --demo on an empty data folder")
	}
	a, err := app.Open(ctx, c, p.logger(c))
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if err := p.prepare(ctx, a, c); err != nil {
		return err
	}
	keys, err := sshsrv.LoadOrMakeHostKeys(filepath.Join(c.Data, "hostkeys"))
	if err != nil {
		return err
	}
	if err := a.SharedKeys(ctx); err != nil {
		return err
	}
	// The port is taken before anything is promised.
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", c.Listen, err)
	}
	m, closeMonitor, err := p.monitor(ctx, a, c)
	if err != nil {
		return err
	}
	defer closeMonitor()
	workers, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() { defer close(done); a.Run(workers) }()
	err = school.Serve(ctx, a, school.Options{Listener: l, HostKeys: keys, Proxy: c.Balancers, StockRenderer: stock, Watch: m.Watch,
		Ready: func(addr net.Addr) { _, _ = fmt.Fprintln(p.out, "listening on", addr) }})
	stop()
	<-done
	return err
}

// monitor starts what is seen from outside, where it is switched on. It says "stopping" as soon as the server drains,
// and answers until everything has ended.
func (p *program) monitor(ctx context.Context, a *app.App, c app.Config) (*monitor.Monitor, func(), error) {
	m := monitor.New(a)
	if c.Monitor == "" {
		return m, func() {}, nil
	}
	l, err := net.Listen("tcp", c.Monitor)
	if err != nil {
		return nil, nil, fmt.Errorf("--monitor: cannot listen on %s: %w", c.Monitor, err)
	}
	_, _ = fmt.Fprintln(p.out, "monitor on", l.Addr())
	context.AfterFunc(ctx, m.Stopping)
	on, stop := context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		if err := m.Serve(on, l, c.Profiles); err != nil {
			a.Log.Error("monitor ended", "err", err)
		}
	}()
	return m, stop, nil
}

// prepare makes an empty data folder a school.
func (p *program) prepare(ctx context.Context, a *app.App, c app.Config) error {
	if c.Demo {
		made, err := seed.Demo(ctx, a.Seeding())
		if err != nil {
			return err
		}
		demo, err := a.Org.HasDemo(ctx, shell())
		if err != nil {
			return err
		}
		if !made && !demo {
			return fmt.Errorf("--demo refused: the data folder %s holds a real school. Give another folder with --data", c.Data)
		}
		_, err = fmt.Fprint(p.out, seed.Lines(c.Listen))
		return err
	}
	if demo, err := a.Org.HasDemo(ctx, shell()); err != nil || demo && !c.Loopback() {
		if err != nil {
			return err
		}
		return fmt.Errorf("refused: the data folder %s holds a demo school, whose passwords are public. Listen on loopback, or give an empty folder with --data", c.Data)
	}
	login, password, made, err := a.Org.Bootstrap(ctx)
	if err != nil || !made {
		return err
	}
	_, err = fmt.Fprintf(p.out, "A new school. Log in once with this password, and choose your own:\n\n  ssh -p %s %s@%s\n  password: %s\n\n",
		port(c.Listen), login, host(c.Listen), password)
	return err
}

func port(addr string) string { _, p, _ := net.SplitHostPort(addr); return p }

func host(addr string) string {
	h, _, _ := net.SplitHostPort(addr)
	if ip := net.ParseIP(h); h == "" || ip != nil && ip.IsUnspecified() {
		if name, err := os.Hostname(); err == nil {
			return name
		}
		return "localhost"
	}
	return h
}
