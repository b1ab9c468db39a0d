package sshsrv_test

import (
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"cohort/sshsrv"
	"cohort/sshsrv/sshtest"
)

// answering answers each question by its own words, and notes what was asked.
func answering(asked *[]string, password, code string) gossh.AuthMethod {
	return gossh.RetryableAuthMethod(gossh.KeyboardInteractive(func(_, _ string, questions []string, echos []bool) (out []string, err error) {
		for _, q := range questions {
			*asked = append(*asked, q)
			if strings.Contains(q, "Code") {
				out = append(out, code)
			} else {
				out = append(out, password)
			}
		}
		return out, nil
	}), 1)
}

func TestSecondStepAfterPasswordOrKey(t *testing.T) {
	key := sshtest.NewKey(t)
	srv, door := server(t)
	door.give("amy", key.Signer.PublicKey())
	door.second = map[string]bool{"amy": true}
	for _, c := range []struct {
		name string
		auth func(asked *[]string, code string) []gossh.AuthMethod
	}{
		{"password", func(a *[]string, code string) []gossh.AuthMethod {
			return []gossh.AuthMethod{gossh.Password("amy-pw"), answering(a, "", code)}
		}},
		{"dialogue", func(a *[]string, code string) []gossh.AuthMethod {
			return []gossh.AuthMethod{answering(a, "amy-pw", code)}
		}},
		{"key", func(a *[]string, code string) []gossh.AuthMethod {
			return []gossh.AuthMethod{gossh.PublicKeys(key.Signer), answering(a, "", code)}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var asked []string
			conf := srv.Config("amy", sshtest.Auth{})
			conf.Auth = c.auth(&asked, "123456")
			conn, err := gossh.Dial("tcp", srv.Addr(), conf)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			if out, _ := run(t, conn, "whoami"); !strings.HasPrefix(out, "amy account=1") {
				t.Errorf("in as %q", out)
			}
			if asked[len(asked)-1] != "Code of your second factor: " {
				t.Errorf("asked %q", asked)
			}
			conf.Auth = c.auth(&asked, "000000")
			if conn, err := gossh.Dial("tcp", srv.Addr(), conf); err == nil {
				t.Error("a wrong code opens")
				_ = conn.Close()
			}
		})
	}
}

// Neither half alone opens, in whatever order; what one account has proved does
// not help another.
func TestNoHalfOfALogInOpens(t *testing.T) {
	key := sshtest.NewKey(t)
	srv, door := server(t)
	door.give("amy", key.Signer.PublicKey())
	door.second = map[string]bool{"amy": true, "bob": true}
	var asked []string
	for what, auth := range map[string][]gossh.AuthMethod{
		"the password alone":       {gossh.Password("amy-pw")},
		"the key alone":            {gossh.PublicKeys(key.Signer)},
		"the code, wrong password": {answering(&asked, "bad", "123456")},
		"two firsts":               {gossh.PublicKeys(key.Signer), gossh.Password("amy-pw")},
	} {
		conf := srv.Config("amy", sshtest.Auth{})
		conf.Auth = auth
		if conn, err := gossh.Dial("tcp", srv.Addr(), conf); err == nil {
			t.Errorf("%s opens", what)
			_ = conn.Close()
		}
	}
	// Asked for the code only after the first half.
	for _, q := range asked {
		if strings.Contains(q, "Code") {
			t.Error("asked for a code after a wrong password")
		}
	}
}

// Guessing codes is slowed like guessing passwords, and the right password in
// between clears nothing.
func TestCodesAreThrottled(t *testing.T) {
	srv, door := server(t, func(o *sshsrv.Options) {
		o.Limits.Throttle = sshsrv.Throttle{Pair: 3, First: time.Hour, Max: time.Hour}
	})
	door.second = map[string]bool{"amy": true}
	for range 6 {
		var asked []string
		conf := srv.Config("amy", sshtest.Auth{})
		conf.Auth = []gossh.AuthMethod{gossh.Password("amy-pw"), answering(&asked, "", "000000")}
		if conn, err := gossh.Dial("tcp", srv.Addr(), conf); err == nil {
			_ = conn.Close()
			t.Fatal("a wrong code opens")
		}
	}
	door.mu.Lock()
	defer door.mu.Unlock()
	if len(door.codes) != 3 {
		t.Errorf("%d codes were tried, want 3: %q", len(door.codes), door.codes)
	}
}
