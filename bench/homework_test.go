package bench

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"cohort/app/policy"
	"cohort/db"
)

// How large the class is, and what each student hands in. 200 and 5 are the real
// thing; the defaults are small.
var (
	students = number("COHORT_BENCH_STUDENTS", 20)
	homework = number("COHORT_BENCH_HOMEWORK_MIB", 1)
)

// BenchmarkFetchHomework fetches the homework of a whole class, as a zip and by
// scp -r, from our server and from OpenSSH's, where tar packs plain files.
func BenchmarkFetchHomework(b *testing.B) {
	ssh, scp := program(b, "ssh"), program(b, "scp")
	plain := works(b)
	size := int64(students * homework << 20)
	fetch := func(b *testing.B, s *server, user, command, dir string) {
		b.Run(strings.Fields(command)[0], func(b *testing.B) {
			b.SetBytes(size)
			s.memory(b, func() {
				for b.Loop() {
					s.drain(b, size, ssh, user+"@"+s.host(), command)
				}
			})
		})
		b.Run("scp-r", func(b *testing.B) {
			b.SetBytes(size)
			s.memory(b, func() {
				for b.Loop() {
					to := b.TempDir()
					run(b, s.client(scp, "-q", "-r", user+"@"+s.host()+":"+dir, to))
					b.StopTimer()
					_ = os.RemoveAll(to)
					b.StartTimer()
				}
			})
		})
	}
	b.Run("cohort", func(b *testing.B) {
		s := serve(b, classroom(b, plain), "--demo")
		fetch(b, s, "lecturer", "homework download python-s9 300", "classes/python-s9/300/homework")
	})
	b.Run("openssh", func(b *testing.B) {
		s, user := openSSH(b)
		fetch(b, s, user, "tar -C "+plain+" -cf - .", plain)
	})
}

// BenchmarkHandIn hands in 50 MiB, all that a version may have, in ten files by
// scp: to our server, which checks, hashes and syncs them and gives a receipt,
// and to OpenSSH's sftp-server.
func BenchmarkHandIn(b *testing.B) {
	scp := program(b, "scp")
	const files, each = 10, 5 << 20
	send := func(b *testing.B, s *server, to string) {
		b.SetBytes(files * each)
		for b.Loop() {
			b.StopTimer()
			dir, args := b.TempDir(), []string{"-q"}
			for i := range files {
				args = append(args, scribble(b, filepath.Join(dir, fmt.Sprintf("hw%d.bin", i)), each))
			}
			b.StartTimer()
			run(b, s.client(scp, append(args, to)...))
		}
	}
	b.Run("cohort", func(b *testing.B) {
		s := serve(b, classroom(b, ""), "--demo")
		send(b, s, "kobe@"+s.host()+":homework/python-s9/300/")
	})
	b.Run("openssh", func(b *testing.B) {
		s, user := openSSH(b)
		send(b, s, user+"@"+s.host()+":"+b.TempDir()+"/")
	})
}

// drain runs a command and throws away what it gives, which must be no less than
// the files themselves.
func (s *server) drain(b *testing.B, least int64, ssh string, args ...string) {
	b.Helper()
	cmd := s.client(ssh, args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	must(b, err)
	must(b, cmd.Start())
	n, err := io.Copy(io.Discard, out)
	must(b, err)
	if err := cmd.Wait(); err != nil || n < least {
		b.Fatalf("%d bytes of %d, %v\n%s", n, least, err, &said)
	}
}

// memory reports the most memory that the server's own process had meanwhile.
func (s *server) memory(b *testing.B, f func()) {
	b.Helper()
	proc := fmt.Sprintf("/proc/%d/", s.cmd.Process.Pid)
	_ = os.WriteFile(proc+"clear_refs", []byte("5"), 0) // begin anew
	f()
	status, _ := os.ReadFile(proc + "status")
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			b.ReportMetric(kib/1024, "MB-server")
		}
	}
}

