package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cohort/app/customer"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/seed"
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

// everywhere reads the database as a thief would: its file and its log, or every row where it is on a server.
func (w *idWorld) everywhere() string {
	w.t.Helper()
	if w.Config.Database != "" {
		var all strings.Builder
		for _, rows := range everythingRaw(w.t, w.App) {
			fmt.Fprint(&all, rows)
		}
		return all.String()
	}
	return onDisk(w.t, w.App)
}

// onDisk reads the file of the database and its log.
func onDisk(t *testing.T, a *App) string {
	t.Helper()
	var all strings.Builder
	for _, name := range []string{"cohort.db", "cohort.db-wal"} {
		b, err := os.ReadFile(filepath.Join(a.Config.Data, name))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
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

// A change of keys that is broken off loses nothing, and goes on where it stood: after a new start, too.
func TestARotationBrokenOffGoesOn(t *testing.T) {
	a := openApp(t, nil)
	if _, err := seed.Demo(context.Background(), a.Seeding()); err != nil {
		t.Fatal(err)
	}
	whole := func() {
		t.Helper()
		n, err := a.VerifyFiles(context.Background(), policy.System, func(stored string, err error) { t.Errorf("%s: %v", stored, err) })
		if err != nil || n < 10 {
			t.Errorf("%d files, %v", n, err)
		}
		for _, row := range everything(t, a)["enrollments"] {
			if number, _ := row["id_number"].(string); strings.HasPrefix(number, "sealed:") {
				t.Errorf("an ID number cannot be read: %.40s", number)
			}
		}
	}
	inUse := func() int {
		t.Helper()
		list, err := a.knownKeys(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	whole()
	first := a.Keys.Current().ID
	for _, after := range []int{1, 3} { // files that are sealed anew before the end
		ctx, kill := context.WithCancel(context.Background())
		_, err := a.RotateKeys(ctx, policy.System, func(done, _ int) {
			if done >= after {
				kill()
			}
		})
		kill()
		if !errors.Is(err, context.Canceled) || inUse() != 2 {
			t.Fatalf("broken off: %v, %d keys", err, inUse())
		}
		whole()
		if err := a.ForgetKeys(context.Background(), policy.System); !fault.Is(err, "keys.rotating") {
			t.Errorf("half way, the old key is not to be forgotten: %v", err)
		}
	}
	c := a.Config
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(context.Background(), c, a.Log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Close() })
	a = again
	whole()
	made := len(a.Keys.Keys())
	r, err := a.RotateKeys(context.Background(), policy.System, nil)
	if err != nil || r.Files == 0 || r.Numbers == 0 || inUse() != 1 || len(a.Keys.Keys()) != made || a.Keys.Current().ID == first {
		t.Fatalf("%+v %v, %d keys in use, %d in the file", r, err, inUse(), len(a.Keys.Keys()))
	}
	if err := a.ForgetKeys(context.Background(), policy.System); err != nil || len(a.Keys.Keys()) != 1 {
		t.Fatalf("%v, %d keys", err, len(a.Keys.Keys()))
	}
	whole()
}
