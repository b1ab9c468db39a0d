package db

import (
	"os"
	"testing"
)

// A closed database is one file: whoever copies it afterwards has everything.
func TestCloseLeavesNoLog(t *testing.T) {
	var path string
	d := open(t, func(o *Options) { path = o.Path })
	ctx := t.Context()
	for range 3 {
		if err := d.Write(ctx, func(tx *Tx) error {
			_, err := tx.Exec("CREATE TABLE IF NOT EXISTS closing (x TEXT)")
			if err == nil {
				_, err = tx.Exec("INSERT INTO closing VALUES (hex(randomblob(10000)))")
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := d.Read(ctx, func(tx *Tx) error {
			var n int
			return tx.QueryRow("SELECT count(*) FROM closing").Scan(&n)
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		t.Errorf("%d bytes were left in the log", info.Size())
	}
}
