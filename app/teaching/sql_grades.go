package teaching

import (
	"database/sql"

	"cohort/db"
)

func storeGrade(tx *db.Tx, r StudyRecord, by int64) error {
	_, err := tx.Exec(`UPDATE study_records SET score = $2, points = $3, comment = $4, graded_by = $5, graded_at = $6, updated_at = $6,
		version = version + 1 WHERE id = $1`, r.ID, string(r.Score), r.Score.Points(), r.Comment, orNull(by), db.Millis(tx.Now))
	return err
}

func storeReleased(tx *db.Tx, lesson, by int64) error {
	_, err := tx.Exec(`UPDATE lessons SET released_at = $2, released_by = $3 WHERE id = $1`, lesson, db.Millis(tx.Now), orNull(by))
	return err
}

func phrasesOf(tx *db.Tx, account int64) ([]Phrase, error) {
	rows, err := tx.Query(`SELECT id, body FROM phrases WHERE account_id = $1 ORDER BY created_at DESC, id DESC`, account)
	return db.Collect(rows, err, func(r *sql.Rows) (p Phrase, err error) {
		err = r.Scan(&p.ID, &p.Text)
		return p, err
	})
}

func insertPhrase(tx *db.Tx, account int64, text string) error {
	_, err := tx.Exec(`INSERT INTO phrases (account_id, body, created_at) VALUES ($1, $2, $3) ON CONFLICT (account_id, body) DO NOTHING`,
		account, text, db.Millis(tx.Now))
	return err
}

func deletePhrase(tx *db.Tx, account, id int64) (bool, error) {
	res, err := tx.Exec(`DELETE FROM phrases WHERE account_id = $1 AND id = $2`, account, id)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}
