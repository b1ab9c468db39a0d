// Package e2e drives the real server with real clients: ssh, scp, sftp, PuTTY.
// The scripts in scripts/ read like the manual, one for each line of a person's
// day and one for each refusal.
//
// In a script, HOST stands for the server: "ssh sales_a@HOST customers list".
// People log in with PASSWORD (the demo password at first). "json VAR path"
// takes a value out of the last JSON answer.
package e2e

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite"
)

var (
	binary  string // the server, built once
	school  string // the data folder of a demo school, made once and copied
	prepare = sync.OnceValue(build)
)

// side is how many scripts run side by side: they wait for clients and screens more
// than they reckon.
const side = "4"

func TestMain(m *testing.M) {
	flag.Parse()
	_ = flag.Set("test.parallel", side)
	dir, err := os.MkdirTemp("", "cohort-e2e-")
	if err != nil {
		panic(err)
	}
	binary, school = filepath.Join(dir, "cohort"), filepath.Join(dir, "school")
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// build makes the binary and one demo school.
func build() error {
	args := []string{"build", "-o", binary}
	if raceEnabled {
		args = append(args, "-race")
	}
	if out, err := exec.Command("go", append(args, "cohort/cmd/cohort")...).CombinedOutput(); err != nil {
		return fmt.Errorf("build: %v\n%s", err, out)
	}
	s, err := start(school, "--demo")
	if err != nil {
		return err
	}
	return s.stop()
}

func TestScripts(t *testing.T) {
	t.Parallel()
	need(t, "ssh", "scp", "sftp")
	if err := prepare(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, log := range faults {
			t.Errorf("a server's log:\n%s", log)
		}
	})
	testscript.Run(t, testscript.Params{Dir: "scripts", Deadline: time.Now().Add(15 * time.Minute), Setup: setup, RequireExplicitExec: true, UpdateScripts: os.Getenv("UPDATE") != "",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"demo": cmdDemo, "restart": cmdRestart, "halt": cmdHalt, "cohort": cmdCohort, "empty": cmdEmpty,
			"ssh": client("ssh"), "scp": client("scp"), "sftp": client("sftp"),
			"plink": client("plink"), "pscp": client("pscp"), "psftp": client("psftp"), "dbclient": client("dbclient"),
			"json": cmdJSON, "find": cmdFind, "bytes": cmdBytes, "picture": cmdPicture, "together": cmdTogether, "eventually": cmdEventually, "screen": cmdScreen, "password": cmdPassword, "cut": cmdCut, "sql": cmdSQL, "stored": cmdStored, "totp": cmdTotp,
			"letter": cmdLetter, "log": cmdLog, "taker": cmdTaker,
		},
		Condition: condition})
}

// need skips where a client is missing; the gate makes that a failure.
func need(t *testing.T, names ...string) {
	t.Helper()
	for _, n := range names {
		if _, err := exec.LookPath(n); err != nil {
			if os.Getenv("COHORT_REQUIRE_CLIENTS") != "" {
				t.Fatalf("%s is missing", n)
			}
			t.Skipf("%s is missing", n)
		}
	}
}

// setup gives a script a home of its own, so that no client reads ours.
func setup(env *testscript.Env) error {
	for k, v := range map[string]string{"HOME": env.WorkDir, "PASSWORD": "cohort-demo", "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":0",
		"SSH_ASKPASS": filepath.Join(env.WorkDir, "askpass"), "LANG": "en_US.UTF-8", "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"} {
		env.Setenv(k, v)
	}
	return os.WriteFile(filepath.Join(env.WorkDir, "askpass"), []byte("#!/bin/sh\ncase \"$1\" in *Code*|*CODE*) printf '%s\\n' \"$CODE\";; *) printf '%s\\n' \"$PASSWORD\";; esac\n"), 0o755)
}

// server is one running cohort.
type server struct {
	cmd  *exec.Cmd
	addr string
	log  journal
	out  strings.Builder
}

