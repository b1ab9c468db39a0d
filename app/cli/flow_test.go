package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"cohort/app/i18n"
)

// TestSalesDay is the grammar that the issue fixes by examples.
func TestSalesDay(t *testing.T) {
	s := newSchool(t)
	made := s.object("sales_a", "customers add --name 王大锤 --qq 99988877 --phone 13612345678 --source baidu --course python")
	id := number(int64(made["id"].(float64)))
	found := s.object("sales_b", "customers check 13612345678")
	if found["exists"] != true || found["owner"] != "李雷" || found["contact"] != "136****5678" || found["stale"] != false || found["last_follow_up"] != nil {
		t.Errorf("check: %v", found)
	}
	if free := s.object("sales_b", "customers check 13600000000"); free["exists"] != false || free["owner"] != nil {
		t.Errorf("check: %v", free)
	}
	r := s.run("sales_b", "customers add --name Y --qq 99988877 --source zhihu")
	if r.code != 1 || !strings.Contains(r.err, "李雷") || strings.Contains(r.err, "99988877") || strings.Contains(r.err, "王大锤") {
		t.Errorf("twice: %+v", r)
	}
	if n := s.object("sales_b", "customers notify-owner 13612345678"); n["owner"] != "李雷" || n["mailed"] != true {
		t.Errorf("notify-owner: %v", n)
	}
	if r := s.run("sales_b", "customers notify-owner 13612345678"); r.code != 1 {
		t.Errorf("twice a day: %+v", r)
	}
	told := s.list("sales_a", "notifications list")
	if len(told) != 1 || told[0]["kind"] != "duplicate" || told[0]["link"] != "customers/"+id || told[0]["read"] != nil {
		t.Errorf("notifications: %v", told)
	}
	if who := s.object("sales_a", "whoami"); who["unread"] != float64(1) || who["keys"] != float64(0) || who["language"] != "en" {
		t.Errorf("whoami: %v", who)
	}
	s.ok("sales_a", "notifications read")
	if n := s.list("sales_a", "notifications list"); len(n) != 0 || len(s.list("sales_a", "notifications list --all")) != 1 {
		t.Errorf("after reading: %v", n)
	}
	f := s.object("sales_a", "followups add --customer "+id+" --note '…' --intention within_month --next +3d --channel wechat")
	if f["customer"] != made["id"] || f["intention"] != "within_month" || f["channel"] != "wechat" {
		t.Errorf("followups add: %v", f)
	}
	if v := s.object("sales_a", "customers show "+id); v["next"] != f["next"] || v["last"] == nil || v["owner"] != "sales_a" || v["courses"].([]any)[0] != "python" {
		t.Errorf("show: %v", v)
	}
	if tags := s.object("sales_a", "customers tag "+id+" vip 老客户")["tags"].([]any); len(tags) != 2 {
		t.Errorf("tag: %v", tags)
	}
	if tags := s.object("sales_a", "customers untag "+id+" vip")["tags"].([]any); len(tags) != 1 {
		t.Errorf("untag: %v", tags)
	}
	history := s.list("sales_a", "customers history "+id)
	if len(history) < 4 || history[len(history)-1]["kind"] != "created" {
		t.Errorf("history: %v", history)
	}
	for _, line := range []string{"customers history " + id, "customers check 13612345678", "followups list", "notifications list --all", "customers show " + id} {
		s.ok("sales_a", line)
	}
}

func TestMaskedAndRevealed(t *testing.T) {
	s := newSchool(t)
	stale := number(s.ids["stale"])
	if v := s.object("sales_a", "customers show "+stale); v["phone"] != "137****7000" {
		t.Errorf("masked: %v", v)
	}
	if v := s.object("sales_a", "customers reveal "+stale); v["phone"] != "13700137000" {
		t.Errorf("revealed: %v", v)
	}
	if v := s.object("sales_a", "customers reveal "+stale+" phone"); v["phone"] != "13700137000" {
		t.Errorf("revealed: %v", v)
	}
	if out := s.ok("sales_a", "customers reveal "+number(s.ids["own"])); !strings.Contains(out, "nothing is masked") {
		t.Errorf("%q", out)
	}
}

