package enrollment

import (
	"database/sql"
	"strings"

	"cohort/db"
)

const columns = `e.id, e.version, e.customer_id, e.consultant_id, e.class_id, classes.course_id, classes.campus_id, e.state, e.price,
	customers.name, classes.code, courses.code, courses.name, campuses.name, consultants.name, consultants.login,
	e.token_serial, e.link_expires_at, e.revoked_at,
	e.name, e.sex, e.id_kind, e.id_number, e.phone, e.email, e.emergency,
	e.lang, e.agreed_at, e.contract, e.contract_sha256, e.signed_at, e.submitted_at,
	COALESCE(e.approved_by, 0), COALESCE(approvers.name, ''), e.approved_at, e.reason, COALESCE(e.returned_by, 0), e.returned_at, e.created_at,
	(SELECT count(*) FROM documents WHERE documents.enrollment_id = e.id)`

const tables = ` FROM enrollments AS e
	JOIN customers ON customers.id = e.customer_id
	JOIN classes ON classes.id = e.class_id
	JOIN courses ON courses.id = classes.course_id
	JOIN campuses ON campuses.id = classes.campus_id
	JOIN accounts AS consultants ON consultants.id = e.consultant_id
	LEFT JOIN accounts AS approvers ON approvers.id = e.approved_by`

// byID reads one enrollment, without asking anybody's rights.
func byID(tx *db.Tx, id int64) (Enrollment, error) { return one(tx, "e.id = $1", id) }

// byHash finds the enrollment of a link.
func byHash(tx *db.Tx, hash string) (Enrollment, error) { return one(tx, "e.token_hash = $1", hash) }

// byPair finds the enrollment of a customer in a class.
func byPair(tx *db.Tx, customer, class int64) (Enrollment, error) {
	return one(tx, "e.customer_id = $1 AND e.class_id = $2", customer, class)
}

// one gives the one enrollment that meets a condition; an ID of 0 says that
// there is none.
func one(tx *db.Tx, where string, args ...any) (Enrollment, error) {
	rows, err := tx.Query("SELECT "+columns+tables+" WHERE "+where, args...)
	list, err := unsealed(tx)(db.Collect(rows, err, scan))
	if err != nil || len(list) == 0 {
		return Enrollment{}, err
	}
	return list[0], nil
}

// unsealed opens what the database must not tell: the ID number, and the contract that names it.
func unsealed(tx *db.Tx) func(list []Enrollment, err error) ([]Enrollment, error) {
	return func(list []Enrollment, err error) ([]Enrollment, error) {
		for i := range list {
			if err == nil {
				list[i].IDNumber, err = tx.Unseal(list[i].IDNumber)
			}
			if err == nil {
				list[i].Contract, err = tx.Unseal(list[i].Contract)
			}
		}
		return list, err
	}
}

// sealed gives an enrollment as it is stored.
func sealed(tx *db.Tx, e Enrollment) (_ Enrollment, err error) {
	if e.IDNumber, err = tx.Seal(e.IDNumber); err == nil {
		e.Contract, err = tx.Seal(e.Contract)
	}
	return e, err
}

func scan(r *sql.Rows) (e Enrollment, err error) {
	var expires, revoked, agreed, signed, submitted, approved, returned, created int64
	err = r.Scan(&e.ID, &e.Version, &e.Customer, &e.Consultant, &e.Class, &e.Course, &e.Campus, &e.State, &e.Price,
		&e.CustomerName, &e.ClassCode, &e.CourseCode, &e.CourseName, &e.CampusName, &e.ConsultantName, &e.ConsultantLogin,
		&e.Serial, &expires, &revoked,
		&e.Name, &e.Sex, &e.IDKind, &e.IDNumber, &e.Phone, &e.Email, &e.Emergency,
		&e.Lang, &agreed, &e.Contract, &e.SHA256, &signed, &submitted,
		&e.ApprovedBy, &e.ApproverName, &approved, &e.Reason, &e.ReturnedBy, &returned, &created, &e.Documents)
	e.LinkExpires, e.Revoked, e.Agreed, e.Signed = db.Moment(expires), db.Moment(revoked), db.Moment(agreed), db.Moment(signed)
	e.Submitted, e.Approved, e.Returned, e.Created = db.Moment(submitted), db.Moment(approved), db.Moment(returned), db.Moment(created)
	return e, err
}

