package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"cohort/app/i18n"
	"cohort/app/policy"
)

// expect is one command line and what it must give. out and err are parts of
// what is printed; where both are "", nothing but the code is looked at.
type expect struct {
	login, line string
	code        int
	out, err    string
}

func (s *school) all(t *testing.T, list []expect) {
	t.Helper()
	for _, x := range list {
		r := s.run(x.login, x.line)
		if r.code != x.code || !strings.Contains(r.out, x.out) || !strings.Contains(r.err, x.err) {
			t.Errorf("%s: %s: exit %d, stdout %q, stderr %q; want %d, %q, %q", x.login, x.line, r.code, r.out, r.err, x.code, x.out, x.err)
		}
		if r.code != 0 && r.out != "" {
			t.Errorf("%s: %s: refused, and yet printed %q", x.login, x.line, r.out)
		}
		if r.code != 0 && strings.TrimSpace(r.err) == "" {
			t.Errorf("%s: %s: refused without a word", x.login, x.line)
		}
		if strings.Contains(r.out+r.err, "«") || strings.Contains(r.err, "reference") {
			t.Errorf("%s: %s: %q %q", x.login, x.line, r.out, r.err)
		}
	}
	if s.log.Len() > 0 {
		t.Errorf("logged: %s", s.log)
	}
}

// TestUsage is about command lines that cannot be understood, and what a line
// may look like all the same.
func TestUsage(t *testing.T) {
	s := newSchool(t)
	s.all(t, []expect{
		{"sales_a", "", 0, "Commands", ""},
		{"sales_a", "--help", 0, "Commands", ""},
		{"sales_a", "--json whoami", 0, `"login":"sales_a"`, ""},
		{"sales_a", "customers", 0, "customers check CONTACT", ""},
		{"sales_a", "customers --help", 0, "customers check CONTACT", ""},
		{"sales_a", "help customers check", 0, "Usage", ""},
		{"sales_a", "help nosuch", 2, "", "no command"},
		{"sales_a", "nosuch", 2, "", `no command "nosuch"`},
		{"sales_a", "customers chekc 1", 2, "", "Did you mean customers check?"},
		{"sales_a", "cutsomers list", 2, "", "Did you mean customers"},
		{"sales_a", "customers list --nosuch", 2, "", "no flag --nosuch"},
		{"sales_a", "customers list -x", 2, "", "no flag -x"},
		{"sales_a", "customers list --limit", 2, "", "--limit needs a value"},
		{"sales_a", "customers list --limit --json", 2, "", "--limit needs a value"},
		{"sales_a", "customers list --limit x", 2, "", `--limit cannot be "x"`},
		{"sales_a", "customers list --limit 0", 2, "", "--limit goes from 1 to 1000"},
		{"sales_a", "customers list --columns name,nosuch", 2, "", `no column "nosuch"`},
		{"sales_a", "customers list nosuch:1", 2, "", `no condition "nosuch"`},
		{"sales_a", "customers list last:yesterdayish", 2, "", "is not a time"},
		{"sales_a", "customers list --after abc", 2, "", "cannot be"},
		{"sales_a", "customers show", 2, "", "Usage: customers show ID"},
		{"sales_a", "customers show 1 2", 2, "", `"2" is too much`},
		{"sales_a", "customers show abc", 2, "", "not a number of a record"},
		{"sales_a", "customers show -- 1", 0, "王小明", ""},
		{"sales_a", "customers show customers/1", 0, "王小明", ""},
		{"sales_a", "customers show #1", 0, "王小明", ""},
		{"sales_a", "customers change 1", 2, "", "nothing to change"},
		{"sales_a", "customers change 1 --memo", 2, "", "--memo="},
		{"sales_a", "customers change 1 --memo=", 0, "changed customer 1", ""},
		{"sales_a", "followups add --note x", 2, "", "--customer is missing"},
		{"sales_a", "enrollments create --customer 1", 2, "", "--class is missing"},
		{"sales_a", "lang fr", 2, "", "is no language"},
		{"sales_a", "open customers/1", 2, "", "ssh -t HOST open"},
		{"sales_a", "policy", 1, "", "you may not view roles"},
		{"admin", "policy explain sales_a", 2, "", "Usage: policy explain"},
		{"admin", "accounts add --login x", 2, "", "--name is missing"},
		{"admin", "enrollments link 1 --new --revoke", 2, "", "only one of"},
		{"admin", "enrollments return 1 --reason x --remark nothing", 1, "", "no such record"},
	})
}

