package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/pkg/sftp"
	gossh "golang.org/x/crypto/ssh"
)

// caller is one person of the load, with a connection for each login.
type caller struct {
	k      *killing
	worker int
	n      int
	conns  []*gossh.Client
	by     map[string]*gossh.Client
}

func (c *caller) hangUp() {
	for _, conn := range c.conns {
		_ = conn.Close()
	}
}

// unique is a number of eight digits that no other piece of work has.
func (c *caller) unique() string {
	c.n++
	return fmt.Sprintf("%03d%d%04d", c.k.round, c.worker, c.n)
}

func (c *caller) as(login string) (*gossh.Client, error) {
	if conn := c.by[login]; conn != nil {
		return conn, nil
	}
	conf := &gossh.ClientConfig{User: login, HostKeyCallback: gossh.InsecureIgnoreHostKey(), Timeout: 10 * time.Second}
	if !strings.HasPrefix(login, "enroll-") {
		conf.Auth = []gossh.AuthMethod{gossh.PublicKeys(c.k.key)}
	}
	addr := c.k.s.addr
	if c.k.address != nil {
		addr = c.k.address()
	}
	conn, err := gossh.Dial("tcp", addr, conf)
	if err != nil {
		return nil, errGone
	}
	if c.by == nil {
		c.by = map[string]*gossh.Client{}
	}
	c.by[login], c.conns = conn, append(c.conns, conn)
	return conn, nil
}

// ask runs a command; its answer counts only when the exit code came.
func (c *caller) ask(login, command, input string) ([]byte, error) {
	conn, err := c.as(login)
	if err != nil {
		return nil, err
	}
	s, err := conn.NewSession()
	if err != nil {
		return nil, errGone
	}
	defer func() { _ = s.Close() }()
	var out, said bytes.Buffer
	s.Stdin, s.Stdout, s.Stderr = strings.NewReader(input), &out, &said
	var exit *gossh.ExitError
	err = s.Run(command)
	switch {
	case errors.As(err, &exit) && exit.ExitStatus() > 2:
		return nil, errGone // the server closes its sessions
	case errors.As(err, &exit):
		return nil, errRefused{command + ": " + said.String()}
	case err != nil:
		return nil, errGone
	}
	return out.Bytes(), nil
}

// number takes a field of a JSON answer.
func number(out []byte, field string) string {
	var v map[string]any
	d := json.NewDecoder(bytes.NewReader(out))
	d.UseNumber()
	_ = d.Decode(&v)
	return fmt.Sprint(v[field])
}

// keep notes what was answered.
func (k *killing) keep(note func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	note()
}

// add enters a customer, who is told of once he is answered.
func (c *caller) add(name string) (id string, err error) {
	phone := "139" + c.unique()
	out, err := c.ask("sales_b", "customers add --name "+name+" --phone "+phone+" --source baidu --course python --json", "")
	if err != nil {
		return "", err
	}
	c.k.keep(func() { c.k.customers[phone] = true })
	return number(out, "id"), nil
}

func (k *killing) sell(c *caller) error {
	id, err := c.add("王小明")
	if err != nil {
		return err
	}
	for range 3 {
		note := "said " + c.unique()
		if _, err := c.ask("sales_b", "followups add --customer "+id+" --channel phone --intention within_month --next +3d --note '"+note+"'", ""); err != nil {
			return err
		}
		k.keep(func() { k.notes[note] = true })
	}
	return nil
}

// enroll takes a customer from the link to the approval and the deposit.
func (k *killing) enroll(c *caller) error {
	customer, err := c.add("李小红")
	if err != nil {
		return err
	}
	out, err := c.ask("sales_b", "enrollments create --customer "+customer+" --class "+killClass+" --json", "")
	if err != nil {
		return err
	}
	id, applicant := number(out, "id"), "enroll-"+number(out, "token")
	k.keep(func() { k.states[id] = "invited" })
	for _, name := range []string{"front.jpg", "back.png"} {
		if err := c.upload(applicant, id, name); err != nil {
			return err
		}
	}
	for _, command := range []string{"enrollment fill --name 李小红 --sex female --id-kind passport --id-number E" + c.unique() + " --email lxh@example.com --emergency '父亲 13900139000'",
		"enrollment agree", "enrollment submit"} {
		if _, err := c.ask(applicant, command, ""); err != nil {
			return err
		}
	}
	k.keep(func() { k.states[id] = "submitted" })
	if _, err := c.ask("admin", "enrollments approve "+id, ""); err != nil {
		return err
	}
	k.keep(func() { k.states[id] = "approved" })
	out, err = c.ask("admin", "payments add --enrollment "+id+" --kind deposit --amount 500 --method cash --json", "")
	if err == nil {
		k.keep(func() { k.receipts[number(out, "id")] = true })
	}
	return err
}

// killClass is small enough to become full in a long run.
const killClass = "python-s9"

// upload sends a document; it counts when the client was told that it arrived.
func (c *caller) upload(applicant, id, name string) error {
	conn, err := c.as(applicant)
	if err != nil {
		return err
	}
	files, err := sftp.NewClient(conn)
	if err != nil {
		return errGone
	}
	defer func() { _ = files.Close() }()
	kind := map[string]string{".jpg": "jpeg", ".png": "png"}[filepath.Ext(name)]
	content := append(padded(kind, 20_000+rand.IntN(200_000)), c.unique()...)
	if err := put(files, name, content); err != nil {
		return errGone
	}
	c.k.keep(func() { c.k.documents[id+"/"+name] = true })
	return nil
}

// imports3 imports three customers: all of them or none.
func (k *killing) imports3(c *caller) error {
	var rows strings.Builder
	rows.WriteString("name,phone,source\n")
	last := ""
	for range 3 {
		last = "138" + c.unique()
		rows.WriteString("赵六," + last + ",baidu\n")
	}
	if _, err := c.ask("admin", "customers import --run", rows.String()); err != nil {
		return err
	}
	k.keep(func() { k.imports[last] = true })
	return nil
}

// backup takes a backup; one that was answered is whole.
func (k *killing) backup(c *caller) error {
	conn, err := c.as("admin")
	if err != nil {
		return err
	}
	s, err := conn.NewSession()
	if err != nil {
		return errGone
	}
	defer func() { _ = s.Close() }()
	file, err := os.CreateTemp(k.t.TempDir(), "*.tar")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }()
	s.Stdout, s.Stderr = file, io.Discard
	if err := s.Run("backup"); err != nil {
		_ = file.Close()
		return errGone
	}
	if err := file.Close(); err != nil {
		return err
	}
	if out, err := exec.Command(binary, "backup", "--verify", file.Name()).CombinedOutput(); err != nil {
		k.t.Errorf("a backup that was answered is damaged: %v: %s", err, out)
	}
	k.backups.Add(1)
	return nil
}