// insert makes an enrollment in the state invited. Its link's hash needs the id
// and is set by setLink in the same transaction.
func insert(tx *db.Tx, e Enrollment) (id int64, err error) {
	err = tx.QueryRow(`INSERT INTO enrollments (customer_id, class_id, consultant_id, state, price, token_hash, link_expires_at, name, sex, created_at, updated_at)
		VALUES ($1, $2, $3, 'invited', $4, $5, $6, $7, $8, $9, $9) RETURNING id`,
		e.Customer, e.Class, e.Consultant, e.Price, "none", db.Millis(e.LinkExpires), e.Name, e.Sex, db.Millis(tx.Now)).Scan(&id)
	return id, err
}

// setLink stores another link, alive and with a time of its own.
func setLink(tx *db.Tx, e Enrollment, hash string) error {
	_, err := tx.Exec(`UPDATE enrollments SET token_hash = $1, token_serial = $2, link_expires_at = $3, revoked_at = 0,
		version = version + 1, updated_at = $4 WHERE id = $5`,
		hash, e.Serial, db.Millis(e.LinkExpires), db.Millis(tx.Now), e.ID)
	return err
}

func revoke(tx *db.Tx, id int64) error {
	_, err := tx.Exec(`UPDATE enrollments SET revoked_at = $1, version = version + 1, updated_at = $1 WHERE id = $2`, db.Millis(tx.Now), id)
	return err
}

// reopen takes a cancelled or expired enrollment up again.
func reopen(tx *db.Tx, e Enrollment) error {
	_, err := tx.Exec(`UPDATE enrollments SET state = $1, consultant_id = $2, price = $3, reason = $4, agreed_at = $5,
		version = version + 1, updated_at = $6 WHERE id = $7`,
		e.State, e.Consultant, e.Price, e.Reason, db.Stamp(e.Agreed), db.Millis(tx.Now), e.ID)
	return err
}

// storeFilled saves what the applicant filled in; version is the one he read.
func storeFilled(tx *db.Tx, e Enrollment) (done bool, err error) {
	if e, err = sealed(tx, e); err != nil {
		return false, err
	}
	return changedOne(tx.Exec(`UPDATE enrollments SET name = $1, sex = $2, id_kind = $3, id_number = $4, phone = $5, email = $6, emergency = $7,
		agreed_at = $8, version = version + 1, updated_at = $9 WHERE id = $10 AND version = $11`,
		e.Name, e.Sex, e.IDKind, e.IDNumber, e.Phone, e.Email, e.Emergency, db.Stamp(e.Agreed), db.Millis(tx.Now), e.ID, e.Version))
}

// storeAgreed saves the text that was agreed to, or takes it back.
func storeAgreed(tx *db.Tx, e Enrollment) error {
	e, err := sealed(tx, e)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE enrollments SET agreed_at = $1, contract = $2, contract_sha256 = $3, version = version + 1, updated_at = $4 WHERE id = $5`,
		db.Stamp(e.Agreed), e.Contract, e.SHA256, db.Millis(tx.Now), e.ID)
	return err
}

func storeLang(tx *db.Tx, id int64, lang string) error {
	_, err := tx.Exec(`UPDATE enrollments SET lang = $1 WHERE id = $2 AND lang <> $1`, lang, id)
	return err
}

// storeSubmitted signs the contract and hands the form in.
func storeSubmitted(tx *db.Tx, e Enrollment) error {
	e, err := sealed(tx, e)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE enrollments SET state = 'submitted', name = $1, sex = $2, id_kind = $3, id_number = $4, phone = $5, email = $6,
		contract = $7, contract_sha256 = $8, signed_at = $9, submitted_at = $9, reason = '',
		version = version + 1, updated_at = $9 WHERE id = $10`,
		e.Name, e.Sex, e.IDKind, e.IDNumber, e.Phone, e.Email, e.Contract, e.SHA256, db.Millis(tx.Now), e.ID)
	return err
}

