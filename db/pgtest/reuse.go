package pgtest

import (
	"context"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// used are the databases of tests that have ended, by their template. To copy a template anew takes ten times as long as
// to empty a copy.
var used = struct {
	sync.Mutex
	byTemplate map[string][]string
}{byTemplate: map[string][]string{}}

// Copy gives a database as the template is. It goes back for the next test when this one ends, unless this one has
// changed its tables.
func Copy(t testing.TB, template string) string {
	t.Helper()
	name := take(template)
	if name == "" {
		name = fresh()
		if err := Do("CREATE DATABASE " + name + " TEMPLATE " + template + " STRATEGY file_copy"); err != nil {
			t.Fatal(err)
		}
		if err := keep(name); err != nil {
			t.Fatal(err)
		}
	}
	was, err := shape(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if is, err := shape(name); err != nil || is != was || empty(name) != nil {
			drop(t, name)
			return
		}
		used.Lock()
		defer used.Unlock()
		used.byTemplate[template] = append(used.byTemplate[template], name)
	})
	return Of(name)
}

func take(template string) (name string) {
	used.Lock()
	defer used.Unlock()
	list := used.byTemplate[template]
	if n := len(list); n > 0 {
		name, used.byTemplate[template] = list[n-1], list[:n-1]
	}
	return name
}

// shape is a number that changes when tables, indexes, triggers or rules are made or dropped.
func shape(name string) (sum string, err error) {
	return sum, in(name, func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, `SELECT (SELECT count(*) || '/' || sum(oid::bigint) FROM pg_class) || '/' || (SELECT count(*) || '/' || sum(oid::bigint) FROM pg_trigger)
			|| '/' || (SELECT count(*) || '/' || sum(oid::bigint) FROM pg_constraint)`).Scan(&sum)
	})
}

// keep puts aside the rows that migrations have made.
func keep(name string) error {
	return in(name, func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, `CREATE SCHEMA kept; DO $$ DECLARE t text; n bool; BEGIN
			FOR t IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'goose_db_version' LOOP
				EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', t) INTO n;
				IF n THEN EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', t, t); END IF;
			END LOOP; END $$`)
		return err
	})
}

// empty takes all other rows out, past triggers and foreign keys.
func empty(name string) error {
	return in(name, func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, `SET session_replication_role = replica; DO $$ DECLARE t text; n bool; BEGIN
			FOR t IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'goose_db_version' LOOP
				EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', t) INTO n;
				IF n THEN EXECUTE format('DELETE FROM %I', t); END IF;
			END LOOP;
			FOR t IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'kept'::regnamespace LOOP
				EXECUTE format('INSERT INTO public.%I SELECT * FROM kept.%I', t, t);
			END LOOP; END $$`)
		return err
	})
}

func in(name string, f func(ctx context.Context, c *pgx.Conn) error) error {
	ctx := context.Background()
	c, err := pgx.Connect(ctx, Of(name))
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(ctx) }()
	return f(ctx, c)
}
