package exchange_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"cohort/app/exchange"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
)

// TestWhatIsExportedImportsUnchanged takes every record that can be changed out,
// in every format and both languages, and in again: nothing is changed.
func TestWhatIsExportedImportsUnchanged(t *testing.T) {
	s := newSchool(t)
	by := s.actor("admin")
	s.add("campaigns", "source", "baidu", "name", "双十一", "cost", "12000.50")
	s.add("customers", "name", "王小明", "sex", "male", "phone", "13800138000", "email", "a@b.example", "source", "baidu", "owner", "sales_a", "tags", "vip, 老",
		"courses", "python, linux", "memo", "=1+1\nzweite \"Zeile\"", "said", "-5 degrees", "next", "+3d", "campaign", "双十一", "never_contact", "no")
	s.add("customers", "name", "@李雷", "phone", "+447911123456", "source", "referral", "referred_by", "#1")
	tried := 0
	for _, name := range s.Engine.Names() {
		res, _ := s.Engine.Get(name)
		if !res.CanChange() || s.count(strings.Fields(res.From)[0]) == 0 {
			continue
		}
		for _, x := range []exchange.Export{{Format: "csv", Lang: i18n.Chinese}, {Format: "xlsx", Lang: i18n.English}, {Format: "csv", Stable: true}} {
			x.Resource = name
			b, err := s.Exchange.Take(bg, by, name+"."+x.Format, name, strings.NewReader(s.export(by, x)))
			if err != nil {
				t.Errorf("%s as %s: %v", name, x.Format, err)
				continue
			}
			s.set(by, b.ID, "update", "id")
			if b, err = s.Exchange.Check(bg, by, b.ID, nil); err != nil || b.Same != b.Rows || b.Rows == 0 {
				t.Errorf("%s as %s: %d of %d unchanged, %v\n%s", name, x.Format, b.Same, b.Rows, err, strings.Join(s.rows(by, b.ID), "\n"))
			}
			tried++
		}
	}
	if tried < 15 {
		t.Errorf("only %d were tried", tried)
	}
}

// TestExportsAreNoFormulas: what somebody typed into a field does not run where
// the export is opened.
func TestExportsAreNoFormulas(t *testing.T) {
	s := newSchool(t)
	evil := []string{`=HYPERLINK("http://evil.example","x")`, "+1+1", "-2+3", "@SUM(A1)", "'=1"}
	for i, e := range evil {
		s.add("customers", "name", e, "phone", strconv.Itoa(13800138000+i), "source", "baidu")
	}
	by := s.actor("admin")
	for _, x := range []exchange.Export{{Format: "csv"}, {Format: "csv", Mark: true, Lang: i18n.Chinese}} {
		x.Resource, x.Columns, x.Query = "customers", []string{"name"}, "sort:id"
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(s.export(by, x), "\ufeff"))).ReadAll()
		if err != nil || len(rows) != len(evil)+1 {
			t.Fatal(rows, err)
		}
		for i, e := range evil {
			if rows[i+1][0] != "'"+e {
				t.Errorf("%s became %s", e, rows[i+1][0])
			}
		}
	}
}

// TestAFileFromExcel is one that a Chinese Excel saves as CSV: GBK, its own
// headings, days with slashes.
func TestAFileFromExcel(t *testing.T) {
	s := newSchool(t)
	by := s.actor("admin")
	file, err := simplifiedchinese.GBK.NewEncoder().String("客户姓名,手机号码,性别,来源渠道,意向课程,下次联系,课程顾问,备注\r\n王小明,13800138000,男,百度推广,Python 全栈,2099/1/5,李雷,\"说,再看看\"\r\n李四光,１３９００１３９０００,女,zhihu,linux,,sales_b,\r\n")
	if err != nil {
		t.Fatal(err)
	}
	u, err := s.Exchange.Upload(bg, by, "customers-2026.csv", -1)
	s.must(err)
	_, err = u.WriteAt([]byte(file), 0)
	s.must(err)
	b, err := u.Commit()
	s.must(err)
	if b.Resource != "customers" || b.Read.Encoding != "gb18030" || b.Rows != 2 {
		t.Fatalf("%+v", b)
	}
	for _, c := range b.Columns {
		if c.Field == "" {
			t.Errorf("%s is not known", c.Heading)
		}
	}
	if b = s.run(by, b.ID); b.Added != 2 {
		t.Fatalf("%s", strings.Join(s.rows(by, b.ID), "\n"))
	}
	row, _, err := s.Engine.Show(bg, by, "customers", 1)
	if err != nil || row.Values["sex"].Raw != "male" || row.Values["source"].Code != "baidu" || row.Values["next"].Raw != "2099-01-05" || row.Values["owner"].Code != "sales_a" || row.Values["memo"].Raw != "说,再看看" {
		t.Errorf("%+v %v", row.Values, err)
	}
	if n := s.count("notifications WHERE kind = 'imported'"); n != 2 {
		t.Errorf("%d owners were told", n)
	}
	if n := s.count("notifications WHERE kind = 'new_owner'"); n != 0 {
		t.Errorf("they were told of each: %d", n)
	}
}

