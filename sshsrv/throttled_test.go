package sshsrv_test

import (
	"errors"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"cohort/sshsrv"
	"cohort/sshsrv/sshtest"
)

func TestFailedLogInsAreThrottledWithANotice(t *testing.T) {
	srv, door := server(t, func(o *sshsrv.Options) { o.Limits.Throttle.Pair = 3 })
	try := func(user, password string) (banner string, err error) {
		conf := srv.Config(user, sshtest.Auth{Password: password})
		conf.BannerCallback = func(s string) error { banner = s; return nil }
		c, err := gossh.Dial("tcp", srv.Addr(), conf)
		if err == nil {
			_ = c.Close()
		}
		return banner, err
	}
	for range 3 {
		if banner, err := try("amy", "wrong"); err == nil || banner != "" {
			t.Fatalf("banner %q, err %v", banner, err)
		}
	}
	banner, err := try("amy", "amy-pw")
	if err == nil || !strings.Contains(banner, "too many failed log-ins") {
		t.Errorf("banner %q, err %v", banner, err)
	}
	if door.asked != 3 {
		t.Errorf("the door was asked %d times", door.asked)
	}
	if _, err := try("bob", "bob-pw"); err != nil {
		t.Errorf("another account from the same address: %v", err)
	}
}

// The notice is seen in the clients that people have.
func TestTheThrottlesNoticeIsSeen(t *testing.T) {
	srv, _ := server(t, func(o *sshsrv.Options) {
		o.Limits.Throttle = sshsrv.Throttle{Pair: 1, First: time.Hour, Max: time.Hour}
	})
	if _, err := gossh.Dial("tcp", srv.Addr(), srv.Config("amy", sshtest.Auth{Password: "wrong"})); err == nil {
		t.Fatal("a wrong password was taken")
	}
	for name, cmd := range map[string]func() *exec.Cmd{
		"ssh":      func() *exec.Cmd { return srv.SSH("amy", pw("amy"), nil, "whoami") },
		"plink":    func() *exec.Cmd { return srv.PuTTY("plink", "amy", pw("amy"), "@", "whoami") },
		"dbclient": func() *exec.Cmd { return srv.Dropbear("amy", pw("amy"), "whoami") },
	} {
		t.Run(name, func(t *testing.T) {
			sshtest.Need(t, name) // here: a client that is missing skips this one only
			sshtest.Need(t, "sshpass")
			r := sshtest.Run(t, cmd())
			if strings.Count(r.Err+r.Out, "Try again in") != 1 {
				t.Error(r)
			}
		})
	}
}

func TestOnlyModernAlgorithms(t *testing.T) {
	srv, _ := server(t)
	for name, weaken := range map[string]func(*gossh.ClientConfig){
		"key exchange": func(c *gossh.ClientConfig) { c.KeyExchanges = []string{gossh.InsecureKeyExchangeDH14SHA1} },
		"cipher":       func(c *gossh.ClientConfig) { c.Ciphers = []string{gossh.InsecureCipherAES128CBC} },
		"mac": func(c *gossh.ClientConfig) {
			c.Ciphers, c.MACs = []string{gossh.CipherAES128CTR}, []string{gossh.HMACSHA1}
		},
	} {
		conf := srv.Config("amy", pw("amy"))
		weaken(conf)
		c, err := gossh.Dial("tcp", srv.Addr(), conf)
		if err == nil {
			_ = c.Close()
			t.Errorf("%s: agreed", name)
		} else if !strings.Contains(err.Error(), "no common algorithm") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAConnectionTooMuchIsRefused(t *testing.T) {
	srv, _ := server(t, func(o *sshsrv.Options) { o.Limits.ConnsPerAddr = 2 })
	first := srv.Dial("amy", pw("amy"))
	srv.Dial("amy", pw("amy"))
	if c, err := gossh.Dial("tcp", srv.Addr(), srv.Config("amy", pw("amy"))); err == nil {
		_ = c.Close()
		t.Fatal("a third connection came in")
	}
	_ = first.Close()
	sshtest.Eventually(t, "the place is free again", func() bool {
		c, err := gossh.Dial("tcp", srv.Addr(), srv.Config("amy", pw("amy")))
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
}

// Whoever opens connections and does not log in takes places from nobody else: not one address with many, and not
// many addresses with one each.
func TestAFloodDrownsItself(t *testing.T) {
	for name, from := range map[string]func(i int) byte{"one address": func(int) byte { return 2 }, "many": func(i int) byte { return byte(2 + i) }} {
		t.Run(name, func(t *testing.T) {
			srv, _ := server(t, func(o *sshsrv.Options) { o.Limits.Handshakes, o.Limits.HandshakesPerAddr = 8, 6 })
			for i := range 30 {
				d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, from(i))}}
				c, err := d.Dial("tcp", srv.Addr())
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = c.Close() }()
			}
			if out, code := run(t, srv.Dial("amy", pw("amy")), "whoami"); code != 0 {
				t.Errorf("exit %d, %q", code, out)
			}
		})
	}
}

func TestSilentConnectionsAreClosed(t *testing.T) {
	srv, _ := server(t, func(o *sshsrv.Options) { o.Limits.HandshakeTimeout = 1 })
	c, err := net.Dial("tcp", srv.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	buf := make([]byte, 256)
	for err == nil {
		_, err = c.Read(buf)
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		t.Fatal(err)
	}
}
