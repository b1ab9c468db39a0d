package cli

import (
	"context"
	"io"
	"regexp"
	"strings"
	"testing"

	"cohort/app/i18n"
)

// leaks are what no person may read: stacks, SQL, paths, types of the program.
var leaks = regexp.MustCompile(`runtime error|goroutine|SELECT |SQLITE|syntax error|strconv\.|/work|\.go:|%!|\*?(pflag|fault|resource|policy|customer|enrollment)\.[A-Z]|<nil>|«`)

// FuzzArguments gives any arguments to every kind of person.
func FuzzArguments(f *testing.F) {
	s := newSchool(f)
	applicant, _ := s.enroll()
	who := []string{"admin", "manager", "sales_a", "lecturer", "roleless", applicant}
	for i, line := range []string{
		"customers list -tag:vip source:baidu --limit 5", "customers add --name X --qq 1234567 --source baidu", "customers change 1 --next +3d",
		"enrollments link 1 --mail a@b.example", "enrollment fill --price 1", "policy explain sales_a view customers 1", "keys add x", "help customers",
		"followups add --customer 1 --note a b c", "accounts roles sales_b sales", "-- - --= ---x --json=maybe -h=1 -hj", "documents list \x00 \xff",
		"customers list name:\"x sort:-price price:1..x last:>>3d", "customers list --columns=,,id,", "lang auto", "payments x:y", "contract '' \"",
		"customers list \u202e\u001b[31m", "outline \"", "__complete customers", "completion bash", "customers show 99999999999999999999", "customers list name:*%_\\*",
	} {
		f.Add(line, "stdin", byte(i))
	}
	f.Fuzz(func(t *testing.T, line, stdin string, n byte) {
		args := strings.Split(line, " ")
		if len(args) > 0 && args[0] == "accounts" && len(args) > 1 && args[1] != "list" && args[1] != "show" {
			return // the people of the test stay as they are
		}
		var out, errOut strings.Builder
		lang := i18n.Langs[int(n)%2]
		code := Run(context.Background(), s.App, s.session(who[int(n)%len(who)], lang), args, strings.NewReader(stdin), &out, &errOut)
		if code < 0 || code > 2 {
			t.Fatalf("%q: exit %d", args, code)
		}
		if m := leaks.FindString(errOut.String()); m != "" && !strings.Contains(line, m) {
			t.Errorf("%q: %q in %q", args, m, errOut.String())
		}
		if code != 0 && (out.Len() > 0 || errOut.Len() == 0) {
			t.Errorf("%q: exit %d, stdout %q, stderr %q", args, code, out.String(), errOut.String())
		}
		if s.log.Len() > 0 {
			logged := s.log.String()
			s.log.Reset()
			t.Errorf("%q: logged %s", args, logged)
		}
	})
}

// BenchmarkCustomersList is one command from its arguments to its output, the
// query and the rights included.
func BenchmarkCustomersList(b *testing.B) {
	s := newSchool(b)
	ss := s.session("sales_a", i18n.English)
	args := []string{"customers", "list", "-tag:vip", "owner:sales_b", "--json"}
	b.ReportAllocs()
	for b.Loop() {
		if code := Run(context.Background(), s.App, ss, args, strings.NewReader(""), io.Discard, io.Discard); code != 0 {
			b.Fatal(code)
		}
	}
}

// BenchmarkDispatch is what every command costs before it does anything.
func BenchmarkDispatch(b *testing.B) {
	s := newSchool(b)
	ss := s.session("sales_a", i18n.English)
	b.ReportAllocs()
	for b.Loop() {
		Run(context.Background(), s.App, ss, []string{"lang"}, strings.NewReader(""), io.Discard, io.Discard)
	}
}
