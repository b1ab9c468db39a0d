package payment

import (
	"database/sql"
	"strconv"

	"cohort/app/enrollment"
	"cohort/app/policy"
	"cohort/db"
)

const columns = `SELECT payments.id, payments.enrollment_id, classes.code, customers.name, payments.kind, payments.method, payments.amount,
	payments.receipt, payments.note, takers.name, payments.at, COALESCE(payments.corrects, 0),
	COALESCE((SELECT later.id FROM payments AS later WHERE later.corrects = payments.id), 0)`

const tables = ` FROM payments JOIN enrollments ON enrollments.id = payments.enrollment_id` + enrollment.Around + `
	JOIN accounts AS takers ON takers.id = payments.taken_by`

func scan(r *sql.Rows) (p Payment, err error) {
	var at int64
	err = r.Scan(&p.ID, &p.Enrollment, &p.Class, &p.Customer, &p.Kind, &p.Method, &p.Amount, &p.Receipt, &p.Note, &p.TakenBy, &at, &p.Corrects, &p.CorrectedBy)
	p.At = db.Time(at)
	return p, err
}

// byID reads one payment, without asking anybody's rights.
func byID(tx *db.Tx, id int64) (Payment, error) {
	rows, err := tx.Query(columns+tables+" WHERE payments.id = $1", id)
	list, err := db.Collect(rows, err, scan)
	if err == nil && len(list) == 0 {
		err = policy.NotFound()
	}
	if err != nil {
		return Payment{}, err
	}
	return list[0], nil
}

// entriesOf lists an enrollment's payments that the actor may list, the newest
// first.
func entriesOf(tx *db.Tx, by policy.Actor, id int64) ([]Payment, error) {
	args := &db.Args{}
	where := " WHERE payments.enrollment_id = " + args.Add(id) + " AND " + by.Where("list", "payments", enrollment.Rules, args)
	rows, err := tx.Query(columns+tables+where+" ORDER BY payments.at DESC, payments.id DESC", *args...)
	return db.Collect(rows, err, scan)
}

// nextReceipt gives the next number of a year. The row is held until the end of
// the transaction, and goes back with it.
func nextReceipt(tx *db.Tx, year int) (n int64, err error) {
	err = tx.QueryRow(`INSERT INTO receipt_numbers (year, last) VALUES ($1, 1)
		ON CONFLICT (year) DO UPDATE SET last = receipt_numbers.last + 1 RETURNING last`, year).Scan(&n)
	return n, err
}

func insert(tx *db.Tx, taker int64, receipt string, e entry) (id int64, err error) {
	var corrects any
	if e.corrects != 0 {
		corrects = e.corrects
	}
	err = tx.QueryRow(`INSERT INTO payments (enrollment_id, kind, amount, method, receipt, taken_by, at, corrects, note)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
		e.Enrollment, e.Kind, e.Amount, e.Method, receipt, taker, db.Millis(tx.Now), corrects, e.Note).Scan(&id)
	return id, err
}

// agreedOf reads what was agreed on and paid for an enrollment.
func agreedOf(tx *db.Tx, id int64) (a agreed, err error) {
	err = tx.QueryRow(`SELECT enrollments.id, enrollments.state, enrollments.price, customers.name, classes.code, courses.name, campuses.name,
		COALESCE((SELECT sum(payments.amount) FROM payments WHERE payments.enrollment_id = enrollments.id), 0)
		FROM enrollments`+enrollment.Around+` WHERE enrollments.id = $1`, id).
		Scan(&a.id, &a.state, &a.price, &a.customer, &a.class, &a.course, &a.campus, &a.paid)
	if db.NoRows(err) {
		err = policy.NotFound()
	}
	return a, err
}

// paidUpTo adds up what was paid for an enrollment when an entry was made.
func paidUpTo(tx *db.Tx, p Payment) (sum int64, err error) {
	err = tx.QueryRow(`SELECT COALESCE(sum(amount), 0) FROM payments WHERE enrollment_id = $1 AND id <= $2`, p.Enrollment, p.ID).Scan(&sum)
	return sum, err
}

func planOf(tx *db.Tx, id int64) ([]Instalment, error) {
	rows, err := tx.Query(`SELECT number, due_on, amount FROM instalments WHERE enrollment_id = $1 ORDER BY number`, id)
	return db.Collect(rows, err, func(r *sql.Rows) (i Instalment, err error) {
		err = r.Scan(&i.Number, &i.Due, &i.Amount)
		return i, err
	})
}

// replacePlan puts other instalments in the place of those there are.
func replacePlan(tx *db.Tx, id int64, list []Instalment) error {
	if _, err := tx.Exec(`DELETE FROM instalments WHERE enrollment_id = $1`, id); err != nil {
		return err
	}
	for _, i := range list {
		if _, err := tx.Exec(`INSERT INTO instalments (enrollment_id, number, due_on, amount, created_at) VALUES ($1, $2, $3, $4, $5)`,
			id, i.Number, i.Due, i.Amount, db.Millis(tx.Now)); err != nil {
			return err
		}
	}
	return nil
}

// enrollmentsOfCustomer gives the enrollments of a customer whose payments the
// actor may list: those that are approved, and those for which something was
// paid or given back before.
func enrollmentsOfCustomer(tx *db.Tx, by policy.Actor, customer int64) ([]int64, error) {
	args := &db.Args{}
	where := "enrollments.customer_id = " + args.Add(customer) + " AND " + by.Where("list", "payments", enrollment.Rules, args)
	rows, err := tx.Query(`SELECT enrollments.id FROM enrollments`+enrollment.Around+` WHERE `+where+`
		AND (enrollments.state = 'approved' OR EXISTS (SELECT 1 FROM payments WHERE payments.enrollment_id = enrollments.id))
		ORDER BY enrollments.approved_at DESC, enrollments.id DESC`, *args...)
	return db.ColumnOf[int64](rows, err)
}

// byReceipt finds a payment by the number on its receipt.
func byReceipt(tx *db.Tx, receipt string) (id int64, err error) {
	err = tx.QueryRow(`SELECT id FROM payments WHERE receipt = $1`, receipt).Scan(&id)
	if db.NoRows(err) {
		err = policy.NotFound()
	}
	return id, err
}

func exists(tx *db.Tx, query string, args []any) (bool, error) {
	var one int
	err := tx.QueryRow(query, args...).Scan(&one)
	if db.NoRows(err) {
		return false, nil
	}
	return err == nil, err
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
