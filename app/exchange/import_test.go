package exchange_test

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"cohort/app/exchange"
	"cohort/app/fault"
)

// faulty writes a file of customers of which every so many-th row is wrong, each
// in another way.
func faulty(rows, every int) string {
	var b strings.Builder
	b.WriteString("姓名,手机号,QQ,客户来源,咨询课程,备注\n")
	for i := range rows {
		name, phone, qq, source, course, memo := fmt.Sprintf("客户%d", i), fmt.Sprint(13100000000+i), fmt.Sprint(100000+i), "baidu", "python", ""
		if i%7 == 0 {
			qq = ""
		}
		if i%every == every-1 {
			switch i / every % 8 {
			case 0:
				name = ""
			case 1:
				phone = "123"
			case 2:
				phone = "13800138000" // in the library
			case 3:
				phone = fmt.Sprint(13100000000 + i - every/2) // in the file
			case 4:
				source = "nowhere"
			case 5:
				qq = fmt.Sprintf("%d", 100000+i-1)
			case 6:
				course = "cobol"
			case 7:
				name = strings.Repeat("长", 100)
			}
		}
		fmt.Fprintf(&b, "%s,%s,%s,%s,%s,%s\n", name, phone, qq, source, course, memo)
	}
	return b.String()
}

// ago is how long ago somebody was entered: more by the time of the run.
var ago = regexp.MustCompile(`entered (just now|\d+ minutes? ago)`)

// TestTheDryRunSaysWhatTheRunDoes compares the two reports row by row, over many
// parts, and that the dry run leaves nothing.
func TestTheDryRunSaysWhatTheRunDoes(t *testing.T) {
	s := newSchool(t)
	s.add("customers", "name", "王小明", "phone", "13800138000", "source", "baidu", "owner", "sales_b")
	by := s.actor("admin")
	b := s.take(by, "customers", faulty(manyRows, 30))
	b = s.check(by, b.ID)
	if b.State != exchange.Checked || b.Rows != manyRows || b.Refused < manyRows/30*9/10 || b.Added != manyRows-b.Refused {
		t.Fatalf("%+v", b)
	}
	dry := s.rows(by, b.ID)
	for what, n := range map[string]int{"customers": 1, "customer_courses": 0, "audit WHERE action = 'add' AND resource = 'customers'": 1, "notifications": 0} {
		if got := s.count(what); got != n {
			t.Errorf("the dry run left %s: %d", what, got)
		}
	}
	done := s.run(by, b.ID)
	if run := s.rows(by, b.ID); !reflect.DeepEqual(run, dry) {
		for i := range run {
			if ago.ReplaceAllString(run[i], "") != ago.ReplaceAllString(dry[i], "") {
				t.Errorf("dry: %s\nrun: %s", dry[i], run[i])
			}
		}
	}
	if n := s.count("customers"); done.State != exchange.Done || n != 1+done.Added {
		t.Errorf("%d customers, %+v", n, done)
	}
	all := strings.Join(dry, "\n")
	for _, want := range []string{"name: required", "customer exists: owned by 韩梅梅", "the same as in line", "nowhere", "cobol"} {
		if !strings.Contains(all, want) {
			t.Errorf("nobody is told %q", want)
		}
	}
	if strings.Contains(all, "王小明") {
		t.Error("who the other is comes out")
	}
	if _, err := s.Exchange.Import(bg, by, b.ID, nil); !fault.Is(err, "import.wrong_state") {
		t.Error("a second run:", err)
	}
}
