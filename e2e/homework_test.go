package e2e

import (
	"bytes"
	"database/sql"
	"encoding/csv"
	"fmt"
	"io"
	"path"
	"strings"
	"testing"

	"github.com/pkg/sftp"
)

// large makes a class of 200 students who can log in, with one lesson.
func large(t *testing.T) *server {
	t.Helper()
	s := demoServer(t)
	lecturer := s.demoPerson(t, "lecturer")
	admin := s.demoPerson(t, "admin")
	admin.must("classes change python-s9 --capacity 400")
	d, err := sql.Open("sqlite", "file:"+s.cmd.Args[3]+"/cohort.db?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	run := func(text string, args ...any) {
		t.Helper()
		if _, err := d.Exec(text, args...); err != nil {
			t.Fatal(text, err)
		}
	}
	for i := range 200 {
		n := 100_000 + i
		run(`INSERT INTO accounts (id, login, name, active, demo, password_hash, created_at, updated_at)
			SELECT ?, ?, ?, 1, 1, password_hash, 1, 1 FROM accounts WHERE login = 'kobe'`, n, fmt.Sprintf("st%03d", i), fmt.Sprintf("学员%03d", i))
		run(`INSERT INTO account_roles (account_id, role_id) SELECT ?, id FROM roles WHERE name = 'student'`, n)
		run(`INSERT INTO customers (id, name, qq, source_id, touched_at, created_at, updated_at) VALUES (?, 's', ?, 1, 1, 1, 1)`, n, fmt.Sprint("7000", n))
		run(`INSERT INTO enrollments (id, customer_id, class_id, consultant_id, state, price, token_hash, link_expires_at, created_at, updated_at)
			SELECT ?, ?, id, 1, 'invited', 0, ?, 1, 1, 1 FROM classes WHERE code = 'python-s9'`, n, n, fmt.Sprint("x", n))
		run(`INSERT INTO students (id, customer_id, account_id, created_at) VALUES (?, ?, ?, 1)`, n, n, n)
		run(`INSERT INTO student_classes (student_id, class_id, enrollment_id, joined_at, roll) SELECT ?, id, ?, 1,
			(SELECT COALESCE(max(roll), 0) + 1 FROM student_classes WHERE class_id = classes.id) FROM classes WHERE code = 'python-s9'`, n, n)
	}
	lecturer.must("lessons add python-s9 --number 300 --title Large --homework write")
	return s
}

// TestTwoHundredStudents hands in for 200 students over the real server,
// downloads all, fills the sheet, sends it back: every cell is right.
func TestTwoHundredStudents(t *testing.T) {
	t.Parallel()
	s := large(t)
	text := func(i int) string { return fmt.Sprintf("print(%d)  # 学员%03d\n", i, i) }
	for i := range 200 {
		p := s.demoPerson(t, fmt.Sprintf("st%03d", i))
		if a := p.feed("homework submit python-s9 300 --name 作业.py", text(i)); a.code != 0 {
			t.Fatal(a)
		}
		_ = p.conn.Close()
	}
	lecturer := s.demoPerson(t, "lecturer")
	sheet := []byte(lecturer.must("grades sheet python-s9 300"))
	got := map[string]string{}
	err := lecturer.sftp(func(c *sftp.Client) error {
		dir := "classes/python-s9/300/homework"
		list, err := c.ReadDir(dir)
		for _, f := range list {
			if !f.IsDir() {
				continue
			}
			in, err := c.Open(path.Join(dir, f.Name(), "作业.py"))
			if err != nil {
				return err
			}
			b, err := io.ReadAll(in)
			if err != nil {
				return err
			}
			got[f.Name()[strings.Index(f.Name(), "-")+1:]] = string(b)
			_ = in.Close()
		}
		return err
	})
	if err != nil || len(got) != 200 {
		t.Fatal(err, len(got))
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(sheet, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	scores := []string{"A+", "A", "B+", "B", "B-", "C+", "C", "C-", "D", "COPY"}
	want := map[string][2]string{}
	for i, r := range rows[1:] {
		login := r[3]
		var n int
		if _, err := fmt.Sscanf(login, "st%d", &n); err == nil {
			if got[r[2]] != text(n) {
				t.Errorf("%s: %q", login, got[r[2]])
			}
		}
		r[7], r[8] = scores[i%len(scores)], fmt.Sprintf("第 %d 份,\n\"不错\" =SUM(A%d)", i, i)
		want[login] = [2]string{r[7], r[8]}
	}
	var out bytes.Buffer
	_ = csv.NewWriter(&out).WriteAll(rows)
	if a := lecturer.feed("grades import python-s9 300", out.String()); a.code != 0 || !strings.Contains(a.out, fmt.Sprintf("%d rows applied", len(want))) {
		t.Fatalf("%d %s %s", a.code, a.err, a.out[:min(300, len(a.out))])
	}
	rows, err = csv.NewReader(strings.NewReader(strings.TrimPrefix(lecturer.must("grades sheet python-s9 300"), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		if want[r[3]] != [2]string{r[7], r[8]} {
			t.Errorf("%s: %q %q, want %q", r[3], r[7], r[8], want[r[3]])
		}
	}
}
