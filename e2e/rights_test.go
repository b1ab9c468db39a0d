package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/pkg/sftp"
	gossh "golang.org/x/crypto/ssh"
)

func itoa(n int) string { return strconv.Itoa(n) }

// nobodys is a number that no record has. What is there but not for somebody
// must look like it, to the last word.
const nobodys = 999999

// record are the numbers that one cell of the table is about. 0: this person has
// no such record.
type record struct {
	customer, enrollment, other int // two enrollments, both handed in
	class                       string
	login                       string
	mail                        int
}

// kinds are the columns: whose record it is.
var kinds = []string{"own", "department", "foreign", "nobody's"}

// verbs are the rows of the table. What changes things stands last, and works on
// records made for this cell alone.
var verbs = []struct {
	name string
	try  func(p person, r record) string
}{
	{"customers list", listed("customers list --limit 1000 --json", func(r record) string { return numbered(r.customer) })},
	{"customers show", func(p person, r record) string {
		a := p.run(fmt.Sprint("customers show --json ", r.customer))
		if a.code == 0 && strings.Contains(a.out, "****") {
			return "masked"
		}
		return word(a)
	}},
	{"customers history", about("customers history %d", customer)},
	{"customers reveal", about("customers reveal %d", customer)},
	{"customers tag", about("customers tag %d vip", customer)},
	{"customers change", about("customers change %d --memo seen", customer)},
	{"customers assign", about("customers assign %d manager", customer)},
	{"followups add", about("followups add --customer %d --note called", customer)},
	{"followups list", listed("followups list --limit 1000 --json", func(r record) string { return fmt.Sprintf(`"customer_id":%d,`, r.customer) })},
	{"enrollments create", about("enrollments create --class python-o3 --customer %d", customer)},
	{"enrollments list", listed("enrollments list --limit 1000 --json", func(r record) string { return numbered(r.enrollment) })},
	{"enrollments show", about("enrollments show %d", enrollmentID)},
	{"enrollments review", about("enrollments review %d", enrollmentID)},
	{"contract", about("contract %d", enrollmentID)},
	{"enrollments link", about("enrollments link %d", enrollmentID)},
	{"enrollments link --mail", about("enrollments link %d --mail", enrollmentID)},
	{"documents list", about("documents list %d", enrollmentID)},
	{"scp of a document", func(p person, r record) string { return fetched(p, r, "id.png") }},
	{"scp of the form", func(p person, r record) string { return fetched(p, r, "form.txt") }},
	{"sftp of a document", overSFTP("enrollments/%d/id.png", get)},
	{"sftp ls", overSFTP("enrollments/%d", func(c *sftp.Client, path string) error { _, err := c.ReadDir(path); return err })},
	{"sftp put", overSFTP("enrollments/%d/new.png", func(c *sftp.Client, path string) error { return put(c, path, padded("png", 0)) })},
	{"sftp rm", overSFTP("enrollments/%d/id.png", (*sftp.Client).Remove)},
	{"classes show", func(p person, r record) string { return word(p.run("classes show " + r.class)) }},
	{"accounts list", listed("accounts list --limit 1000 --json", func(r record) string { return `"login":"` + r.login + `"` })},
	{"accounts show", func(p person, r record) string { return word(p.run("accounts show " + r.login)) }},
	{"accounts roles", func(p person, r record) string { return word(p.run("accounts roles " + r.login + " admin")) }},
	{"accounts reset", func(p person, r record) string { return word(p.run("accounts reset " + r.login)) }},
	{"keys list --account", func(p person, r record) string { return word(p.run("keys list --account " + r.login)) }},
	{"mail show", about("mail show %d", func(r record) int { return r.mail })},
	{"mail retry", about("mail retry %d", func(r record) int { return r.mail })},
	{"enrollments return", about("enrollments return %d --reason blurred", func(r record) int { return r.other })},
	{"enrollments approve", about("enrollments approve %d", enrollmentID)},
	{"enrollments cancel", about("enrollments cancel %d --reason gone", func(r record) int { return r.other })},
}

func customer(r record) int     { return r.customer }
func enrollmentID(r record) int { return r.enrollment }
func numbered(n int) string     { return fmt.Sprintf(`"id":%d,`, n) }

// about tries a command about one record.
func about(line string, of func(r record) int) func(p person, r record) string {
	return func(p person, r record) string { return word(p.run(fmt.Sprintf(line, of(r)))) }
}

// listed looks for a record in a list.
func listed(line string, mark func(r record) string) func(p person, r record) string {
	return func(p person, r record) string {
		a := p.run(line)
		if a.code == 0 && !strings.Contains(a.out, mark(r)) {
			return "not there"
		}
		return word(a)
	}
}

func fetched(p person, r record, name string) string {
	a := p.fetch(fmt.Sprintf("enrollments/%d/%s", r.enrollment, name))
	if a.code != 0 && strings.Contains(a.err+a.out, "no such file") {
		return "not there"
	}
	return word(a)
}