// journal is what a server has logged so far, while it goes on.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func start(data string, args ...string) (*server, error) {
	s := &server{cmd: exec.Command(binary, append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--lang", "en", "--zone", "Asia/Shanghai"}, args...)...)}
	s.cmd.Stderr = &s.log
	s.cmd.Env = append(os.Environ(), "GOMAXPROCS=2")
	pipe, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	ready := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(pipe); lines.Scan(); {
			s.out.WriteString(lines.Text() + "\n")
			if addr, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
				ready <- addr
			}
		}
		close(ready)
	}()
	select {
	case addr, ok := <-ready:
		if ok {
			s.addr = addr
			return s, nil
		}
		_ = s.cmd.Wait()
		return nil, fmt.Errorf("the server did not start: %s", s.log.String())
	case <-time.After(2 * time.Minute):
		_ = s.cmd.Process.Kill()
		return nil, fmt.Errorf("the server is not ready: %s", s.log.String())
	}
}

// stop drains the server; anything but exit code 0 is an error.
func (s *server) stop() error {
	if s.cmd.ProcessState != nil {
		return nil
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("the server ended with %v: %s", err, s.log.String())
	}
	return nil
}

// faulty says whether a server's log tells of a fault of the program.
func faulty(log string) bool {
	return strings.Contains(log, "DATA RACE") || strings.Contains(log, "internal error") || strings.Contains(log, "panic")
}

func (s *server) port() string { return s.addr[strings.LastIndex(s.addr, ":")+1:] }

var (
	serversMu sync.Mutex
	servers   = map[*testscript.TestScript]*server{}
	faults    []string // logs of servers that tell of a fault of the program
)

func serverOf(ts *testscript.TestScript) *server {
	serversMu.Lock()
	defer serversMu.Unlock()
	s := servers[ts]
	if s == nil {
		ts.Fatalf("no server: begin the script with demo")
	}
	return s
}

// run starts a server for a script and stops it when the script ends.
func run(ts *testscript.TestScript, args ...string) {
	s, err := start(ts.MkAbs("data"), args...)
	ts.Check(err)
	serversMu.Lock()
	servers[ts] = s
	serversMu.Unlock()
	ts.Setenv("PORT", s.port())
	ts.Check(os.WriteFile(ts.MkAbs("server.out"), []byte(s.out.String()), 0o600))
	ts.Defer(func() {
		if err := s.stop(); err != nil {
			ts.Logf("%v", err)
		}
		if log := s.log.String(); faulty(log) {
			serversMu.Lock()
			faults = append(faults, log)
			serversMu.Unlock()
		}
	})
}

// cmdDemo starts a demo school of its own for the script.
func cmdDemo(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(copySchool(ts.MkAbs("data")))
	run(ts, append([]string{"--demo"}, args...)...)
}

// copySchool copies the demo school with its key file, readable for its owner only.
func copySchool(to string) error {
	key, err := os.ReadFile(school + ".age-key")
	if err == nil {
		err = os.WriteFile(to+".age-key", key, 0o600)
	}
	if err != nil {
		return err
	}
	if err := os.CopyFS(to, os.DirFS(school)); err != nil {
		return err
	}
	return filepath.WalkDir(to, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(path, 0o700)
		}
		return os.Chmod(path, 0o600)
	})
}

// cmdEmpty starts a new school with nothing in it.
func cmdEmpty(ts *testscript.TestScript, _ bool, args []string) { run(ts, args...) }

// cmdHalt stops the server with SIGTERM; it must end with exit code 0. "halt
// begin" does not wait for it.
func cmdHalt(ts *testscript.TestScript, _ bool, args []string) {
	s := serverOf(ts)
	if len(args) > 0 {
		ts.Check(s.cmd.Process.Signal(syscall.SIGTERM))
		return
	}
	ts.Check(s.stop())
}

func cmdRestart(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(serverOf(ts).stop())
	run(ts, args...)
}

// cmdPassword sets what the next clients answer when asked for a password.
func cmdPassword(ts *testscript.TestScript, _ bool, args []string) { ts.Setenv("PASSWORD", args[0]) }

// options that keep clients from asking and from reading our own files.
var options = []string{"-F", "/dev/null", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
	"-o", "SendEnv=LANG", "-o", "PreferredAuthentications=publickey,password", "-o", "NumberOfPasswordPrompts=1", "-o", "ConnectTimeout=30"}

