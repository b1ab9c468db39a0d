package cli

import (
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/spf13/pflag"

	"cohort/app/fault"
)

// flagSet makes the flags of a command.
func (c *call) flagSet(cmd command) *pflag.FlagSet {
	fs := pflag.NewFlagSet(cmd.path, pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.SortFlags = false
	fs.Usage = func() {}
	fs.SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		return pflag.NormalizedName(strings.ReplaceAll(name, "_", "-"))
	})
	f := flags{fs, c.p}
	if cmd.flags != nil {
		cmd.flags(c, f)
	}
	fs.BoolVar(&c.json, "json", c.json, f.words("json"))
	fs.BoolP("help", "h", false, f.words("help"))
	return fs
}

// parse reads the arguments of a command.
func (c *call) parse(cmd command, args []string) (input, error) {
	fs := c.flagSet(cmd)
	line, err := tidy(fs, cmd, args)
	if err == nil {
		err = flagFault(fs.Parse(line))
	}
	if err == nil {
		err = complete(fs, cmd)
	}
	return input{fs, fs.Args()}, aboutUse(cmd, err)
}

// complete checks that all is there that must be given, and no more.
func complete(fs *pflag.FlagSet, cmd command) error {
	n := fs.NArg()
	switch {
	case n < cmd.min:
		return misuse("cli.too_few", "usage", cmd.usage())
	case cmd.max >= 0 && n > cmd.max:
		return misuse("cli.too_many", "text", short(fs.Arg(cmd.max)), "usage", cmd.usage())
	}
	for _, name := range cmd.required {
		if !fs.Changed(name) {
			return misuse("cli.flag_missing", "flag", "--"+name)
		}
	}
	return nil
}

// usage is the command with its arguments.
func (cmd command) usage() string { return strings.TrimSpace(cmd.path + " " + cmd.use) }

// flagFault turns a complaint of the flag library into words. Its own text is
// never shown: it names types of the program.
func flagFault(err error) error {
	var unknown *pflag.NotExistError
	var value *pflag.InvalidValueError
	var syntax *pflag.InvalidSyntaxError
	var missing *pflag.ValueRequiredError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &unknown):
		name := "--" + unknown.GetSpecifiedName()
		if s := unknown.GetSpecifiedShortnames(); s != "" {
			name = "-" + s
		}
		return misuse("cli.flag_unknown", "flag", short(name))
	case errors.As(err, &value):
		return misuse("cli.flag_value", "flag", "--"+value.GetFlag().Name, "value", short(value.GetValue()))
	case errors.As(err, &syntax):
		return misuse("cli.flag_unknown", "flag", short(syntax.GetSpecifiedFlag()))
	case errors.As(err, &missing):
		return valueMissing(missing.GetSpecifiedName())
	}
	return &usageError{fault: fault.New(fault.Invalid, "cli.flag_unreadable")}
}

func valueMissing(name string) error { return misuse("cli.flag_empty", "flag", "--"+short(name)) }

// negated is a condition turned round, "-tag:vip", which is no flag. Input
// methods type the full-width colon.
var negated = regexp.MustCompile("^-[a-z_]+[:\uff1a]")

// word is one word of a command line as it is meant.
type word struct {
	text string
	flag bool // a flag, or the value of one
	tail bool // directly behind the value of a flag that takes text
}

// tidy brings a command line into the order flags, "--", arguments.
//
// ssh takes the quotes off before a line travels: --note 'will call back'
// arrives as --note will call back. So where a command is given more arguments
// than it takes, words behind a flag's value belong to that value.
func tidy(fs *pflag.FlagSet, cmd command, args []string) ([]string, error) {
	words, err := sort(fs, cmd, args)
	if err != nil {
		return nil, err
	}
	if n := count(words); cmd.max >= 0 && n > cmd.max || cmd.said {
		words = fold(words)
	}
	var line, rest []string
	for _, w := range words {
		if w.flag {
			line = append(line, w.text)
		} else {
			rest = append(rest, w.text)
		}
	}
	return append(append(line, "--"), rest...), nil
}

func count(words []word) (n int) {
	for _, w := range words {
		if !w.flag {
			n++
		}
	}
	return n
}

// sort tells flags and their values from arguments.
func sort(fs *pflag.FlagSet, cmd command, args []string) (words []word, err error) {
	behind := false // what stands before is the value of a flag, or its tail
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "--":
			for _, rest := range args[i+1:] {
				words = append(words, word{text: rest})
			}
			return words, nil
		case len(a) < 2 || a[0] != '-' || cmd.query && negated.MatchString(a):
			words = append(words, word{text: a, tail: behind && !(cmd.query && strings.ContainsAny(a, ":\uff1a"))})
		case !takesValue(fs, a):
			words, behind = append(words, word{text: a, flag: true}), false
		case strings.Contains(a, "="):
			words, behind = append(words, word{text: a, flag: true}), true
		case i+1 == len(args) || isFlag(fs, args[i+1]):
			return nil, valueMissing(strings.TrimLeft(a, "-"))
		default:
			i++
			words, behind = append(words, word{text: a + "=" + args[i], flag: true}), true
		}
	}
	return words, nil
}

// takesValue says whether a word is a flag that has a value.
func takesValue(fs *pflag.FlagSet, a string) bool {
	name, long := strings.CutPrefix(a, "--")
	if !long {
		return false
	}
	name, _, _ = strings.Cut(name, "=")
	f := lookup(fs, name)
	return f != nil && f.NoOptDefVal == ""
}

func isFlag(fs *pflag.FlagSet, a string) bool {
	name, long := strings.CutPrefix(a, "--")
	name, _, _ = strings.Cut(name, "=")
	return long && lookup(fs, name) != nil
}

func lookup(fs *pflag.FlagSet, name string) *pflag.Flag {
	if name == "" {
		return nil
	}
	return fs.Lookup(name)
}

// fold joins words to the value of the flag before them.
func fold(words []word) []word {
	var out []word
	for _, w := range words {
		if w.tail && len(out) > 0 && out[len(out)-1].flag {
			out[len(out)-1].text += " " + w.text
			continue
		}
		out = append(out, w)
	}
	return out
}