// overSFTP does something to a file of an enrollment.
func overSFTP(path string, do func(c *sftp.Client, path string) error) func(p person, r record) string {
	return func(p person, r record) string {
		return sftpWord(p.sftp(func(c *sftp.Client) error { return do(c, fmt.Sprintf(path, r.enrollment)) }))
	}
}

func sftpWord(err error) string {
	switch {
	case err == nil:
		return "yes"
	case os.IsNotExist(err) || strings.Contains(err.Error(), "no such file"):
		return "not there"
	case strings.Contains(err.Error(), "one use"):
		return "change first"
	case os.IsPermission(err):
		return "may not"
	}
	return "NO: " + err.Error()
}

// word is what an answer comes to.
func word(a answer) string {
	text := a.err + a.out
	switch {
	case a.code == 0:
		return "yes"
	case a.code == 1 && strings.Contains(text, "no such record, or not one you may see"),
		a.code == 1 && strings.Contains(text, "there is no \""):
		return "not there"
	case a.code == 1 && strings.Contains(text, "you may not "):
		return "may not"
	case a.code == 1 && strings.Contains(text, "this password is for one use"):
		return "change first"
	case a.code == 1 && strings.Contains(text, "an enrollment link does not open this"):
		return "may not"
	}
	line, _, _ := strings.Cut(a.err, "\n")
	return fmt.Sprintf("%d: %s", a.code, anything.ReplaceAllString(line, "…"))
}

// anything is what differs from run to run.
var anything = regexp.MustCompile(`\d+`)

var digits = regexp.MustCompile(`\d+`)

// rights is the school in which the table is made.
type rights struct {
	t     *testing.T
	s     *server
	admin person
	n     int
	by    map[string]person
	token string // of the applicant's link
}

func (x *rights) as(login string) person {
	if _, ok := x.by[login]; !ok {
		x.by[login] = x.s.demoPerson(x.t, login)
	}
	return x.by[login]
}

// of makes a customer of somebody's, with two enrollments handed in.
func (x *rights) of(owner string) (r record) {
	x.n++
	seller := x.as(owner)
	contact := 50000000 + x.n
	r.customer = x.id(seller.must(fmt.Sprintf("customers add --name Person%d --qq %d --source baidu --course python --json", x.n, contact)))
	seller.must(fmt.Sprintf("followups add --customer %d --note hello", r.customer))
	r.enrollment, r.other = x.enrollment(seller, r.customer, "python-s9"), x.enrollment(seller, r.customer, "linux-40")
	return r
}

func (x *rights) enrollment(seller person, customer int, class string) int {
	var made struct {
		ID    int    `json:"id"`
		Token string `json:"token"`
	}
	x.decode(seller.must(fmt.Sprintf("enrollments create --customer %d --class %s --json", customer, class)), &made)
	a := x.s.dial(x.t, "enroll-"+made.Token)
	a.must(fmt.Sprintf("enrollment fill --sex male --id-kind passport --id-number P%07d --phone 137%08d --email p%d@example.com --emergency mother", x.n, x.n, x.n))
	if said := a.send("id.png", padded("png", 0)); said != "" {
		x.t.Fatal(said)
	}
	a.must("enrollment agree")
	a.must("enrollment submit")
	return made.ID
}

func (x *rights) id(text string) int {
	var v struct {
		ID int `json:"id"`
	}
	x.decode(text, &v)
	return v.ID
}

func (x *rights) decode(text string, v any) {
	x.t.Helper()
	if err := json.Unmarshal([]byte(text), v); err != nil {
		x.t.Fatalf("%v in %s", err, text)
	}
}

// account makes an account in a department.
func (x *rights) account(department string) string {
	x.n++
	login := fmt.Sprintf("person%c%c", 'a'+x.n/26, 'a'+x.n%26)
	x.admin.must(fmt.Sprintf("accounts add --login %s --name %s --department %s --role lecturer", login, login, department))
	return login
}

// TestRights asks, for each role, verb and whose record it is, what happens over
// the command and the file face, and compares with testdata/rights.txt
// (UPDATE=1 writes it; read the difference).
func TestRights(t *testing.T) {
	t.Parallel()
	s := demoServer(t)
	x := &rights{t: t, s: s, by: map[string]person{}}
	x.admin = x.as("admin")
	var mails []struct {
		ID int `json:"id"`
	}
	x.decode(x.admin.must("mail list --json"), &mails)

	var out strings.Builder
	for _, role := range x.roles() {
		fmt.Fprintf(&out, "%s\n", role.name)
		fmt.Fprintf(&out, "  %-24s", "")
		for _, k := range kinds {
			fmt.Fprintf(&out, " %-14s", k)
		}
		out.WriteString("\n")
		rows := role.rows(mails[0].ID)
		who := role.who()
		for _, v := range verbs {
			cells, said := make([]string, len(kinds)), make([]string, len(kinds))
			for i, r := range rows {
				cells[i] = "-"
				if r.customer != 0 {
					cells[i] = v.try(who, r)
					said[i] = digits.ReplaceAllString(strings.NewReplacer(r.login, "NAME", r.class, "NAME").Replace(*who.said), "N")
				}
			}
			if cells[3] == "yes" {
				t.Errorf("%s: %s: nobody's record is there", role.name, v.name)
			}
			for i := range 3 {
				if cells[i] == "not there" && said[i] != said[3] {
					t.Errorf("%s: %s tells what is there:\n%s: %s\n%s: %s", role.name, v.name, kinds[i], said[i], kinds[3], said[3])
				}
			}
			fmt.Fprintf(&out, "  %-24s", v.name)
			for _, c := range cells {
				fmt.Fprintf(&out, " %-14s", c)
			}
			out.WriteString("\n")
		}
		out.WriteString("\n")
	}
	got := regexp.MustCompile(` +\n`).ReplaceAllString(out.String(), "\n")
	t.Logf("what each may do:\n%s", got)
	golden(t, "testdata/rights.txt", got)
}

