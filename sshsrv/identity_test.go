package sshsrv_test

import (
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"cohort/sshsrv/sshtest"
)

// A client may name another account at every try (CVE-2024-45337 and its kin).
func TestAnotherAccountByChangingTheUserNameBetweenTries(t *testing.T) {
	key := sshtest.NewKey(t).Signer
	srv, door := server(t)
	door.give("bob", key.PublicKey())
	for _, c := range []struct {
		name  string
		tries func(*rawClient)
		want  string // who comes in; "" for nobody
	}{
		{"bob's key accepted as an offer, then amy's password", func(a *rawClient) {
			if a.offer("bob", key) != msgKeyOK {
				t.Error("bob's key would not do")
			}
			a.password("amy", "amy-pw")
		}, "amy"},
		{"bob's password wrong, then amy's right", func(a *rawClient) {
			a.password("bob", "wrong")
			a.password("amy", "amy-pw")
		}, "amy"},
		{"amy's password for bob, after a try as amy", func(a *rawClient) {
			a.offer("amy", key)
			a.password("bob", "amy-pw")
		}, ""},
		{"bob's key offered for bob, then signed for amy", func(a *rawClient) {
			a.offer("bob", key)
			a.sign("amy", key)
		}, ""},
		{"bob's key signed for amy, then for bob", func(a *rawClient) {
			a.sign("amy", key)
			a.sign("bob", key)
		}, "bob"},
		{"a good link by another method, then nothing as amy", func(a *rawClient) {
			a.offer("enroll-good", key)
			a.none("amy")
		}, ""},
		{"nothing at all", func(a *rawClient) { a.none("amy") }, ""},
	} {
		for _, want := range []struct{ request, what string }{{"exec", "whoami"}, {"subsystem", "sftp"}} {
			t.Run(c.name+", "+want.request, func(t *testing.T) {
				a := newRawClient(t, srv.Addr())
				c.tries(a)
				if a.in != (c.want != "") {
					t.Fatalf("came in: %t", a.in)
				}
				if !a.in {
					return
				}
				before, _ := door.counts()
				a.exec(want.request, want.what)
				sshtest.Eventually(t, "a session begins", func() bool { n, _ := door.counts(); return n > before })
				door.mu.Lock()
				defer door.mu.Unlock()
				if got := door.entered[before].Login; got != c.want {
					t.Errorf("a session as %q, want %q", got, c.want)
				}
				if door.offered[before] {
					t.Error("a key offered for one account is offered to another")
				}
			})
		}
	}
}

// Before anybody is logged in there are no sessions, and no subsystems.
func TestNoSessionBeforeTheLogIn(t *testing.T) {
	srv, door := server(t)
	a := newRawClient(t, srv.Addr())
	a.write(packet(msgChannelOpen, "session", 0, 1<<20, 1<<15))
	for m := a.read(); m != nil; m = a.read() {
		if m[0] == msgChannelOpened {
			t.Fatal("a session was opened")
		}
	}
	if n, _ := door.counts(); n != 0 {
		t.Errorf("%d sessions were entered", n)
	}
}

func TestAKeyMerelyOfferedProvesNothing(t *testing.T) {
	key, other := sshtest.NewKey(t), sshtest.NewKey(t)
	srv, door := server(t)
	door.give("bob", key.Signer.PublicKey())

	liar := &borrowed{other.Signer, key.Signer.PublicKey()} // shows bob's key, signs with another
	_, err := gossh.Dial("tcp", srv.Addr(), &gossh.ClientConfig{
		User: "bob", Auth: []gossh.AuthMethod{gossh.PublicKeys(liar)}, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
	})
	if err == nil {
		t.Fatal("a key was taken without its signature")
	}
	if n, _ := door.counts(); n != 0 {
		t.Errorf("%d sessions were entered", n)
	}
}

func TestAnOfferedKeyIsKeptAsOffered(t *testing.T) {
	srv, _ := server(t)
	for _, c := range []struct {
		name string
		auth sshtest.Auth
		want string
	}{
		{"offered", sshtest.Auth{Key: sshtest.NewKey(t), Password: "amy-pw"}, "true\n"},
		{"not offered", sshtest.Auth{Password: "amy-pw"}, "false\n"},
	} {
		if out, _ := run(t, srv.Dial("amy", c.auth), "offered"); out != c.want {
			t.Errorf("%s: %q", c.name, out)
		}
	}
}

// borrowed shows one key and signs with another.
type borrowed struct {
	gossh.Signer
	shown gossh.PublicKey
}

func (b *borrowed) PublicKey() gossh.PublicKey { return b.shown }
