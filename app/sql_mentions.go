package app

import (
	"strconv"
	"strings"

	"cohort/db"
)

// mentions are the rows of long tables that name a person without belonging to him: what a colleague was told or
// searched for. They are looked for before the write, which then looks at what came since only.
type mentions map[string]*mentioned

type mentioned struct {
	ids  []int64
	upTo int64 // the last row that was looked at
}

// mention is a table with such rows: columns that are searched, and where a mere name counts. A name may be another's
// of the same name; so it counts only in what is no record of somebody else.
type mention struct {
	table    string
	columns  []string
	named    string
	what     string // as the receipt calls it
	sql      string // takes it away; $1 is the row. The audit trail has its own way.
	enrolled string // a condition by the number of an enrollment, "" for none
}

var mentionsOf = []mention{
	{table: "audit", columns: []string{"changes"}, named: "record_id = 0",
		enrolled: `resource = 'documents' AND changes LIKE '%{"field":"enrollment","new":"NUMBER"}%'`}, // of documents that are gone
	{table: "notifications", columns: []string{"args"}, named: "link NOT LIKE 'customers/%' AND link NOT LIKE 'enrollments/%'", what: "notifications",
		sql: `DELETE FROM notifications WHERE id = $1`},
	{table: "messages", columns: []string{"body"}, named: "1 = 1", what: "messages",
		sql: `UPDATE messages SET body = '-', last_error = '', state = CASE WHEN state = 'queued' THEN 'dead' ELSE state END WHERE id = $1 AND body <> '-'`},
	{table: "mails", columns: []string{"to_addr", "subject", "body"}, named: "1 = 1", what: "mails",
		sql: `UPDATE mails SET to_addr = 'erased', subject = '-', body = '-', last_error = '', sealed = CASE WHEN sealed = '' THEN '' ELSE '-' END,
			state = CASE WHEN state = 'queued' THEN 'dead' ELSE state END WHERE id = $1 AND body <> '-'`},
	{table: "handovers", columns: []string{"query", "reason"}, named: "1 = 1", sql: `UPDATE handovers SET query = '', reason = '-' WHERE id = $1`},
	{table: "saved_lists", columns: []string{"query", "name"}, named: "1 = 1", sql: `DELETE FROM saved_lists WHERE id = $1`},
	{table: "trash", columns: []string{"contents"}, named: "1 = 0", what: "trash", sql: `DELETE FROM trash WHERE id = $1`},
}

// add looks at the rows that came since the last look.
func (m mentions) add(tx *db.Tx, who person) error {
	for _, x := range mentionsOf {
		if m[x.table] == nil {
			m[x.table] = &mentioned{}
		}
		found := m[x.table]
		cond, args, err := x.where(tx, who, found.upTo)
		if err != nil {
			return err
		}
		if cond != "" {
			ids, err := numbers(tx, `SELECT id FROM `+x.table+` WHERE id > $1 AND (`+cond+`) ORDER BY id`, args...)
			if err != nil {
				return err
			}
			found.ids = append(found.ids, ids...)
		}
		if err := tx.QueryRow(`SELECT COALESCE(max(id), 0) FROM ` + x.table).Scan(&found.upTo); err != nil {
			return err
		}
	}
	return nil
}

func (x mention) where(tx *db.Tx, who person, after int64) (string, db.Args, error) {
	args := db.Args{after}
	like := func(texts []string) string {
		var any []string
		for _, t := range texts {
			mark := args.Add("%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(t) + "%")
			for _, c := range x.columns {
				any = append(any, c+" LIKE "+mark+` ESCAPE '\'`)
			}
		}
		return strings.Join(any, " OR ")
	}
	var any []string
	if c := like(who.values); c != "" {
		any = append(any, c)
	}
	if c := like(who.names); c != "" {
		any = append(any, x.named+" AND ("+c+")")
	}
	if x.enrolled != "" {
		list, err := numbers(tx, `SELECT id FROM enrollments WHERE customer_id = $1`, who.ids[0])
		if err != nil {
			return "", nil, err
		}
		for _, id := range list {
			any = append(any, strings.ReplaceAll(x.enrolled, "NUMBER", strconv.FormatInt(id, 10)))
		}
	}
	return strings.Join(any, " OR "), args, nil
}

// eraseRefused empties rows of imports that name him and became no record. Those are few: reports go after 90 days.
func eraseRefused(tx *db.Tx, who person) (int64, error) {
	cond, args, err := mention{columns: []string{"changes", "why"}, named: "1 = 0"}.where(tx, who, 0)
	if err != nil || cond == "" {
		return 0, err
	}
	r, err := tx.Exec(`UPDATE import_rows SET title = '', changes = '', why = '' WHERE batch_id > $1 AND (`+cond+`)`, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// erase takes away what was found, but for the audit trail.
func (m mentions) erase(tx *db.Tx, r *Receipt) error {
	for _, x := range mentionsOf {
		if x.sql == "" {
			continue
		}
		for _, id := range m[x.table].ids {
			done, err := tx.Exec(x.sql, id)
			if err != nil {
				return err
			}
			n, err := done.RowsAffected()
			if err != nil {
				return err
			}
			r.gone(x.what, n)
		}
	}
	return nil
}
