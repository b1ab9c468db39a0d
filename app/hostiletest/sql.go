package hostiletest

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"cohort/db"
)

// own are columns whose texts are the program's own words: with others in them there would be no school to look at. A new
// column is people's until it is said here.
var own = map[string]bool{
	"accounts.login": true, "accounts.lang": true, "accounts.password_hash": true, "account_totp.secret": true, "age_keys.id": true,
	"age_keys.recipient": true, "roles.name": true, "roles.menu": true, "settings.key": true, "settings.value": true, "spent_ids.name": true,
	"enrollments.contract_sha256": true, "enrollments.state": true, "customer_merges.contents": true, "contact_parts.ahead": true, "contact_parts.part": true,
	"import_batches.report": true, "list_prefs.columns": true, "saved_lists.query": true, "saved_lists.role": true, "survey_tallies.question": true,
	"survey_words.place": true, "exports.rights": true, "handovers.query": true, "homework.receipt": true, "payments.receipt": true,
	"customers.sounds": true, "customers.name_key": true, "customers.status": true, "daily_acts.act": true, "import_batches.match_by": true,
	"import_batches.mode": true, "import_batches.format": true, "import_batches.encoding": true, "import_batches.delimiter": true,
	"audit.hash": true, "trash.parts": true, "mails.template": true, "mails.sealed": true, "mails.message_id": true, "messages.message_key": true,
	"customers.id_number": true, "enrollments.id_number": true, "enrollments.contract": true, // sealed: what is in them comes by the services
}

// ownNames are the same in whatever table they stand.
var ownNames = map[string]bool{"resource": true, "action": true, "row_rule": true, "field_rules": true, "token_hash": true, "hash": true, "stored": true,
	"sha256": true, "kind": true, "state": true, "channel": true, "lang": true, "dedup": true, "link": true, "gram": true, "sound": true, "day": true,
	"outcome": true, "attendance": true, "score": true, "method": true, "sex": true, "face": true, "fingerprint": true, "public_key": true, "type": true}

// within are columns with JSON, whose texts are exchanged one by one.
var within = map[string]bool{"notifications.args": true, "import_batches.mapping": true, "import_rows.changes": true, "import_rows.why": true,
	"trash.contents": true, "audit.changes": true}

// Poison writes the texts straight into every column in which words of people may lie, a different one in each row, past
// all cleaning. It gives the columns that took them, as table.column; what the rules of a table refuse, nobody can put there.
func Poison(ctx context.Context, d *db.DB) (took []string, err error) {
	columns, err := columns(ctx, d)
	if err != nil {
		return nil, err
	}
	for _, c := range columns {
		put := c.overwrite
		if within[c.String()] {
			put = c.rewrite
		}
		n := int64(0)
		if err := d.Write(ctx, func(tx *db.Tx) (err error) { n, err = put(tx); return err }); err == nil && n > 0 {
			took = append(took, c.String())
		}
	}
	return took, nil
}

// column is a text of a table; key is the number by which its rows differ.
type column struct{ table, name, key string }

// String is the column's name with its table's.
func (c column) String() string { return c.table + "." + c.name }

// columns lists where people's words may lie.
func columns(ctx context.Context, d *db.DB) (list []column, err error) {
	return list, d.Read(ctx, func(tx *db.Tx) error {
		return eachText(tx, func(c column) error {
			if c.key != "" && !own[c.String()] && !ownNames[c.name] && !strings.HasSuffix(c.name, "_on") {
				list = append(list, c)
			}
			return nil
		})
	})
}

// eachText calls f for every text column of every table.
func eachText(tx *db.Tx, f func(column) error) error {
	tables, err := tx.Tables()
	if err != nil {
		return err
	}
	for _, table := range tables {
		all, err := tx.Columns(table)
		if err != nil {
			return err
		}
		key := ""
		if i := slices.IndexFunc(all, func(c db.Column) bool { return c.Number }); i >= 0 {
			key = all[i].Name
		}
		for _, c := range all {
			if c.Number {
				continue
			}
			if err := f(column{table, c.Name, key}); err != nil {
				return err
			}
		}
	}
	return nil
}

