package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"cohort/app/audit"
	"cohort/app/customer"
	"cohort/app/policy"
	"cohort/app/question"
	"cohort/app/resource"
	"cohort/app/seed"
	"cohort/db"
)

// Every text column of every table is decided upon: a person's, or nobody's.
func TestEveryTextIsDecidedUpon(t *testing.T) {
	a := openApp(t, nil)
	known := map[string]bool{}
	err := a.DB.Read(context.Background(), func(tx *db.Tx) error {
		names, err := tx.Tables()
		if err != nil {
			return err
		}
		for _, table := range names {
			columns, err := tx.Columns(table)
			if err != nil {
				return err
			}
			known[table] = true
			h, listed := texts[table]
			decided := strings.Fields(h.goes + " " + h.stays + " " + h.none)
			for _, c := range columns {
				known[table+"."+c.Name] = true
				if n := count(decided, c.Name); !c.Number && n != 1 {
					t.Errorf("%s.%s stands in %d lists of app/person_texts.go: say whether it is a person's", table, c.Name, n)
				}
			}
			if listed && h.stays != "" && h.why == "" {
				t.Errorf("%s: why do %s stay?", table, h.stays)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for table, h := range texts {
		for _, c := range strings.Fields(h.goes + " " + h.stays + " " + h.none) {
			if !known[table+"."+c] {
				t.Errorf("%s.%s is no column", table, c)
			}
		}
		if h.goes != "" && !known[table] {
			t.Errorf("%s is no table", table)
		}
	}
}

func count(list []string, s string) (n int) {
	for _, x := range list {
		if x == s {
			n++
		}
	}
	return n
}

const (
	marker      = "zqx7person"
	markedPhone = "13977770707"
	markedQQ    = "777707070"
	markedID    = "110101199003070337"
)

// marked is a school with a person of whom every text that can hold a marker holds one.
type marked struct {
	*App
	t           *testing.T
	ctx         context.Context
	id, account int64
	holds       map[string]bool // table.column
}

func newMarked(t *testing.T) *marked {
	m := &marked{App: openApp(t, nil), t: t, ctx: context.Background(), holds: map[string]bool{}}
	if _, err := seed.Demo(m.ctx, m.Seeding()); err != nil {
		t.Fatal(err)
	}
	m.row(`SELECT s.customer_id, s.account_id FROM students s JOIN accounts a ON a.id = s.account_id WHERE a.login = 'kobe'`, &m.id, &m.account)
	m.acts()
	m.rows()
	m.work()
	m.tied(false)
	m.columns()
	m.tied(true)
	m.later()
	return m
}

func (m *marked) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *marked) row(query string, at ...any) {
	m.t.Helper()
	m.must(m.DB.Read(m.ctx, func(tx *db.Tx) error { return tx.QueryRow(query).Scan(at...) }))
}

func (m *marked) exec(query string, args ...any) error {
	return m.DB.Write(m.ctx, func(tx *db.Tx) error { _, err := tx.Exec(query, args...); return err })
}

// acts go through the services, so that the trail, the indexes and the colleagues hear of them.
func (m *marked) acts() {
	admin, sales := actorNamed(m.t, m.App, "admin"), actorNamed(m.t, m.App, "sales_a")
	m.must(m.Customers.Change(m.ctx, admin, m.id, 0, resource.Values{"name": "Kobe " + marker, "phone": markedPhone, "qq": markedQQ, "wechat": marker,
		"email": marker + "@example.com", "id_number": markedID, "emergency": marker, "said": marker, "memo": marker, "tags": []string{marker}}))
	_, err := m.Customers.FollowUp(m.ctx, admin, customer.NewFollowUp{Customer: m.id, Note: marker, Next: "2030-01-01"})
	m.must(err)
	lost, err := m.Customers.Add(m.ctx, sales, customer.NewCustomer{Name: "Old " + marker, WeChat: "old" + marker, Source: "baidu", Memo: marker})
	m.must(err)
	_, err = m.Customers.Merge(m.ctx, admin, m.id, lost.ID, nil, false)
	m.must(err)
	_, err = m.Engine.List(m.ctx, sales, "customers", markedPhone, resource.Page{})
	m.must(err)
	m.must(m.DB.Write(m.ctx, func(tx *db.Tx) error {
		return audit.Write(tx, sales, "export", "customers", 0, audit.Change{Field: "query", New: "phone:" + markedPhone})
	}))
	m.must(m.DB.Write(m.ctx, func(tx *db.Tx) error {
		return audit.Write(tx, sales, "refused", "", 0, audit.Change{Field: "what", New: "customers list Kobe " + marker})
	}))
}

// later is what he does himself, under a log-in name that names him.
func (m *marked) later() {
	m.Org.Invalidate()
	by, err := m.Org.Actor(m.ctx, m.account, policy.Command, "198.51.100."+"77")
	m.must(err)
	if !strings.Contains(by.Login, marker) {
		m.t.Fatalf("his log-in name is %q", by.Login)
	}
	var course int64
	m.row(`SELECT min(id) FROM courses WHERE code = 'python'`, &course)
	_, err = m.Questions.Ask(m.ctx, by, question.NewQuestion{Course: course, Title: "I, " + marker + ", ask", Body: "of " + marker})
	m.must(err)
}

// tied takes the tables' own guards away and puts them back.
func (m *marked) tied(yes bool) {
	m.t.Helper()
	m.must(m.DB.Write(m.ctx, func(tx *db.Tx) error {
		if tx.Dialect() == db.SQLite {
			return m.tiedFile(tx, yes)
		}
		names, err := tx.Tables()
		for _, n := range names {
			how := map[bool]string{true: "ENABLE", false: "DISABLE"}[yes]
			if _, e := tx.Exec("ALTER TABLE " + n + " " + how + " TRIGGER USER"); e != nil {
				return e
			}
		}
		return err
	}))
}

func (m *marked) tiedFile(tx *db.Tx, yes bool) error {
	if !yes {
		if _, err := tx.Exec(`CREATE TABLE guards AS SELECT name, sql FROM sqlite_master WHERE type = 'trigger'`); err != nil {
			return err
		}
	}
	list, err := textsOf(tx, `SELECT CASE WHEN $1 = 1 THEN sql ELSE 'DROP TRIGGER ' || name END FROM guards`, map[bool]int{true: 1}[yes])
	if yes {
		list = append(list, "DROP TABLE guards")
	}
	for _, s := range list {
		if _, err := tx.Exec(s); err != nil {
			return err
		}
	}
	return err
}

// rows are added to tables that have none of him yet.
func (m *marked) rows() {
	m.t.Helper()
	for _, s := range []string{
		`INSERT INTO account_wishes (account_id, qq) VALUES ($1, '` + markedQQ + `')`,
		`INSERT INTO phrases (account_id, body, created_at) VALUES ($1, '` + marker + `', 1)`,
		`INSERT INTO list_prefs (account_id, resource, columns) VALUES ($1, '` + marker + `', '` + marker + `')`,
		`INSERT INTO saved_lists (account_id, resource, name, query, created_at, updated_at) VALUES ($1, 'questions', '` + marker + `', '` + marker + `', 1, 1)`,
		`INSERT INTO saved_lists (account_id, resource, name, query, created_at, updated_at) SELECT id, 'customers', 'call back', 'phone:` + markedPhone + `', 1, 1 FROM accounts WHERE login = 'sales_a' AND $1 > 0`,
		`INSERT INTO account_grants (account_id, resource, action, reason, created_at) VALUES ($1, 'questions', 'list', '` + marker + `', 1)`,
		`INSERT INTO account_keys (account_id, fingerprint, public_key, comment, created_at) VALUES ($1, 'SHA256:` + marker + `', '` + marker + `', '` + marker + `', 1)`,
		`INSERT INTO exports (account_id, resource, name, stored, size, row_count, rights, created_at, expires_at) VALUES ($1, 'questions', '` + marker + `', '', 1, 1, '', 1, 1)`,
		`INSERT INTO notifications (account_id, kind, args, link, created_at) SELECT id, 'untouched', '["names",["Kobe ` + marker + `"]]', 'customers?x', 1 FROM accounts WHERE login = 'sales_a' AND $1 > 0`,
		`INSERT INTO notifications (account_id, kind, args, link, created_at) VALUES ($1, 'question_answered', '` + marker + `', 'questions/1', 1)`,
		`INSERT INTO messages (dedup, channel, target, kind, body, message_key, state, next_at, created_at) SELECT 'm1', 'group', '5', 'x', 'Kobe ` + marker + ` called', 'x', 'sent', 1, 1 WHERE $1 > 0`,
		`INSERT INTO messages (dedup, channel, account_id, target, kind, body, message_key, state, next_at, created_at) SELECT 'm2', 'qq', $1, '` + markedQQ + `', 'x', '` + marker + `', 'x', 'queued', 1, 1`,
		`INSERT INTO mails (dedup, to_addr, template, lang, subject, body, message_id, state, next_at, created_at) SELECT 'x1', 'boss@example.com', 'notification', 'en', 'about ` + markedPhone + `', 'he is Kobe ` + marker + `', 'x', 'sent', 1, 1 WHERE $1 > 0`,
		`INSERT INTO mails (dedup, to_addr, template, lang, subject, body, message_id, state, next_at, created_at) SELECT 'x2', '` + marker + `@example.com', 'notification', 'en', 'x', 'x', 'x', 'queued', 1, 1 WHERE $1 > 0`,
		`INSERT INTO mails (dedup, to_addr, template, lang, subject, body, message_id, state, next_at, created_at, resource, record_id, last_error) VALUES ('x3', '` + marker + `@x', 'approved', 'en', 'x', '` + marker + `', 'x', 'dead', 1, 1, 'accounts', $1, 'no such user ` + marker + `')`,
		`INSERT INTO handovers (at, from_id, query, reason, customers, due, enrollments, classes) SELECT 1, $1, 'phone:` + markedPhone + `', 'leaves', 1, 0, 0, 0`,
	} {
		if err := m.exec(s, m.account); err != nil {
			m.t.Fatal(s, err)
		}
	}
	for _, s := range []string{
		`INSERT INTO trash (resource, record_id, title, contents, login, at) VALUES ('customers', $1, '` + marker + `', '["` + marker + `"]', '` + marker + `', 1)`,
		`INSERT INTO import_batches (account_id, name, stored, size, resource, created_at, updated_at) SELECT id, 'batch', '', 1, 'customers', 1, 1 FROM accounts WHERE login = 'sales_a' AND $1 > 0`,
		`INSERT INTO import_rows (batch_id, line, outcome, record_id, title, changes, why) SELECT max(id), 1, 'add', $1, '` + marker + `', '` + marker + `', '` + marker + `' FROM import_batches`,
		`INSERT INTO import_rows (batch_id, line, outcome, title, changes) SELECT max(id), 2, 'refused', 'somebody', '[{"field":"phone","new":"` + markedPhone + `"}]' FROM import_batches WHERE $1 > 0`,
		`INSERT INTO ownerships (customer_id, at, to_id, reason, note) SELECT $1, 1, id, 'assigned', '` + marker + `' FROM accounts WHERE login = 'sales_a'`,
	} {
		if err := m.exec(s, m.id); err != nil {
			m.t.Fatal(s, err)
		}
	}
}

// work hands in homework with his name in it, and sends some back.
func (m *marked) work() {
	m.t.Helper()
	stored := func(text string) string {
		temp, err := m.Blobs.Create(m.ctx, 1<<20)
		m.must(err)
		_, err = temp.WriteAt([]byte(text), 0)
		m.must(err)
		b, err := temp.Commit()
		m.must(err)
		return b.Stored
	}
	var record int64
	m.row(fmt.Sprintf(`SELECT min(r.id) FROM study_records r JOIN students s ON s.id = r.student_id WHERE s.customer_id = %d`, m.id), &record)
	m.must(m.exec(`INSERT INTO homework (study_record_id, version, receipt, files, size, sha256, handed_in_at) VALUES ($1, 1, 'x', 1, 1, 'x', 1)`, record))
	m.must(m.exec(`INSERT INTO homework_files (homework_id, position, name, stored, size, sha256) SELECT max(id), 1, '`+marker+`.py', $1, 1, 'x' FROM homework`, stored("# by "+marker)))
	m.must(m.exec(`INSERT INTO homework_prints (homework_id, prints) SELECT max(id), $1 FROM homework`, []byte(marker)))
	m.must(m.exec(`INSERT INTO feedback_files (study_record_id, name, stored, size, sha256, sent_by, sent_at) SELECT $1, '`+marker+`.md', $2, 1, 'x', id, 1 FROM accounts WHERE login = 'admin'`,
		record, stored("for "+marker)))
}

// unmarkable hold what something else must find, or a hash over it.
var unmarkable = map[string]bool{"stored": true, "contract": true, "contents": true, "hash": true, "password_hash": true, "sha256": true, "phone": true, "qq": true, "id_number": true}

// columns puts the marker behind what stands in every text of his rows that takes it.
func (m *marked) columns() {
	for _, table := range personTables {
		if table.name == "audit" {
			continue // is chained: what stands there, he and others have done
		}
		for _, c := range strings.Fields(texts[table.name].goes + " " + texts[table.name].stays) {
			if unmarkable[c] {
				continue
			}
			_ = m.exec(`UPDATE `+table.name+` SET `+c+` = `+c+` || '`+marker+`' WHERE (`+table.where+`) AND `+c+` NOT LIKE '%`+marker+`%' AND `+c+` NOT LIKE 'sealed:%'`, m.id) // some are choices
		}
	}
}

// found tells where a marker stands: table.column.
func (m *marked) found() map[string]bool {
	m.t.Helper()
	out := map[string]bool{}
	for table, rows := range everything(m.t, m.App) {
		for _, row := range rows {
			for column, v := range row {
				text := strings.ToLower(fmt.Sprint(v))
				for _, of := range []string{marker, markedPhone, markedQQ, markedID, "198.51.100.77"} {
					if strings.Contains(text, of) {
						out[table+"."+column] = true
					}
				}
			}
		}
	}
	return out
}

// After an erasure a grep over every text of every table finds the person only where it is said that he stays, and why;
// the bytes of his files are gone, the chain of the trail is whole, and nobody else has lost a word.
func TestNothingStaysButWhatIsSaid(t *testing.T) {
	m := newMarked(t)
	before := m.found()
	for table, h := range texts { // a table that is a person's and was never marked would prove nothing
		here := slices.ContainsFunc(strings.Fields(h.goes), func(c string) bool { return before[table+"."+c] })
		if h.goes != "" && !here && !slices.Contains([]string{"account_totp", "recovery_codes", "activations", "notify_choices", "contact_parts", "name_grams", "name_sounds"}, table) {
			t.Errorf("nothing was marked in %s", table)
		}
	}
	files, err := m.files()
	m.must(err)
	if len(files) < 4 {
		t.Fatalf("he has %d files", len(files))
	}
	others := m.others()
	m.must(m.exec(`UPDATE classes SET starts_on = '2020-01-01', ends_on = '2020-06-30'`))
	r, err := m.ErasePerson(m.ctx, actorNamed(t, m.App, "admin"), m.id)
	m.must(err)
	t.Logf("%+v", r)
	for at := range m.found() {
		table, column, _ := strings.Cut(at, ".")
		if !slices.Contains(strings.Fields(texts[table].stays), column) {
			t.Errorf("%s still tells of him: %v", at, m.where(table, column))
		}
	}
	if m.Config.Database != "" { // bytes that several processes share wait for the sweep, whoever holds them
		_, err := m.Blobs.Sweep(m.ctx, func([]string) (map[string]bool, error) { return m.stored(), nil }, -1)
		m.must(err)
	}
	for _, name := range files {
		if there, err := m.Blobs.Has(name); there || err != nil {
			t.Errorf("the file %s is there: %v", name, err)
		}
	}
	if found, err := m.checkTrail(m.ctx, nil, nil); err != nil || !found.Whole() || found.Erased < 8 {
		t.Errorf("the trail: %+v, %v", found, err)
	}
	if now := m.others(); now != others {
		t.Errorf("others lost: %s, had %s", now, others)
	}
	for _, f := range m.Doctor(m.ctx) {
		if !f.OK && f.Name != "disk" && f.Name != "mail" {
			t.Errorf("%s: %s", f.Name, f.Text)
		}
	}
}

// stored are the names of all bytes that a row names.
func (m *marked) stored() map[string]bool {
	out := map[string]bool{}
	m.must(m.DB.EachText(m.ctx, "stored", func(s string) error { out[s] = true; return nil }))
	return out
}

// files names the bytes of his documents, homework and feedback.
func (m *marked) files() (list []string, err error) {
	err = m.DB.Read(m.ctx, func(tx *db.Tx) error {
		list, err = textsOf(tx, `SELECT stored FROM documents WHERE stored <> '' AND enrollment_id IN `+hisEnrollments, m.id)
		if err != nil {
			return err
		}
		more, err := filesOf(tx, m.id)
		list = slices.DeleteFunc(append(list, more...), func(s string) bool { return s == "" })
		return err
	})
	return list, err
}

// others counts what is not his: customers with their contacts, entries of the trail with values, homework with bytes.
func (m *marked) others() string {
	var customers, trail, homework, notes int64
	m.row(fmt.Sprintf(`SELECT count(*) FROM customers WHERE id <> %d AND name NOT LIKE 'erased%%' AND phone <> ''`, m.id), &customers)
	m.row(fmt.Sprintf(`SELECT count(*) FROM audit WHERE changes <> '' AND resource = 'customers' AND record_id NOT IN (0, %d) AND record_id NOT IN
		(SELECT lost_id FROM customer_merges WHERE kept_id = %d)`, m.id, m.id), &trail)
	m.row(fmt.Sprintf(`SELECT count(*) FROM homework_files WHERE stored <> '' AND homework_id NOT IN (SELECT h.id FROM homework h
		JOIN study_records r ON r.id = h.study_record_id JOIN students s ON s.id = r.student_id WHERE s.customer_id = %d)`, m.id), &homework)
	m.row(fmt.Sprintf(`SELECT count(*) FROM follow_ups WHERE customer_id <> %d AND note <> '-'`, m.id), &notes)
	return fmt.Sprintf("%d customers, %d entries, %d files, %d notes", customers, trail, homework, notes)
}

// where gives the values of a column that tell of him.
func (m *marked) where(table, column string) (list []string) {
	for _, row := range everything(m.t, m.App)[table] {
		if text := fmt.Sprint(row[column]); strings.Contains(text, marker) || strings.Contains(text, markedPhone) {
			list = append(list, fmt.Sprint(row))
		}
	}
	return list
}