func TestLink(t *testing.T) {
	s := newSchool(t)
	v := s.object("sales_a", "enrollments create --customer 1 --class python-s9")
	token := v["token"].(string)
	if v["state"] != "invited" || v["link"] != "ssh -p 2222 enroll-"+token+"@school.example" || v["upload"] != "scp -P 2222 FILE… enroll-"+token+"@school.example:" {
		t.Errorf("%v", v)
	}
	if again := s.object("sales_a", "enrollments create --customer 1 --class python-s9"); again["token"] != token || again["id"] != v["id"] {
		t.Errorf("again: %v", again)
	}
	if shown := s.object("sales_a", "enrollments link 1"); shown["token"] != token {
		t.Errorf("shown: %v", shown)
	}
	renewed := s.object("sales_a", "enrollments link 1 --new")
	if renewed["token"] == token {
		t.Errorf("renewed: %v", renewed)
	}
	for line, to := range map[string]string{"enrollments link 1 --mail a@b.example": "a@b.example", "enrollments link 1 --mail=c@b.example": "c@b.example"} {
		if m := s.object("sales_a", line); m["mailed"] != to {
			t.Errorf("%s: %v", line, m)
		}
	}
	s.all(t, []expect{
		{"enroll-" + token, "enrollment show", 1, "", "ended"},
		{"sales_a", "enrollments link 1 --mail", 1, "", "e-mail"},
		{"sales_a", "enrollments link 1 a@b.example", 2, "", "too much"},
		{"sales_a", "enrollments link 1 --revoke", 0, "no longer works", ""},
		{"sales_a", "enrollments link 1", 1, "", "taken back"},
		{"sales_b", "enrollments link 1 --new", 1, "", "no such record"},
		{"sales_a", "enrollments cancel 1 --reason changed his mind", 0, "cancelled", ""},
		{"sales_a", "enrollments cancel 1 --reason ''", 1, "", "required"},
		{"sales_a", "enrollments create --customer 1 --class linux-40 --price 4,000.50", 0, "Enrollment 2", ""},
		{"sales_a", "enrollments show 2", 0, "¥4,000.50", ""},
	})
}

// TestApplicant is what a link opens, and the field-by-field refusal of what
// the school entered.
func TestApplicant(t *testing.T) {
	s := newSchool(t)
	me, _ := s.enroll()
	v := s.object(me, "enrollment show")
	if v["state"] != "invited" || v["class"] != "python-s9" || v["phone"] != "13800138000" || len(v["missing"].([]any)) == 0 {
		t.Errorf("%v", v)
	}
	s.all(t, []expect{
		{me, "whoami", 0, "python-s9", ""},
		{me, "enrollment fill", 2, "", "nothing to change"},
		{me, "enrollment agree", 1, "", ""},
		{me, "enrollment submit", 1, "", "required"},
		{me, "enrollment fill --phone 13811111111", 1, "", `phone: read-only: should be "13800138000", not "13811111111".`},
		{me, "enrollment fill --price 1", 1, "", `price: read-only: should be "¥5,980.00", not "1".`},
		{me, "enrollment fill --class linux-40", 1, "", `class: read-only: should be "python-s9", not "linux-40".`},
		{me, "enrollment fill --qq 1", 1, "", `read-only: should be "12345678", not "1".`},
		{me, "enrollment fill --wechat abc", 1, "", ""},
		{me, "enrollment fill --phone '138 0013 8000'", 0, "still missing", ""},
		{me, "enrollment fill --id-number 110105194912310021", 1, "", "ID number"},
		{me, filled, 0, "scp -P 2222 FILE…", ""},
		{me, "enrollment submit", 1, "", "documents: send at least one"},
		{me, "documents rm id.png", 1, "", `no "id.png"`},
	})
	s.send(me, "id.png")
	s.all(t, []expect{
		{me, "documents list", 0, "id.png", ""},
		{me, "documents rm id.png", 0, "removed 1 document.", ""},
		{me, "documents list", 0, "no documents", ""},
		{me, "documents list 99", 1, "", "no such record"},
	})
	s.send(me, "front.png")
	s.all(t, []expect{
		{me, "enrollment show --contract", 0, "11010519491231002X", ""},
		{me, "enrollment agree", 0, "you agreed", ""},
		{me, "enrollment agree --no", 0, "still missing: contract agreement", ""},
		{me, "enrollment agree", 0, "complete", ""},
		{me, "lang zh", 0, "", ""},
		{me, "enrollment submit", 0, "", ""},
		{me, "enrollment submit", 1, "", ""},
		{me, filled, 1, "", ""},
		{me, "documents rm front.png", 1, "", ""},
		{"sales_a", "documents list 1", 0, "front.png", ""},
		{"sales_a", "documents list", 0, "front.png", ""},
		{"sales_b", "documents list 1", 1, "", "no such record"},
		{"lecturer", "documents list 1", 1, "", "you may not list documents"},
	})
}

