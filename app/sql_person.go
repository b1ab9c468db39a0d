package app

import (
	"cohort/db"
)

// What leads from a customer ($1) to the rest of what the school holds of the person.
const (
	hisEnrollments = `(SELECT id FROM enrollments WHERE customer_id = $1)`
	hisStudent     = `(SELECT id FROM students WHERE customer_id = $1)`
	hisAccount     = `(SELECT account_id FROM students WHERE customer_id = $1)`
	hisRecords     = `(SELECT id FROM study_records WHERE student_id IN ` + hisStudent + `)`
	hisHomework    = `(SELECT id FROM homework WHERE study_record_id IN ` + hisRecords + `)`
	aboutHim       = `resource = 'customers' AND record_id = $1 OR resource = 'enrollments' AND record_id IN ` + hisEnrollments +
		` OR resource = 'accounts' AND record_id IN ` + hisAccount
)

// personTable is a table and which of its rows are about a person.
type personTable struct{ name, where string }

var personTables = []personTable{
	{"customers", "id = $1"}, {"customer_courses", "customer_id = $1"}, {"customer_tags", "customer_id = $1"},
	{"follow_ups", "customer_id = $1"}, {"ownerships", "customer_id = $1"}, {"enrollments", "customer_id = $1"},
	{"documents", "enrollment_id IN " + hisEnrollments}, {"payments", "enrollment_id IN " + hisEnrollments},
	{"instalments", "enrollment_id IN " + hisEnrollments}, {"students", "customer_id = $1"}, {"student_classes", "student_id IN " + hisStudent},
	{"accounts", "id IN " + hisAccount}, {"account_keys", "account_id IN " + hisAccount}, {"study_records", "student_id IN " + hisStudent},
	{"homework", "study_record_id IN " + hisRecords}, {"homework_files", "homework_id IN " + hisHomework},
	{"feedback_files", "study_record_id IN " + hisRecords}, {"questions", "author_id IN " + hisAccount}, {"answers", "author_id IN " + hisAccount},
	{"notifications", "account_id IN " + hisAccount}, {"mails", aboutHim}, {"audit", aboutHim},
}

// unsaid are columns that are no data of a person: secrets, and what is only reckoned.
var unsaid = map[string]bool{"password_hash": true, "token_hash": true, "hash": true, "sealed": true, "dedup": true, "sounds": true, "name_key": true}

