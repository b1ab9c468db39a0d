package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdScreen drives a person's screens in a real terminal (tmux):
//
//	screen open sales_a@HOST        log in, at 80 by 24
//	screen keys j j enter           press keys, as tmux names them
//	screen type 王小明               type text
//	screen wait PATTERN             until the screen has it
//	screen show                     the screen to stdout
//	screen record FILE              every byte that the screen gets from now on, to a file
//	screen close
func cmdScreen(ts *testscript.TestScript, neg bool, args []string) {
	server := fmt.Sprint("cohort-e2e-", os.Getpid(), "-", filepath.Base(ts.Getenv("WORK"))) // each script has a tmux of its own
	const name = "screen"
	tmux := func(a ...string) string {
		cmd := exec.Command("tmux", append([]string{"-u", "-L", server, "-f", "/dev/null"}, a...)...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			ts.Fatalf("tmux %v: %v %s", a, err, out)
		}
		return string(out)
	}
	shown := func() string { return tmux("capture-pane", "-p", "-t", name) }
	switch args[0] {
	case "open":
		cmd := "ssh -tt " + strings.Join(quoteAll(line(ts, "ssh", args[1:])), " ")
		tmux("new-session", "-d", "-s", name, "-x", "80", "-y", "24",
			"env", "TERM=xterm-256color", "LANG="+ts.Getenv("LANG"), "PASSWORD="+ts.Getenv("PASSWORD"), "SSH_ASKPASS="+ts.Getenv("SSH_ASKPASS"),
			"SSH_ASKPASS_REQUIRE=force", "HOME="+ts.Getenv("HOME"), "sh", "-c", cmd+"; echo ended with $?; sleep 600", ";", "set-option", "-g", "exit-empty", "off")
		ts.Defer(func() { _ = exec.Command("tmux", "-L", server, "kill-server").Run() })
	case "keys":
		tmux(append([]string{"send-keys", "-t", name}, args[1:]...)...)
	case "type":
		tmux("send-keys", "-t", name, "-l", strings.Join(args[1:], " "))
	case "wait":
		re := regexp.MustCompile(args[1])
		for range 300 {
			if re.MatchString(shown()) != neg {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		ts.Fatalf("the screen never showed %q (not: %v):\n%s", args[1], neg, shown())
	case "show":
		ts.Check(os.WriteFile(ts.MkAbs("screen.out"), []byte(shown()), 0o600))
		ts.Check(ts.Exec("cat", "screen.out"))
	case "record":
		tmux("pipe-pane", "-t", name, "cat >> '"+ts.MkAbs(args[1])+"'")
	case "close":
		tmux("kill-session", "-t", name)
	default:
		ts.Fatalf("screen %s?", args[0])
	}
}

func quoteAll(list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, "'"+strings.ReplaceAll(s, "'", `'\''`)+"'")
	}
	return out
}
