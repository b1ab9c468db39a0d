package customer

import (
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// ids writes numbers into a statement: those of rows, never anything typed.
func ids(list []int64, args *db.Args) string {
	marks := make([]string, len(list))
	for i, id := range list {
		marks[i] = args.Add(id)
	}
	return strings.Join(marks, ", ")
}

// inParts does something with many numbers, as many at once as a statement bears.
func inParts(list []int64, do func([]int64) error) error {
	for part := range slices.Chunk(list, most) {
		if err := do(part); err != nil {
			return err
		}
	}
	return nil
}

func hasColumn(tx *db.Tx, table, name string) (bool, error) {
	cols, err := tx.Columns(table)
	return slices.ContainsFunc(cols, func(c db.Column) bool { return c.Name == name }), err
}

// numbers gives the rows that point to a customer, but not the row except.
func numbers(tx *db.Tx, ref db.Reference, id, except int64) ([]int64, error) {
	args := db.Args{id}
	more := ""
	if ref.Table == "customers" {
		more = " AND id <> " + args.Add(except)
	}
	rows, err := tx.Query("SELECT id FROM "+ref.Table+" WHERE "+ref.Column+" = $1"+more+" ORDER BY id", args...)
	return db.Collect(rows, err, number)
}

func number(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) }

// point makes rows that point to one customer point to another, and refuses
// where some of them do not any more.
func point(tx *db.Tx, ref db.Reference, list []int64, from, to int64) error {
	return inParts(list, func(part []int64) error {
		args := db.Args{from, to}
		r, err := tx.Exec("UPDATE "+ref.Table+" SET "+ref.Column+" = $2 WHERE "+ref.Column+" = $1 AND id IN ("+ids(part, &args)+")", args...)
		if err != nil {
			if _, twice := db.Unique(err); twice {
				return fault.New(fault.Conflict, "customer.merge_twice").Because(err)
			}
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n != int64(len(part)) {
			return fault.New(fault.Conflict, "customer.unmerge_moved").Because(err)
		}
		return nil
	})
}

func unrefer(tx *db.Tx, id, referrer int64) error {
	_, err := tx.Exec(`UPDATE customers SET referred_by = NULL WHERE id = $1 AND referred_by = $2`, id, referrer)
	return err
}

func versions(tx *db.Tx, list []int64) (out []int64, err error) {
	for _, id := range list {
		var v int64
		if err := tx.QueryRow(`SELECT version FROM enrollments WHERE id = $1`, id).Scan(&v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// mergeSet gives the rows of one customer to another; what both have stays once.
func mergeSet(tx *db.Tx, ref db.Reference, from, to int64, rows []resource.WholeRow) error {
	if _, err := tx.Exec("DELETE FROM "+ref.Table+" WHERE "+ref.Column+" = $1", from); err != nil {
		return err
	}
	for _, row := range rows {
		names, marks, args := []string{}, []string{}, db.Args{}
		for name, v := range row {
			if name == ref.Column {
				v = to
			}
			names, marks = append(names, name), append(marks, args.Add(v))
		}
		if _, err := tx.Exec("INSERT INTO "+ref.Table+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(marks, ", ")+") ON CONFLICT DO NOTHING", args...); err != nil {
			return err
		}
	}
	return nil
}

// deleteCustomer ends a row nothing points to; stale where it has changed.
func deleteCustomer(tx *db.Tx, c Customer) error {
	r, err := tx.Exec(`DELETE FROM customers WHERE id = $1 AND version = $2`, c.ID, c.Version)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return fault.New(fault.Stale, "fault.stale")
}

func deleteEnrollment(tx *db.Tx, id int64) error {
	_, err := tx.Exec(`DELETE FROM enrollments WHERE id = $1`, id)
	return err
}

func studentsAmong(tx *db.Tx, a, b int64) (n int, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM students WHERE customer_id = $1 OR customer_id = $2`, a, b).Scan(&n)
	return n, err
}

// samePair are the enrollments of two customers into one class.
type samePair struct {
	class                string
	keep, lose           int64
	keepBegun, loseBegun bool
}

// sameClasses finds them. One has begun when somebody has filled it in, signed or
// paid.
func sameClasses(tx *db.Tx, keep, lose int64) ([]samePair, error) {
	const begun = `CASE WHEN x.state IN ('submitted', 'returned', 'approved') OR x.signed_at > 0 OR EXISTS (SELECT 1 FROM payments WHERE payments.enrollment_id = x.id)
		OR EXISTS (SELECT 1 FROM documents WHERE documents.enrollment_id = x.id) THEN 1 ELSE 0 END`
	rows, err := tx.Query(`SELECT classes.code, a.id, b.id, `+strings.ReplaceAll(begun, "x.", "a.")+`, `+strings.ReplaceAll(begun, "x.", "b.")+`
		FROM enrollments AS a JOIN enrollments AS b ON b.class_id = a.class_id AND b.customer_id = $2
		JOIN classes ON classes.id = a.class_id WHERE a.customer_id = $1 ORDER BY a.id`, keep, lose)
	return db.Collect(rows, err, func(r *sql.Rows) (p samePair, err error) {
		var a, b int64
		err = r.Scan(&p.class, &p.keep, &p.lose, &a, &b)
		p.keepBegun, p.loseBegun = a != 0, b != 0
		return p, err
	})
}

func coursesOf(tx *db.Tx, id int64) ([]int64, error) {
	rows, err := tx.Query(`SELECT course_id FROM customer_courses WHERE customer_id = $1 ORDER BY course_id`, id)
	return db.Collect(rows, err, number)
}

// wholeSets reads what a customer has in tables whose rows have no numbers.
func wholeSets(tx *db.Tx, id int64) (list []wholeSet, err error) {
	refs, err := tx.References("customers")
	if err != nil {
		return nil, err
	}
	for _, ref := range refs {
		numbered, err := hasColumn(tx, ref.Table, "id")
		if err != nil || numbered {
			if err != nil {
				return nil, err
			}
			continue
		}
		rows, err := resource.WholeRows(tx, ref.Table, ref.Column, id)
		if err != nil {
			return nil, err
		}
		list = append(list, wholeSet{ref.Table, ref.Column, rows})
	}
	return list, nil
}

func newestOwnership(tx *db.Tx, customer int64) (id int64, err error) {
	err = tx.QueryRow(`SELECT COALESCE(max(id), 0) FROM ownerships WHERE customer_id = $1`, customer).Scan(&id)
	return id, err
}

func deleteOwnership(tx *db.Tx, id int64) error {
	_, err := tx.Exec(`DELETE FROM ownerships WHERE id = $1`, id)
	return err
}

func insertMerge(tx *db.Tx, by policy.Actor, keep, lose Customer, k kept) (id int64, err error) {
	text, err := json.Marshal(k)
	if err != nil {
		return 0, err
	}
	err = tx.QueryRow(`INSERT INTO customer_merges (kept_id, lost_id, lost_name, contents, account_id, at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
		keep.ID, lose.ID, lose.Name, string(text), by.Account, db.Millis(tx.Now)).Scan(&id)
	return id, err
}

// mergeRow is one merge that stands.
type mergeRow struct {
	id, keep, lose int64
	contents       string
}

// mergeOf finds the merge by which a number went into another.
func mergeOf(tx *db.Tx, lost int64) (m mergeRow, err error) {
	err = tx.QueryRow(`SELECT id, kept_id, lost_id, contents FROM customer_merges WHERE lost_id = $1 AND undone_at = 0`, lost).Scan(&m.id, &m.keep, &m.lose, &m.contents)
	return m, err
}

func lostBy(tx *db.Tx, merge int64) (lost int64, err error) {
	err = tx.QueryRow(`SELECT lost_id FROM customer_merges WHERE id = $1 AND undone_at = 0`, merge).Scan(&lost)
	return lost, err
}

func endMerge(tx *db.Tx, by policy.Actor, id int64) error {
	_, err := tx.Exec(`UPDATE customer_merges SET undone_at = $2, undone_by = $3, contents = '' WHERE id = $1`, id, db.Millis(tx.Now), by.Account)
	return err
}

// laterMerge gives the newest merge into a customer, 0 for none.
func laterMerge(tx *db.Tx, kept int64) (id int64, err error) {
	err = tx.QueryRow(`SELECT COALESCE(max(id), 0) FROM customer_merges WHERE kept_id = $1 AND undone_at = 0`, kept).Scan(&id)
	return id, err
}

// successor is the number under which a merged customer goes on, 0 where he was
// not merged.
func successor(tx *db.Tx, id int64) (to int64, err error) {
	for range 100 {
		next := int64(0)
		err := tx.QueryRow(`SELECT kept_id FROM customer_merges WHERE lost_id = $1 AND undone_at = 0`, id).Scan(&next)
		if db.NoRows(err) {
			return to, nil
		}
		if err != nil {
			return 0, err
		}
		id, to = next, next
	}
	return to, nil
}

// lostTo lists the numbers that went into a customer.
func lostTo(tx *db.Tx, kept int64) ([]int64, error) {
	rows, err := tx.Query(`SELECT lost_id FROM customer_merges WHERE kept_id = $1 AND undone_at = 0 ORDER BY id`, kept)
	return db.Collect(rows, err, number)
}

// setColumns writes columns of a customer as they are given; what his version is
// goes on.
func setColumns(tx *db.Tx, id int64, cols resource.WholeRow) error {
	args := db.Args{id, db.Millis(tx.Now)}
	set := "version = version + 1, updated_at = $2"
	for name, v := range cols {
		set += ", " + name + " = " + args.Add(resource.Plain(v))
	}
	_, err := tx.Exec("UPDATE customers SET "+set+" WHERE id = $1", args...)
	return err
}

func clearSet(tx *db.Tx, s wholeSet, id int64) error {
	_, err := tx.Exec("DELETE FROM "+s.Table+" WHERE "+s.Column+" = $1", id)
	return err
}

// mergeable reads customers below a number, the newest first, whom the actor may
// merge and whose contacts he sees; of one name where it is given.
func mergeable(tx *db.Tx, s *Service, by policy.Actor, name string, before int64, limit int) ([]Customer, error) {
	args := &db.Args{}
	where := by.Where("merge", "customers", rules, args)
	for _, kind := range Kinds {
		where += " AND " + by.FieldWhere("list", "customers", kind, policy.Open, rules, args)
	}
	if name != "" {
		where += " AND customers.name = " + args.Add(name)
	}
	if before > 0 {
		where += " AND customers.id < " + args.Add(before)
	}
	text := "SELECT customers.id, customers.name, customers.phone, customers.qq, customers.wechat, customers.email, customers.created_at FROM customers WHERE " +
		where + " ORDER BY customers.id DESC LIMIT " + args.Add(limit)
	res, _ := s.Engine.Get("customers")
	rows, err := tx.Query(res.Bind(text, tx.Now, args), *args...)
	return db.Collect(rows, err, func(r *sql.Rows) (c Customer, err error) {
		var at int64
		err = r.Scan(&c.ID, &c.Name, &c.Phone, &c.QQ, &c.WeChat, &c.Email, &at)
		c.Created = db.Moment(at)
		return c, err
	})
}