// TestRefusals is about what is understood and not allowed: exit 1, never 2.
func TestRefusals(t *testing.T) {
	s := newSchool(t)
	s.all(t, []expect{
		{"sales_a", "accounts list", 1, "", "you may not list accounts"},
		{"sales_a", "accounts list --help", 1, "", "you may not list accounts"},
		{"sales_a", "accounts nosuch", 2, "", "no command"},
		{"sales_a", "accounts", 1, "", "you may not"},
		{"sales_a", "mail retry 1", 1, "", "you may not send again"},
		{"sales_a", "enrollments approve 1", 1, "", "you may not approve"},
		{"sales_a", "courses add --code x --name X", 1, "", "you may not add courses"},
		{"sales_a", "enrollment show", 1, "", "for applicants"},
		{"sales_a", "enrollment submit", 1, "", "for applicants"},
		{"sales_a", "customers show 99", 1, "", "no such record"},
		{"sales_a", "customers change 2 --memo x", 1, "", "you may not change customers"},
		{"sales_a", "customers assign 1 sales_b", 1, "", "you may not assign"},
		{"sales_a", "customers reveal 2", 1, "", "you may not reveal"},
		{"sales_a", "customers reveal 1 memo", 1, "", "memo"},
		{"sales_a", "followups add --customer 2 --note x", 1, "", "you may not follow up"},
		{"sales_a", "followups add --customer 1 --note x --intention perhaps", 1, "", "no choice"},
		{"sales_a", "followups add --customer 1 --note x --next someday", 1, "", "is not a date"},
		{"sales_a", "enrollments create --customer 1 --class nosuch", 1, "", `no "nosuch"`},
		{"sales_a", "enrollments create --customer 1 --class python-s9 --price x", 1, "", "not a number"},
		{"sales_a", "enrollments create --customer 2 --class python-s9", 1, "", "you may not add enrollments"},
		{"sales_a", "customers add --name X --phone 13900139000 --source baidu", 1, "", "owned by 韩梅梅"},
		{"sales_a", "customers add --name X --source baidu", 1, "", ""},
		{"sales_a", "customers check xx", 1, "", ""},
		{"sales_a", "customers check 139 0013 9000", 0, "owned by 韩梅梅", ""},
		{"sales_a", "customers notify-owner 13800138000", 1, "", ""},
		{"sales_a", "notifications read 99", 1, "", "no such record"},
		{"sales_a", "keys rm 99", 1, "", "no such record"},
		{"sales_a", "keys add hello", 1, "", "not a public key"},
		{"sales_a", "keys add --offered", 1, "", "offered no key"},
		{"sales_a", "contract python-s9", 1, "", "no signed contract"},
		{"lecturer", "customers list", 1, "", "you may not list customers"},
		{"lecturer", "customers check 13800138000", 1, "", "you may not check"},
		{"lecturer", "classes show linux-40", 1, "", `no "linux-40"`},
		{"lecturer", "classes list", 0, "python-s9", ""},
		{"roleless", "whoami", 0, "roleless", ""},
		{"roleless", "classes list", 1, "", "you may not"},
		{"manager", "customers assign 1 nosuch", 1, "", `no "nosuch"`},
		{"manager", "customers assign 1 sales_b", 0, "韩梅梅", ""},
		{"admin", "accounts disable admin", 1, "", "your own account"},
		{"admin", "accounts roles sales_a nosuch", 1, "", "no choice"},
		{"admin", "accounts show nosuch", 1, "", `no "nosuch"`},
		{"admin", "accounts add --login sales_a --name X", 1, "", "is taken"},
		{"admin", "policy explain nosuch view customers", 1, "", `no "nosuch"`},
		{"admin", "policy explain sales_a fly customers", 1, "", `no "fly"`},
		{"admin", "policy explain sales_a view nosuch", 1, "", "no records called"},
		{"admin", "mail show 99", 1, "", "no such record"},
		{"admin", "documents list 99", 1, "", "no such record"},
	})
}