// line makes the command line of a client; HOST in it is the server.
func line(ts *testscript.TestScript, name string, args []string) []string {
	s := serverOf(ts)
	out := []string{}
	switch name {
	case "ssh":
		if auth := ts.Getenv("AUTH"); auth != "" {
			out = append(out, "-o", "PreferredAuthentications="+auth)
		}
		out = append(append(out, options...), "-p", s.port())
	case "scp", "sftp":
		out = append(append(out, options...), "-P", s.port())
	case "plink", "pscp", "psftp":
		out = append(out, "-batch", "-P", s.port(), "-hostkey", hostKey(ts))
		if !strings.Contains(strings.Join(args, " "), "enroll-") {
			out = append(out, "-pw", ts.Getenv("PASSWORD"))
		}
	case "dbclient":
		out = append(out, "-y", "-y", "-p", s.port())
	}
	for _, a := range args {
		out = append(out, strings.ReplaceAll(a, "@HOST", "@127.0.0.1"))
	}
	return out
}

// hostKey finds the fingerprint that PuTTY must be told.
func hostKey(ts *testscript.TestScript) string {
	out, err := exec.Command("ssh-keygen", "-lf", ts.MkAbs("data/hostkeys/"+hostKeyFile(ts))).Output()
	ts.Check(err)
	return strings.Fields(string(out))[1]
}

func hostKeyFile(ts *testscript.TestScript) string {
	list, err := filepath.Glob(ts.MkAbs("data/hostkeys/*ed25519*"))
	ts.Check(err)
	if len(list) == 0 {
		ts.Fatalf("no host key")
	}
	return filepath.Base(list[0])
}

// client runs a real client. "!" in front of it wants exit code 1, "-code=N"
// behind it another one.
func client(name string) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		want, args := wanted(ts, neg, args)
		exited(ts, name, ts.Exec(name, line(ts, name, args)...), want)
	}
}

// cmdCohort runs the program itself, as its operator does.
func cmdCohort(ts *testscript.TestScript, neg bool, args []string) {
	want, args := wanted(ts, neg, args)
	exited(ts, "cohort", ts.Exec(binary, args...), want)
}

// wanted reads which exit code a script wants.
func wanted(ts *testscript.TestScript, neg bool, args []string) (int, []string) {
	code := 0
	if neg {
		code = 1
	}
	if len(args) > 0 && strings.HasPrefix(args[0], "-code=") {
		n, err := strconv.Atoi(strings.TrimPrefix(args[0], "-code="))
		ts.Check(err)
		return n, args[1:]
	}
	return code, args
}

func exited(ts *testscript.TestScript, name string, err error, want int) {
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%s: %v", name, err)
	}
	if code != want {
		ts.Fatalf("%s: exit code %d, want %d", name, code, want)
	}
}

// cmdJSON puts a value of the last answer into a variable: json ID id; json
// FIRST 0.name.
func cmdJSON(ts *testscript.TestScript, neg bool, args []string) {
	var v any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &v))
	for _, step := range strings.Split(args[1], ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			i, err := strconv.Atoi(step)
			ts.Check(err)
			if i >= len(x) {
				ts.Fatalf("there are only %d in %s", len(x), args[1])
			}
			v = x[i]
		default:
			v = nil
		}
	}
	text := fmt.Sprint(v)
	if f, ok := v.(float64); ok {
		text = strconv.FormatFloat(f, 'f', -1, 64)
	}
	if v == nil {
		text = ""
	}
	if len(args) > 2 && (text == args[2]) == neg {
		ts.Fatalf("%s is %q, want %q (not: %v)", args[1], text, args[2], neg)
	}
	ts.Setenv(args[0], text)
}

// cmdFind puts the first group of a pattern found in the last answer, or in a
// file, into a variable: find LOGIN 'login name: (\S+)'.
func cmdFind(ts *testscript.TestScript, _ bool, args []string) {
	file := "stdout"
	if len(args) > 2 {
		file = args[2]
	}
	m := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile(file))
	if m == nil {
		ts.Fatalf("%s has no %q", file, args[1])
	}
	ts.Setenv(args[0], m[1])
}

// cmdBytes makes a file of exactly so many bytes that begins like a JPEG, PNG or
// text: bytes photo.jpg jpeg 2097152.
func cmdBytes(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), padded(args[1], n), 0o600))
}

// cmdPicture makes a real picture: picture id-front.jpg.
func cmdPicture(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		kind := "jpeg"
		if strings.HasSuffix(name, ".png") {
			kind = "png"
		}
		ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(name)), 0o700))
		ts.Check(os.WriteFile(ts.MkAbs(name), padded(kind, 0), 0o600))
	}
}

