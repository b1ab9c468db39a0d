package app

import (
	"cohort/db"
)

// erasure is one statement that takes a person's data away; $1 is the customer, $2 the pseudonym.
type erasure struct {
	what string // as the receipt calls it
	sql  string
	name bool // the statement uses $2
}

// erasures run in this order, for the customer and for each who was merged into him.
var erasures = []erasure{
	{"follow_ups", `UPDATE follow_ups SET note = '-', next_on = '', next_time = '' WHERE customer_id = $1`, false},
	{"", `UPDATE ownerships SET note = '' WHERE customer_id = $1 AND note <> ''`, false},
	{"", `DELETE FROM customer_tags WHERE customer_id = $1`, false},
	{"", `DELETE FROM name_grams WHERE customer_id = $1`, false},
	{"", `DELETE FROM name_sounds WHERE customer_id = $1`, false},
	{"", `DELETE FROM contact_parts WHERE customer_id = $1`, false},
	{"", `UPDATE customer_merges SET contents = '', lost_name = $2 WHERE kept_id = $1 OR lost_id = $1`, true},
	{"enrollments", `UPDATE enrollments SET name = $2, sex = '', id_kind = '', id_number = '', phone = '', email = $2, emergency = '', reason = '',
		version = version + 1 WHERE customer_id = $1`, true},
	{"", `UPDATE documents SET name = 'document-' || CAST(place AS TEXT), remark = '' WHERE enrollment_id IN ` + hisEnrollments, false},
	{"homework", `UPDATE homework_files SET stored = '', name = 'file-' || CAST(position AS TEXT) WHERE stored <> '' AND homework_id IN ` + hisHomework, false},
	{"", `DELETE FROM homework_prints WHERE homework_id IN ` + hisHomework, false},
	{"homework", `UPDATE feedback_files SET stored = '', name = 'file-' || CAST(id AS TEXT) WHERE stored <> '' AND study_record_id IN ` + hisRecords, false},
	{"mails", `UPDATE mails SET to_addr = $2, subject = '-', body = '-', last_error = '', sealed = CASE WHEN sealed = '' THEN '' ELSE '-' END,
		state = CASE WHEN state = 'queued' THEN 'dead' ELSE state END WHERE ` + aboutHim, true},
	{"notifications", `DELETE FROM notifications WHERE account_id IN ` + hisAccount + ` OR link IN (SELECT 'customers/' || CAST(id AS TEXT) FROM customers WHERE id = $1)
		OR link IN (SELECT 'customers/' || CAST(lost_id AS TEXT) FROM customer_merges WHERE lost_id = $1)
		OR link IN (SELECT 'enrollments/' || CAST(id AS TEXT) FROM enrollments WHERE customer_id = $1)`, false},
	{"messages", `UPDATE messages SET body = '-', target = '', last_error = '', state = CASE WHEN state = 'queued' THEN 'dead' ELSE state END
		WHERE account_id IN ` + hisAccount, false},
	{"trash", `DELETE FROM trash WHERE resource = 'customers' AND record_id = $1 OR resource = 'enrollments' AND record_id IN ` + hisEnrollments +
		` OR resource = 'accounts' AND record_id IN ` + hisAccount, false},
	{"imports", `UPDATE import_rows SET title = '', changes = '', why = '' WHERE record_id = $1
		AND batch_id IN (SELECT id FROM import_batches WHERE resource = 'customers')`, false},
	{"study_notes", `UPDATE study_records SET note = '', comment = '' WHERE student_id IN ` + hisStudent + ` AND (note <> '' OR comment <> '')`, false},
	{"keys", `DELETE FROM account_keys WHERE account_id IN ` + hisAccount, false},
	{"", `DELETE FROM account_totp WHERE account_id IN ` + hisAccount, false},
	{"", `DELETE FROM recovery_codes WHERE account_id IN ` + hisAccount, false},
	{"", `DELETE FROM activations WHERE account_id IN ` + hisAccount, false},
	{"", `DELETE FROM account_wishes WHERE account_id IN ` + hisAccount, false},
	{"", `DELETE FROM notify_choices WHERE account_id IN ` + hisAccount, false},
	{"", `DELETE FROM saved_lists WHERE account_id IN ` + hisAccount, false},
	{"", `DELETE FROM list_prefs WHERE account_id IN ` + hisAccount, false},
	{"", `DELETE FROM phrases WHERE account_id IN ` + hisAccount, false},
	{"", `DELETE FROM exports WHERE account_id IN ` + hisAccount, false},
	{"", `UPDATE account_grants SET reason = '-' WHERE account_id IN ` + hisAccount, false},
	{"account", `UPDATE accounts SET login = $2, name = $2, email = '', phone = '', password_hash = '', disabled_reason = '', active = 0, must_change = 0,
		version = version + 1 WHERE id IN ` + hisAccount, true},
	{"customer", `UPDATE customers SET name = $2, name_key = '', sounds = '', sex = '', qq = $2, wechat = '', phone = '', email = '', id_number = '',
		emergency = '', said = '', memo = '', never_contact = 1, next_follow_up_on = '', next_follow_up_time = '', version = version + 1 WHERE id = $1`, true},
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
func staying(tx *db.Tx, who person) (out []Kept, err error) {
	for _, k := range []struct{ what, sql string }{
		{"payments", `SELECT count(*) FROM payments WHERE enrollment_id IN ` + hisEnrollments},
		{"contracts", `SELECT count(*) FROM enrollments WHERE customer_id = $1 AND signed_at > 0`},
		{"study_records", `SELECT count(*) FROM study_records WHERE student_id IN ` + hisStudent},
		{"questions", `SELECT (SELECT count(*) FROM questions WHERE author_id IN ` + hisAccount + `) + (SELECT count(*) FROM answers WHERE author_id IN ` + hisAccount + `)`},
		{"surveys", `SELECT count(*) FROM survey_voters WHERE student_id IN ` + hisStudent},
		{"import_files", `SELECT count(DISTINCT batch_id) FROM import_rows WHERE record_id = $1 AND batch_id IN (SELECT id FROM import_batches WHERE resource = 'customers')`},
	} {
		x := Kept{What: k.what}
		if err := tx.QueryRow(k.sql, who.ids[0]).Scan(&x.N); err != nil {
			return nil, err
		}
		if x.N > 0 {
			out = append(out, x)
		}
	}
	return out, nil
}

// filesOf names the bytes of a customer's homework and of what went back to him.
func filesOf(tx *db.Tx, customer int64) ([]string, error) {
	return textsOf(tx, `SELECT stored FROM homework_files WHERE stored <> '' AND homework_id IN `+hisHomework+
		` UNION SELECT stored FROM feedback_files WHERE stored <> '' AND study_record_id IN `+hisRecords+
		` UNION SELECT stored FROM exports WHERE account_id IN `+hisAccount, customer)
}

// born is when a customer's record was made, 0 where there is none.
func born(tx *db.Tx, customer int64) (at int64, err error) {
	err = tx.QueryRow(`SELECT created_at FROM customers WHERE id = $1`, customer).Scan(&at)
	if db.NoRows(err) {
		return 0, nil
	}
	return at, err
}

// knowsErasure says whether the trail knows an erasure, and whether the number is still the same person's.
func knowsErasure(tx *db.Tx, customer, at, made int64) (known, same bool, err error) {
	var n int
	err = tx.QueryRow(`SELECT count(*) FROM audit WHERE resource = 'customers' AND record_id = $1 AND action = 'erase' AND at = $2`, customer, at).Scan(&n)
	if err != nil {
		return false, false, err
	}
	is, err := born(tx, customer)
	return n > 0, is != 0 && is == made, err
}
