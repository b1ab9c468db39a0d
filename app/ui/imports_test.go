package ui

import (
	"strings"
	"testing"

	"cohort/app"
	"cohort/app/policy"
)

// TestImportAndExportOnTheScreen sends a file, corrects a column, checks, reads the
// report, imports and takes it back.
func TestImportAndExportOnTheScreen(t *testing.T) {
	a := openSchool(t)
	before := single(t, a, "SELECT count(*) FROM customers")
	by := actorOf(t, a, "admin")
	s := person(t, a, "admin", "imports")
	s.See("No files yet", "imports/").Everywhere()
	file := "姓名,手机号,客户来源,补充\n王小明,13800138001,baidu,calls back\n王小红,123,baidu,\n王小刚,13800138003,zhihu,\n"
	if _, err := a.Exchange.Take(bg, by, "customers.csv", "customers", strings.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	s.Keys("ctrl+r").See("customers.csv", "to be checked").Everywhere()
	s.Keys("enter").See("left out", "calls back", "Where the columns go").Everywhere()
	s.Keys("?").Everywhere().Keys("esc")
	s.Keys("tab", "up", "up", "up", "up", "down", "down", "down", "enter").See("goes to").Type("memo").Keys("enter").See("memo").SeeNot("left out")
	s.Keys("c").See("would add 2", "nothing is written yet").Everywhere()
	s.Keys("r").See("王小明", "would add", "refused").Everywhere()
	s.Keys("f").See("Refused").Keys("esc")
	s.Keys("/").Type("result:refused").Keys("enter").See("not a phone number").SeeNot("王小刚").Everywhere()
	s.Keys("enter").See("Line 3").Keys("esc", "esc")
	s.Keys("i").See("Adds 2 and changes 0").Keys("y").See("added 2", "What happened").Everywhere()
	if n := single(t, a, "SELECT count(*) FROM customers"); n != before+2 {
		t.Errorf("%d customers were added", n-before)
	}
	s.Keys("z").See("Deletes the 2")
	s.Keys("esc")
	if single(t, a, "SELECT count(*) FROM customers WHERE memo = 'calls back'") != 1 {
		t.Error("the column that was corrected is not there")
	}
	settings := person(t, a, "admin", "imports")
	if _, err := a.Exchange.Take(bg, by, "again.csv", "customers", strings.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	settings.Keys("ctrl+r", "g", "enter", "e").See("encoding").Everywhere()
	exportOnTheScreen(t, a)
}

// exportOnTheScreen takes a list out as a file of one's own.
func exportOnTheScreen(t *testing.T, a *app.App) {
	s := person(t, a, "admin", "courses")
	s.Keys("X").See("Export courses", "audit trail").Everywhere()
	s.Keys("ctrl+s").See("required")
	s.Keys("tab", "tab", "tab", "tab").Type("monthly").Keys("ctrl+s").See("exported", "courses-").Everywhere()
	s.Keys("c").See("scp ", "exports/courses-")
	if n := single(t, a, "SELECT count(*) FROM audit WHERE action = 'export' AND resource = 'courses'"); n != 1 {
		t.Errorf("%d exports written down", n)
	}
	list, err := a.Exchange.Exports(bg, actorOf(t, a, "admin"))
	if err != nil || len(list) != 1 || list[0].Rows == 0 {
		t.Errorf("%+v %v", list, err)
	}
	if list, _ := a.Exchange.Exports(bg, actorOf(t, a, "manager")); len(list) != 0 {
		t.Error("others see it")
	}
	if _, err := a.Exchange.Exports(bg, policy.Actor{}); err != nil {
		t.Error(err)
	}
	person(t, a, "lecturer", "courses").Keys("X").SeeNot("Export courses")
}