// personRows reads the rows of one table that are about a customer, private columns in the clear.
func personRows(tx *db.Tx, t personTable, customer int64) ([]map[string]any, error) {
	rows, err := tx.Query(`SELECT * FROM `+t.name+` WHERE `+t.where, customer)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var out []map[string]any
	for rows.Next() {
		cells, at := make([]any, len(names)), make([]any, len(names))
		for i := range cells {
			at[i] = &cells[i]
		}
		if err := rows.Scan(at...); err != nil {
			return nil, err
		}
		row := map[string]any{}
		for i, n := range names {
			if b, ok := cells[i].([]byte); ok {
				cells[i] = string(b)
			}
			if text, ok := cells[i].(string); ok && (n == "id_number" || n == "contract") {
				if cells[i], err = tx.Unseal(text); err != nil {
					return nil, err
				}
			}
			if !unsaid[n] {
				row[n] = cells[i]
			}
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

// runningClass names a class that a customer's enrollment still runs in, "" for none: one that is under way, or an
// approved one whose class has not ended.
func runningClass(tx *db.Tx, customer int64, today string) (class string, err error) {
	err = tx.QueryRow(`SELECT classes.code FROM enrollments JOIN classes ON classes.id = enrollments.class_id
		WHERE enrollments.customer_id = $1 AND (enrollments.state IN ('invited', 'submitted', 'returned')
			OR enrollments.state = 'approved' AND (classes.ends_on = '' OR classes.ends_on >= $2)
			AND (SELECT status FROM customers WHERE id = $1) <> 'dropped_out')
		ORDER BY enrollments.id LIMIT 1`, customer, today).Scan(&class)
	if db.NoRows(err) {
		return "", nil
	}
	return class, err
}

// erasure is one statement that takes a person's data away; $1 is the customer, $2 the pseudonym.
type erasure struct {
	what string // as the receipt calls it
	sql  string
	name bool // the statement uses $2
}

var erasures = []erasure{
	{"follow_ups", `UPDATE follow_ups SET note = '-' WHERE customer_id = $1`, false},
	{"", `DELETE FROM customer_tags WHERE customer_id = $1`, false},
	{"", `DELETE FROM name_grams WHERE customer_id = $1`, false},
	{"", `DELETE FROM name_sounds WHERE customer_id = $1`, false},
	{"", `DELETE FROM contact_parts WHERE customer_id = $1`, false},
	{"", `UPDATE customer_merges SET contents = '', lost_name = $2 WHERE kept_id = $1 OR lost_id = $1 OR kept_id IN (SELECT lost_id FROM customer_merges WHERE kept_id = $1)`, true},
	{"enrollments", `UPDATE enrollments SET name = $2, sex = '', id_kind = '', id_number = '', phone = '', email = $2, emergency = '', reason = '',
		version = version + 1 WHERE customer_id = $1`, true},
	{"", `UPDATE documents SET name = 'document-' || CAST(place AS TEXT), remark = '' WHERE enrollment_id IN ` + hisEnrollments, false},
	{"mails", `UPDATE mails SET to_addr = $2, subject = '-', body = '-', last_error = '', sealed = CASE WHEN sealed = '' THEN '' ELSE '-' END,
		state = CASE WHEN state = 'queued' THEN 'dead' ELSE state END WHERE ` + aboutHim, true},
	{"notifications", `DELETE FROM notifications WHERE account_id IN ` + hisAccount + ` OR link IN (SELECT 'customers/' || CAST(id AS TEXT) FROM customers WHERE id = $1)
		OR link IN (SELECT 'enrollments/' || CAST(id AS TEXT) FROM enrollments WHERE customer_id = $1)`, false},
	{"messages", `UPDATE messages SET body = '-', target = '', state = CASE WHEN state = 'queued' THEN 'dead' ELSE state END WHERE account_id IN ` + hisAccount, false},
	{"trash", `DELETE FROM trash WHERE resource = 'customers' AND record_id = $1 OR resource = 'enrollments' AND record_id IN ` + hisEnrollments +
		` OR resource = 'accounts' AND record_id IN ` + hisAccount, false},
	{"imports", `UPDATE import_rows SET title = '', changes = '', why = '' WHERE record_id = $1
		AND batch_id IN (SELECT id FROM import_batches WHERE resource = 'customers')`, false},
	{"study_notes", `UPDATE study_records SET note = '', comment = '' WHERE student_id IN ` + hisStudent, false},
	{"keys", `DELETE FROM account_keys WHERE account_id IN ` + hisAccount, false},
	{"", `DELETE FROM account_totp WHERE account_id IN ` + hisAccount, false},
	{"", `DELETE FROM recovery_codes WHERE account_id IN ` + hisAccount, false},
	{"", `DELETE FROM activations WHERE account_id IN ` + hisAccount, false},
	{"", `DELETE FROM account_wishes WHERE account_id IN ` + hisAccount, false},
	{"", `DELETE FROM notify_choices WHERE account_id IN ` + hisAccount, false},
	{"account", `UPDATE accounts SET login = $2, name = $2, email = '', phone = '', password_hash = '', active = 0, must_change = 0, version = version + 1
		WHERE id IN ` + hisAccount, true},
	{"customer", `UPDATE customers SET name = $2, name_key = '', sounds = '', sex = '', qq = $2, wechat = '', phone = '', email = '', id_number = '',
		emergency = '', said = '', memo = '', never_contact = 1, next_follow_up_on = '', version = version + 1 WHERE id = $1`, true},
}

func erase(tx *db.Tx, e erasure, customer int64, pseudonym string) (int64, error) {
	args := []any{customer}
	if e.name {
		args = append(args, pseudonym)
	}
	r, err := tx.Exec(e.sql, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// staying counts what the law or the record of study keeps, under the pseudonym.
func staying(tx *db.Tx, customer int64) (out []Kept, err error) {
	for _, k := range []struct{ what, sql string }{
		{"payments", `SELECT count(*) FROM payments WHERE enrollment_id IN ` + hisEnrollments},
		{"contracts", `SELECT count(*) FROM enrollments WHERE customer_id = $1 AND signed_at > 0`},
		{"study_records", `SELECT count(*) FROM study_records WHERE student_id IN ` + hisStudent},
		{"homework", `SELECT count(*) FROM homework_files WHERE homework_id IN ` + hisHomework},
		{"questions", `SELECT (SELECT count(*) FROM questions WHERE author_id IN ` + hisAccount + `) + (SELECT count(*) FROM answers WHERE author_id IN ` + hisAccount + `)`},
		{"audit", `SELECT count(*) FROM audit WHERE ` + aboutHim},
	} {
		x := Kept{What: k.what}
		if err := tx.QueryRow(k.sql, customer).Scan(&x.N); err != nil {
			return nil, err
		}
		if x.N > 0 {
			out = append(out, x)
		}
	}
	return out, nil
}

func setContract(tx *db.Tx, enrollment int64, sealed string) error {
	_, err := tx.Exec(`UPDATE enrollments SET contract = $1 WHERE id = $2`, sealed, enrollment)
	return err
}

func accountOfCustomer(tx *db.Tx, customer int64) (id int64, err error) {
	err = tx.QueryRow(hisAccount[1:len(hisAccount)-1], customer).Scan(&id)
	if db.NoRows(err) {
		return 0, nil
	}
	return id, err
}
