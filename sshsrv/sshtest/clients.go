package sshtest

import (
	"os"
	"os/exec"
	"strconv"
	"strings"

	gossh "golang.org/x/crypto/ssh"
)

// opts are OpenSSH's options for one log-in. What a program of OpenSSH calls
// the port differs (-p, -P), so it is given as an option too.
func (g *Target) opts(a Auth) []string {
	o := []string{
		"-F", "/dev/null", "-o", "Port=" + strconv.Itoa(g.Port), "-o", "StrictHostKeyChecking=yes",
		"-o", "UserKnownHostsFile=" + g.knownHosts(), "-o", "GlobalKnownHostsFile=/dev/null",
		"-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "NumberOfPasswordPrompts=1",
	}
	switch {
	case a.Key != nil:
		return append(o, "-i", a.Key.File, "-o", "PreferredAuthentications=publickey")
	case a.Password != "":
		return append(o, "-o", "PubkeyAuthentication=no", "-o", "PreferredAuthentications=keyboard-interactive,password")
	}
	return append(o, "-o", "PubkeyAuthentication=no", "-o", "BatchMode=yes")
}

// openSSH makes a command of an OpenSSH program, with sshpass in front where a
// password is to be typed.
func (g *Target) openSSH(program string, a Auth, args ...string) *exec.Cmd {
	g.t.Helper()
	path := Need(g.t, program)
	args = append(g.opts(a), args...)
	if a.Password == "" {
		return g.command(path, args...)
	}
	cmd := g.command(Need(g.t, "sshpass"), append([]string{"-e", path}, args...)...)
	cmd.Env = append(cmd.Env, "SSHPASS="+a.Password)
	return cmd
}

// command runs with an environment of its own: no agent, no configuration.
func (g *Target) command(path string, args ...string) *exec.Cmd {
	cmd := exec.Command(path, args...)
	cmd.Dir = g.home
	cmd.Env = []string{"HOME=" + g.home, "PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "TERM=xterm-256color"}
	return cmd
}

// SSH is "ssh [flags] user@host args…"; flags are those before the host.
func (g *Target) SSH(user string, a Auth, flags []string, args ...string) *exec.Cmd {
	return g.openSSH("ssh", a, append(append(flags, "-l", user, g.Host), args...)...)
}

// SCP is "scp args…", where an argument that begins with ":" is on the server:
// ":x" stands for user@host:x.
func (g *Target) SCP(user string, a Auth, args ...string) *exec.Cmd {
	return g.openSSH("scp", a, g.remote(user, args)...)
}

// SFTP is "sftp user@host" with a batch of commands on standard input. Like
// "sftp -b", it stops at the first command that fails and exits 1.
func (g *Target) SFTP(user string, a Auth, batch ...string) *exec.Cmd {
	if a.Password != "" {
		g.t.Fatal("sftp with a password: OpenSSH's batch mode asks for none; use a key")
	}
	cmd := g.openSSH("sftp", a, "-b", "-", user+"@"+g.Host)
	cmd.Stdin = strings.NewReader(strings.Join(batch, "\n") + "\n")
	return cmd
}

// PuTTY runs plink, pscp or psftp; ":x" among the arguments stands for
// user@host:x, and "@" for user@host.
func (g *Target) PuTTY(program, user string, a Auth, args ...string) *exec.Cmd {
	g.t.Helper()
	if a.Key != nil {
		g.t.Fatal("PuTTY wants keys in its own format")
	}
	all := []string{"-batch", "-P", strconv.Itoa(g.Port), "-hostkey", gossh.FingerprintSHA256(g.hostKey()), "-noagent"}
	if a.Password != "" {
		all = append(all, "-pw", a.Password)
	}
	return g.command(Need(g.t, program), append(all, g.remote(user, args)...)...)
}

// Dropbear is "dbclient user@host args…".
func (g *Target) Dropbear(user string, a Auth, args ...string) *exec.Cmd {
	cmd := g.command(Need(g.t, "dbclient"), append([]string{"-y", "-y", "-T", "-p", strconv.Itoa(g.Port), user + "@" + g.Host}, args...)...)
	if a.Password != "" {
		cmd.Env = append(cmd.Env, "DROPBEAR_PASSWORD="+a.Password)
	}
	return cmd
}

func (g *Target) remote(user string, args []string) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		switch {
		case strings.HasPrefix(arg, ":"):
			arg = user + "@" + g.Host + arg
		case arg == "@":
			arg = user + "@" + g.Host
		}
		out[i] = arg
	}
	return out
}

// Config is x/crypto/ssh's client configuration.
func (g *Target) Config(user string, a Auth) *gossh.ClientConfig {
	c := &gossh.ClientConfig{User: user, HostKeyCallback: gossh.InsecureIgnoreHostKey(), Timeout: patience}
	if a.Key != nil {
		c.Auth = append(c.Auth, gossh.PublicKeys(a.Key.Signer))
	}
	if a.Password != "" {
		c.Auth = append(c.Auth, gossh.Password(a.Password))
	}
	return c
}

// Dial logs in with x/crypto/ssh until the test ends.
func (g *Target) Dial(user string, a Auth) *gossh.Client {
	g.t.Helper()
	c, err := gossh.Dial("tcp", g.Addr(), g.Config(user, a))
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { _ = c.Close() })
	return c
}
