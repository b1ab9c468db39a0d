package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// oneDoor shows that two processes hold one door: failures at both make one budget, a ban is seen and lifted at the other,
// and a session at one is seen, and ended, from the other.
func (w *pair) oneDoor() {
	w.t.Helper()
	a, b := w.servers[0].demoPerson(w.t, "admin"), w.servers[1].demoPerson(w.t, "admin")
	for i := range 5 {
		w.guess(i%2, "sales_c")
	}
	for _, p := range []person{a, b} {
		w.eventually(p, "bans list --json", func(list []map[string]any) bool {
			return len(list) == 1 && list[0]["login"] == "sales_c" && list[0]["failures"] == 5.0
		})
	}
	var bans []map[string]any
	if err := json.Unmarshal([]byte(b.must("bans list --json")), &bans); err != nil || len(bans) == 0 {
		w.t.Fatalf("%v: %v", bans, err)
	}
	b.must("bans lift " + fmt.Sprint(bans[0]["id"]))
	w.eventually(a, "bans list --json", func(list []map[string]any) bool { return len(list) == 0 })

	victim := w.watch(w.servers[0].demoPerson(w.t, "sales_c").conn)
	victim.wait("Home")
	var id any
	w.eventually(b, "sessions list --account sales_c --json", func(list []map[string]any) bool {
		if len(list) == 1 {
			id = list[0]["id"]
		}
		return len(list) == 1 && list[0]["process"] != "" && list[0]["kind"] == "screens"
	})
	if text := b.must("sessions list"); !strings.Contains(text, "process") || strings.Count(text, "admin") < 1 {
		w.t.Errorf("sessions list at the other process:\n%s", text)
	}
	b.must(fmt.Sprint("sessions end ", id))
	victim.wait("has ended")
	w.eventually(b, "sessions list --account sales_c --json", func(list []map[string]any) bool { return len(list) == 0 })
}

// guess tries a wrong password once.
func (w *pair) guess(process int, login string) {
	w.t.Helper()
	conn, err := gossh.Dial("tcp", w.servers[process].addr, &gossh.ClientConfig{User: login, Auth: []gossh.AuthMethod{gossh.Password("wrong")},
		HostKeyCallback: gossh.InsecureIgnoreHostKey(), Timeout: time.Minute})
	if err == nil {
		_ = conn.Close()
		w.t.Fatal("a wrong password logs in")
	}
}

// eventually asks until the answer is right.
func (w *pair) eventually(p person, command string, right func(list []map[string]any) bool) {
	w.t.Helper()
	var out string
	for range 300 {
		out = p.must(command)
		var list []map[string]any
		if err := json.Unmarshal([]byte(out), &list); err != nil {
			w.t.Fatalf("%s: %v\n%s", command, err, out)
		}
		if right(list) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	w.t.Fatalf("%s never got right: %s", command, out)
}
