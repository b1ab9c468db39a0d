package bench

import (
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"cohort/app/resource"
	"cohort/app/seed"
)

// BenchmarkLogin is from the first packet to the first frame, and to the first
// customer on the screen. A password costs its hash, on purpose.
func BenchmarkLogin(b *testing.B) {
	data := school(b, customers)
	top := topCustomer(b, data)
	s := serve(b, data, "--demo")
	for _, way := range []struct {
		name string
		auth gossh.AuthMethod
	}{{"key", s.signer(b)}, {"password", gossh.Password(seed.Password)}} {
		b.Run(way.name, func(b *testing.B) {
			var in, rows times
			for b.Loop() {
				begin := time.Now()
				c, err := s.dial("sales_a", way.auth, 0)
				must(b, err)
				y, err := open(c, list)
				must(b, err)
				y.sent.Store(int64(begin.Sub(birth)))
				first := make(chan time.Duration, 1)
				y.frame = func(d time.Duration) { first <- d }
				y.expect(top)
				at, err := y.wait()
				must(b, err)
				in, rows = append(in, <-first), append(rows, at.Sub(begin))
				must(b, c.Close())
			}
			in.report(b, "frame-")
			rows.report(b, "rows-")
		})
	}
}

// topCustomer is whom a salesperson sees first.
func topCustomer(b *testing.B, data string) string {
	b.Helper()
	a := enter(b, data)
	l, err := a.Engine.List(b.Context(), a.as("sales_a"), "customers", "", resource.Page{Limit: 1})
	must(b, err)
	must(b, a.Close())
	if len(l.Rows) == 0 {
		b.Fatal("a school without customers")
	}
	return l.Rows[0].Title
}

// BenchmarkCommand is one command by the OpenSSH client, end to end: ours, and
// an echo from OpenSSH's server.
func BenchmarkCommand(b *testing.B) {
	ssh := program(b, "ssh")
	b.Run("whoami", func(b *testing.B) {
		s := serve(b, school(b, customers), "--demo")
		loop(b, func() { run(b, s.client(ssh, "sales_a@"+s.host(), "whoami")) })
	})
	b.Run("list", func(b *testing.B) {
		s := serve(b, school(b, customers), "--demo")
		loop(b, func() { run(b, s.client(ssh, "sales_a@"+s.host(), "customers list --json")) })
	})
	b.Run("openssh-echo", func(b *testing.B) {
		s, user := openSSH(b)
		loop(b, func() { run(b, s.client(ssh, user+"@"+s.host(), "echo sales_a")) })
	})
}
