package e2e

import (
	"bytes"
	"crypto/ed25519"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pkg/sftp"
	gossh "golang.org/x/crypto/ssh"
)

// TestKill kills the server with SIGKILL in the middle of whatever it does, again
// and again: people enter customers and follow-ups, applicants send documents and
// submit, the administrator approves, takes money, imports and backs up. After each
// start everything that was answered is there; at the end the doctor finds nothing,
// limits hold and no file is left without a row.
//
// COHORT_KILLS says how many rounds ("make kill": 200).
func TestKill(t *testing.T) {
	t.Parallel()
	if err := prepare(); err != nil {
		t.Fatal(err)
	}
	rounds := 4
	if n, err := strconv.Atoi(os.Getenv("COHORT_KILLS")); err == nil {
		rounds = n
	}
	k := &killing{t: t, data: filepath.Join(t.TempDir(), "data"), customers: map[string]bool{}, notes: map[string]bool{}, states: map[string]string{},
		documents: map[string]bool{}, receipts: map[string]bool{}, imports: map[string]bool{}}
	if err := copySchool(k.data); err != nil {
		t.Fatal(err)
	}
	k.keys()
	for k.round = range rounds {
		k.once()
		if t.Failed() {
			return
		}
	}
	k.whole()
	t.Logf("%d rounds: %d customers, %d follow-ups, %d documents, %d enrollments, %d receipts, %d imports, %d backups answered; %d approvals refused at capacity",
		rounds, len(k.customers), len(k.notes), len(k.documents), len(k.states), len(k.receipts), len(k.imports), k.backups.Load(), k.full.Load())
}

// keys gives those who work a key.
func (k *killing) keys() { k.keysAt(k.data, "--demo") }

func (k *killing) keysAt(data string, args ...string) {
	_, secret, err := ed25519.GenerateKey(nil)
	if err == nil {
		k.key, err = gossh.NewSignerFromKey(secret)
	}
	if err == nil {
		k.s, err = start(data, args...)
	}
	if err != nil {
		k.t.Fatal(err)
	}
	for _, login := range []string{"sales_b", "admin"} {
		if a := k.s.demoPerson(k.t, login).feed("keys add", string(gossh.MarshalAuthorizedKey(k.key.PublicKey()))); a.code != 0 {
			k.t.Fatal(a.err)
		}
	}
	if err := k.s.stop(); err != nil {
		k.t.Fatal(err)
	}
}

// killing is what the server has answered so far.
type killing struct {
	t     *testing.T
	data  string
	key   gossh.Signer // of both who work, so that a log-in is cheap
	round int
	s     *server

	address   func() string // of a server, where there are several
	mu        sync.Mutex
	customers map[string]bool   // by phone
	notes     map[string]bool   // of follow-ups
	documents map[string]bool   // "enrollment/name"
	states    map[string]string // of enrollments, the furthest that was answered
	receipts  map[string]bool   // by payment
	imports   map[string]bool   // by the phone of their last row
	backups   atomic.Int64
	full      atomic.Int64
}

// errGone says that the connection ended under a command: it was not answered.
var errGone = errors.New("the server is gone")

// errRefused is an answer, too.
type errRefused struct{ text string }

func (e errRefused) Error() string { return e.text }

// once runs the server under load, kills it, and looks after what was answered.
func (k *killing) once() {
	s, err := start(k.data, "--demo")
	if err != nil {
		k.t.Fatal(err)
	}
	k.s = s
	k.answered()
	var all sync.WaitGroup
	for i, work := range []func(c *caller) error{k.sell, k.sell, k.enroll, k.enroll, k.imports3, k.backup} {
		all.Go(func() { k.until(i, work) })
	}
	k.begun()
	time.Sleep(time.Duration(rand.IntN(2000)) * time.Millisecond)
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	all.Wait()
	if faulty(s.log.String()) {
		k.t.Errorf("round %d: the server's log:\n%s", k.round, s.log.String())
	}
}

// begun waits until the server has answered something this round.
func (k *killing) begun() {
	was := k.count()
	for deadline := time.Now().Add(time.Minute); k.count() == was && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
}

func (k *killing) count() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.customers) + len(k.notes) + len(k.documents) + len(k.receipts) + len(k.imports)
}

// until does a piece of work again and again until the server is gone.
func (k *killing) until(worker int, work func(c *caller) error) {
	c := &caller{k: k, worker: worker}
	defer c.hangUp()
	for {
		err := work(c)
		var refused errRefused
		switch {
		case errors.As(err, &refused):
			if !strings.Contains(refused.text, "full") {
				k.t.Errorf("round %d: refused: %s", k.round, refused.text)
				return
			}
			k.full.Add(1)
		case err != nil:
			return
		}
	}
}

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

