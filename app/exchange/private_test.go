package exchange_test

import (
	"strings"
	"testing"

	"cohort/app/exchange"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/db"
)

const (
	firstNumber  = "110101199003070337"
	secondNumber = "110101199003074506"
)

// everyText is all that the database says of imports, as it lies there.
func (s *school) everyText() (text string) {
	s.t.Helper()
	s.must(s.DB.Read(bg, func(tx *db.Tx) error {
		for _, sql := range []string{`SELECT COALESCE(string_agg(mapping, ' '), '') FROM import_batches`, `SELECT COALESCE(string_agg(changes || ' ' || why, ' '), '') FROM import_rows`} {
			var part string
			if err := tx.QueryRow(sql).Scan(&part); err != nil {
				return err
			}
			text += part
		}
		return nil
	}))
	return text
}

// numbered imports an ID number over another one, and a row that is refused for its value.
func (s *school) numbered(by policy.Actor) exchange.Batch {
	s.add("customers", "name", "王小明", "phone", "13800138000", "source", "baidu", "id_number", firstNumber)
	b := s.take(by, "customers", "name,phone,source,id_number\n王小明,13800138000,baidu,"+secondNumber+"\n陈二,13800138002,"+firstNumber+",\n")
	s.set(by, b.ID, "both", "phone")
	if b = s.run(by, b.ID); b.Changed != 1 || b.Refused != 1 {
		s.t.Fatalf("%+v", b)
	}
	return b
}

// TestReportsKeepNumbersSealed: what a file brings is readable for who sent it, and nowhere in the database; it can be
// taken back all the same, after the keys were changed too.
func TestReportsKeepNumbersSealed(t *testing.T) {
	s := newSchool(t)
	by := s.actor("admin")
	b := s.numbered(by)
	if all := s.everyText(); strings.Contains(all, firstNumber) || strings.Contains(all, secondNumber) || !strings.Contains(all, "sealed:v1:") {
		t.Errorf("lies readable: %s", all)
	}
	if b, err := s.Exchange.Batch(bg, by, b.ID); err != nil || b.Columns[3].Sample != secondNumber {
		t.Errorf("%+v, %v", b.Columns, err)
	}
	if got := s.rows(by, b.ID); got[0] != "2 change 王小明|ID number: 110****37 -> 110****06|" {
		t.Errorf("%q", got)
	}
	before := s.everyText()
	_, err := s.RotateKeys(bg, policy.System, nil)
	s.must(err)
	s.must(s.ForgetKeys(bg, policy.System))
	if s.everyText() == before {
		t.Error("nothing was sealed anew")
	}
	_, err = s.Exchange.Undo(bg, by, b.ID, nil)
	s.must(err)
	row, _, err := s.Engine.Show(bg, policy.System, "customers", 1)
	if s.must(err); row.Values["id_number"].Raw != firstNumber {
		t.Errorf("taken back to %v", row.Values["id_number"])
	}
}

// TestReportsOfOthersAreVeiled: who may look at the imports of others sees of them what he may see of the records.
func TestReportsOfOthersAreVeiled(t *testing.T) {
	s := newSchool(t)
	b := s.numbered(s.actor("admin"))
	by := s.with("sales_a", append(grants("customers", "list view", nil, policy.FieldRule{Field: "id_number", Mode: policy.Masked}), grants("imports", "list view", nil)...)...)
	list, err := s.Exchange.Batches(bg, by)
	if s.must(err); len(list) != 1 || list[0].Columns[3].Sample != "" || list[0].Columns[3].Field != "id_number" {
		t.Errorf("%+v", list)
	}
	if b, err := s.Exchange.Batch(bg, by, b.ID); err != nil || b.Columns[1].Sample != "" {
		t.Errorf("%+v, %v", b.Columns, err)
	}
	rows, err := s.Exchange.Rows(bg, by, b.ID, "", 0, 10)
	if s.must(err); len(rows) != 2 || rows[0].Changes[0].New != "***" || strings.Contains(rows[1].Why[i18n.English], firstNumber) {
		t.Errorf("%+v", rows)
	}
	if f, _, err := s.Exchange.OpenReport(bg, by, b.ID); err == nil {
		_ = f.Close()
		t.Error("he opens the report")
	}
	if f, _, err := s.Exchange.OpenFile(bg, by, b.ID); err == nil {
		_ = f.Close()
		t.Error("he opens the file")
	}
}
