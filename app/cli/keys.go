package cli

import (
	"strings"

	"cohort/app/fault"
	"cohort/app/org"
)

// keyCommands are about the keys that open one's account.
func keyCommands() []command {
	return []command{
		{path: "keys list", may: (*call).person, flags: func(_ *call, f flags) { f.text("account", "LOGIN") }, run: listKeys},
		{path: "keys add", use: "[KEY]", max: -1, may: (*call).person, flags: func(_ *call, f flags) { f.flag("offered") }, run: addKey,
			example: []string{"keys add < ~/.ssh/id_ed25519.pub"}},
		{path: "keys rm", use: "ID|FINGERPRINT|COMMENT", min: 1, max: -1, may: (*call).person, run: removeKey},
	}
}

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
