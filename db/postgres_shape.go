package db

import (
	"database/sql"
	"fmt"
	"strings"
)

// here restricts the server's catalogue to the school's own tables.
const here = `c.relnamespace = (SELECT n.oid FROM pg_namespace n WHERE n.nspname = current_schema()) AND c.relkind = 'r'`

func (*postgres) columns(tx *Tx, table string) ([]Column, error) {
	rows, err := tx.Query(`SELECT a.attname, a.atttypid = 'bigint'::regtype,
		EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]
			AND pg_get_constraintdef(k.oid) LIKE '%ARRAY[(0)::bigint, (1)::bigint]%'),
		EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)),
		a.attnotnull AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND i.indkey::text = a.attnum::text),
		a.atthasdef,
		COALESCE((SELECT p.relname FROM pg_constraint k JOIN pg_class p ON p.oid = k.confrelid
			WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.conkey = ARRAY[a.attnum] ORDER BY k.oid LIMIT 1), ''),
		EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indpred IS NULL AND i.indkey::text = a.attnum::text
			AND NOT (i.indisprimary AND a.atttypid = 'bigint'::regtype))
		FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
		WHERE `+here+` AND c.relname = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`, table)
	return Collect(rows, err, func(r *sql.Rows) (c Column, err error) {
		return c, r.Scan(&c.Name, &c.Number, &c.Flag, &c.Key, &c.NotNull, &c.Preset, &c.Refers, &c.Unique)
	})
}

func (*postgres) references(tx *Tx, table string) ([]Reference, error) {
	rows, err := tx.Query(`SELECT c.relname, a.attname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
		JOIN pg_class p ON p.oid = k.confrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
		WHERE `+here+` AND k.contype = 'f' AND p.relname = $1 AND p.relnamespace = c.relnamespace
		ORDER BY c.relname COLLATE "C", a.attname COLLATE "C"`, table)
	return Collect(rows, err, scanReference)
}

// uniqueKeys lists the keys in the order in which SQLite does: those made as indexes by their names, then those that
// belong to the table.
func (*postgres) uniqueKeys(tx *Tx, table string) ([][]string, error) {
	rows, err := tx.Query(`SELECT (SELECT string_agg(COALESCE(a.attname, ''), ',' ORDER BY p.place)
			FROM unnest(i.indkey) WITH ORDINALITY AS p (num, place) LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.num)
		FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
		LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u')
		WHERE `+here+` AND c.relname = $1 AND i.indisunique
			AND NOT (i.indisprimary AND array_length(k.conkey, 1) = 1 AND EXISTS (SELECT 1 FROM pg_attribute a
				WHERE a.attrelid = c.oid AND a.attnum = k.conkey[1] AND a.atttypid = 'bigint'::regtype))
		ORDER BY k.oid IS NOT NULL, k.oid, x.relname COLLATE "C"`, table)
	return Collect(rows, err, func(r *sql.Rows) (list []string, err error) {
		var names string
		err = r.Scan(&names)
		return strings.Split(names, ","), err
	})
}

func (*postgres) tables(tx *Tx) ([]string, error) {
	rows, err := tx.Query(`SELECT c.relname FROM pg_class c WHERE ` + here + ` ORDER BY c.relname COLLATE "C"`)
	return Collect(rows, err, scanText)
}

// check reads every table once, by which the server compares what checksums its pages have, and looks for rules that
// were added without looking at the rows that were there.
func (p *postgres) check(tx *Tx) error {
	rows, err := tx.Query(`SELECT c.relname || ': ' || k.conname || ' does not hold for all rows' FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
		WHERE ` + here + ` AND NOT k.convalidated ORDER BY 1`)
	found, err := Collect(rows, err, scanText)
	if err != nil {
		return err
	}
	rows, err = tx.Query(`SELECT 'index ' || x.relname || ' is damaged or unfinished' FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
		JOIN pg_class x ON x.oid = i.indexrelid WHERE ` + here + ` AND NOT (i.indisvalid AND i.indisready) ORDER BY 1`)
	indexes, err := Collect(rows, err, scanText)
	if err != nil {
		return err
	}
	found = append(found, indexes...)
	tables, err := p.tables(tx)
	if err != nil {
		return err
	}
	for _, t := range tables {
		var n int64
		if err := tx.QueryRow("SELECT count(*) FROM " + t).Scan(&n); err != nil {
			return fmt.Errorf("db: %s cannot be read: %w", t, err)
		}
	}
	return complaints(found)
}
