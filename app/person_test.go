package app

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/seed"
	"cohort/db"
)

// everything reads every text of the database, table by table, private columns in the clear.
func everything(t *testing.T, a *App) map[string][]map[string]any {
	t.Helper()
	return tables(t, a, rowsWithSecrets)
}

// everythingRaw is the same as it is stored.
func everythingRaw(t *testing.T, a *App) map[string][]map[string]any {
	t.Helper()
	return tables(t, a, rowsRaw)
}

func tables(t *testing.T, a *App, read func(*db.Tx, personTable, int64) ([]map[string]any, error)) map[string][]map[string]any {
	t.Helper()
	out := map[string][]map[string]any{}
	err := a.DB.Read(context.Background(), func(tx *db.Tx) error {
		names, err := tx.Tables()
		if err != nil {
			return err
		}
		for _, n := range names {
			if out[n], err = read(tx, personTable{n, "$1 = 0"}, 0); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestPersonIsTakenOutAndErased(t *testing.T) {
	a, ctx := openApp(t, nil), context.Background()
	if _, err := seed.Demo(ctx, a.Seeding()); err != nil {
		t.Fatal(err)
	}
	admin := actorNamed(t, a, "admin")
	var id, account int64
	var phone string
	query := func(text string, at ...any) {
		t.Helper()
		if err := a.DB.Read(ctx, func(tx *db.Tx) error { return tx.QueryRow(text).Scan(at...) }); err != nil {
			t.Fatal(err)
		}
	}
	query(`SELECT s.customer_id, s.account_id FROM students s JOIN accounts a ON a.id = s.account_id WHERE a.login = 'kobe'`, &id, &account)
	query(fmt.Sprintf(`SELECT phone FROM enrollments WHERE customer_id = %d AND phone <> '' LIMIT 1`, id), &phone)
	row, _, err := a.Engine.Show(ctx, policy.System, "customers", id)
	if err != nil {
		t.Fatal(err)
	}
	name := row.Title

	var out bytes.Buffer
	if err := a.PersonData(ctx, admin, id, &out); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	documents, number := 0, ""
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(r)
		switch {
		case strings.HasPrefix(f.Name, "files/documents/"):
			documents++
		case f.Name == "person.json":
			if !bytes.Contains(b, []byte(name)) || !bytes.Contains(b, []byte(phone)) || bytes.Contains(b, []byte("password_hash")) || bytes.Contains(b, []byte("argon2id")) {
				t.Errorf("person.json: %.300s", b)
			}
			_, rest, _ := strings.Cut(string(b), `"id_number": "1`)
			number = "1" + strings.SplitN(rest, `"`, 2)[0]
		}
	}
	if documents == 0 || len(number) != 18 {
		t.Errorf("%d documents, number %q", documents, number)
	}

	if _, err := a.ErasePerson(ctx, actorNamed(t, a, "sales_a"), id); fault.Of(err) != fault.Forbidden && fault.Of(err) != fault.NotFound {
		t.Errorf("by sales: %v", err)
	}
	if _, err := a.ErasePerson(ctx, admin, id); !fault.Is(err, "person.running") {
		t.Fatalf("while he studies: %v", err)
	}
	err = a.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE classes SET starts_on = '2020-01-01', ends_on = '2020-06-30'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := a.ErasePerson(ctx, admin, id)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Gone) < 4 || len(r.Stays) < 3 || strings.Contains(fmt.Sprint(r), name) {
		t.Errorf("the receipt: %+v", r)
	}
	for table, rows := range everything(t, a) {
		for _, row := range rows {
			for _, of := range []string{phone, number, name} {
				if strings.Contains(fmt.Sprint(row), of) {
					t.Errorf("%s still tells %q: %v", table, of, row)
				}
			}
		}
	}
	if _, err := a.Org.Actor(ctx, account, policy.Screen, ""); err == nil {
		t.Error("he can still log in")
	}
	if _, err := a.ErasePerson(ctx, admin, id); err != nil {
		t.Errorf("a second time: %v", err)
	}
}

func actorNamed(t *testing.T, a *App, login string) policy.Actor {
	t.Helper()
	acc, err := a.Org.FindAccount(context.Background(), policy.System, login)
	if err != nil {
		t.Fatal(err)
	}
	by, err := a.Org.Actor(context.Background(), acc.ID, policy.Command, "")
	if err != nil {
		t.Fatal(err)
	}
	return by
}