func TestReview(t *testing.T) {
	s := newSchool(t)
	me, id := s.submitted()
	n := number(id)
	if list := s.list("admin", "enrollments list state:submitted"); len(list) != 1 || list[0]["customer"] != "王小明" || list[0]["customer_id"] != float64(s.ids["own"]) {
		t.Errorf("%v", list)
	}
	if v := s.object("admin", "enrollments show "+n); v["id_number"] != "110****2X" && !strings.Contains(fmt.Sprint(v["id_number"]), "*") || len(v["documents"].([]any)) != 1 {
		t.Errorf("%v", v)
	}
	if v := s.object("admin", "enrollments review "+n); v["id_number"] != "11010519491231002X" || !strings.Contains(v["contract"].(string), "王小明") {
		t.Errorf("%v", v)
	}
	s.all(t, []expect{
		{"admin", "enrollments review " + n, 0, "11010519491231002X", ""},
		{"sales_a", "contract " + n, 1, "", "ID number"},
		{"admin", "enrollments return " + n, 2, "", "--reason is missing"},
		{"admin", "enrollments return " + n + " --reason=", 1, "", "required"},
		{"admin", "enrollments return " + n + " --reason x --remark id-front.png", 2, "", "FILE=TEXT"},
		{"admin", "enrollments return " + n + " --reason x --remark nosuch=dark", 1, "", `no "nosuch"`},
		{"admin", "enrollments return " + n + " --reason the back is missing --remark id-front.png=too dark", 0, "returned", ""},
		{me, "enrollment show", 0, "returned to you: the back is missing", ""},
		{me, "documents list", 0, "too dark", ""},
		{"admin", "enrollments approve " + n, 1, "", ""},
		{me, "enrollment agree", 0, "", ""},
		{me, "enrollment submit", 0, "", ""},
		{"manager", "enrollments approve " + n, 1, "", "you may not approve"},
		{"admin", "enrollments approve " + n, 0, "approved: 王小明", ""},
		{"admin", "enrollments approve " + n, 0, "approved", ""},
		{"admin", "enrollments return " + n + " --reason x", 1, "", ""},
		{"admin", "enrollments cancel " + n + " --reason x", 1, "", ""},
		{me, "enrollment show", 1, "", ""},
	})
	if mails := s.list("admin", "mail list template:approved_new"); len(mails) != 1 {
		t.Errorf("approving twice mails once: %v", mails)
	}
	if v := s.object("sales_a", "customers show 1"); v["status"] != "enrolled" {
		t.Errorf("%v", v)
	}
}

