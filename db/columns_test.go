package db

import (
	"context"
	"reflect"
	"testing"
)

func TestColumnsAndReferences(t *testing.T) {
	d := open(t, func(o *Options) {
		o.Migrations = files(`-- +goose Up
CREATE TABLE boxes (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, size INTEGER NOT NULL DEFAULT 1,
  shut INTEGER NOT NULL DEFAULT 0 CHECK (shut IN (0, 1)));
CREATE TABLE toys (id INTEGER PRIMARY KEY, name TEXT, box_id INTEGER NOT NULL REFERENCES boxes (id), a TEXT, b TEXT, UNIQUE (a, b));
CREATE TABLE labels (box_id INTEGER REFERENCES boxes (id), word TEXT);
`)
	})
	err := d.Read(context.Background(), func(tx *Tx) error {
		boxes, err := tx.Columns("boxes")
		if err != nil {
			return err
		}
		want := []Column{{Name: "id", Number: true, Key: true}, {Name: "name", NotNull: true, Unique: true},
			{Name: "size", Number: true, NotNull: true, Preset: true},
			{Name: "shut", Number: true, Flag: true, NotNull: true, Preset: true}}
		if !reflect.DeepEqual(boxes, want) {
			t.Errorf("boxes: %+v", boxes)
		}
		toys, err := tx.Columns("toys")
		if err != nil {
			return err
		}
		if toys[2].Refers != "boxes" || toys[3].Unique || len(toys) != 5 {
			t.Errorf("toys: %+v", toys)
		}
		refs, err := tx.References("boxes")
		if want := []Reference{{"labels", "box_id"}, {"toys", "box_id"}}; !reflect.DeepEqual(refs, want) {
			t.Errorf("references: %+v", refs)
		}
		none, err2 := tx.Columns("nothing")
		if len(none) != 0 || err2 != nil {
			t.Errorf("no such table: %v %v", none, err2)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestReferencesAreAskedOnce holds for a table that nothing points to, too: the
// deletion of a record asks for those that go with it, and most are such.
func TestReferencesAreAskedOnce(t *testing.T) {
	d := open(t, func(o *Options) { o.Migrations = files("-- +goose Up\nCREATE TABLE labels (word TEXT);\n") })
	err := d.Read(context.Background(), func(tx *Tx) error {
		for table, kept := range map[string]bool{"labels": true, "nothing": false} {
			if refs, err := tx.References(table); err != nil || len(refs) != 0 {
				t.Errorf("%s: %v %v", table, refs, err)
			}
			if _, ok := d.shape.references.Load(table); ok != kept {
				t.Errorf("%s is remembered: %v", table, ok)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