// scribble makes a file of random bytes, which nothing has seen or can pack.
func scribble(b *testing.B, path string, size int64) string {
	b.Helper()
	f, err := os.Create(path)
	must(b, err)
	_, err = io.CopyN(f, rand.Reader, size)
	must(b, err)
	must(b, f.Close())
	return path
}

// works makes a folder with a file for each student.
func works(b *testing.B) string {
	b.Helper()
	dir := b.TempDir()
	for i := range students {
		must(b, os.Mkdir(filepath.Join(dir, login(i)), 0o700))
		scribble(b, filepath.Join(dir, login(i), "hw.bin"), int64(homework)<<20)
	}
	return dir
}

func login(i int) string { return fmt.Sprintf("st%03d", i) }

// classroom makes a demo school with lesson 300 of python-s9, for which
// everybody has handed in what lies in the folder works; "" is nobody.
func classroom(b *testing.B, works string) string {
	b.Helper()
	data := filepath.Join(b.TempDir(), "school")
	demo(b, data)
	a := enter(b, data)
	defer func() { must(b, a.Close()) }()
	n := students
	if works == "" {
		n = 0
	}
	must(b, a.DB.Write(b.Context(), func(tx *db.Tx) error { return join(tx, n) }))
	_, err := a.Engine.Add(b.Context(), a.as("lecturer"), "lessons",
		map[string]string{"class": "python-s9", "number": "300", "title": "Large", "homework": "write"})
	must(b, err)
	for i := range n {
		a.handIn(a.as(login(i)), filepath.Join(works, login(i), "hw.bin"))
	}
	return data
}

// join brings students into the class.
func join(tx *db.Tx, n int) error {
	for i := range n {
		id := 100_000 + i
		for _, step := range []struct {
			sql  string
			args []any
		}{
			{`INSERT INTO accounts (id, login, name, active, demo, created_at, updated_at) VALUES ($1, $2, $3, 1, 1, 1, 1)`, []any{id, login(i), fmt.Sprintf("学员%03d", i)}},
			{`INSERT INTO account_roles (account_id, role_id) SELECT $1, id FROM roles WHERE name = 'student'`, []any{id}},
			{`INSERT INTO customers (id, name, qq, source_id, touched_at, created_at, updated_at) VALUES ($1, 's', $2, 1, 1, 1, 1)`, []any{id, fmt.Sprint("7000", id)}},
			{`INSERT INTO enrollments (id, customer_id, class_id, consultant_id, state, price, token_hash, link_expires_at, created_at, updated_at)
				SELECT $1, $1, id, 1, 'invited', 0, $2, 1, 1, 1 FROM classes WHERE code = 'python-s9'`, []any{id, fmt.Sprint("x", id)}},
			{`INSERT INTO students (id, customer_id, account_id, created_at) VALUES ($1, $1, $1, 1)`, []any{id}},
			{`INSERT INTO student_classes (student_id, class_id, enrollment_id, joined_at, roll) SELECT $1, id, $1, 1, $2 FROM classes WHERE code = 'python-s9'`,
				[]any{id, 1000 + i}},
		} {
			if _, err := tx.Exec(step.sql, step.args...); err != nil {
				return fmt.Errorf("%s: %w", step.sql, err)
			}
		}
	}
	return nil
}

// handIn hands a file in, as a student does.
func (s *inside) handIn(by policy.Actor, path string) {
	s.b.Helper()
	data, err := os.ReadFile(path)
	must(s.b, err)
	h, err := s.Teaching.HandIn(s.b.Context(), by, "python-s9", 300)
	must(s.b, err)
	f, err := h.Create("hw.bin", int64(len(data)))
	must(s.b, err)
	_, err = f.WriteAt(data, 0)
	must(s.b, err)
	must(s.b, f.Commit())
	_, err = h.Finish()
	must(s.b, err)
}
