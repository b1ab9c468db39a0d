package teaching

import (
	"database/sql"
	"strconv"
	"strings"
	"time"

	"cohort/app/policy"
	"cohort/db"
)

func str(n int64) string { return strconv.FormatInt(n, 10) }

func classEnds(tx *db.Tx, class int64) (day string, err error) {
	err = tx.QueryRow(`SELECT ends_on FROM classes WHERE id = $1`, class).Scan(&day)
	return day, err
}

const homeworkColumns = `homework.id, homework.study_record_id, homework.version, homework.receipt, homework.size, homework.sha256,
	homework.handed_in_at, homework.late_ms`

func scanHomework(r scanner) (h Homework, err error) {
	var at, late int64
	err = r.Scan(&h.ID, &h.Record, &h.Version, &h.Receipt, &h.Size, &h.SHA256, &at, &late)
	h.At, h.Late = db.Time(at), time.Duration(late)*time.Millisecond
	return h, err
}

func homeworkOf(tx *db.Tx, id int64) (Homework, error) {
	h, err := scanHomework(tx.QueryRow("SELECT "+homeworkColumns+" FROM homework WHERE id = $1", id))
	if err != nil {
		return h, err
	}
	h.Files, err = filesWhere(tx, "homework_id = $1", id)
	return h, err
}

// versionsOf lists the versions of a study record, the newest first.
func versionsOf(tx *db.Tx, record int64) ([]Homework, error) {
	rows, err := tx.Query("SELECT "+homeworkColumns+" FROM homework WHERE study_record_id = $1 ORDER BY version DESC", record)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Homework, error) { return scanHomework(r) })
	if err != nil {
		return nil, err
	}
	files, err := filesWhere(tx, "homework_id IN (SELECT id FROM homework WHERE study_record_id = $1)", record)
	return withFiles(list, files), err
}

// lastVersions gives the last version of each student of a lesson that by may
// download, by study record.
func lastVersions(tx *db.Tx, by policy.Actor, lesson int64) (map[int64]Homework, error) {
	args := &db.Args{}
	where := "study_records.lesson_id = " + args.Add(lesson) + " AND " + by.Where("download", "homework", homeworkRules, args) + " AND " + lastOnly
	rows, err := tx.Query("SELECT "+homeworkColumns+" FROM "+homeworkFrom+" WHERE "+where, *args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Homework, error) { return scanHomework(r) })
	if err != nil {
		return nil, err
	}
	files, err := filesWhere(tx, "homework_id IN (SELECT homework.id FROM homework JOIN study_records ON study_records.id = homework.study_record_id WHERE study_records.lesson_id = $1)", lesson)
	out := map[int64]Homework{}
	for _, h := range withFiles(list, files) {
		out[h.Record] = h
	}
	return out, err
}

func withFiles(list []Homework, files []HomeworkFile) []Homework {
	byID := map[int64][]HomeworkFile{}
	for _, f := range files {
		byID[f.Homework] = append(byID[f.Homework], f)
	}
	for i := range list {
		list[i].Files = byID[list[i].ID]
	}
	return list
}

// filesWhere leaves out files whose bytes were erased with their student's data.
func filesWhere(tx *db.Tx, where string, args ...any) ([]HomeworkFile, error) {
	rows, err := tx.Query("SELECT homework_id, position, name, size, sha256, stored FROM homework_files WHERE stored <> '' AND ("+where+") ORDER BY homework_id, position", args...)
	return db.Collect(rows, err, func(r *sql.Rows) (f HomeworkFile, err error) {
		err = r.Scan(&f.Homework, &f.Position, &f.Name, &f.Size, &f.SHA256, &f.stored)
		return f, err
	})
}

func storedFile(tx *db.Tx, homework, position int64) (stored string, err error) {
	err = tx.QueryRow(`SELECT stored FROM homework_files WHERE homework_id = $1 AND position = $2 AND stored <> ''`, homework, position).Scan(&stored)
	return stored, err
}

func nextVersion(tx *db.Tx, record int64) (n int64, err error) {
	err = tx.QueryRow(`SELECT COALESCE(max(version), 0) + 1 FROM homework WHERE study_record_id = $1`, record).Scan(&n)
	return n, err
}

func insertHomework(tx *db.Tx, h *Homework) error {
	err := tx.QueryRow(`INSERT INTO homework (study_record_id, version, receipt, files, size, sha256, handed_in_at, late_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`, h.Record, h.Version, h.Receipt, len(h.Files), h.Size, h.SHA256,
		db.Millis(h.At), h.Late.Milliseconds()).Scan(&h.ID)
	for i := range h.Files {
		f := &h.Files[i]
		if err != nil {
			return err
		}
		f.Homework = h.ID
		_, err = tx.Exec(`INSERT INTO homework_files (homework_id, position, name, stored, size, sha256) VALUES ($1, $2, $3, $4, $5, $6)`,
			h.ID, f.Position, f.Name, f.stored, f.Size, f.SHA256)
	}
	return err
}

// namedFiles tells which of the stored names homework or feedback has.
func namedFiles(tx *db.Tx, stored []string) (map[string]bool, error) {
	args := &db.Args{}
	marks := make([]string, len(stored))
	for i, s := range stored {
		marks[i] = args.Add(s)
	}
	in := "stored IN (" + strings.Join(marks, ", ") + ")"
	rows, err := tx.Query("SELECT stored FROM homework_files WHERE "+in+" UNION SELECT stored FROM feedback_files WHERE "+in, *args...)
	list, err := db.ColumnOf[string](rows, err)
	used := map[string]bool{}
	for _, s := range list {
		used[s] = true
	}
	return used, err
}

func printsRow(tx *db.Tx, homework int64) (data []byte, err error) {
	err = tx.QueryRow(`SELECT prints FROM homework_prints WHERE homework_id = $1`, homework).Scan(&data)
	return data, err
}

func insertPrintsRow(tx *db.Tx, homework int64, data []byte) error {
	_, err := tx.Exec(`INSERT INTO homework_prints (homework_id, prints) VALUES ($1, $2) ON CONFLICT DO NOTHING`, homework, data)
	return err
}
