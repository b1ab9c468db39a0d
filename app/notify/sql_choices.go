package notify

import (
	"database/sql"

	"cohort/app/i18n"
	"cohort/db"
)

func chosen(tx *db.Tx, account int64) (map[string]map[Channel]bool, error) {
	on := map[string]map[Channel]bool{}
	rows, err := tx.Query(`SELECT kind, channel FROM notify_choices WHERE account_id = $1`, account)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (x struct{}, err error) {
		var kind string
		var c Channel
		if err := r.Scan(&kind, &c); err != nil {
			return x, err
		}
		if on[kind] == nil {
			on[kind] = map[Channel]bool{}
		}
		on[kind][c] = true
		return x, nil
	})
	return on, err
}

func choose(tx *db.Tx, account int64, kind string, c Channel, on bool) error {
	text := `DELETE FROM notify_choices WHERE account_id = $1 AND kind = $2 AND channel = $3`
	if on {
		text = `INSERT INTO notify_choices (account_id, kind, channel) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`
	}
	_, err := tx.Exec(text, account, kind, string(c))
	return err
}

// wishes gives the usual ones where none are kept.
func wishes(tx *db.Tx, account int64) (w Wishes, err error) {
	var links int64
	err = tx.QueryRow(`SELECT qq, links FROM account_wishes WHERE account_id = $1`, account).Scan(&w.QQ, &links)
	w.Links = links != 0
	if db.NoRows(err) {
		return Wishes{Links: true}, nil
	}
	return w, err
}

func wish(tx *db.Tx, account int64, w Wishes) error {
	links := 0
	if w.Links {
		links = 1
	}
	_, err := tx.Exec(`INSERT INTO account_wishes (account_id, qq, links) VALUES ($1, $2, $3)
		ON CONFLICT (account_id) DO UPDATE SET qq = excluded.qq, links = excluded.links`, account, w.QQ, links)
	return err
}

// pending walks the partial index notifications_forward.
func pending(tx *db.Tx, limit int) ([]Waiting, error) {
	const wants = `EXISTS (SELECT 1 FROM notify_choices c WHERE c.account_id = n.account_id AND c.kind = n.kind AND c.channel = `
	rows, err := tx.Query(`SELECT n.id, n.kind, n.args, n.link, n.created_at, n.account_id, a.login, a.name, a.lang, a.active,
			CASE WHEN `+wants+`'mail') THEN a.email ELSE '' END, CASE WHEN `+wants+`'qq') THEN COALESCE(w.qq, '') ELSE '' END
		FROM notifications n JOIN accounts a ON a.id = n.account_id LEFT JOIN account_wishes w ON w.account_id = n.account_id
		WHERE n.forward = 1 ORDER BY n.id LIMIT $1`, limit)
	return db.Collect(rows, err, func(r *sql.Rows) (w Waiting, err error) {
		var at, active int64
		var lang string
		if err = r.Scan(&w.ID, &w.Kind, &w.Stored, &w.Link, &at, &w.Account, &w.Login, &w.Name, &lang, &active, &w.Email, &w.QQ); err != nil {
			return w, err
		}
		w.At, w.Active, w.Lang = db.Time(at), active != 0, i18n.Lang(lang)
		w.Args, err = decode(w.Stored)
		return w, err
	})
}

func forwarded(tx *db.Tx, id int64) (bool, error) {
	n, err := affected(tx.Exec(`UPDATE notifications SET forward = 0 WHERE id = $1 AND forward = 1`, id))
	return n > 0, err
}
