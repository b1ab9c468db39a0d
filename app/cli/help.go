package cli

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/pflag"

	"cohort/app/i18n"
)

// helpWidth is how many cells a line of help takes at most.
const helpWidth = 100

// runHelp is "help [COMMAND]".
func runHelp(c *call, in input) error {
	if len(in.args) == 0 {
		return c.overview()
	}
	if cmd, rest, ok := c.find(in.args); ok && len(rest) == 0 {
		return c.helpOf(cmd)
	}
	if len(in.args) == 1 && c.isGroup(in.args[0]) {
		return c.groupHelp(in.args[0])
	}
	return c.unknown(in.args)
}

func runOpen(*call, input) error { return misuse("cli.open_terminal") }

// permitted lists the commands that the actor may use, those of one group where
// it is not "".
func (c *call) permitted(group string) (out []command) {
	for _, cmd := range c.all {
		if (group == "" || strings.HasPrefix(cmd.path, group+" ")) && c.allowed(cmd) == nil {
			out = append(out, cmd)
		}
	}
	return out
}

// overview prints all groups and single commands, one line each.
func (c *call) overview() error {
	c.line(c.out, c.p.T("cli.intro")+"\n\n"+c.p.T("cli.commands"))
	var list [][2]string
	at := map[string]int{}
	for _, cmd := range c.permitted("") {
		group, verb, ok := strings.Cut(cmd.path, " ")
		if !ok {
			list = append(list, [2]string{"  " + cmd.path, c.summary(cmd)})
			continue
		}
		i, seen := at[group]
		if !seen {
			i = len(list)
			at[group], list = i, append(list, [2]string{"  " + group, verb})
			continue
		}
		list[i][1] += "  " + verb
	}
	slices.SortStableFunc(list, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	wrappedPairs(c.out, list, helpWidth)
	c.line(c.out, "\n"+c.p.T("cli.overview_end"))
	return nil
}

// groupHelp prints the commands of a group.
func (c *call) groupHelp(group string) error {
	list := c.permitted(group)
	if len(list) == 0 {
		for _, cmd := range c.all {
			if strings.HasPrefix(cmd.path, group+" ") {
				return c.allowed(cmd)
			}
		}
	}
	var lines [][2]string
	for _, cmd := range list {
		lines = append(lines, [2]string{"  " + cmd.usage(), c.summary(cmd)})
	}
	c.line(c.out, c.p.T("cli.commands"))
	wrappedPairs(c.out, lines, helpWidth)
	c.line(c.out, "\n"+c.p.T("cli.see_help", "command", group+" "+strings.TrimPrefix(list[0].path, group+" ")))
	return nil
}

// helpOf prints what a command does, its arguments and flags, in the reader's
// language.
func (c *call) helpOf(cmd command) error {
	if err := c.allowed(cmd); err != nil {
		return err
	}
	parts := []string{c.summary(cmd)}
	if long := c.longWords(cmd); long != "" {
		parts = append(parts, ansi.Wrap(long, helpWidth, ""))
	}
	parts = append(parts, c.p.T("cli.usage")+"  ssh HOST "+cmd.usage())
	c.line(c.out, strings.Join(parts, "\n\n"))
	c.line(c.out, "\n"+c.p.T("cli.flags"))
	wrappedPairs(c.out, c.flagLines(cmd), helpWidth)
	if len(cmd.example) > 0 {
		c.line(c.out, "\n"+c.p.T("cli.examples"))
		for _, e := range cmd.example {
			c.line(c.out, "  ssh HOST "+e)
		}
	}
	return nil
}

func (c *call) longWords(cmd command) string {
	if cmd.long != nil {
		return cmd.long(c)
	}
	if key := wordsKey(cmd.path) + ".long"; i18n.Has(key) {
		return c.p.T(key)
	}
	return ""
}

func (c *call) flagLines(cmd command) (list [][2]string) {
	c.flagSet(cmd).VisitAll(func(f *pflag.Flag) {
		name := "  --" + f.Name
		if v := f.Annotations["value"]; len(v) > 0 {
			name += " " + v[0]
		}
		words := f.Usage
		if slices.Contains(cmd.required, f.Name) {
			words += " *"
		}
		list = append(list, [2]string{name, words})
	})
	return list
}
