package enrollment

import (
	"database/sql"

	"cohort/app/policy"
	"cohort/db"
)

const documentColumns = `SELECT id, enrollment_id, place, name, stored, size, type, sha256, remark, uploaded_at, removed_at, removed_why FROM documents`

func scanDocument(r *sql.Rows) (d Document, err error) {
	var at, gone int64
	err = r.Scan(&d.ID, &d.Enrollment, &d.Place, &d.Name, &d.stored, &d.Size, &d.Type, &d.SHA256, &d.Remark, &at, &gone, &d.RemovedWhy)
	d.Uploaded, d.Removed = db.Time(at), db.Moment(gone)
	return d, err
}

// documentsOf lists the documents of an enrollment as they came.
func documentsOf(tx *db.Tx, enrollment int64) ([]Document, error) {
	rows, err := tx.Query(documentColumns+` WHERE enrollment_id = $1 ORDER BY uploaded_at, id`, enrollment)
	return db.Collect(rows, err, scanDocument)
}

func documentByID(tx *db.Tx, enrollment, id int64) (Document, error) {
	return oneDocument(tx, ` WHERE enrollment_id = $1 AND id = $2`, enrollment, id)
}

func documentByName(tx *db.Tx, enrollment int64, name string) (Document, error) {
	return oneDocument(tx, ` WHERE enrollment_id = $1 AND name = $2`, enrollment, name)
}

func oneDocument(tx *db.Tx, where string, args ...any) (Document, error) {
	rows, err := tx.Query(documentColumns+where, args...)
	list, err := db.Collect(rows, err, scanDocument)
	if err == nil && len(list) == 0 {
		err = policy.NotFound()
	}
	if err != nil {
		return Document{}, err
	}
	return list[0], nil
}

func insertDocument(tx *db.Tx, d Document) (id int64, err error) {
	err = tx.QueryRow(`INSERT INTO documents (enrollment_id, place, name, stored, size, type, sha256, uploaded_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
		d.Enrollment, d.Place, d.Name, d.stored, d.Size, d.Type, d.SHA256, db.Millis(d.Uploaded)).Scan(&id)
	return id, err
}

func deleteDocument(tx *db.Tx, id int64) error {
	_, err := tx.Exec(`DELETE FROM documents WHERE id = $1`, id)
	return err
}

// namedBlobs tells which of the stored names some document has.
func namedBlobs(tx *db.Tx, stored []string) (map[string]bool, error) {
	args := &db.Args{}
	list := in(args, stored)
	rows, err := tx.Query(`SELECT DISTINCT stored FROM documents WHERE stored IN (`+list+`)`, *args...)
	names, err := db.ColumnOf[string](rows, err)
	used := make(map[string]bool, len(names))
	for _, n := range names {
		used[n] = true
	}
	return used, err
}