// TestStudent is the first log-in of who was approved.
func TestStudent(t *testing.T) {
	s := newSchool(t)
	me := s.student(false)
	for _, line := range []string{"contract", "classes list", "lang zh", "keys list", "notifications list", "customers list"} {
		if r := s.run(me, line); r.code != 1 || strings.Count(r.err, "\n") != 1 || !strings.Contains(r.err, me+"@HOST password") {
			t.Errorf("before the password is changed: %s: %+v", line, r)
		}
	}
	if r := s.run(me, "nosuch"); r.code != 2 {
		t.Errorf("%+v", r)
	}
	if who := s.object(me, "whoami"); who["must_change"] != true || who["keys"] != nil {
		t.Errorf("%v", who)
	}
	if help := s.ok(me, "help"); !strings.Contains(help, "password") || strings.Contains(help, "contract") {
		t.Errorf("%s", help)
	}
	for stdin, want := range map[string]string{"": "two lines", "wrong\n": "two lines", "wrong\ncorrect horse 9 battery\n": "old password is wrong"} {
		if r := s.in(i18n.English, me, "password", stdin); r.code == 0 || !strings.Contains(r.err, want) {
			t.Errorf("password %q: %+v", stdin, r)
		}
	}
	s.changePassword(me)
	contract := s.list(me, "contract")
	if len(contract) != 1 || contract[0]["class"] != "python-s9" || len(contract[0]["sha256"].(string)) != 64 || contract[0]["signed"] == nil {
		t.Errorf("%v", contract)
	}
	s.all(t, []expect{
		{me, "contract", 0, "SHA-256", ""},
		{me, "contract python-s9", 0, "王小明", ""},
		{me, "contract linux-40", 1, "", `no "linux-40"`},
		{me, "classes list", 0, "python-s9", ""},
		{me, "outline python", 0, "# Python", ""},
		{me, "outline nosuch", 1, "", `no "nosuch"`},
		{me, "outline linux", 0, "no outline yet", ""},
		{me, "payments", 0, "no payments", ""},
		{me, "documents list", 0, "id-front.png", ""},
		{me, "customers list", 1, "", "you may not"},
		{me, "enrollments approve 1", 1, "", "you may not"},
		{me, "lang zh", 0, "中文", ""},
		{me, "whoami", 0, "学员", ""},
		{me, "lang auto", 0, "English", ""},
	})
	if p := s.list(me, "payments"); len(p) != 0 {
		t.Errorf("%v", p)
	}
}

func TestAccounts(t *testing.T) {
	s := newSchool(t)
	v := s.object("admin", "accounts add --login sales_e --name 周杰 --role sales --department 招生部 --email zj@school.example")
	if len(v["password"].(string)) < 10 || v["login"] != "sales_e" {
		t.Errorf("%v", v)
	}
	s.ids["sales_e"] = int64(v["id"].(float64))
	if a := s.object("admin", "accounts show sales_e"); a["department"] != "招生部" || a["must_change"] != true || a["roles"].([]any)[0] != "sales" {
		t.Errorf("%v", a)
	}
	s.all(t, []expect{
		{"sales_e", "customers list", 1, "", "for one use"},
		{"admin", "accounts change sales_e --name 周杰伦 --lang zh --phone 13500135000", 0, "changed account", ""},
		{"admin", "accounts change sales_e", 2, "", "nothing to change"},
		{"admin", "accounts change sales_e --department nosuch", 1, "", `no "nosuch"`},
		{"admin", "accounts roles sales_e sales sales_manager", 0, "sales, sales manager", ""},
		{"admin", "accounts roles sales_e", 0, "roles of sales_e:", ""},
		{"admin", "accounts disable sales_e", 0, "disabled", ""},
		{"sales_e", "whoami", 1, "", "会话已结束"},
		{"admin", "accounts enable sales_e", 0, "works again", ""},
		{"admin", "accounts reset sales_e", 0, "One-time password", ""},
		{"admin", "accounts list active:no", 0, "no accounts", ""},
		{"admin", "accounts list role:lecturer", 0, "林涛", ""},
		{"manager", "accounts list", 0, "sales_a", ""},
		{"manager", "accounts show admin", 1, "", "no \"admin\""},
		{"admin", "keys list --account sales_e", 0, "no keys", ""},
		{"sales_a", "keys list --account sales_b", 1, "", `no "sales_b"`},
		{"admin", "roles list", 0, "sales_manager", ""},
	})
	yes := s.object("admin", "policy explain sales_a change customers 1")
	no := s.object("admin", "policy explain sales_a change customers 2")
	if yes["allowed"] != true || no["allowed"] != false || no["grants"].([]any)[0].(map[string]any)["rows"] != "owner=$me" {
		t.Errorf("%v %v", yes, no)
	}
	if never := s.object("admin", "policy explain lecturer view customers"); never["allowed"] != false || len(never["grants"].([]any)) != 0 {
		t.Errorf("%v", never)
	}
}

