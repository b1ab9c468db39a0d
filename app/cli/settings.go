package cli

import (
	"strings"

	"cohort/app/setting"
)

// settingCommands show and change what the administrator may set while the school
// runs.
func settingCommands() []command {
	may := right("change", setting.Resource)
	return []command{
		{path: "settings list", use: "[GROUP]", max: 1, may: may, run: listSettings, example: []string{"settings list", "settings list sales --json"}},
		{path: "settings get", use: "NAME", min: 1, max: 1, may: may, run: getSetting, example: []string{"settings get target_follow_ups"}},
		{path: "settings set", use: "NAME VALUE…", min: 1, max: -1, may: may, run: setSetting,
			example: []string{"settings set target_follow_ups 30", "settings set target_follow_ups < file"}},
		{path: "settings reset", use: "NAME", min: 1, max: 1, may: may, run: resetSetting, example: []string{"settings reset target_follow_ups"}},
	}
}

func listSettings(c *call, in input) error {
	list, err := c.app.Settings.Show(c.ctx, c.by)
	if err != nil {
		return err
	}
	out, rows := []object{}, [][]string{}
	for _, x := range list {
		if len(in.args) == 1 && x.Group != in.args[0] {
			continue
		}
		out = append(out, settingJSON(x))
		rows = append(rows, []string{x.Name, x.Say(c.p), c.p.T("setting." + x.Name)})
	}
	if c.json {
		return c.printJSON(out)
	}
	table(c.out, c.heads("setting", "value", "setting_about"), rows)
	return nil
}

// settingJSON has no value of a secret.
func settingJSON(x setting.Shown) object {
	o := object{"name": x.Name, "group": x.Group, "set": x.Set, "value": x.Value, "default": x.Default}
	if x.Kind == setting.Secret {
		o["value"], o["default"] = nil, nil
	}
	return o
}

func getSetting(c *call, in input) error {
	x, err := c.app.Settings.Get(c.ctx, c.by, in.args[0])
	if err != nil {
		return err
	}
	return c.sayOf(x)
}

func (c *call) sayOf(x setting.Shown) error {
	if c.json {
		return c.printJSON(settingJSON(x))
	}
	c.text(x.Name + " = " + x.Say(c.p))
	c.text(c.p.T("setting." + x.Name + ".about"))
	return nil
}

// setSetting takes the value from the command line or, so that a secret need not
// stand there, from standard input.
func setSetting(c *call, in input) error {
	x, err := c.app.Settings.Get(c.ctx, c.by, in.args[0])
	if err != nil {
		return err
	}
	text := strings.Join(in.args[1:], " ")
	if len(in.args) == 1 {
		if text, err = c.valueOf(x); err != nil {
			return err
		}
	}
	if err := c.app.Settings.Set(c.ctx, c.by, x.Name, text); err != nil {
		return err
	}
	if x, err = c.app.Settings.Get(c.ctx, c.by, x.Name); err != nil {
		return err
	}
	return c.sayOf(x)
}

func (c *call) valueOf(x setting.Shown) (string, error) {
	if c.sess.PTY && x.Kind == setting.Secret {
		all, err := c.askSecrets("cli.settings.ask")
		return strings.Join(all, ""), err
	}
	if c.sess.PTY {
		c.prompt("cli.settings.ask")
	}
	lines, err := c.lines(1, maxSecret)
	if err == nil && len(lines) == 0 {
		err = misuse("cli.settings.no_value", "name", x.Name)
	}
	return strings.Join(lines, ""), err
}

func resetSetting(c *call, in input) error {
	if err := c.app.Settings.Reset(c.ctx, c.by, in.args[0]); err != nil {
		return err
	}
	return getSetting(c, in)
}
