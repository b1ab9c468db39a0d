package app

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cohort/app/customer"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

const idNumber = "11010519491231002X"

// stored is what the database holds of a customer's ID number.
func (w *idWorld) stored(id int64) (text string) {
	w.t.Helper()
	err := w.DB.Read(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT id_number FROM customers WHERE id = $1`, id).Scan(&text)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return text
}

type idWorld struct {
	*App
	t  *testing.T
	by policy.Actor
}

func newIDWorld(t *testing.T) *idWorld {
	w := &idWorld{App: openApp(t, nil), t: t}
	login, _, _, err := w.Org.Bootstrap(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	acc, err := w.Org.FindAccount(context.Background(), policy.System, login)
	if err != nil {
		t.Fatal(err)
	}
	if w.by, err = w.Org.Actor(context.Background(), acc.ID, policy.Command, ""); err != nil {
		t.Fatal(err)
	}
	w.by.Rights.MustChange = false
	return w
}

func (w *idWorld) add(name, number string) int64 {
	w.t.Helper()
	c, err := w.Customers.Add(context.Background(), w.by, customer.NewCustomer{Name: name, Phone: "1380013800" + name[len(name)-1:], Source: "baidu", IDNumber: number})
	if err != nil {
		w.t.Fatal(err)
	}
	return c.ID
}

func (w *idWorld) shown(id int64) string {
	w.t.Helper()
	row, _, err := w.Engine.Show(context.Background(), policy.System, "customers", id)
	if err != nil {
		w.t.Fatal(err)
	}
	text, _ := row.Values["id_number"].Raw.(string)
	return text
}

// everywhere reads the database file and its log as a thief would.
func (w *idWorld) everywhere() string {
	w.t.Helper()
	var all strings.Builder
	for _, name := range []string{"cohort.db", "cohort.db-wal"} {
		b, err := os.ReadFile(filepath.Join(w.Config.Data, name))
		if err != nil && !os.IsNotExist(err) {
			w.t.Fatal(err)
		}
		all.Write(b)
	}
	return all.String()
}

// An ID number is nowhere in the files of the database: not in its row, its history, the trash or an undone deletion;
// and it is there for who may read it, through a change of keys, too.
func TestIDNumbersAreSealedEverywhere(t *testing.T) {
	w, ctx := newIDWorld(t), context.Background()
	id := w.add("w1", idNumber)
	if w.shown(id) != idNumber {
		t.Errorf("read as %q", w.shown(id))
	}
	if got, err := w.Customers.Reveal(ctx, w.by, id, "id_number"); err != nil || got != idNumber {
		t.Errorf("revealed as %q, %v", got, err)
	}
	other := "110101199003070337"
	if err := w.Customers.Change(ctx, w.by, id, 0, resource.Values{"id_number": other}); err != nil {
		t.Fatal(err)
	}
	if err := w.Engine.Delete(ctx, w.by, "customers", id, 0); err != nil {
		t.Fatal(err)
	}
	if r, err := w.RotateKeys(ctx, policy.System, nil); err != nil || r.Numbers != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	if err := w.ForgetKeys(ctx, policy.System); err != nil {
		t.Fatal(err)
	}
	trash, err := w.Engine.List(ctx, w.by, "trash", "", resource.Page{})
	if err != nil || len(trash.Rows) != 1 {
		t.Fatalf("%+v, %v", trash, err)
	}
	if err := w.Engine.Restore(ctx, w.by, trash.Rows[0].ID); err != nil {
		t.Fatal(err)
	}
	if w.shown(id) != other {
		t.Errorf("brought back as %q", w.shown(id))
	}
	if all := w.everywhere(); strings.Contains(all, idNumber) || strings.Contains(all, other) || !strings.Contains(all, "sealed:v1:") {
		t.Error("the files of the database tell an ID number")
	}
}

// What was stored before the school had keys is read as it is, and sealed after the next start.
func TestOldIDNumbersAreSealedAfterTheStart(t *testing.T) {
	w, ctx := newIDWorld(t), context.Background()
	id := w.add("w1", "")
	err := w.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE customers SET id_number = $1 WHERE id = $2`, idNumber, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if w.shown(id) != idNumber {
		t.Errorf("in the clear, read as %q", w.shown(id))
	}
	if err := w.sealOld(ctx); err != nil {
		t.Fatal(err)
	}
	if w.shown(id) != idNumber || !strings.HasPrefix(w.stored(id), "sealed:v1:") {
		t.Errorf("stored as %q, read as %q", w.stored(id), w.shown(id))
	}
}
