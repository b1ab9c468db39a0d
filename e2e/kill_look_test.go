package e2e

import (
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

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