// permitted is what help shows to each, by group.
var permittedTo = map[string]string{
	"sales_a": `calls; calls done; calls next; calls undo; campaigns list; campaigns show; campuses list; campuses show; classes list; classes show; contract; courses list; courses show;
		customers add; customers change; customers check; customers claim; customers history; customers list; customers notify-owner; customers owners; customers release; customers reveal; customers show; customers tags;
		customers tag; customers untag; documents list; documents seen; enrollments cancel; enrollments create; enrollments link; enrollments list; enrollments review;
		enrollments show; followups add; followups list; followups show; instalments list; instalments show; outline; ownerships list; ownerships show; payments; payments add; payments balance; payments list; payments receipt; payments show;
		reports list; reports show; reports target;
		sources list; sources show`,
	"manager": `accounts grants; accounts list; accounts show; calls; calls done; calls next; calls undo; campaigns list; campaigns show; campuses list; campuses show; classes list; classes show; contract;
		courses list; courses show; customers add; customers assign; customers change; customers check; customers claim; customers export; customers history; customers duplicates; customers import; customers list; customers merge; customers unmerge;
		customers notify-owner; customers owners; customers release; customers reveal; customers show; customers tags; customers tag; customers untag; departments list; departments show; documents list; documents seen;
		enrollments cancel; enrollments create; enrollments link; enrollments list; enrollments review; enrollments show; followups add; followups list;
		followups show; imports check; imports list; imports map; imports rm; imports run; imports show; imports undo;
		instalments export; instalments list; instalments show; outline; ownerships list; ownerships show; payments; payments add; payments balance; payments export; payments list; payments plan;
		payments receipt; payments refund; payments show; reports list; reports show; reports target; sources list; sources show`,
	"lecturer": `answers add; answers change; answers list; answers show; attendance list; attendance mark; attendance missing; attendance show; classes list; classes show; classes taught; courses list; courses show;
		grades fill; grades history; grades import; grades list; grades ranking; grades release; grades set; grades sheet;
		homework download; homework list; homework show; homework similar; homework versions; lessons add; lessons change; lessons export; lessons list; lessons show; outline;
		questions accept; questions add; questions answer; questions ask; questions change; questions list; questions search; questions show;
		questions vote; scores;
		students list; study-records export; study-records list; study-records show`,
	"roleless": "",
}

// genericTo are the commands that the engine gives to each besides.
var genericTo = map[string]string{
	"sales_a": `payments history; enrollments change; enrollments do; enrollments history; enrollments put-back; followups history; campaigns history; campuses history; classes history; courses history; sources history; customers do; customers put-back`,
	"manager": `departments history; payments history; enrollments change; enrollments do; enrollments history; enrollments put-back; followups history; campaigns history; campuses history; classes history; courses history; sources history; customers do; customers put-back`,
	"lecturer": `surveys list; surveys show; surveys results; surveys history; reports list; reports show; answers do; answers history; answers put-back; classes history; courses history; lessons delete; lessons do; lessons history; lessons put-back;
		questions do; questions history; questions put-back`,
}

// mine are the commands of everybody with an account.
const mine = `home; undo; undo list; trash restore; lists list; lists rm; lists save; lists show; lists view; help; keys add; keys list; keys rm; lang; me links; me notify; me qq; notifications list; notifications read; notifications show; notifications unread; open; password; sessions end; sessions list; totp codes; totp confirm; totp off; totp on; totp status; whoami`

// TestHelpFollowsRights compares what each role's help shows, and that
// everything else is forbidden, not unknown.
func TestHelpFollowsRights(t *testing.T) {
	s := newSchool(t)
	permittedTo["admin"] = "*"
	applicant, _ := s.enroll()
	permittedTo[applicant] = "documents list; documents rm; enrollment agree; enrollment fill; enrollment show; enrollment submit"
	for login, want := range permittedTo {
		ss := s.session(login, i18n.English)
		by, _ := ss.Actor(context.Background())
		c := &call{ctx: context.Background(), app: s.App, by: by, sess: ss, p: s.Printer(i18n.English)}
		c.all = c.commands()
		var list []string
		for _, cmd := range c.permitted("") {
			list = append(list, cmd.path)
		}
		if want == "*" {
			if len(list) != len(c.all)-6 {
				t.Errorf("admin: %d of %d commands", len(list), len(c.all))
			}
			continue
		}
		names := strings.Split(mine+"; "+want+"; "+genericTo[login], ";")
		if by.Account == 0 {
			names = strings.Split("help; lang; open; whoami; "+want, ";")
		}
		for i, n := range names {
			names[i] = strings.TrimSpace(n)
		}
		names = slices.DeleteFunc(names, func(n string) bool { return n == "" })
		slices.Sort(names)
		slices.Sort(list)
		if !slices.Equal(names, list) {
			t.Errorf("%s:\n got %v\nwant %v", login, list, names)
		}
		for _, cmd := range c.all {
			if slices.Contains(names, cmd.path) {
				continue
			}
			if r := s.run(login, cmd.path+" 1 2 3"); r.code != 1 || strings.Contains(r.err, "no command") {
				t.Errorf("%s: %s: %+v", login, cmd.path, r)
			}
		}
	}
}