const ed25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7Zs1pUrVRK8WYE2J4bE6k3dXVfYdGvF6UqlwPzY0aa me@laptop"

func TestKeys(t *testing.T) {
	s := newSchool(t)
	added := s.object("sales_a", "keys add "+ed25519)
	if added["comment"] != "me@laptop" || !strings.HasPrefix(added["fingerprint"].(string), "SHA256:") {
		t.Errorf("%v", added)
	}
	if r := s.in(i18n.English, "sales_a", "keys add", ed25519+"\n"); r.code != 1 || !strings.Contains(r.err, "already") {
		t.Errorf("from standard input: %+v", r)
	}
	if list := s.list("sales_a", "keys list"); len(list) != 1 || list[0]["last_used"] != nil {
		t.Errorf("%v", list)
	}
	s.all(t, []expect{
		{"sales_b", "keys rm " + added["fingerprint"].(string), 1, "", "no such record"},
		{"sales_a", "keys list", 0, "me@laptop", ""},
		{"sales_a", "keys rm me@laptop", 0, "removed the key", ""},
		{"sales_a", "keys list", 0, "no keys yet", ""},
	})
}

// TestPasswordOnATerminal asks three times and hides what is typed.
func TestPasswordOnATerminal(t *testing.T) {
	s := newSchool(t)
	for stdin, want := range map[string]int{
		"cohort-demo\ncorrect horse 9 battery\ncorrect horse 9 batter\n":  1,
		"cohort-demo\ncorrect horse 9 battery\n":                          2,
		"cohort-demo\ncorrect horse 9 battery\ncorrect horse 9 battery\n": 0,
	} {
		ss := s.session("sales_b", i18n.English)
		ss.PTY = true
		var out, errOut strings.Builder
		code := Run(context.Background(), s.App, ss, []string{"password"}, strings.NewReader(stdin), &out, &errOut)
		if code != want || !strings.Contains(errOut.String(), "Old password: "+conceal+reveal) {
			t.Errorf("%q: %d %q %q", stdin, code, out.String(), errOut.String())
		}
	}
}

func TestMail(t *testing.T) {
	s := newSchool(t)
	s.object("sales_b", "customers notify-owner 13800138000")
	mails := s.list("admin", "mail list state:queued")
	if len(mails) != 1 || mails[0]["to"] != "sales_a@school.example" {
		t.Fatalf("%v", mails)
	}
	n := number(int64(mails[0]["id"].(float64)))
	s.all(t, []expect{
		{"admin", "mail show " + n, 0, "sales_a@school.example", ""},
		{"admin", "mail retry " + n, 0, "goes to sales_a@school.example again", ""},
		{"admin", "mail status", 0, "no mail server is set; 1 mail waits", ""},
		{"manager", "mail list", 1, "", "you may not list"},
	})
}

// TestJSONErrorsLeaveStdoutEmpty runs refusals with --json.
func TestJSONErrorsLeaveStdoutEmpty(t *testing.T) {
	s := newSchool(t)
	for _, line := range []string{"customers show 99", "nosuch", "customers list nosuch:1", "accounts list", "enrollments create --customer 1 --class x"} {
		if r := s.run("sales_a", line+" --json"); r.code == 0 || r.out != "" || r.err == "" {
			t.Errorf("%s: %+v", line, r)
		}
	}
	var v any
	if json.Unmarshal([]byte(s.ok("sales_a", "customers list owner:admin --json")), &v) != nil || len(v.([]any)) != 0 {
		t.Errorf("an empty list is []: %v", v)
	}
}

// TestChinese runs a few lines in the other language.
func TestChinese(t *testing.T) {
	s := newSchool(t)
	for line, want := range map[string]string{
		"customers list":        "名字",
		"customers list 来源:x":   "没有",
		"whoami":                "销售",
		"customers check 13000": "",
		"accounts list":         "没有权限",
	} {
		if r := s.in(i18n.Chinese, "sales_a", line, ""); !strings.Contains(r.out+r.err, want) || strings.Contains(r.out+r.err, "«") {
			t.Errorf("%s: %+v", line, r)
		}
	}
}