func storeReturned(tx *db.Tx, id, by int64, reason string) error {
	_, err := tx.Exec(`UPDATE enrollments SET state = 'returned', reason = $1, returned_by = $2, returned_at = $3,
		version = version + 1, updated_at = $3 WHERE id = $4`, reason, orNull(by), db.Millis(tx.Now), id)
	return err
}

func storeRemark(tx *db.Tx, enrollment, document int64, remark string) (done bool, err error) {
	return changedOne(tx.Exec(`UPDATE documents SET remark = $1 WHERE id = $2 AND enrollment_id = $3`, remark, document, enrollment))
}

func storeState(tx *db.Tx, id int64, state State, reason string) error {
	_, err := tx.Exec(`UPDATE enrollments SET state = $1, reason = $2, version = version + 1, updated_at = $3 WHERE id = $4`,
		state, reason, db.Millis(tx.Now), id)
	return err
}

func storeApproved(tx *db.Tx, id, by int64) error {
	_, err := tx.Exec(`UPDATE enrollments SET state = 'approved', approved_by = $1, approved_at = $2, reason = '',
		version = version + 1, updated_at = $2 WHERE id = $3`, by, db.Millis(tx.Now), id)
	return err
}

// due are the open enrollments whose link's time is over. Each state is asked
// for by itself, since each has an index of its own.
const due = `SELECT id FROM enrollments WHERE state = 'invited' AND link_expires_at <= $1
	UNION ALL SELECT id FROM enrollments WHERE state = 'returned' AND link_expires_at <= $1`

// expire ends what is due and gives the ids.
func expire(tx *db.Tx) ([]int64, error) {
	rows, err := tx.Query(`UPDATE enrollments SET state = 'expired', version = version + 1, updated_at = $1
		WHERE id IN (`+due+`) RETURNING id`, db.Millis(tx.Now))
	return db.Collect(rows, err, id)
}

// anyDue says whether expire would find something, without the writer.
func anyDue(tx *db.Tx) (bool, error) {
	var n int64
	err := tx.QueryRow(due+` LIMIT 1`, db.Millis(tx.Now)).Scan(&n)
	if db.NoRows(err) {
		return false, nil
	}
	return err == nil, err
}

// approverIDs lists the active accounts with a permission to approve some
// enrollments; their row rules are still to be asked.
func approverIDs(tx *db.Tx) ([]int64, error) {
	rows, err := tx.Query(`SELECT DISTINCT accounts.id FROM accounts
		JOIN account_roles ON account_roles.account_id = accounts.id
		JOIN permissions ON permissions.role_id = account_roles.role_id
		WHERE accounts.active = 1 AND permissions.resource IN ('enrollments', '*') AND permissions.action IN ('approve', '*')
		ORDER BY accounts.id LIMIT 50`)
	return db.Collect(rows, err, id)
}

// department gives an account's department, 0 where it has none.
func department(tx *db.Tx, account int64) (id int64, err error) {
	err = tx.QueryRow(`SELECT COALESCE(department_id, 0) FROM accounts WHERE id = $1`, account).Scan(&id)
	if db.NoRows(err) {
		return 0, nil
	}
	return id, err
}

// sourceName is what the school calls a source.
func sourceName(tx *db.Tx, code string) (name string, err error) {
	err = tx.QueryRow(`SELECT name FROM sources WHERE code = $1`, code).Scan(&name)
	return name, err
}

func changedOne(r sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n > 0, err
}

func id(r *sql.Rows) (n int64, err error) {
	err = r.Scan(&n)
	return n, err
}

func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// in makes "$n, $n+1 …" for a list of values.
func in[T any](args *db.Args, values []T) string {
	marks := make([]string, len(values))
	for i, v := range values {
		marks[i] = args.Add(v)
	}
	return strings.Join(marks, ", ")
}
