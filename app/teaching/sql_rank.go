package teaching

import (
	"database/sql"

	"cohort/db"
)

// addStanding adds to what a student has made of a class.
func addStanding(tx *db.Tx, class, student int64, d counts) error {
	_, err := tx.Exec(`INSERT INTO standings (class_id, student_id, total, graded, released_total, released_graded, present, late, absent, left_early, excused)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (class_id, student_id) DO UPDATE SET
		total = standings.total + excluded.total, graded = standings.graded + excluded.graded,
		released_total = standings.released_total + excluded.released_total, released_graded = standings.released_graded + excluded.released_graded,
		present = standings.present + excluded.present, late = standings.late + excluded.late, absent = standings.absent + excluded.absent,
		left_early = standings.left_early + excluded.left_early, excused = standings.excused + excluded.excused`,
		class, student, d.total, d.graded, d.releasedTotal, d.releasedGraded, d.present, d.late, d.absent, d.leftEarly, d.excused)
	return err
}

func rankedClass(tx *db.Tx, class int64) (code string, open bool, err error) {
	var flag int64
	err = tx.QueryRow(`SELECT code, open_ranking FROM classes WHERE id = $1`, class).Scan(&code, &flag)
	return code, flag == 1, err
}

// standingsOf reads the sums of everybody in a class; who has none yet has
// nothing.
func standingsOf(tx *db.Tx, class int64, releasedOnly bool) ([]Place, error) {
	total, graded := "standings.total", "standings.graded"
	if releasedOnly {
		total, graded = "standings.released_total", "standings.released_graded"
	}
	rows, err := tx.Query(`SELECT students.id, accounts.id, student_classes.roll, accounts.name, accounts.login, COALESCE(`+total+`, 0),
		COALESCE(`+graded+`, 0), COALESCE(standings.present, 0), COALESCE(standings.late, 0), COALESCE(standings.absent, 0),
		COALESCE(standings.left_early, 0), COALESCE(standings.excused, 0)
		FROM student_classes JOIN students ON students.id = student_classes.student_id JOIN accounts ON accounts.id = students.account_id
		LEFT JOIN standings ON standings.class_id = student_classes.class_id AND standings.student_id = student_classes.student_id
		WHERE student_classes.class_id = $1`, class)
	return db.Collect(rows, err, func(r *sql.Rows) (p Place, err error) {
		err = r.Scan(&p.Student, &p.Account, &p.Roll, &p.Name, &p.Login, &p.Total, &p.Graded, &p.Present, &p.Late, &p.Absent, &p.LeftEarly, &p.Excused)
		return p, err
	})
}

// summing is what the study records make of every student in every class.
const summing = `SELECT study_records.class_id, study_records.student_id,
	CAST(sum(CASE WHEN before_join = 0 THEN points ELSE 0 END) AS BIGINT),
	CAST(sum(CASE WHEN before_join = 0 AND score <> 'N/A' THEN 1 ELSE 0 END) AS BIGINT),
	CAST(sum(CASE WHEN before_join = 0 AND lessons.released_at > 0 THEN points ELSE 0 END) AS BIGINT),
	CAST(sum(CASE WHEN before_join = 0 AND lessons.released_at > 0 AND score <> 'N/A' THEN 1 ELSE 0 END) AS BIGINT),
	CAST(sum(CASE WHEN before_join = 0 AND attendance = 'present' THEN 1 ELSE 0 END) AS BIGINT),
	CAST(sum(CASE WHEN before_join = 0 AND attendance = 'late' THEN 1 ELSE 0 END) AS BIGINT),
	CAST(sum(CASE WHEN before_join = 0 AND attendance = 'absent' THEN 1 ELSE 0 END) AS BIGINT),
	CAST(sum(CASE WHEN before_join = 0 AND attendance = 'left_early' THEN 1 ELSE 0 END) AS BIGINT),
	CAST(sum(CASE WHEN before_join = 0 AND attendance = 'excused' THEN 1 ELSE 0 END) AS BIGINT)
	FROM study_records JOIN lessons ON lessons.id = study_records.lesson_id GROUP BY study_records.class_id, study_records.student_id`

const standingColumns = `class_id, student_id, total, graded, released_total, released_graded, present, late, absent, left_early, excused`

func keptSums(tx *db.Tx) (map[seat]counts, error) {
	return sums(tx, "SELECT "+standingColumns+" FROM standings")
}

func countedSums(tx *db.Tx) (map[seat]counts, error) { return sums(tx, summing) }

func sums(tx *db.Tx, text string) (map[seat]counts, error) {
	rows, err := tx.Query(text)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	out := map[seat]counts{}
	for rows.Next() {
		var at seat
		var c counts
		if err := rows.Scan(&at.class, &at.student, &c.total, &c.graded, &c.releasedTotal, &c.releasedGraded, &c.present, &c.late, &c.absent, &c.leftEarly, &c.excused); err != nil {
			return nil, err
		}
		out[at] = c
	}
	return out, rows.Err()
}

func rebuild(tx *db.Tx) error {
	if _, err := tx.Exec(`DELETE FROM standings`); err != nil {
		return err
	}
	_, err := tx.Exec("INSERT INTO standings (" + standingColumns + ") " + summing)
	return err
}