// TestQueries is about the list language on a command line.
func TestQueries(t *testing.T) {
	s := newSchool(t)
	for line, want := range map[string]string{
		"customers list": "李四光 王小明 赵老师",
		"customers list '-tag:vip' 'source:baidu'":             "",
		"customers list -tag:vip":                              "李四光 赵老师",
		"customers list -tags:vip sort:created":                "赵老师 李四光",
		"customers list '-tag:vip sort:created'":               "赵老师 李四光",
		"customers list -owner:me":                             "李四光 赵老师",
		"customers list 'source:baidu last:<30d owner:me'":     "王小明",
		"customers list source:baidu owner:me --limit 5":       "王小明",
		"customers list --limit 1":                             "李四光",
		"customers list --limit 1 --after 2":                   "王小明",
		"customers list last:>30d":                             "赵老师",
		"customers list 小明":                                    "王小明",
		"customers list phone:13800138000":                     "王小明",
		"customers list phone:139":                             "",
		"customers list 'owner:李雷' -tag:old":                   "王小明",
		"customers list --json -tag:vip":                       "李四光 赵老师",
		"customers list '-tag\uff1avip'":                       "李四光 赵老师",
		"customers list --columns name,phone --columns source": "李四光 王小明 赵老师",
	} {
		var names []string
		for _, r := range s.list("sales_a", line) {
			names = append(names, r["name"].(string))
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
	if r := s.list("sales_a", "customers list --columns name phone:13800138000")[0]; len(r) != 3 || r["id"] == nil || r["version"] == nil {
		t.Errorf("only the columns asked for: %v", r)
	}
}

// TestWordsWithoutQuotes is what arrives when ssh has taken the quotes off.
func TestWordsWithoutQuotes(t *testing.T) {
	s := newSchool(t)
	s.ok("sales_a", "followups add --customer 1 --note will call back on Friday --intention within_month")
	if f := s.list("sales_a", "followups list")[0]; f["note"] != "will call back on Friday" || f["customer_id"] != float64(1) {
		t.Errorf("%v", f)
	}
	id := s.object("sales_a", "customers add --name Kobe Bean Bryant --qq 55555555 --source baidu --tag tall --tag from Phila")["id"].(float64)
	v := s.object("sales_a", "customers show "+number(int64(id)))
	if v["name"] != "Kobe Bean Bryant" || len(v["tags"].([]any)) != 2 {
		t.Errorf("%v", v)
	}
	if r := s.run("sales_a", "customers change 1 2 --memo x"); r.code != 2 {
		t.Errorf("words before a flag belong to no flag: %+v", r)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestBrokenPipeEndsQuietly(t *testing.T) {
	s := newSchool(t)
	for _, line := range []string{"customers list", "customers list --json", "help"} {
		code := Run(context.Background(), s.App, s.session("sales_a", i18n.English), split(line), strings.NewReader(""), broken{}, broken{})
		if code != 1 || s.log.Len() > 0 {
			t.Errorf("%s: %d, %s", line, code, s.log)
		}
	}
}

func TestEndedSession(t *testing.T) {
	s := newSchool(t)
	s.must(s.Org.SetActive(context.Background(), policy.System, s.ids["sales_b"], false, ""))
	if r := s.run("sales_b", "whoami"); r.code != 1 || !strings.Contains(r.err, "ended") {
		t.Errorf("%+v", r)
	}
}

// TestInternalErrorsShowOnlyAReference closes the database under a command.
func TestInternalErrorsShowOnlyAReference(t *testing.T) {
	s := newSchool(t)
	s.run("sales_a", "whoami") // the rights are known now
	ss := s.session("sales_a", i18n.English)
	by := s.actor("sales_a")
	ss.Actor = func(context.Context) (policy.Actor, bool) { return by, true }
	_ = s.Close()
	var out, errOut strings.Builder
	code := Run(context.Background(), s.App, ss, []string{"customers", "list"}, strings.NewReader(""), &out, &errOut)
	if code != 1 || out.Len() > 0 || strings.Count(errOut.String(), "\n") != 1 || strings.Contains(errOut.String(), "sql") {
		t.Errorf("%d %q %q", code, out.String(), errOut.String())
	}
}
