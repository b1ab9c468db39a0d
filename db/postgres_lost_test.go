package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"cohort/db/pgtest"
)

// cut ends all connections of the database's users, as a restart of the server does.
func cut(t *testing.T, d *DB) {
	t.Helper()
	err := pgtest.Do(fmt.Sprintf("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s'", pgtest.Name(d.opt.Path)))
	if err != nil {
		t.Fatal(err)
	}
}

func TestConnectionsThatDiedAreReplaced(t *testing.T) {
	d, _ := two(t)
	for range 3 {
		write(t, d, "INSERT INTO settings (key, value) VALUES ('a', 'b') ON CONFLICT DO NOTHING")
		if err := d.Read(context.Background(), func(tx *Tx) error { return tx.QueryRow("SELECT 1").Scan(new(int)) }); err != nil {
			t.Fatal(err)
		}
		cut(t, d)
	}
}

func TestACutInTheMiddleLeavesNothing(t *testing.T) {
	d, _ := two(t)
	err := d.Write(context.Background(), func(tx *Tx) error {
		if _, err := tx.Exec("INSERT INTO settings (key, value) VALUES ('half', 'done')"); err != nil {
			return err
		}
		cut(t, d)
		_, err := tx.Exec("INSERT INTO settings (key, value) VALUES ('other', 'half')")
		return err
	})
	if !Gone(err) {
		t.Errorf("cut off, but: %v", err)
	}
	err = d.Write(context.Background(), func(tx *Tx) error {
		if _, err := tx.Exec("INSERT INTO settings (key, value) VALUES ('quiet', 'done')"); err != nil {
			return err
		}
		cut(t, d) // nobody notices before the end
		return nil
	})
	if !Gone(err) && !errors.Is(err, ErrGroup) {
		t.Errorf("cut off before the commit, but: %v", err)
	}
	var n int
	err = d.Read(context.Background(), func(tx *Tx) error {
		return tx.QueryRow("SELECT count(*) FROM settings WHERE key IN ('half', 'other', 'quiet')").Scan(&n)
	})
	if n != 0 || err != nil {
		t.Errorf("%d rows of transactions that failed, %v", n, err)
	}
}

// The answer to a COMMIT may be lost on the way. Then the server is asked what became of it.
func TestTheOutcomeIsAskedFor(t *testing.T) {
	d, _ := two(t)
	var done, undone string
	for _, to := range []*string{&done, &undone} {
		_ = d.Write(context.Background(), func(tx *Tx) error {
			*to = (&postgres{}).xact(tx.conn)
			if to == &undone {
				cut(t, d)
			}
			_, err := tx.Exec("INSERT INTO settings (key, value) VALUES ($1, '')", *to)
			return err
		})
	}
	for xact, want := range map[string]bool{done: true, undone: false} {
		if (&group{w: d.writes, xact: xact}).committed() != want {
			t.Errorf("transaction %s: want committed %v", xact, want)
		}
	}
}

func TestAFailureThatIsKeptQuietIsNone(t *testing.T) {
	d, _ := two(t)
	err := d.Write(context.Background(), func(tx *Tx) error {
		_, _ = tx.Exec("INSERT INTO settings (key) VALUES ('no value')")
		return nil
	})
	if !errors.Is(err, errFailed) {
		t.Errorf("%v", err)
	}
	write(t, d, "INSERT INTO settings (key, value) VALUES ('next', '')")
}

// Statements may run while the rows of another are being read, as on SQLite.
func TestStatementsWhileRowsAreRead(t *testing.T) {
	d, _ := two(t)
	err := d.Write(context.Background(), func(tx *Tx) error {
		rows, err := tx.Query("SELECT i, CAST(sum(i) OVER (ORDER BY i) AS NUMERIC), i > 2 FROM generate_series(1, 500) AS s (i)")
		if err != nil {
			return err
		}
		for n := 1; rows.Next(); n++ {
			var i, flag int
			var sum any
			if err := rows.Scan(&i, &sum, &flag); err != nil {
				return err
			}
			if i != n || sum != int64(n*(n+1)/2) || (flag == 1) != (n > 2) {
				t.Fatalf("row %d: %d %v %d", n, i, sum, flag)
			}
			if _, err := tx.Exec("INSERT INTO settings (key, value) VALUES ($1, $2)", i, true); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A server that is gone for a while is said to be gone, to readers and writers, each time and soon; when it is back, all
// works by itself, and of what failed nothing is there.
func TestTheServerIsGoneForAWhile(t *testing.T) {
	pgtest.Need(t)
	w, address := pgtest.NewWay(t, pgtest.Create(t))
	d, err := Open(context.Background(), Options{Path: address, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	put := func(key string) error {
		return d.Write(context.Background(), func(tx *Tx) error {
			_, err := tx.Exec("INSERT INTO settings (key, value) VALUES ($1, '')", key)
			return err
		})
	}
	list := func() (keys []string, err error) {
		return keys, d.Read(context.Background(), func(tx *Tx) error {
			rows, err := tx.Query("SELECT key FROM settings WHERE key LIKE 'gone%' ORDER BY key")
			keys, err = Collect(rows, err, func(r *sql.Rows) (key string, err error) { return key, r.Scan(&key) })
			return err
		})
	}
	if err := put("gone before"); err != nil {
		t.Fatal(err)
	}
	for round := range 3 {
		w.Cut()
		for try := range 3 {
			if err := put("gone lost"); !Gone(err) {
				t.Errorf("round %d, try %d: a write without a server: %v", round, try, err)
			}
			if _, err := list(); !Gone(err) {
				t.Errorf("round %d, try %d: a read without a server: %v", round, try, err)
			}
		}
		w.Mend()
		if err := put(fmt.Sprint("gone round ", round)); err != nil {
			t.Errorf("round %d: back again, but: %v", round, err)
		}
	}
	keys, err := list()
	if want := "[gone before gone round 0 gone round 1 gone round 2]"; fmt.Sprint(keys) != want || err != nil {
		t.Errorf("%v, %v; want %s", keys, err, want)
	}
}
