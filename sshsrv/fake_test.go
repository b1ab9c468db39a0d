package sshsrv_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/pkg/sftp"
	gossh "golang.org/x/crypto/ssh"

	"cohort/app/fault"
	"cohort/app/files"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/session"
	"cohort/sshsrv"
	"cohort/sshsrv/sshtest"
)

// fakeDoor knows two accounts, amy and bob, whose passwords are their names
// with "-pw", and one link, "enroll-good".
type fakeDoor struct {
	keys   map[string]string // authorized key → login
	second map[string]bool   // who needs a code, too
	codes  []string          // what was tried

	mu      sync.Mutex
	asked   int // passwords checked
	entered []sshsrv.Pass
	offered []bool // whether an offered key came along
	left    int
	ends    map[string]chan struct{} // login → closes when the account is disabled
}

var accounts = map[string]int64{"amy": 1, "bob": 2}

func (d *fakeDoor) Password(_ context.Context, login, password, _ string) (sshsrv.Pass, error) {
	d.mu.Lock()
	d.asked++
	d.mu.Unlock()
	if id, ok := accounts[login]; ok && password == login+"-pw" {
		return sshsrv.Pass{Account: id, Login: login, Second: d.second[login]}, nil
	}
	return sshsrv.Pass{}, fault.New(fault.Forbidden, "ssh.denied")
}

// Second knows one code, "123456", for whoever needs one.
func (d *fakeDoor) Second(_ context.Context, p sshsrv.Pass, code, _ string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.codes = append(d.codes, p.Login+" "+p.Method+" "+code)
	if d.second[p.Login] && code == "123456" {
		return nil
	}
	return fault.New(fault.Forbidden, "ssh.denied")
}

func (d *fakeDoor) Key(_ context.Context, login string, key gossh.PublicKey, _ string) (sshsrv.Pass, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.keys[string(key.Marshal())] == login {
		return sshsrv.Pass{Account: accounts[login], Login: login, Second: d.second[login]}, nil
	}
	return sshsrv.Pass{}, fault.New(fault.Forbidden, "ssh.denied")
}

// Certificate knows none.
func (d *fakeDoor) Certificate(context.Context, string, *gossh.Certificate, string) (sshsrv.Pass, error) {
	return sshsrv.Pass{}, fault.New(fault.Forbidden, "ssh.denied")
}

func (d *fakeDoor) Link(_ context.Context, user, _ string) (sshsrv.Pass, error) {
	if user == "enroll-good" {
		return sshsrv.Pass{Enrollment: 7, Login: "enroll"}, nil
	}
	return sshsrv.Pass{}, fault.New(fault.NotFound, "ssh.no_link")
}

func (d *fakeDoor) Enter(_ context.Context, p sshsrv.Pass, s *session.Session) (<-chan struct{}, func() error, func(), error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.entered, d.offered = append(d.entered, p), append(d.offered, s.Offered != nil)
	actor := policy.Actor{Account: p.Account, Enrollment: p.Enrollment, Login: p.Login, Via: s.Via, Addr: s.Addr}
	s.Actor = func(context.Context) (policy.Actor, bool) { return actor, true }
	lang := s.Lang
	s.Lang = func(ctx context.Context) i18n.Lang { return lang(ctx) } // as the school's door does, where the account has one
	if d.ends == nil {
		d.ends = map[string]chan struct{}{}
	}
	if d.ends[p.Login] == nil {
		d.ends[p.Login] = make(chan struct{})
	}
	leave := func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.left++
	}
	return d.ends[p.Login], func() error { return fault.New(fault.Forbidden, "test.disabled") }, leave, nil
}

// give makes a key one of login's.
func (d *fakeDoor) give(login string, key gossh.PublicKey) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.keys[string(key.Marshal())] = login
}

// disable ends the sessions of an account.
func (d *fakeDoor) disable(login string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	close(d.ends[login])
}

// counts gives how many sessions have been entered and left.
func (d *fakeDoor) counts() (entered, left int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.entered), d.left
}

// screen is a small program that shows its size, where it began and the last
// key.
type screen struct {
	who, start, key string
	w, h            int
}

type goodbye struct{ words string }

func (m screen) Init() tea.Cmd { return nil }

func (m screen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
	case goodbye:
		m.key = "goodbye:" + msg.words
	case tea.KeyPressMsg:
		switch m.key = msg.String(); m.key {
		case "q":
			return m, tea.Quit
		case "p":
			panic("the screen broke")
		}
	}
	return m, nil
}

func (m screen) View() tea.View {
	v := tea.NewView(fmt.Sprintf("hello %s!\nsize=%dx%d\nstart=%s\nkey=%s", m.who, m.w, m.h, m.start, m.key))
	v.AltScreen = true
	return v
}