// golden compares with a file.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	w, g := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		a, b := "", ""
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			t.Errorf("%s:%d\n got %s\nwant %s", file, i+1, b, a)
		}
	}
}

type role struct {
	name string
	who  func() person
	rows func(mail int) [4]record
}

// roles are who tries, each with records of his own, of his department's and
// others'.
func (x *rights) roles() []role {
	none := record{customer: nobodys, enrollment: nobodys, other: nobodys, class: "no-such-class", login: "nosuchlogin", mail: nobodys}
	with := func(r record, class, login string, mail int) record {
		r.class, r.login, r.mail = class, login, mail
		return r
	}
	login := func(name string) func() person { return func() person { return x.as(name) } }
	return []role{
		{"sales", login("sales_a"), func(m int) [4]record {
			return [4]record{with(x.of("sales_a"), "python-s9", "sales_a", m), with(x.of("sales_b"), "python-s9", x.account("招生一部"), m),
				with(x.of("sales_c"), "linux-40", x.account("招生二部"), m), none}
		}},
		{"sales_manager", login("manager"), func(m int) [4]record {
			return [4]record{with(x.of("manager"), "python-s9", "manager", m), with(x.of("sales_c"), "python-s9", x.account("招生二部"), m),
				with(x.of("admin"), "linux-40", x.account("行政部"), m), none}
		}},
		{"lecturer", login("lecturer"), func(m int) [4]record {
			return [4]record{with(x.of("sales_a"), "python-s9", "lecturer", m), {}, with(x.of("sales_a"), "linux-40", x.account("行政部"), m), none}
		}},
		{"student", login("kobe"), func(m int) [4]record {
			own := record{}
			var list []struct {
				ID       int `json:"id"`
				Customer int `json:"customer_id"`
			}
			x.decode(x.admin.must("enrollments list customer:科比 --json"), &list)
			own.customer, own.enrollment, own.other = list[0].Customer, list[0].ID, list[0].ID
			return [4]record{with(own, "python-s9", "kobe", m), {}, with(x.of("sales_a"), "linux-40", x.account("行政部"), m), none}
		}},
		{"admin", login("admin"), func(m int) [4]record {
			return [4]record{with(x.of("admin"), "python-s9", "admin", m), with(x.of("admin"), "python-s9", x.account("行政部"), m),
				with(x.of("sales_a"), "linux-40", x.account("教学部"), m), none}
		}},
		{"applicant", x.applicant, func(m int) [4]record {
			return [4]record{with(x.invited(), "python-s9", "sales_a", m), {}, with(x.of("sales_a"), "linux-40", "sales_b", m), none}
		}},
		{"must change the password", x.mustChange, func(m int) [4]record {
			return [4]record{with(x.of("sales_d"), "python-s9", "sales_d", m), with(x.of("sales_c"), "python-s9", x.account("招生二部"), m),
				with(x.of("sales_a"), "linux-40", x.account("行政部"), m), none}
		}},
	}
}

// applicant comes by a link.
func (x *rights) applicant() person { return x.s.dial(x.t, "enroll-"+x.token) }

// invited is a record whose link the applicant has; nothing is handed in yet.
func (x *rights) invited() (r record) {
	x.n++
	seller := x.as("sales_a")
	r.customer = x.id(seller.must(fmt.Sprintf("customers add --name Person%d --qq %d --source baidu --json", x.n, 50000000+x.n)))
	var made struct {
		ID    int    `json:"id"`
		Token string `json:"token"`
	}
	x.decode(seller.must(fmt.Sprintf("enrollments create --customer %d --class python-s9 --json", r.customer)), &made)
	r.enrollment, r.other, x.token = made.ID, made.ID, made.Token
	if said := x.applicant().send("id.png", padded("png", 0)); said != "" {
		x.t.Fatal(said)
	}
	return r
}

// mustChange is sales_d after his password was reset.
func (x *rights) mustChange() person {
	var made struct {
		Password string `json:"password"`
	}
	x.decode(x.admin.must("accounts reset sales_d --json"), &made)
	return x.s.dial(x.t, "sales_d", gossh.Password(made.Password))
}
