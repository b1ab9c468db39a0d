package question

import (
	"strings"

	"cohort/db"
)

// together is how many grams one statement inserts; what is left over goes one
// by one, so that there are two statements only to be prepared.
const together = 40

// insertGrams puts grams down that are not there yet.
func insertGrams(tx *db.Tx, question int64, title bool, list []string) error {
	for len(list) > 0 {
		n := together
		if len(list) < together {
			n = 1
		}
		args := &db.Args{}
		id, in := args.Add(question), args.Add(map[bool]int64{true: 1}[title])
		rows := make([]string, n)
		for i, g := range list[:n] {
			rows[i] = "(" + args.Add(g) + ", " + id + ", " + in + ")"
		}
		if _, err := tx.Exec("INSERT INTO question_grams (gram, question_id, title) VALUES "+strings.Join(rows, ", ")+" ON CONFLICT DO NOTHING", *args...); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

func deleteGrams(tx *db.Tx, question int64) error {
	_, err := tx.Exec(`DELETE FROM question_grams WHERE question_id = $1`, question)
	return err
}

// howMany is how many questions there are, near enough: none is ever deleted in
// numbers.
func howMany(tx *db.Tx) (n int, err error) {
	err = tx.QueryRow(`SELECT COALESCE(max(id), 0) FROM questions`).Scan(&n)
	return n, err
}

func countHolding(tx *db.Tx, gram string, limit int) (n int, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM (SELECT 1 FROM question_grams WHERE gram = $1 LIMIT $2) AS holding`, gram, limit).Scan(&n)
	return n, err
}

// inText is what a word of a text counts for beside the same word in a title.
const inText = 0.7

// holding gives the questions that hold the grams, the newest of each, with at
// least so much weight together: the heaviest first, the newest among equals.
// The database adds up: thousands of rows need not come here for that.
func holding(tx *db.Tx, list []wanted, least float64) ([]int64, error) {
	args := &db.Args{}
	limit := args.Add(newest)
	var parts []string
	for _, w := range list {
		parts = append(parts, "SELECT question_id, weight FROM (SELECT question_id, CASE WHEN title = 1 THEN CAST("+args.Add(w.weight)+
			" AS REAL) ELSE CAST("+args.Add(w.weight*inText)+" AS REAL) END AS weight FROM question_grams WHERE gram = "+args.Add(w.gram)+
			" ORDER BY question_id DESC LIMIT "+limit+") AS holds")
	}
	rows, err := tx.Query("SELECT question_id FROM ("+strings.Join(parts, " UNION ALL ")+") AS found GROUP BY question_id HAVING sum(weight) >= "+
		args.Add(least)+" ORDER BY sum(weight) DESC, question_id DESC LIMIT "+args.Add(ranked), *args...)
	return db.Collect(rows, err, number)
}