// condition is [client:NAME]: whether a client is there. The gate wants all of
// them.
func condition(cond string) (bool, error) {
	name, ok := strings.CutPrefix(cond, "client:")
	if !ok {
		return false, fmt.Errorf("unknown condition %s", cond)
	}
	_, err := exec.LookPath(name)
	if err != nil && os.Getenv("COHORT_REQUIRE_CLIENTS") != "" {
		return false, fmt.Errorf("%s is missing", name)
	}
	return err == nil, nil
}

// command makes a client line that runs beside the script, with its own bound
// of time.
func command(ctx context.Context, ts *testscript.TestScript, words []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, words[0], line(ts, words[0], words[1:])...)
	cmd.Dir = ts.Getenv("WORK")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	for _, name := range []string{"HOME", "PASSWORD", "CODE", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "LANG", "LC_ALL", "TERM", "DISPLAY"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	return cmd
}

// cmdTogether runs several client lines at the same moment, one per line of a
// file, and wants so many of them to succeed; what they say goes to
// together.out: together 1 lines.txt.
func cmdTogether(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var wg sync.WaitGroup
	var mu sync.Mutex
	done, text := 0, strings.Builder{}
	for _, l := range strings.Split(strings.TrimSpace(ts.ReadFile(args[1])), "\n") {
		cmd := command(ctx, ts, strings.Fields(os.Expand(l, ts.Getenv)))
		wg.Go(func() {
			out, err := cmd.CombinedOutput()
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				done++
			}
			text.Write(out)
		})
	}
	wg.Wait()
	ts.Check(os.WriteFile(ts.MkAbs("together.out"), []byte(text.String()), 0o600))
	if done != want {
		ts.Fatalf("%d succeeded, want %d:\n%s", done, want, text.String())
	}
}

// cmdEventually runs a client line again and again until its output has a
// pattern: eventually PATTERN ssh admin@HOST mail list.
func cmdEventually(ts *testscript.TestScript, neg bool, args []string) {
	re := regexp.MustCompile(args[0])
	var out []byte
	for range 100 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		out, _ = command(ctx, ts, args[1:]).CombinedOutput()
		cancel()
		if re.Match(out) != neg {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	ts.Fatalf("never saw %q (not: %v) in:\n%s", args[0], neg, out)
}

// cmdCut kills a client line in the middle, after so long: cut 1s scp -l 400
// big.jpg enroll-$TOKEN@HOST:.
func cmdCut(ts *testscript.TestScript, _ bool, args []string) {
	after, err := time.ParseDuration(args[0])
	ts.Check(err)
	ctx, cancel := context.WithTimeout(context.Background(), after)
	defer cancel()
	out, err := command(ctx, ts, args[1:]).CombinedOutput()
	if ctx.Err() == nil {
		ts.Fatalf("it ended by itself: %v %s", err, out)
	}
}

// cmdSQL changes the school's data while the server is stopped, which is how
// time passes in a script: sql "UPDATE enrollments SET …".
func cmdSQL(ts *testscript.TestScript, _ bool, args []string) {
	d, err := sql.Open("sqlite", "file:"+ts.MkAbs("data/cohort.db"))
	ts.Check(err)
	defer func() { _ = d.Close() }()
	res, err := d.Exec(args[0])
	ts.Check(err)
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		ts.Fatalf("nothing changed: %v", err)
	}
}

// cmdStored remembers how many files the school keeps, or wants just as many as
// then, left-overs of uploads among them: stored; stored same; stored more 3.
func cmdStored(ts *testscript.TestScript, _ bool, args []string) {
	count := func() (n int) {
		ts.Check(filepath.WalkDir(ts.MkAbs("data/files"), func(_ string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				n++
			}
			return err
		}))
		return n
	}
	if len(args) == 0 {
		ts.Setenv("STORED", strconv.Itoa(count()))
		return
	}
	want, err := strconv.Atoi(ts.Getenv("STORED"))
	ts.Check(err)
	if len(args) > 1 {
		more, err := strconv.Atoi(args[1])
		ts.Check(err)
		want += more
	}
	for range 100 {
		if count() == want {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	ts.Fatalf("%d files are kept, want %d", count(), want)
}
