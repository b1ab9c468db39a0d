package bench

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"cohort/app/fault"
	"cohort/app/files"
	"cohort/app/session"
	"cohort/sshsrv"
	"cohort/sshsrv/sshtest"
)

// A document as large as one may be, three of which an enrollment holds.
const (
	documentSize = 2 << 20
	documents    = 3
)

// BenchmarkDocuments sends three documents of 2 MiB by scp, by one applicant
// and by eight at once, to our server (which checks them, hashes them, syncs
// them to the disk and writes them down) and to OpenSSH's.
func BenchmarkDocuments(b *testing.B) {
	scp := program(b, "scp")
	for _, n := range []int{1, 8} {
		b.Run(fmt.Sprintf("cohort/%d", n), func(b *testing.B) {
			s := serve(b, school(b, 0), "--demo")
			links := s.links(b, n)
			b.SetBytes(int64(n * documents * documentSize))
			for b.Loop() {
				b.StopTimer()
				dirs := s.papers(b, n)
				s.clear(b, links)
				b.StartTimer()
				s.send(b, scp, dirs, func(i int) string { return links[i] + "@" + s.host() + ":" })
			}
		})
		b.Run(fmt.Sprintf("openssh/%d", n), func(b *testing.B) {
			s, user := openSSH(b)
			to := b.TempDir()
			b.SetBytes(int64(n * documents * documentSize))
			for b.Loop() {
				b.StopTimer()
				dirs := s.papers(b, n)
				b.StartTimer()
				s.send(b, scp, dirs, func(i int) string {
					dir := filepath.Join(to, fmt.Sprint(i))
					_ = os.MkdirAll(dir, 0o700)
					return user + "@" + s.host() + ":" + dir
				})
			}
		})
	}
}

// links makes so many enrollments and gives their user names.
func (s *server) links(b *testing.B, n int) (list []string) {
	b.Helper()
	c, err := s.dial("admin", s.signer(b), 0)
	must(b, err)
	defer func() { _ = c.Close() }()
	for id := 1; len(list) < n; id++ {
		if id > 1000 {
			b.Fatal("nobody can be enrolled")
		}
		sess, err := c.NewSession()
		must(b, err)
		out, err := sess.Output(fmt.Sprintf("enrollments create --customer %d --class python-o3 --json", id))
		var e struct{ State, Token string }
		if err == nil && json.Unmarshal(out, &e) == nil && e.State == "invited" {
			list = append(list, "enroll-"+e.Token)
		}
	}
	return list
}

// papers makes the files of n applicants, new ones every time: bytes that the
// server has already would cost it less.
func (s *server) papers(b *testing.B, n int) (dirs []string) {
	b.Helper()
	var head bytes.Buffer
	must(b, png.Encode(&head, image.NewGray(image.Rect(0, 0, 8, 8))))
	for range n {
		dir := b.TempDir()
		for i := range documents {
			data := make([]byte, documentSize)
			_, _ = rand.Read(data)
			copy(data, head.Bytes())
			must(b, os.WriteFile(filepath.Join(dir, fmt.Sprintf("page-%d.png", i+1)), data, 0o600))
		}
		dirs = append(dirs, dir)
	}
	return dirs
}

// clear takes away what was sent the last time.
func (s *server) clear(b *testing.B, links []string) {
	b.Helper()
	for _, user := range links {
		c, err := s.dial(user, gossh.Password(""), 0)
		must(b, err)
		sess, err := c.NewSession()
		must(b, err)
		var names []string
		for i := range documents {
			names = append(names, fmt.Sprintf("page-%d.png", i+1))
		}
		_ = sess.Run("documents rm " + strings.Join(names, " ")) // the first time there are none
		_ = c.Close()
	}
}

// send has everybody send his folder at once.
func (s *server) send(b *testing.B, scp string, dirs []string, to func(i int) string) {
	b.Helper()
	var wg sync.WaitGroup
	for i, dir := range dirs {
		wg.Go(func() {
			args := []string{"-q"}
			for k := range documents {
				args = append(args, filepath.Join(dir, fmt.Sprintf("page-%d.png", k+1)))
			}
			if out, err := s.client(scp, append(args, to(i))...).CombinedOutput(); err != nil {
				b.Errorf("scp: %v\n%s", err, out)
			}
		})
	}
	wg.Wait()
	if b.Failed() {
		b.FailNow()
	}
}

// BenchmarkFiles is the file protocol without the school: 64 MiB by OpenSSH's
// scp into a plain file, there and back, by our server and by OpenSSH's.
func BenchmarkFiles(b *testing.B) {
	scp := program(b, "scp")
	const size = 64 << 20
	big := filepath.Join(b.TempDir(), "big")
	data := make([]byte, size)
	_, _ = rand.Read(data)
	must(b, os.WriteFile(big, data, 0o600))
	both := func(b *testing.B, s *server, user, dir string) {
		there := user + "@" + s.host() + ":" + dir + "/big"
		b.Run("up", func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				run(b, s.client(scp, "-q", big, there))
			}
		})
		b.Run("down", func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				run(b, s.client(scp, "-q", there, filepath.Join(b.TempDir(), "back")))
			}
		})
	}
	b.Run("cohort", func(b *testing.B) {
		tree := folder(b.TempDir())
		t := sshtest.Start(b, sshsrv.Options{Door: sshtest.Everybody{}, Files: func(*session.Session) files.FS { return tree }})
		dir := b.TempDir()
		must(b, os.Rename(sshtest.NewKey(b).File, filepath.Join(dir, "key")))
		both(b, &server{addr: t.Addr(), home: dir}, "amy", "")
	})
	b.Run("openssh", func(b *testing.B) {
		s, user := openSSH(b)
		both(b, s, user, b.TempDir())
	})
}

// folder is a plain folder as a tree.
type folder string

func (f folder) path(name string) string { return filepath.Join(string(f), filepath.Clean(name)) }

func (f folder) Stat(_ context.Context, name string) (files.Info, error) {
	i, err := os.Stat(f.path(name))
	if err != nil {
		return files.Info{}, fault.New(fault.NotFound, "files.not_found")
	}
	return files.Info{Name: i.Name(), Size: i.Size(), Dir: i.IsDir(), ModTime: i.ModTime()}, nil
}

func (f folder) List(context.Context, string) ([]files.Info, error) { return nil, nil }

func (f folder) Open(_ context.Context, name string) (files.File, error) {
	file, err := os.Open(f.path(name))
	if err != nil {
		return nil, fault.New(fault.NotFound, "files.not_found")
	}
	return opened{file}, nil
}

func (f folder) Create(_ context.Context, name string) (files.Upload, error) {
	file, err := os.Create(f.path(name) + ".part")
	return upload{file, f.path(name)}, err
}

func (f folder) Remove(_ context.Context, name string) error  { return os.Remove(f.path(name)) }
func (f folder) Mkdir(context.Context, string) error          { return nil }
func (f folder) Rename(context.Context, string, string) error { return nil }

type opened struct{ *os.File }

func (o opened) Info() files.Info {
	i, err := o.Stat()
	if err != nil {
		return files.Info{}
	}
	return files.Info{Name: i.Name(), Size: i.Size(), ModTime: time.Now()}
}

type upload struct {
	*os.File
	name string
}

func (u upload) Commit() error {
	if err := u.Close(); err != nil {
		return err
	}
	return os.Rename(u.Name(), u.name)
}

func (u upload) Abort() { _ = u.Close() }

func (f folder) Finish(context.Context, bool) ([]string, bool, error) { return nil, true, nil }
