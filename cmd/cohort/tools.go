package main

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cohort/app"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/seed"
)

// shell acts for whoever has the server's own shell.
func shell() policy.Actor {
	by := policy.System
	by.Login, by.Name, by.Via = "server", "server", policy.Server
	return by
}

// withApp opens the school, does one thing and closes it.
func (p *program) withApp(cmd *cobra.Command, do func(ctx context.Context, a *app.App) error) error {
	c, err := p.config(cmd)
	if err != nil {
		return err
	}
	a, err := app.Open(cmd.Context(), c, p.logger(c))
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	err = do(cmd.Context(), a)
	if f, isFault := fault.As(err); err != nil && !(isFault && f.Kind != fault.Internal) {
		return err // whoever has the server's own shell may read it all
	}
	if err != nil {
		return fmt.Errorf("%s", i18n.Printer{Lang: i18n.English}.Error(a.Explain(cmd.Context(), err)))
	}
	return nil
}

// account holds what an administrator who is locked out needs.
func (p *program) account() *cobra.Command {
	cmd := &cobra.Command{Use: "account", Short: "Accounts, from the server's own shell"}
	cmd.AddCommand(
		&cobra.Command{Use: "add-admin LOGIN NAME", Short: "Make an administrator with a one-time password", Args: cobra.ExactArgs(2),
			RunE: func(cmd *cobra.Command, args []string) error {
				return p.withApp(cmd, func(ctx context.Context, a *app.App) error {
					_, password, err := a.Org.AddAccount(ctx, shell(), org.NewAccount{Login: args[0], Name: args[1], Roles: []string{"admin"}})
					return p.password(args[0], password, err)
				})
			}},
		&cobra.Command{Use: "reset LOGIN", Short: "Give an account a new one-time password", Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				return p.withApp(cmd, func(ctx context.Context, a *app.App) error {
					acc, err := a.Org.FindAccount(ctx, shell(), args[0])
					if err != nil {
						return err
					}
					password, err := a.Org.ResetPassword(ctx, shell(), acc.ID)
					return p.password(args[0], password, err)
				})
			}},
		&cobra.Command{Use: "totp-reset LOGIN", Short: "Take the second factor of somebody who has lost it away", Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				return p.withApp(cmd, func(ctx context.Context, a *app.App) error {
					acc, err := a.Org.FindAccount(ctx, shell(), args[0])
					if err != nil {
						return err
					}
					return a.Org.ResetSecondFactor(ctx, shell(), acc.ID)
				})
			}},
		&cobra.Command{Use: "enable LOGIN", Short: "Let a disabled account log in again", Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				return p.withApp(cmd, func(ctx context.Context, a *app.App) error {
					acc, err := a.Org.FindAccount(ctx, shell(), args[0])
					if err != nil {
						return err
					}
					return a.Org.SetActive(ctx, shell(), acc.ID, true, "")
				})
			}})
	return cmd
}

func (p *program) password(login, password string, err error) error {
	if err == nil {
		_, err = fmt.Fprintf(p.out, "%s's one-time password, to be changed at the first log-in: %s\n", login, password)
	}
	return err
}

func (p *program) seed() *cobra.Command {
	var n int
	var room seed.Classroom
	cmd := &cobra.Command{Use: "seed", Short: "Fill the database with made-up customers, enrollments, payments and lessons, for benchmarks", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if n < 0 || n > 10_000_000 || n == 0 && room.Enrollments == 0 {
				return usageError{fmt.Errorf("--customers: want 1 to 10000000")}
			}
			return p.withApp(cmd, func(ctx context.Context, a *app.App) error {
				start := time.Now()
				err := seed.Bulk{Customers: n, Progress: func(done int) { _, _ = fmt.Fprintf(p.err, "\r%d of %d", done, n) }}.Run(ctx, a.DB)
				if err == nil && room.Enrollments > 0 {
					if err = room.Run(ctx, a.DB); err == nil {
						_, err = a.Teaching.RebuildStandings(ctx, policy.System)
					}
				}
				if err == nil {
					_, err = fmt.Fprintf(p.out, "\n%d customers, %d enrollments in %s\n", n, room.Enrollments, time.Since(start).Round(time.Millisecond))
				}
				return err
			})
		}}
	cmd.Flags().IntVar(&n, "customers", 100_000, "how many")
	cmd.Flags().IntVar(&room.Enrollments, "enrollments", 0, "how many of them enroll, with lessons and study records (needs a course, a campus, a contract template and people)")
	cmd.Flags().IntVar(&room.Payments, "payments", 0, "how many payments for these, at most three each")
	return cmd
}

// doctor says whether the school's data are whole.
func (p *program) doctor() *cobra.Command {
	return &cobra.Command{Use: "doctor", Short: "Check the database, the audit chain and the files", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.examine(cmd) }}
}

func (p *program) examine(cmd *cobra.Command) error {
	bad := 0
	err := p.withApp(cmd, func(ctx context.Context, a *app.App) error {
		for _, f := range a.Doctor(ctx) {
			mark := "ok  "
			if !f.OK {
				mark, bad = "BAD ", bad+1
			}
			_, _ = fmt.Fprintf(p.out, "%s %-12s %s\n", mark, f.Name, f.Text)
		}
		return nil
	})
	if err == nil && bad > 0 {
		return fmt.Errorf("%d checks failed: see what each says to do", bad)
	}
	return err
}

// health asks a running server for its greeting: what Docker's health check
// calls.
func (p *program) health() *cobra.Command {
	return &cobra.Command{Use: "health", Short: "Ask the running server whether it answers", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.config(cmd)
			if err != nil {
				return err
			}
			h, port, _ := net.SplitHostPort(c.Listen)
			if ip := net.ParseIP(h); h == "" || ip != nil && ip.IsUnspecified() {
				h = "127.0.0.1"
			}
			conn, err := net.DialTimeout("tcp", net.JoinHostPort(h, port), 3*time.Second)
			if err != nil {
				return fmt.Errorf("no answer on %s", c.Listen)
			}
			defer func() { _ = conn.Close() }()
			_ = conn.SetDeadline(time.Now().Add(3 * time.Second))
			if len(c.Balancers) > 0 { // where this machine is one, the server waits for a header
				if _, err := fmt.Fprint(conn, c.Unproxied(conn.LocalAddr())); err != nil {
					return err
				}
			}
			buf := make([]byte, 8)
			if n, err := conn.Read(buf); err != nil || !strings.HasPrefix(string(buf[:n]), "SSH-2.0-") {
				return fmt.Errorf("what answers on %s is no SSH server", c.Listen)
			}
			_, err = fmt.Fprintln(p.out, "ok")
			return err
		}}
}