// overwrite puts the texts, numbered so that no two are alike, in place of what was there.
func (c column) overwrite(tx *db.Tx) (int64, error) {
	texts := Plain()
	if tx.Dialect() == db.SQLite {
		texts = Texts
	}
	var args db.Args
	text := "CASE " + c.key + " % " + args.Add(len(texts))
	for i, s := range texts {
		text += " WHEN " + args.Add(i) + " THEN " + args.Add(s)
	}
	r, err := tx.Exec("UPDATE "+c.table+" SET "+c.name+" = "+text+" END || CAST("+c.key+" AS TEXT)", args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// rewrite puts them in place of the texts within JSON.
func (c column) rewrite(tx *db.Tx) (n int64, err error) {
	type row struct {
		id   int64
		text string
	}
	rows, err := tx.Query("SELECT " + c.key + ", " + c.name + " FROM " + c.table + " WHERE " + c.name + " <> ''")
	list, err := db.Collect(rows, err, func(r *sql.Rows) (x row, err error) { return x, r.Scan(&x.id, &x.text) })
	if err != nil {
		return 0, err
	}
	texts := slices.DeleteFunc(Plain(), func(s string) bool { return len(s) > 500 })
	for i, x := range list {
		plain, err := tx.Unseal(x.text)
		if err != nil {
			return n, err
		}
		var v any
		if json.Unmarshal([]byte(plain), &v) != nil {
			continue
		}
		b, err := json.Marshal(exchanged(v, texts, &i))
		if err != nil {
			return n, err
		}
		if _, err := tx.Exec("UPDATE "+c.table+" SET "+c.name+" = $1 WHERE "+c.key+" = $2 AND "+c.name+" = $3", string(b), x.id, x.text); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// names are what a program reads of a text's place in JSON: they stay.
var names = map[string]bool{"field": true, "resource": true, "key": true, "kind": true, "table": true, "id": true, "word": true, "zero": true}

// exchanged gives a value of JSON with other texts in it. Numbers stay, and so do the names in lists of names and values.
func exchanged(v any, texts []string, next *int) any {
	switch x := v.(type) {
	case map[string]any:
		for k, inner := range x {
			if list, is := inner.([]any); is && k == "list" {
				for i := range list {
					list[i] = exchanged(list[i], texts, next)
				}
			} else if !names[k] {
				x[k] = exchanged(inner, texts, next)
			}
		}
	case []any:
		for i := range x {
			if _, text := x[i].(string); !text || i%2 == 1 {
				x[i] = exchanged(x[i], texts, next)
			}
		}
	case string:
		*next++
		return texts[*next%len(texts)]
	}
	return v
}

// Lying finds, in every text of the database, what would act on a terminal, as table.column → where; JSON is looked into.
func Lying(ctx context.Context, d *db.DB) (found map[string]string, err error) {
	found = map[string]string{}
	return found, d.Read(ctx, func(tx *db.Tx) error {
		return eachText(tx, func(c column) error {
			list, err := db.ColumnOf[[]byte](tx.Query("SELECT " + c.name + " FROM " + c.table + " WHERE " + c.name + " <> ''"))
			for _, b := range list {
				if bad, yes := Acts(inside(string(b))); yes && c.name != "prints" {
					found[c.String()] = bad
				}
			}
			return err
		})
	})
}

// inside gives the texts within JSON; of other texts themselves.
func inside(text string) string {
	var v any
	if text == "" || text[0] != '[' && text[0] != '{' || json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	var b strings.Builder
	var walk func(any)
	walk = func(v any) {
		switch x := v.(type) {
		case map[string]any:
			for _, inner := range x {
				walk(inner)
			}
		case []any:
			for _, inner := range x {
				walk(inner)
			}
		case string:
			b.WriteString(x)
		}
	}
	walk(v)
	return b.String()
}
