package cli

import (
	"strings"
	"testing"
)

// TestManyAtOnce changes and deletes by names and by queries, with a look
// before, row by row.
func TestManyAtOnce(t *testing.T) {
	s := newSchool(t)
	s.all(t, []expect{
		{"sales_a", "customers change --where owner:me --memo later --dry-run", 0, "Nothing was changed", ""},
		{"sales_a", "customers show 1", 0, "secret-memo", ""},
		{"sales_a", "customers change --where owner:me tag:vip --memo 'calls back' --json", 0, `"ok":true`, ""},
		{"sales_a", "customers show 1", 0, "calls back", ""},
		{"sales_a", "customers change --memo x", 2, "", "--where"},
		{"sales_a", "customers do change 1 --memo again", 0, "done with 1 of 1", ""},
		{"sales_a", "customers do fly 1", 2, "", `no action "fly"`},
		{"sales_a", "customers do change --where nosuch:1 --memo x", 2, "", `no condition "nosuch"`},
		{"sales_a", "customers delete 1", 1, "", "you may not"},
		{"admin", "customers do delete --where tag:vip", 2, "", "this is about 1 customers"},
		{"admin", "campuses add --name 上海", 0, "added", ""},
		{"admin", "campuses delete 北京 --dry-run", 0, "would stay", ""},
		{"admin", "campuses delete 北京", 1, "", "2 classes still belong to it"},
		{"admin", "campuses delete 上海", 0, "to the trash", ""},
		{"admin", "trash list", 0, "campuses", ""},
		{"admin", "trash restore 1", 0, "ok", ""},
		{"admin", "campuses show 上海", 0, "上海", ""},
		{"admin", "trash restore 1", 1, "", "no such record"},
	})
	r := s.run("sales_a", "customers do change --where sort:-id --memo mine")
	if r.code != 1 || !strings.Contains(r.out, "done with 1 of 3") || !strings.Contains(r.err, "2 of 3 were refused") || !strings.Contains(r.out, "you may not change") {
		t.Errorf("%+v", r)
	}
	r = s.run("admin", "customers delete --where sort:-id")
	if r.code != 2 || !strings.Contains(r.out, "would go: 3 customers: 赵老师, 李四光, 王小明") || !strings.Contains(r.err, "--yes") {
		t.Errorf("%+v", r)
	}
	s.all(t, []expect{
		{"admin", "customers delete --where sort:-id --yes", 0, "done with 3 of 3", ""},
		{"admin", "customers list", 0, "no customers", ""},
		{"admin", "trash list sort:-at --json", 0, `"parts":"customers 1, name_grams`, ""},
		{"admin", "undo", 0, "undone: deleted customer", ""},
		{"admin", "customers list --json", 0, `"id":`, ""},
		{"admin", "trash purge 3", 0, "purge: done with 1 of 1", ""},
	})
}

// TestUndoAndHistory takes back one's own, and puts old values back.
func TestUndoAndHistory(t *testing.T) {
	s := newSchool(t)
	s.all(t, []expect{
		{"admin", "courses change python --price 6000 --months 7", 0, "changed", ""},
		{"admin", "courses history python", 0, "price 5980 → 6000", ""},
		{"admin", "courses history python --json", 0, `"action":"change"`, ""},
		{"admin", "undo list", 0, "Python", ""},
		{"admin", "undo", 0, "undone: changed course Python", ""},
		{"admin", "courses show python", 0, "5,980", ""},
		{"admin", "undo", 1, "", "nothing in the last 24 hours"},
		{"sales_a", "customers change 1 --memo one --phone 13800138001", 0, "changed", ""},
		{"sales_a", "customers history 1", 0, "13800138000 → 13800138001", ""},
		{"sales_b", "customers history 1", 0, "138****8000 → 138****8001", ""},
		{"manager", "customers change 1 --memo two", 0, "changed", ""},
		{"sales_a", "undo", 1, "", "memo: 王芳 changed this"},
		{"sales_b", "undo list", 0, "nothing", ""},
		{"sales_b", "undo 1", 1, "", "no entry 1"},
		{"roleless", "undo", 1, "", "nothing in the last"},
	})
}

// TestSavedLists keeps a list, shares it, and has columns of one's own.
func TestSavedLists(t *testing.T) {
	s := newSchool(t)
	s.all(t, []expect{
		{"sales_a", "customers list owner:me --save mine", 0, "kept as @mine", ""},
		{"sales_a", "customers list @mine --json", 0, "王小明", ""},
		{"sales_a", "customers list @mine source:zhihu", 0, "no customers", ""},
		{"sales_a", "lists list", 0, "owner:me", ""},
		{"sales_a", "lists show customers @mine", 0, "customers list owner:me", ""},
		{"sales_b", "customers list @mine", 1, "", `no saved list "mine"`},
		{"sales_b", "lists rm customers mine", 1, "", `no saved list "mine"`},
		{"sales_a", "lists save customers vips tag:vip --role sales --columns name,phone", 0, "kept", ""},
		{"sales_a", "lists save customers vips tag:vip --role admin", 1, "", "do not hold the role"},
		{"sales_a", "lists save customers bad nosuch:1", 2, "", `no condition "nosuch"`},
		{"sales_b", "customers list @vips", 0, "138****8000", ""},
		{"lecturer", "lists list customers", 1, "", "you may not"},
		{"sales_a", "lists view customers name,owner --page-size 1", 0, "name, owner; 1 rows", ""},
		{"sales_a", "customers list", 0, "1 of 3", ""},
		{"sales_a", "customers list --columns name --limit 5", 0, "3 of 3", ""},
		{"sales_a", "lists view customers nosuch", 2, "", `no column "nosuch"`},
		{"sales_a", "lists view customers --reset", 0, "as many as fit", ""},
		{"sales_a", "lists rm customers mine", 0, "forgot @mine", ""},
		{"sales_a", "customers list @mine", 1, "", `no saved list`},
	})
}
