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

// personTables are what a person's data are read from; what of them is text, and what becomes of it, stands in texts.
var personTables = []personTable{
	{"customers", "id = $1"}, {"customer_courses", "customer_id = $1"}, {"customer_tags", "customer_id = $1"},
	{"follow_ups", "customer_id = $1"}, {"ownerships", "customer_id = $1"}, {"customer_merges", "kept_id = $1"}, {"enrollments", "customer_id = $1"},
	{"documents", "enrollment_id IN " + hisEnrollments}, {"payments", "enrollment_id IN " + hisEnrollments},
	{"instalments", "enrollment_id IN " + hisEnrollments}, {"students", "customer_id = $1"}, {"student_classes", "student_id IN " + hisStudent},
	{"accounts", "id IN " + hisAccount}, {"account_keys", "account_id IN " + hisAccount}, {"account_wishes", "account_id IN " + hisAccount},
	{"account_grants", "account_id IN " + hisAccount}, {"study_records", "student_id IN " + hisStudent},
	{"standings", "student_id IN " + hisStudent},
	{"homework", "study_record_id IN " + hisRecords}, {"homework_files", "homework_id IN " + hisHomework},
	{"feedback_files", "study_record_id IN " + hisRecords}, {"questions", "author_id IN " + hisAccount}, {"answers", "author_id IN " + hisAccount},
	{"survey_voters", "student_id IN " + hisStudent}, {"saved_lists", "account_id IN " + hisAccount}, {"phrases", "account_id IN " + hisAccount},
	{"notifications", "account_id IN " + hisAccount}, {"messages", "account_id IN " + hisAccount}, {"mails", aboutHim},
	{"audit", aboutHim + " OR account_id IN " + hisAccount},
}

// unsaid are columns that are no data of a person: secrets, and what is only reckoned.
var unsaid = map[string]bool{"password_hash": true, "token_hash": true, "hash": true, "sealed": true, "dedup": true, "sounds": true, "name_key": true,
	"salt": true, "digest": true, "who_salt": true, "who": true, "contents": true}

// personRows reads the rows of one table that are about a customer, private columns in the clear.
func personRows(tx *db.Tx, t personTable, customer int64) ([]map[string]any, error) {
	list, err := rowsWithSecrets(tx, t, customer)
	for _, row := range list {
		for n := range row {
			if unsaid[n] {
				delete(row, n)
			}
		}
	}
	return list, err
}

// rowsWithSecrets is the same with all columns.
func rowsWithSecrets(tx *db.Tx, t personTable, customer int64) ([]map[string]any, error) {
	list, err := rowsRaw(tx, t, customer)
	for _, row := range list {
		for _, n := range []string{"id_number", "contract"} {
			if text, ok := row[n].(string); ok && err == nil {
				row[n], err = tx.Unseal(text)
			}
		}
	}
	return list, err
}

// rowsRaw reads rows as they are stored, by the names of their columns.
func rowsRaw(tx *db.Tx, t personTable, customer int64) ([]map[string]any, error) {
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
			row[n] = cells[i]
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
