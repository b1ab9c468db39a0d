package sshsrv_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"cohort/sshsrv"
	"cohort/sshsrv/sshtest"
)

// benchSize is what the benchmarks transfer, in bytes.
const benchSize = 64 << 20

// BenchmarkLoginToFirstFrame is a whole log-in by key, from the TCP connection
// to the first frame of the screens.
func BenchmarkLoginToFirstFrame(b *testing.B) {
	key := sshtest.NewKey(b)
	srv, door := server(b, func(o *sshsrv.Options) { o.Limits.ConnsPerAddr = -1 })
	door.give("amy", key.Signer.PublicKey())
	for b.Loop() {
		c, err := gossh.Dial("tcp", srv.Addr(), srv.Config("amy", sshtest.Auth{Key: key}))
		if err != nil {
			b.Fatal(err)
		}
		sshtest.NewTTY(b, c, 120, 40).Expect("hello amy")
		_ = c.Close()
	}
}

// BenchmarkCommand is a command on a connection that is open already.
func BenchmarkCommand(b *testing.B) {
	srv, _ := server(b)
	client := srv.Dial("amy", pw("amy"))
	for b.Loop() {
		if out, code := run(b, client, "whoami"); code != 0 {
			b.Fatal(out)
		}
	}
}

// BenchmarkUpload and BenchmarkDownload move 64 MiB to and from a tree that
// keeps nothing, with the Go client and with OpenSSH's scp. The last includes
// its log-in.
func BenchmarkUpload(b *testing.B) {
	srv, door := server(b)
	key := sshtest.NewKey(b)
	door.give("amy", key.Signer.PublicKey())
	b.Run("go", func(b *testing.B) {
		c := newSFTP(b, srv.Dial("amy", pw("amy")))
		b.SetBytes(benchSize)
		for b.Loop() {
			f, err := c.Create("/x")
			if err != nil {
				b.Fatal(err)
			}
			if _, err := f.ReadFrom(io.LimitReader(zeroReader{}, benchSize)); err != nil {
				b.Fatal(err)
			}
			if err := f.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, flag := range []string{"-s", "-O"} {
		b.Run("scp"+flag, func(b *testing.B) {
			file := filepath.Join(b.TempDir(), "x")
			if err := os.WriteFile(file, make([]byte, benchSize), 0o600); err != nil {
				b.Fatal(err)
			}
			scpLoop(b, func() *exec.Cmd { return srv.SCP("amy", sshtest.Auth{Key: key}, flag, file, ":") })
		})
	}
}

func BenchmarkDownload(b *testing.B) {
	srv, door := server(b)
	key := sshtest.NewKey(b)
	door.give("amy", key.Signer.PublicKey())
	b.Run("go", func(b *testing.B) {
		c := newSFTP(b, srv.Dial("amy", pw("amy")))
		b.SetBytes(benchSize)
		for b.Loop() {
			f, err := c.Open("/zeros")
			if err != nil {
				b.Fatal(err)
			}
			if n, err := f.WriteTo(io.Discard); err != nil || n != benchSize {
				b.Fatal(n, err)
			}
			_ = f.Close()
		}
	})
	for _, flag := range []string{"-s", "-O"} {
		b.Run("scp"+flag, func(b *testing.B) {
			file := filepath.Join(b.TempDir(), "x")
			scpLoop(b, func() *exec.Cmd { return srv.SCP("amy", sshtest.Auth{Key: key}, flag, ":zeros", file) })
		})
	}
}

func scpLoop(b *testing.B, cmd func() *exec.Cmd) {
	b.SetBytes(benchSize)
	for b.Loop() {
		if r := sshtest.Run(b, cmd()); r.Code != 0 {
			b.Fatal(r)
		}
	}
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) { return len(p), nil }
