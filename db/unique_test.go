package db

import (
	"fmt"
	"testing"
)

func TestUniqueKeys(t *testing.T) {
	d := open(t)
	err := d.Read(t.Context(), func(tx *Tx) error {
		for table, want := range map[string]string{
			"things":  "[[name]]",
			"pairs":   "[[state] [a b]]", // not the key over an expression
			"late":    "[]",
			"no_such": "[]",
		} {
			keys, err := tx.UniqueKeys(table)
			if err != nil || fmt.Sprint(keys) != want {
				t.Errorf("%s: %v, want %s, %v", table, keys, want, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
