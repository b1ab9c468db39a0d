package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// help prints what a command does, its commands and its flags, in the reader's
// language.
func (c *call) help(cmd *cobra.Command) {
	w := c.out
	if cmd.HasParent() {
		_, _ = fmt.Fprintln(w, cmd.Short)
		if long := cmd.Long; long != "" {
			_, _ = fmt.Fprintln(w, "\n"+long)
		}
		_, _ = fmt.Fprintf(w, "\n%s  %s\n", c.p.T("cli.usage"), cmd.UseLine())
	} else {
		_, _ = fmt.Fprintln(w, c.p.T("cli.intro"))
	}
	if cmd.HasAvailableSubCommands() {
		var list [][2]string
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				list = append(list, [2]string{"  " + strings.TrimPrefix(sub.Use, cmd.Use), sub.Short})
			}
		}
		_, _ = fmt.Fprintln(w, "\n"+c.p.T("cli.commands"))
		pairs(w, list)
	}
	c.flagHelp(cmd)
	if example := cmd.Example; example != "" {
		_, _ = fmt.Fprintln(w, "\n"+c.p.T("cli.examples")+"\n"+example)
	}
	_, _ = fmt.Fprintln(w)
}

func (c *call) flagHelp(cmd *cobra.Command) {
	var list [][2]string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name := "  --" + f.Name
		if f.Name == "help" {
			f.Usage = c.p.T("cli.flag.help")
		}
		if kind := f.Value.Type(); kind != "bool" {
			name += " " + strings.ToUpper(kind)
		}
		list = append(list, [2]string{name, f.Usage})
	})
	if len(list) > 0 {
		_, _ = fmt.Fprintln(c.out, "\n"+c.p.T("cli.flags"))
		pairs(c.out, list)
	}
}

// helpOn is "help COMMAND".
func (c *call) helpOn(root *cobra.Command, args []string) error {
	cmd, rest, err := root.Find(args)
	if err != nil || len(rest) > 0 {
		return misuse("cli.unknown", "command", strings.Join(args, " "))
	}
	cmd.InitDefaultHelpFlag()
	c.help(cmd)
	return nil
}