// answered looks for everything that the server has said yes to.
func (k *killing) answered() {
	d := k.database()
	defer func() { _ = d.Close() }()
	there := func(query string) map[string]string {
		rows, err := d.Query(query)
		if err != nil {
			k.t.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
		out := map[string]string{}
		for rows.Next() {
			var key, value string
			if err := rows.Scan(&key, &value); err != nil {
				k.t.Fatal(err)
			}
			out[key] = value
		}
		return out
	}
	missing := func(what string, want map[string]bool, got map[string]string) {
		for key := range want {
			if _, ok := got[key]; !ok {
				k.t.Errorf("round %d: %s %s was answered and is gone", k.round, what, key)
			}
		}
	}
	phones := there(`SELECT phone, id FROM customers WHERE phone <> ''`)
	missing("customer", k.customers, phones)
	missing("imported customer", k.imports, phones)
	missing("follow-up", k.notes, there(`SELECT note, id FROM follow_ups`))
	missing("document", k.documents, there(`SELECT enrollment_id || '/' || name, id FROM documents`))
	missing("payment", k.receipts, there(`SELECT id, receipt FROM payments`))
	states := there(`SELECT id, state FROM enrollments`)
	order := []string{"", "invited", "submitted", "approved"}
	for id, want := range k.states {
		if place(order, states[id]) < place(order, want) {
			k.t.Errorf("round %d: enrollment %s was answered to be %s and is %q", k.round, id, want, states[id])
		}
	}
}

func place(order []string, state string) int {
	for i, s := range order {
		if s == state {
			return i
		}
	}
	return -1
}

func (k *killing) database() *sql.DB {
	d, err := sql.Open("sqlite", "file:"+filepath.Join(k.data, "cohort.db")+"?_pragma=busy_timeout(10000)&_pragma=query_only(1)")
	if err != nil {
		k.t.Fatal(err)
	}
	return d
}

// whole starts the server once more, looks after everything, and asks the doctor.
func (k *killing) whole() {
	k.old()
	s, err := start(k.data, "--demo")
	if err != nil {
		k.t.Fatal(err)
	}
	k.s = s
	k.answered()
	k.limits()
	k.swept()
	if err := s.stop(); err != nil {
		k.t.Error(err)
	}
	if out, err := exec.Command(binary, "doctor", "--data", k.data).CombinedOutput(); err != nil {
		k.t.Errorf("doctor: %v\n%s", err, out)
	}
}

// limits asks what must never be, by rows.
func (k *killing) limits() {
	d := k.database()
	defer func() { _ = d.Close() }()
	for what, query := range map[string]string{
		"enrollments with more than three documents": `SELECT count(*) FROM (SELECT 1 FROM documents GROUP BY enrollment_id HAVING count(*) > 3) AS x`,
		"classes with more students than places":     `SELECT count(*) FROM classes c WHERE (SELECT count(*) FROM student_classes s WHERE s.class_id = c.id) > c.capacity`,
		"approved without a student":                 `SELECT count(*) FROM enrollments e WHERE state = 'approved' AND NOT EXISTS (SELECT 1 FROM student_classes s WHERE s.enrollment_id = e.id)`,
		"approved without a mail":                    `SELECT count(*) FROM enrollments e WHERE state = 'approved' AND id > (SELECT min(id) FROM enrollments WHERE customer_id IN (SELECT id FROM customers WHERE phone LIKE '139%')) AND email = 'lxh@example.com' AND NOT EXISTS (SELECT 1 FROM mails m WHERE m.resource = 'enrollments' AND m.record_id = e.id)`,
		"gaps among receipts":                        `SELECT count(*) FROM (SELECT substr(receipt, 1, 5) FROM payments GROUP BY substr(receipt, 1, 5) HAVING max(CAST(substr(receipt, 6) AS INTEGER)) <> count(*)) AS x`,
		"imports that are half done":                 `SELECT count(*) FROM (SELECT count(*) AS n FROM customers WHERE phone LIKE '138%' AND name = '赵六' GROUP BY substr(phone, 1, 7), (CAST(substr(phone, 8) AS INTEGER) - 1) / 3 HAVING count(*) <> 3) AS x`,
	} {
		n := 0
		if err := d.QueryRow(query).Scan(&n); err != nil {
			k.t.Fatal(err)
		}
		if n != 0 {
			k.t.Errorf("%s: %d", what, n)
		}
	}
}

// old makes all files look as if they had come a day ago, so that the sweep at the
// start takes the orphans among them.
func (k *killing) old() {
	yesterday := time.Now().Add(-24 * time.Hour)
	err := filepath.WalkDir(filepath.Join(k.data, "files"), func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			err = os.Chtimes(path, yesterday, yesterday)
		}
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
}

// swept waits until the files on the disk are those that rows name.
func (k *killing) swept() {
	named := map[string]bool{}
	d := k.database()
	defer func() { _ = d.Close() }()
	tables, err := d.Query(`SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'stored'`)
	if err != nil {
		k.t.Fatal(err)
	}
	union := ""
	for tables.Next() {
		var name string
		if err := tables.Scan(&name); err != nil {
			k.t.Fatal(err)
		}
		if union != "" {
			union += " UNION ALL "
		}
		union += "SELECT stored FROM " + name
	}
	union += " UNION ALL SELECT report FROM import_batches"
	_ = tables.Close()
	rows, err := d.Query(union)
	if err != nil {
		k.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var stored string
		if err := rows.Scan(&stored); err != nil {
			k.t.Fatal(err)
		}
		named[stored] = true
	}
	var orphans []string
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if orphans = k.orphans(named); len(orphans) == 0 {
			return
		}
	}
	k.t.Errorf("%d files without a row, such as %s", len(orphans), orphans[0])
}

func (k *killing) orphans(named map[string]bool) (list []string) {
	root := filepath.Join(k.data, "files")
	_ = filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil
		}
		rel, _ := filepath.Rel(root, path)
		if !named[filepath.ToSlash(rel)] {
			list = append(list, rel)
		}
		return nil
	})
	return list
}