// TestExportKeepsToTheRules: hidden columns and foreign rows are not there,
// masked values stay masked, it takes the right and a reason, and is written
// down.
func TestExportKeepsToTheRules(t *testing.T) {
	s := newSchool(t)
	s.add("customers", "name", "王小明", "phone", "13800138000", "source", "baidu", "owner", "sales_a", "memo", "secret")
	s.add("customers", "name", "李四光", "phone", "13900139000", "source", "zhihu", "owner", "sales_b")
	mine := []policy.Cond{{Field: "owner", Values: []string{"$me"}}}
	by := s.with("sales_a", append(grants("customers", "list", nil, policy.FieldRule{Field: "phone", Mode: policy.Masked}, policy.FieldRule{Field: "memo", Mode: policy.Hidden}),
		grants("customers", "export", mine)...)...)
	for _, format := range exchange.Formats {
		text := s.export(by, exchange.Export{Resource: "customers", Format: format, Stable: true})
		if format == "xlsx" {
			continue
		}
		if strings.Contains(text, "李四光") || strings.Contains(text, "13800138000") || strings.Contains(text, "secret") || strings.Contains(text, "memo") || !strings.Contains(text, "138****8000") {
			t.Errorf("%s: %s", format, text)
		}
		if format == "json" {
			var list []map[string]any
			if err := json.Unmarshal([]byte(text), &list); err != nil || len(list) != 1 || list[0]["source"] != "baidu" {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
	var b bytes.Buffer
	if _, err := s.Exchange.Export(bg, by, exchange.Export{Resource: "customers", Reason: " "}, &b, nil); !fault.Is(err, "export.reason_needed") || b.Len() > 0 {
		t.Error(err)
	}
	if _, err := s.Exchange.Export(bg, s.actor("sales_a"), exchange.Export{Resource: "customers", Reason: "x"}, &b, nil); fault.Of(err) != fault.Forbidden {
		t.Error(err)
	}
	if n := s.count("audit WHERE action IN ('export', 'exported') AND resource = 'customers'"); n != 6 {
		t.Errorf("%d written down", n)
	}
}

// TestAKeptExportIsItsMakersOnly, for a day, and as long as his rights are what
// they were.
func TestAKeptExportIsItsMakersOnly(t *testing.T) {
	s := newSchool(t)
	s.add("customers", "name", "王小明", "phone", "13800138000", "source", "baidu", "owner", "sales_a")
	all := grants("customers", "list export", nil)
	by := s.with("sales_a", all...)
	k, err := s.Exchange.Keep(bg, by, exchange.Export{Resource: "customers", Reason: "x"}, nil)
	s.must(err)
	f, _, err := s.Exchange.OpenExport(bg, by, k.Name)
	s.must(err)
	_ = f.Close()
	if _, _, err := s.Exchange.OpenExport(bg, s.actor("admin"), k.Name); fault.Of(err) != fault.NotFound {
		t.Error("somebody else:", err)
	}
	fewer := s.with("sales_a", grants("customers", "list export", []policy.Cond{{Field: "owner", Values: []string{"$me"}}})...)
	masked := s.with("sales_a", append(grants("customers", "list", nil, policy.FieldRule{Field: "phone", Mode: policy.Masked}), grants("customers", "export", nil)...)...)
	for _, other := range []policy.Actor{fewer, masked, s.actor("sales_a")} {
		if _, _, err := s.Exchange.OpenExport(bg, other, k.Name); !fault.Is(err, "export.rights_changed") {
			t.Error("with other rights:", err)
		}
		if list, err := s.Exchange.Exports(bg, other); err != nil || len(list) != 0 {
			t.Error("it is still listed", err)
		}
	}
	s.must(s.Exchange.DropExport(bg, by, k.Name))
	if _, _, err := s.Exchange.OpenExport(bg, by, k.Name); fault.Of(err) != fault.NotFound {
		t.Error(err)
	}
}
