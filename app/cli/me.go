package cli

import (
	"strconv"
	"strings"

	"cohort/app/i18n"
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

func whoami(c *call, _ input) error {
	if c.by.Enrollment != 0 {
		return c.whoamiApplicant()
	}
	roles := []string{}
	for _, r := range c.by.Rights.Roles {
		roles = append(roles, r.Name)
	}
	me := object{"login": c.by.Login, "name": c.by.Name, "roles": roles, "language": c.p.Lang, "must_change": c.mustChange(), "keys": nil, "unread": nil}
	list := [][2]string{
		{c.p.T("field.login"), c.by.Login}, {c.p.T("field.name"), c.by.Name}, {c.p.T("field.roles"), c.p.Value(c.roleWords(roles))},
		{c.p.T("field.lang"), c.p.T("lang." + string(c.p.Lang))},
	}
	if !c.by.Rights.Barred() {
		keys, unread, err := c.counts()
		if err != nil {
			return err
		}
		me["keys"], me["unread"] = keys, unread
		list = append(list, [2]string{c.p.T("cli.head.keys"), number(int64(keys))}, [2]string{c.p.T("cli.head.unread"), number(int64(unread))})
	}
	if c.json {
		return c.printJSON(me)
	}
	pairs(c.out, list)
	switch {
	case c.by.Rights.Activating:
		c.say("cli.must_activate")
	case c.mustChange():
		c.say("cli.must_change", "login", c.by.Login)
	case c.by.Rights.MustEnroll:
		c.say("cli.must_enroll", "login", c.by.Login)
	}
	return nil
}

// counts gives how many keys one has, and how many unread notifications.
func (c *call) counts() (keys, unread int, err error) {
	list, err := c.app.Org.Keys(c.ctx, c.by, 0)
	if err != nil {
		return 0, 0, err
	}
	unread, err = c.app.Notify.Unread(c.ctx, c.by)
	return len(list), unread, err
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
