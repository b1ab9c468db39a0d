package teaching

import (
	"database/sql"

	"cohort/db"
)

const feedbackColumns = `SELECT id, study_record_id, name, size, sha256, sent_by, sent_at, stored FROM feedback_files`

func scanFeedback(r scanner) (f FeedbackFile, err error) {
	var at int64
	err = r.Scan(&f.ID, &f.Record, &f.Name, &f.Size, &f.SHA256, &f.SentBy, &at, &f.stored)
	f.Sent = db.Time(at)
	return f, err
}

func feedbackOf(tx *db.Tx, record int64) ([]FeedbackFile, error) {
	rows, err := tx.Query(feedbackColumns+` WHERE study_record_id = $1 AND replaced = 0 AND stored <> '' ORDER BY name`, record)
	return db.Collect(rows, err, func(r *sql.Rows) (FeedbackFile, error) { return scanFeedback(r) })
}

func feedbackFile(tx *db.Tx, id int64) (FeedbackFile, error) {
	return scanFeedback(tx.QueryRow(feedbackColumns+` WHERE id = $1 AND stored <> ''`, id))
}

func insertFeedback(tx *db.Tx, f FeedbackFile) error {
	if _, err := tx.Exec(`UPDATE feedback_files SET replaced = 1 WHERE study_record_id = $1 AND name = $2 AND replaced = 0`, f.Record, f.Name); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO feedback_files (study_record_id, name, stored, size, sha256, sent_by, sent_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		f.Record, f.Name, f.stored, f.Size, f.SHA256, f.SentBy, db.Millis(f.Sent))
	return err
}
