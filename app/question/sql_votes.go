package question

import (
	"cohort/db"
)

func votedQuestion(tx *db.Tx, question, account int64) (yes bool, err error) {
	err = tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM question_votes WHERE question_id = $1 AND account_id = $2)`, question, account).Scan(&yes)
	return yes, err
}

// setVote makes or takes back a vote and counts; what is "question" or "answer".
func setVote(tx *db.Tx, what string, id, account int64, on bool) (votes int, err error) {
	text := "DELETE FROM " + what + "_votes WHERE " + what + "_id = $1 AND account_id = $2"
	if on {
		text = "INSERT INTO " + what + "_votes (" + what + "_id, account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING"
	}
	r, err := tx.Exec(text, id, account)
	if err != nil {
		return 0, err
	}
	n, err := r.RowsAffected()
	if err != nil {
		return 0, err
	}
	if !on {
		n = -n
	}
	err = tx.QueryRow("UPDATE "+what+"s SET votes = votes + $1 WHERE id = $2 RETURNING votes", n, id).Scan(&votes)
	return votes, err
}
