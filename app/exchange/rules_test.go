package exchange_test

import (
	"strconv"
	"strings"
	"testing"

	"cohort/app/exchange"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
)

func fieldsOf(s *school, names ...string) (list []resource.Field) {
	res, _ := s.Engine.Get("customers")
	for _, n := range names {
		f, _ := res.Field(n)
		list = append(list, f)
	}
	return list
}

// TestImportKeepsToTheRules: rows outside the row rule are not there, masked
// values are neither overwritten nor guessed, others' customers are told of no
// further than a check of the contact tells.
func TestImportKeepsToTheRules(t *testing.T) {
	s := newSchool(t)
	own := s.add("customers", "name", "王小明", "phone", "13800138000", "email", "a@b.example", "id_number", "110101199003070337", "source", "baidu", "owner", "sales_a")
	other := s.add("customers", "name", "李四光", "phone", "13900139000", "memo", "secret", "source", "zhihu", "owner", "sales_b")
	mine := []policy.Cond{{Field: "owner", Values: []string{"$me"}}}
	masked := []policy.FieldRule{{Field: "phone", Mode: policy.Masked}, {Field: "id_number", Mode: policy.Masked}, {Field: "memo", Mode: policy.Hidden}}
	all := append(grants("customers", "list view", nil, masked...), grants("customers", "list view", mine, policy.FieldRule{Field: "id_number", Mode: policy.Masked}, policy.FieldRule{Field: "memo", Mode: policy.Hidden})...)
	all = append(all, grants("customers", "change import", mine)...)
	all = append(all, grants("customers", "add check", nil)...)
	by := s.with("sales_a", all...)

	const ids = "ID,name,phone,id_number,memo\n"
	for line, want := range map[string]string{
		// his own
		"%own,王明,,,":                 "change 王小明|name: 王小明 -> 王明|",
		"%own,,13800138001,,":        "change 王小明|phone: 13800138000 -> 13800138001|",
		"%own,,,110*************37,": "refused",
		"%own,,,110***********0337,": "same 王小明||",
		"%own,,,110101199003070337,": "refused ||ID number: this field is masked for you",
		"%own,,,110101199003070345,": "refused ||ID number: this field is masked for you",
		"%own,,,,overwritten":        "refused ||memo: you may not give this field",
		// of which he knows that it is there, and no more
		"%other,王明,,,":          "refused 李四光||you may not change customers",
		"%other,,139****9000,,": "same",
		"%other,,13900139000,,": "refused ||phone: this field is masked for you",
		"%other,,13900139001,,": "refused ||phone: this field is masked for you",
		"99999,王明,,,":           "refused 王明||no such record",
		"x,王明,,,":               "refused 王明||id: \"x\" is not a number",
	} {
		file := ids + strings.NewReplacer("%own", itoa(own), "%other", itoa(other)).Replace(line)
		b := s.take(by, "customers", file+"\n")
		s.set(by, b.ID, "update", "")
		s.check(by, b.ID)
		got := s.rows(by, b.ID)
		if len(got) != 1 || !strings.HasPrefix(got[0], "2 "+want) {
			t.Errorf("%s\n got %q\nwant %q", line, got, want)
		}
		if strings.Contains(got[0], "110101199003070337") || strings.Contains(got[0], "secret") {
			t.Errorf("%s: %s", line, got[0])
		}
	}

	// by contact: another's customer is not found, and adding tells of the owner
	b := s.take(by, "customers", "name,phone,source\n某人,13900139000,baidu\n某人,13900139002,baidu\n")
	s.set(by, b.ID, "update", "")
	s.check(by, b.ID)
	if got := s.rows(by, b.ID); got[0] != "2 refused 某人||no such record that you can see" || got[1][2:] != got[0][2:] {
		t.Errorf("%q", got)
	}
	s.set(by, b.ID, "both", "phone")
	s.check(by, b.ID)
	if got := s.rows(by, b.ID); !strings.Contains(got[0], "customer exists: owned by 韩梅梅") || strings.Contains(got[0], "李四光") || !strings.HasPrefix(got[1], "3 add") {
		t.Errorf("%q", got)
	}
	// what he adds must be of those that he may import
	b = s.take(by, "customers", "name,phone,source,owner\n某人,13900139002,baidu,sales_b\n")
	s.check(by, b.ID)
	if got := s.rows(by, b.ID); !strings.HasPrefix(got[0], "2 refused") {
		t.Errorf("%q", got)
	}
	if s.count("customers") != 2 {
		t.Error("a check has added somebody")
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// TestImportTakesARight: without it nothing can be sent, and files of others are
// not there.
func TestImportTakesARight(t *testing.T) {
	s := newSchool(t)
	sales, admin := s.actor("sales_a"), s.actor("admin")
	if _, err := s.Exchange.Upload(bg, sales, "customers.csv", -1); !fault.Is(err, "import.may_not") {
		t.Error(err)
	}
	if _, err := s.Exchange.Take(bg, sales, "x.csv", "customers", strings.NewReader("name\nx\n")); fault.Of(err) != fault.Forbidden {
		t.Error(err)
	}
	b := s.take(admin, "customers", "name,phone,source\n甲,13200000001,baidu\n")
	by := s.with("sales_a", grants("customers", "add import list view", nil)...)
	if _, err := s.Exchange.Batch(bg, by, b.ID); fault.Of(err) != fault.NotFound {
		t.Error(err)
	}
	for name, f := range map[string]func() error{
		"check": func() error { _, err := s.Exchange.Check(bg, by, b.ID, nil); return err },
		"run":   func() error { _, err := s.Exchange.Import(bg, by, b.ID, nil); return err },
		"undo":  func() error { _, err := s.Exchange.Undo(bg, by, b.ID, nil); return err },
		"set":   func() error { _, err := s.Exchange.Set(bg, by, b.ID, exchange.Settings{}); return err },
		"drop":  func() error { return s.Exchange.Drop(bg, by, b.ID) },
		"rows":  func() error { _, err := s.Exchange.Rows(bg, by, b.ID, "", 0, 10); return err },
		"file":  func() error { _, _, err := s.Exchange.OpenFile(bg, by, b.ID); return err },
	} {
		if err := f(); fault.Of(err) != fault.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	// rights that are gone end what was begun with them
	mine := s.take(by, "customers", "name,phone,source\n甲,13200000001,baidu\n")
	if _, err := s.Exchange.Import(bg, sales, mine.ID, nil); fault.Of(err) != fault.Forbidden {
		t.Error(err)
	}
}
