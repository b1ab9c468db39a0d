package cli

import (
	"bufio"
	"context"
	"io"
	"strconv"
	"strings"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/org"
)

func number(n int64) string { return strconv.FormatInt(n, 10) }

// myCommands are about one's own account.
func myCommands() []command {
	return []command{
		{path: "whoami", may: (*call).anyone, run: whoami},
		{path: "password", may: (*call).person, run: changePassword, example: []string{"password < passwords.txt"}},
		{path: "lang", use: "[zh|en|auto]", max: 1, may: (*call).anyone, run: setLang, example: []string{"lang en"}},
	}
}

// keyCommands are about the keys that open one's account.
func keyCommands() []command {
	return []command{
		{path: "keys list", may: (*call).person, flags: func(_ *call, f flags) { f.text("account", "LOGIN") }, run: listKeys},
		{path: "keys add", use: "[KEY]", max: -1, may: (*call).person, flags: func(_ *call, f flags) { f.flag("offered") }, run: addKey,
			example: []string{"keys add < ~/.ssh/id_ed25519.pub"}},
		{path: "keys rm", use: "ID|FINGERPRINT|COMMENT", min: 1, max: -1, may: (*call).person, run: removeKey},
	}
}

func whoami(c *call, _ input) error {
	if c.by.Enrollment != 0 {
		return c.whoamiApplicant()
	}
	me := object{"login": c.by.Login, "name": c.by.Name, "roles": []string{}, "language": c.p.Lang, "must_change": c.mustChange(), "keys": nil, "unread": nil}
	roles := []string{}
	for _, r := range c.by.Rights.Roles {
		roles = append(roles, r.Name)
	}
	me["roles"] = roles
	list := [][2]string{
		{c.p.T("field.login"), c.by.Login}, {c.p.T("field.name"), c.by.Name}, {c.p.T("field.roles"), c.p.Value(c.roleWords(roles))},
		{c.p.T("field.lang"), c.p.T("lang." + string(c.p.Lang))},
	}
	if !c.mustChange() {
		keys, err := c.app.Org.Keys(c.ctx, c.by, 0)
		if err != nil {
			return err
		}
		unread, err := c.app.Notify.Unread(c.ctx, c.by)
		if err != nil {
			return err
		}
		me["keys"], me["unread"] = len(keys), unread
		list = append(list, [2]string{c.p.T("cli.head.keys"), number(int64(len(keys)))}, [2]string{c.p.T("cli.head.unread"), number(int64(unread))})
	}
	if c.json {
		return c.printJSON(me)
	}
	pairs(c.out, list)
	if c.mustChange() {
		c.say("cli.must_change", "login", c.by.Login)
	}
	return nil
}

func (c *call) whoamiApplicant() error {
	f, err := c.app.Enrollments.Form(c.ctx, c.by)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(object{"login": c.by.Login, "name": f.Name, "roles": []string{}, "language": c.p.Lang, "enrollment": f.ID, "class": f.Class, "state": f.State})
	}
	c.say("cli.whoami_applicant", "name", f.Name, "class", f.Class)
	return nil
}

func setLang(c *call, in input) error {
	if len(in.args) == 0 {
		return c.done(object{"language": c.p.Lang}, "cli.lang_is", "lang", i18n.W("lang."+string(c.p.Lang)))
	}
	want := in.args[0]
	if want != "zh" && want != "en" && want != "auto" {
		return misuse("cli.bad_lang", "value", short(want))
	}
	var err error
	if c.by.Enrollment != 0 {
		err = c.app.Enrollments.SetLang(c.ctx, c.by, want)
	} else {
		err = c.app.Org.SetLang(c.ctx, c.by, strings.TrimPrefix(want, "auto"))
	}
	if err != nil {
		return err
	}
	c.p.Lang = c.sess.Lang(c.ctx)
	return c.done(object{"language": c.p.Lang}, "cli.lang_is", "lang", i18n.W("lang."+string(c.p.Lang)))
}

// keys -----------------------------------------------------------------------

func listKeys(c *call, in input) error {
	account := int64(0)
	if in.Changed("account") {
		a, err := c.account(in.str("account"))
		if err != nil {
			return err
		}
		account = a.ID
	}
	keys, err := c.app.Org.Keys(c.ctx, c.by, account)
	if err != nil {
		return err
	}
	if c.json {
		out := make([]object, 0, len(keys))
		for _, k := range keys {
			out = append(out, keyJSON(k))
		}
		return c.printJSON(out)
	}
	if len(keys) == 0 {
		c.say("cli.no_keys")
		return nil
	}
	var rows [][]string
	for _, k := range keys {
		rows = append(rows, []string{number(k.ID), k.Fingerprint, k.Comment, c.moment(k.Created), c.p.Ago(k.LastUsed)})
	}
	table(c.out, append([]string{"ID"}, c.heads("fingerprint", "comment", "created", "used")...), rows)
	return nil
}

func keyJSON(k org.Key) object {
	return object{"id": k.ID, "fingerprint": k.Fingerprint, "comment": k.Comment, "created": stamp(k.Created), "last_used": stamp(k.LastUsed)}
}

