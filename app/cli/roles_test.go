package cli

import (
	"strings"
	"testing"
)

// TestRolesFromTheCommandLine makes a role, changes what it grants, looks at what
// that does before and after, gives it a menu, and deletes it.
func TestRolesFromTheCommandLine(t *testing.T) {
	s := newSchool(t)
	s.ok("admin", "roles copy sales caller --title 电话销售")
	s.ok("admin", "accounts roles roleless caller")
	if v := s.object("admin", "policy diff caller disallow customers follow_up"); len(v["lines"].([]any)) != 1 || v["holders"] != 1.0 {
		t.Errorf("difference: %v", v)
	}
	s.ok("admin", "roles disallow caller customers follow_up,reveal")
	s.ok("admin", "roles allow caller customers export --rows 'owner=$me  source=baidu|zhihu' --fields phone:masked")
	page := s.object("admin", "roles show caller")
	text := said(page["permissions"])
	if !strings.Contains(text, `"rows":"owner=$me source=baidu|zhihu"`) || strings.Contains(text, "follow_up\",") || page["title"] != "电话销售" {
		t.Errorf("role: %v", page)
	}
	if v := s.object("admin", "policy explain roleless export customers"); v["allowed"] != true || !strings.Contains(said(v["grants"]), `"role":"caller"`) {
		t.Errorf("explained: %v", v)
	}
	if out := s.ok("admin", "policy matrix --role caller"); !strings.Contains(out, "export?~") || strings.Contains(out, "reveal") {
		t.Errorf("matrix: %s", out)
	}
	s.ok("admin", "roles menu caller 老客户=customers?stale:yes me")
	if out := s.ok("admin", "roles menu caller"); !strings.Contains(out, "老客户=customers?stale:yes me") {
		t.Errorf("menu: %s", out)
	}
	for line, want := range map[string]string{
		"roles menu caller nowhere":                                    "no place",
		"roles allow caller customers eat":                             `no "eat"`,
		"roles allow caller customers view --rows colour=red":          "cannot name",
		"roles allow caller dogs view":                                 "no records called",
		"roles add Caller":                                             "begins with a letter",
		"roles delete caller":                                          "roleless",
		"roles delete nobody":                                          `no "nobody"`,
		"roles disallow admin * *":                                     "at least one active administrator",
		"accounts deny admin customers view --reason x":                "nobody changes his own rights",
		"accounts deny sales_a customers view":                         "--reason",
		"roles change caller --permissions nonsense":                   "JSON array",
		"policy diff caller maybe customers view":                      "policy diff ROLE",
		"roles change caller --title x --version 1":                    "somebody changed this record",
		"accounts grant sales_a customers export --reason x --rows a=": "no row rule",
	} {
		if r := s.run("admin", line); r.code == 0 || !strings.Contains(r.err, want) {
			t.Errorf("%s: %+v, want %q", line, r, want)
		}
	}
	s.ok("admin", "accounts roles roleless")
	s.ok("admin", "roles delete caller")
}

// TestGrantsFromTheCommandLine denies something, whatever the roles grant, grants
// something beyond them, and takes both back. Sessions follow at once.
func TestGrantsFromTheCommandLine(t *testing.T) {
	s := newSchool(t)
	own := number(s.ids["own"])
	s.ok("sales_a", "customers reveal "+own)
	s.ok("admin", "accounts deny sales_a customers reveal --reason 'under notice'")
	if r := s.run("sales_a", "customers reveal "+own); r.code != 1 || !strings.Contains(r.err, "you may not") {
		t.Errorf("a denial does not work: %+v", r)
	}
	if out := s.ok("admin", "policy explain sales_a reveal customers "+own); !strings.Contains(out, "A denial beats every grant") || !strings.Contains(out, "under notice") {
		t.Errorf("explained: %s", out)
	}
	s.ok("admin", "accounts grant sales_a customers export --rows owner=$me --reason fair")
	if list := s.list("admin", "accounts grants sales_a"); len(list) != 2 || list[0]["deny"] != true || list[1]["rows"] != "owner=$me" {
		t.Errorf("grants: %v", list)
	}
	if out := s.run("sales_a", "customers export --format json --reason test").out; !strings.Contains(out, "王小明") || strings.Contains(out, "李四光") {
		t.Errorf("exported: %s", out)
	}
	s.ok("admin", "accounts ungrant sales_a customers reveal,export")
	s.ok("sales_a", "customers reveal "+own)
	if r := s.run("sales_a", "roles list"); r.code != 1 {
		t.Errorf("a salesperson lists roles: %+v", r)
	}
}