// command is a little of everything that commands do.
func command(ctx context.Context, s *session.Session, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	actor, _ := s.Actor(ctx)
	switch args[0] {
	case "addr":
		_, _ = fmt.Fprintln(stdout, s.Addr)
	case "whoami":
		fmt.Fprintf(stdout, "%s account=%d enrollment=%d via=%s lang=%s\n", actor.Login, actor.Account, actor.Enrollment, actor.Via, s.Lang(ctx))
	case "args":
		fmt.Fprintf(stdout, "%q\n", args[1:])
	case "env":
		fmt.Fprintf(stdout, "%q\n", s.Env)
	case "offered":
		fmt.Fprintf(stdout, "%t\n", s.Offered != nil)
	case "cat":
		_, _ = io.Copy(stdout, stdin)
	case "secret":
		stdin.(interface{ Echo(on bool) }).Echo(false)
		fmt.Fprint(stdout, "secret? ")
		line, _ := bufio.NewReader(stdin).ReadString('\n')
		fmt.Fprintf(stdout, "got %d bytes\n", len(strings.TrimSpace(line)))
	case "fail":
		fmt.Fprintln(stderr, "refused: because")
		return 1
	case "panic":
		panic("the command broke")
	case "wait":
		fmt.Fprintln(stdout, "waiting")
		<-ctx.Done()
		fmt.Fprintln(stdout, "stopped")
		return 1
	}
	return 0
}

// server starts a server with the fakes; change edits its options first.
func server(t testing.TB, change ...func(*sshsrv.Options)) (*sshtest.Server, *fakeDoor) {
	t.Helper()
	door := &fakeDoor{keys: map[string]string{}}
	o := sshsrv.Options{
		Door: door, Lang: i18n.English, Command: command,
		Screens: func(s *session.Session) (tea.Model, func()) {
			actor, _ := s.Actor(context.Background())
			return screen{who: actor.Login, start: s.Start}, nil
		},
		Files: func(*session.Session) files.FS { return discard{} },
		Drain: func(words string) tea.Msg { return goodbye{words} },
	}
	for _, c := range change {
		c(&o)
	}
	return sshtest.Start(t, o), door
}

// pw is an account's password.
func pw(login string) sshtest.Auth { return sshtest.Auth{Password: login + "-pw"} }

// run runs one command by x/crypto/ssh and gives what it printed and its exit
// code.
func run(t testing.TB, c *gossh.Client, cmd string) (string, int) {
	t.Helper()
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var out strings.Builder
	s.Stdout, s.Stderr = &out, &out
	err = s.Run(cmd)
	return out.String(), sshtest.ExitCode(err)
}

// subsystem asks for a subsystem and gives what was said on standard error and
// the exit code, -1 when the server gave none or refused.
func subsystem(t testing.TB, c *gossh.Client, name string) (said string, code int) {
	t.Helper()
	ch, reqs, err := c.OpenChannel("session", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ch.Close()
	ok, err := ch.SendRequest("subsystem", true, gossh.Marshal(struct{ Name string }{name}))
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		return "", -1
	}
	text, _ := io.ReadAll(ch.Stderr())
	for req := range reqs {
		var exit struct{ Code uint32 }
		if req.Type == "exit-status" && gossh.Unmarshal(req.Payload, &exit) == nil {
			return string(text), int(exit.Code)
		}
	}
	return string(text), -1
}

// newSFTP is the Go client for files.
func newSFTP(t testing.TB, c *gossh.Client) *sftp.Client {
	t.Helper()
	client, err := sftp.NewClient(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// safeBuffer takes a server's log.
type safeBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func (b *safeBuffer) logger() *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }

// discard is a tree that holds nothing and takes everything.
type discard struct{}

func (discard) Stat(_ context.Context, p string) (files.Info, error) {
	if p == "/" {
		return files.Info{Name: "/", Dir: true}, nil
	}
	return files.Info{Name: "zeros", Size: 64 << 20}, nil
}
func (discard) List(context.Context, string) ([]files.Info, error)   { return nil, nil }
func (discard) Open(context.Context, string) (files.File, error)     { return zeros{}, nil }
func (discard) Create(context.Context, string) (files.Upload, error) { return nothing{}, nil }
func (discard) Remove(context.Context, string) error                 { return nil }
func (discard) Mkdir(context.Context, string) error                  { return nil }
func (discard) Rename(context.Context, string, string) error         { return nil }

type zeros struct{}

func (zeros) Info() files.Info { return files.Info{Name: "zeros", Size: 64 << 20} }
func (zeros) Close() error     { return nil }
func (zeros) ReadAt(p []byte, off int64) (int, error) {
	if off >= 64<<20 {
		return 0, io.EOF
	}
	return int(min(int64(len(p)), 64<<20-off)), nil
}

type nothing struct{}

func (nothing) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }
func (nothing) Commit() error                          { return nil }
func (nothing) Abort()                                 {}

func (discard) Finish(context.Context, bool) ([]string, bool, error) { return nil, true, nil }
