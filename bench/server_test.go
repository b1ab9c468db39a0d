package bench

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// server is a server in a process of its own: ours, or OpenSSH's.
type server struct {
	addr string
	home string // of the clients: key, known hosts
	cmd  *exec.Cmd
}

func (s *server) host() string { h, _, _ := net.SplitHostPort(s.addr); return h }
func (s *server) port() string { _, p, _ := net.SplitHostPort(s.addr); return p }

// serve runs the binary on a data folder until the benchmark ends. Its screens
// get one core, as in the table of the platform, or as many as COHORT_BENCH_CORES says.
func serve(b *testing.B, data string, args ...string) *server {
	b.Helper()
	s, err := begin(binary(b), data, args...)
	must(b, err)
	b.Cleanup(func() {
		if err := s.stop(); err != nil {
			b.Error(err)
		}
	})
	return s
}

func begin(binary, data string, args ...string) (*server, error) {
	cmd := exec.Command(binary, append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--lang", "en", "--log", "error"}, args...)...)
	cmd.Env = append(os.Environ(), fmt.Sprint("GOMAXPROCS=", cores))
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if addr, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return &server{addr: addr, home: data, cmd: cmd}, nil
		}
	}
	return nil, fmt.Errorf("the server did not start: %v\n%s", cmd.Wait(), &said)
}

func (s *server) stop() error {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	late := time.AfterFunc(time.Minute, func() { _ = s.cmd.Process.Kill() })
	defer late.Stop()
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("the server ended with %w", err)
	}
	return nil
}

// usage is what a process has taken so far.
type usage struct {
	memory int64 // bytes resident now
	cpu    time.Duration
}

func (s *server) usage(b *testing.B) usage {
	b.Helper()
	var u usage
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		b.Skip("memory and CPU of a process are read from /proc")
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			u.memory = kib << 10
		}
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	must(b, err)
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	for _, f := range fields[11:13] { // user and system, in hundredths of a second
		ticks, _ := strconv.ParseInt(f, 10, 64)
		u.cpu += time.Duration(ticks) * 10 * time.Millisecond
	}
	return u
}

// openSSH runs OpenSSH's own server, which lets this user in with the key that
// it returns the file of.
func openSSH(b *testing.B) (s *server, user string) {
	b.Helper()
	const sshd = "/usr/sbin/sshd"
	if _, err := os.Stat(sshd); err != nil {
		b.Skip("OpenSSH's server is not installed")
	}
	keygen := program(b, "ssh-keygen")
	dir := b.TempDir()
	for _, name := range []string{"host", "key"} {
		must(b, exec.Command(keygen, "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, name)).Run())
	}
	if os.Getuid() == 0 {
		_ = os.MkdirAll("/run/sshd", 0o755) // it asks for this when root starts it
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(b, err)
	addr := l.Addr().String()
	must(b, l.Close())
	s = &server{addr: addr, home: dir}
	config := fmt.Sprintf("ListenAddress %s\nHostKey %s/host\nAuthorizedKeysFile %s/key.pub\nPidFile none\nStrictModes no\nUsePAM no\n"+
		"PermitRootLogin yes\nPrintMotd no\nPrintLastLog no\nMaxStartups 2000\nLogLevel ERROR\nSetEnv SHLVL=3\nSubsystem sftp /usr/lib/openssh/sftp-server\n", addr, dir, dir)
	must(b, os.WriteFile(filepath.Join(dir, "config"), []byte(config), 0o600))
	s.cmd = exec.Command(sshd, "-D", "-e", "-f", filepath.Join(dir, "config"))
	var said strings.Builder
	s.cmd.Stderr = &said
	must(b, s.cmd.Start())
	b.Cleanup(func() { _ = s.cmd.Process.Kill(); _ = s.cmd.Wait() })
	for range 100 {
		if c, err := net.Dial("tcp", addr); err == nil {
			_ = c.Close()
			return s, whoami()
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.Skipf("OpenSSH's server does not start: %s", &said)
	return nil, ""
}

// family gives the memory of a process and all below it, each page counted by
// its share, and how many processes there are.
func family(pid int) (bytes int64, processes int) {
	rollup, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(rollup)) {
		if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
			kib, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			bytes = kib << 10
		}
	}
	processes = 1
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, t := range tasks {
		list, _ := os.ReadFile(t)
		for _, child := range strings.Fields(string(list)) {
			n, _ := strconv.Atoi(child)
			more, count := family(n)
			bytes, processes = bytes+more, processes+count
		}
	}
	return bytes, processes
}