// addKey takes a key from the command line, where its parts may have become
// several arguments, or from standard input.
func addKey(c *call, in input) error {
	if in.yes("offered") {
		return c.addOffered()
	}
	text := strings.Join(in.args, " ")
	if text == "" || text == "-" {
		var err error
		if text, err = c.read(maxKeyText); err != nil {
			return err
		}
	}
	k, err := c.app.Org.AddKey(c.ctx, c.by, text)
	if err != nil {
		return err
	}
	return c.done(keyJSON(k), "cli.key_added", "fingerprint", k.Fingerprint)
}

// addOffered keeps the key that the client offered at this log-in.
func (c *call) addOffered() error {
	if len(c.sess.Offered) == 0 {
		return fault.New(fault.NotFound, "cli.no_offered")
	}
	k, err := c.app.Org.AddOfferedKey(c.ctx, c.by, c.sess.Offered, c.by.Login+"@"+c.sess.Addr)
	if err != nil {
		return err
	}
	return c.done(keyJSON(k), "cli.key_added", "fingerprint", k.Fingerprint)
}

func removeKey(c *call, in input) error {
	if err := c.app.Org.RemoveKey(c.ctx, c.by, strings.Join(in.args, " ")); err != nil {
		return err
	}
	return c.done(object{"removed": true}, "cli.key_removed")
}

// reading --------------------------------------------------------------------

// The bounds of what is read from standard input.
const (
	maxKeyText = 64 << 10
	maxSecret  = 4 << 10
)

// read takes standard input to its end; a line of it on a terminal, where
// nobody thinks of ending it.
func (c *call) read(limit int64) (string, error) {
	if c.sess.PTY {
		c.prompt("cli.ask_key")
		lines, err := c.lines(1, limit)
		return strings.Join(lines, ""), err
	}
	type answer struct {
		text []byte
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		b, err := io.ReadAll(io.LimitReader(c.in, limit))
		done <- answer{b, err}
	}()
	select {
	case <-c.ctx.Done():
		return "", context.Cause(c.ctx)
	case a := <-done:
		return string(a.text), a.err
	}
}

// lines takes so many lines of standard input, fewer where it ends.
func (c *call) lines(n int, limit int64) ([]string, error) {
	done := make(chan []string, 1)
	go func() {
		var out []string
		r := bufio.NewScanner(io.LimitReader(c.in, limit))
		r.Buffer(nil, int(limit)+1)
		for len(out) < n && r.Scan() {
			out = append(out, strings.TrimSuffix(r.Text(), "\r"))
		}
		done <- out
	}()
	select {
	case <-c.ctx.Done():
		return nil, context.Cause(c.ctx)
	case out := <-done:
		return out, nil
	}
}

func (c *call) prompt(key string) {
	_, _ = c.err.WriteString(c.p.T(key))
	_ = c.err.Flush()
}

// quiet is standard input on a terminal that can stop echoing.
type quiet interface{ Echo(on bool) }

// hush stops the echo where the server can, and gives what starts it again.
// Where it cannot, the terminal is told to draw what is typed invisibly.
func (c *call) hush() (loud func()) {
	if q, ok := c.in.(quiet); ok {
		q.Echo(false)
		return func() { q.Echo(true) }
	}
	_, _ = c.err.WriteString(conceal)
	return func() { _, _ = c.err.WriteString(reveal) }
}

// Concealed text is drawn invisibly by terminals: the server echoes what is
// typed, and a password must not be seen.
const (
	conceal = "\x1b[8m"
	reveal  = "\x1b[28m"
)

// changePassword asks for the old password and the new one: two lines of
// standard input, or three questions on a terminal.
func changePassword(c *call, _ input) error {
	secrets, err := c.secrets()
	if err != nil {
		return err
	}
	if err := c.app.Org.ChangePassword(c.ctx, c.by, secrets[0], secrets[1]); err != nil {
		return err
	}
	return c.done(object{"changed": true}, "cli.password_changed")
}

func (c *call) secrets() ([]string, error) {
	if !c.sess.PTY {
		lines, err := c.lines(2, maxSecret)
		if err == nil && len(lines) < 2 {
			err = misuse("cli.password_lines")
		}
		return lines, err
	}
	all, err := c.askSecrets("cli.ask_old", "cli.ask_new", "cli.ask_again")
	switch {
	case err != nil:
		return nil, err
	case len(all) < 3:
		return nil, misuse("cli.password_lines")
	case all[1] != all[2]:
		return nil, fault.Field("password", "cli.password_differs")
	}
	return all[:2], nil
}

// askSecrets asks question after question; what is typed is not seen.
func (c *call) askSecrets(keys ...string) (out []string, err error) {
	in := bufio.NewReader(io.LimitReader(c.in, maxSecret))
	for _, key := range keys {
		_, _ = c.err.WriteString(c.p.T(key))
		loud := c.hush()
		_ = c.err.Flush()
		line, err := c.line1(in)
		loud()
		if err != nil {
			return out, err
		}
		if line == "" {
			return out, nil
		}
		out = append(out, strings.TrimRight(line, "\r\n"))
	}
	return out, nil
}

// line1 reads one line, with its end; "" at the end of input.
func (c *call) line1(in *bufio.Reader) (string, error) {
	done := make(chan string, 1)
	go func() {
		s, _ := in.ReadString('\n')
		done <- s
	}()
	select {
	case <-c.ctx.Done():
		return "", context.Cause(c.ctx)
	case s := <-done:
		return s, nil
	}
}
