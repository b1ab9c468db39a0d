package db

import (
	"context"
	"database/sql"
	"strconv"
)

// numberTables gives every table whose key is a column id the rule by which SQLite numbers rows: one more than the
// highest, where the statement says none. Writers run one at a time, so that no sequence is needed; there are no gaps,
// numbers put in by hand (a deleted record that comes back, a school that is copied) are no special case, and both
// engines give the same numbers. A column that a migration made an identity is one no longer.
func numberTables(ctx context.Context, writer *sql.DB) error {
	rows, err := writer.QueryContext(ctx, `SELECT c.relname, a.attidentity <> '' FROM pg_class c
		JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'id'
		JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary AND i.indkey::text = a.attnum::text
		WHERE c.relkind = 'r' AND c.relname <> $1 AND NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'cohort_number')
		ORDER BY c.relname`, versions)
	type table struct {
		name     string
		identity bool
	}
	list, err := Collect(rows, err, func(r *sql.Rows) (t table, err error) { return t, r.Scan(&t.name, &t.identity) })
	if err != nil || len(list) == 0 {
		return err
	}
	text := "BEGIN; SELECT pg_advisory_xact_lock(" + strconv.Itoa(writeLock) + ");\n"
	for _, t := range list {
		if t.identity {
			text += "ALTER TABLE " + t.name + " ALTER COLUMN id DROP IDENTITY IF EXISTS;\n"
		}
		text += `CREATE OR REPLACE FUNCTION cohort_number_` + t.name + `() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.id := (SELECT COALESCE(max(id), 0) + 1 FROM ` + t.name + `);
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER cohort_number BEFORE INSERT ON ` + t.name + ` FOR EACH ROW WHEN (NEW.id IS NULL) EXECUTE FUNCTION cohort_number_` + t.name + "();\n"
	}
	_, err = writer.ExecContext(ctx, text+"COMMIT")
	return err
}
