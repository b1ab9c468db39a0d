package cli

import (
	"slices"
	"strings"

	"cohort/app/clean"
	"cohort/app/fault"
)

// command is one leaf of the tree: "customers list". It is a value; finding,
// help and the tests all read the one slice of them.
type command struct {
	path string // its words are cli.<path>, with dots
	use  string // its arguments as help shows them: "ID TAG…"

	min, max int      // how many arguments; max -1: any number
	query    bool     // its arguments are a query, conditions with a dash among them
	said     bool     // of its query, words behind the value of a flag belong to that value
	required []string // flags that must be given

	words   []any                  // arguments of its words
	key     string                 // the key of its words where it is not its path's
	may     func(c *call) error    // nil, or why the actor may not use it
	flags   func(c *call, f flags) // nil: none of its own
	long    func(c *call) string   // what help says besides; nil: cli.<path>.long, if there is any
	run     func(c *call, in input) error
	example []string // lines as one types them behind "ssh HOST"
}

// commands lists every command there is, whoever asks: what one may not use is
// absent from help, and refused with the reason when it is called all the same.
func (c *call) commands() []command {
	all := slices.Concat(
		c.recordCommands(),
		c.exportCommands(),
		c.importCommands(),
		customerCommands(), poolCommands(), mergeCommands(),
		followUpCommands(),
		callCommands(),
		enrollmentCommands(),
		applicantCommands(),
		studentCommands(),
		questionCommands(),
		lessonCommands(),
		attendanceCommands(),
		gradeCommands(),
		homeworkCommands(),
		scoreCommands(),
		paymentCommands(),
		homeCommands(),
		reportCommands(),
		surveyCommands(),
		accountCommands(),
		roleCommands(),
		grantCommands(),
		policyCommands(),
		invitationCommands(),
		handoverCommands(),
		keyCommands(),
		messageCommands(),
		tellingCommands(),
		undoCommands(),
		listCommands(),
		sessionCommands(),
		doorCommands(),
		privateCommands(),
		settingCommands(),
		totpCommands(),
		auditCommands(),
		myCommands(),
		backupCommands(),
	)
	return append(all, command{path: "help", use: "[COMMAND]", max: 2, run: runHelp, example: []string{"help customers list"}},
		command{path: "open", use: "[RECORD]", max: 1, may: (*call).anyone, run: runOpen, example: []string{"open customers/42"}})
}

// right asks for an action on a resource, on whichever rows.
func right(action, resource string) func(c *call) error {
	return func(c *call) error { return c.app.Engine.NeedAny(c.by, action, resource) }
}

// person admits accounts, not applicants.
func (c *call) person() error {
	if c.by.Account == 0 {
		return fault.New(fault.Forbidden, "cli.not_for_applicants")
	}
	return nil
}

// applicant admits who came in by an enrollment link.
func (c *call) applicant() error {
	if c.by.Enrollment == 0 {
		return fault.New(fault.Forbidden, "cli.only_for_applicants")
	}
	return nil
}

// anyone admits everybody who got in.
func (c *call) anyone() error { return nil }

// whileOneTime are the commands that work before a one-time password is
// changed.
var whileOneTime = []string{"password", "activate", "whoami", "help"}

// whileActivating are those that work before an activation address is used.
var whileActivating = []string{"activate", "whoami", "help"}

// whileEnrolling are those that work while a role wants a second factor that is
// not there yet.
var whileEnrolling = []string{"totp status", "totp on", "totp confirm", "password", "whoami", "help"}

// allowed says why the actor may not use a command.
func (c *call) allowed(cmd command) error {
	if c.mustChange() && c.by.Rights.Activating && !slices.Contains(whileActivating, cmd.path) {
		return fault.New(fault.Forbidden, "cli.must_activate")
	}
	if c.mustChange() && !slices.Contains(whileOneTime, cmd.path) {
		return fault.New(fault.Forbidden, "cli.must_change", "login", c.by.Login)
	}
	if c.by.Rights != nil && c.by.Rights.MustEnroll && !slices.Contains(whileEnrolling, cmd.path) {
		return fault.New(fault.Forbidden, "cli.must_enroll", "login", c.by.Login)
	}
	if cmd.may == nil {
		return nil
	}
	return cmd.may(c)
}

func (c *call) mustChange() bool { return c.by.Rights != nil && c.by.Rights.MustChange }

// find gives the command that the first words name, and the other words.
func (c *call) find(args []string) (command, []string, bool) {
	for n := min(2, len(args)); n > 0; n-- {
		path := strings.Join(args[:n], " ")
		if i := slices.IndexFunc(c.all, func(x command) bool { return x.path == path }); i >= 0 {
			return c.all[i], args[n:], true
		}
	}
	return command{}, nil, false
}

// isGroup says whether commands begin with this word.
func (c *call) isGroup(word string) bool {
	return slices.ContainsFunc(c.all, func(x command) bool { return strings.HasPrefix(x.path, word+" ") })
}

// dispatch finds the command and runs it.
func (c *call) dispatch(args []string) error {
	args, help := c.leadingFlags(args)
	if len(args) == 0 {
		return c.overview()
	}
	cmd, rest, ok := c.find(args)
	switch {
	case ok && (help || wantsHelp(rest)):
		return c.helpOf(cmd)
	case ok:
		return c.execute(cmd, rest)
	case c.isGroup(args[0]) && (len(args) == 1 || strings.HasPrefix(args[1], "-")):
		return c.groupHelp(args[0])
	}
	return c.unknown(args)
}

// leadingFlags takes the flags that stand before the command.
func (c *call) leadingFlags(args []string) (rest []string, help bool) {
	for len(args) > 0 {
		switch args[0] {
		case "--json":
			c.json = true
		case "--help", "-h":
			help = true
		default:
			return args, help
		}
		args = args[1:]
	}
	return args, help
}

func wantsHelp(args []string) bool {
	for _, a := range args {
		switch a {
		case "--help", "-h":
			return true
		case "--":
			return false
		}
	}
	return false
}

// execute reads the arguments of a command and runs it.
func (c *call) execute(cmd command, args []string) error {
	c.path = cmd.path
	if err := c.allowed(cmd); err != nil {
		return err
	}
	in, err := c.parse(cmd, args)
	if err != nil {
		return err
	}
	if err := cmd.run(c, in); err != nil {
		return aboutUse(cmd, err)
	}
	return nil
}

// aboutUse names the command in a usage error that came out of it.
func aboutUse(cmd command, err error) error {
	if u, ok := err.(*usageError); ok && u.see == "" {
		return &usageError{u.fault, cmd.path}
	}
	return err
}

// unknown says that there is no such command, and which one may be meant.
func (c *call) unknown(args []string) error {
	word := args[0]
	if c.isGroup(word) && len(args) > 1 {
		word += " " + args[1]
	}
	if near := c.nearest(word); near != "" {
		return misuse("cli.unknown_near", "command", short(word), "near", near)
	}
	return misuse("cli.unknown", "command", short(word))
}

// nearest finds the permitted command that is at most two typing errors away.
func (c *call) nearest(word string) string {
	best, at := "", 3
	for _, cmd := range c.all {
		if c.allowed(cmd) != nil {
			continue
		}
		for _, name := range []string{cmd.path, strings.Fields(cmd.path)[0]} {
			if d := distance(word, name); d < at {
				best, at = name, d
			}
		}
	}
	return best
}

// distance counts the typing errors between two words: letters too many, too
// few or wrong.
func distance(a, b string) int {
	if len(a) > 40 || len(b) > 40 {
		return 40
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost = 1 + min(last, row[j], row[j+1])
			}
			last, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

// short keeps a message on one line, whatever was typed.
func short(s string) string {
	s = clean.Line(s)
	if r := []rune(s); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return s
}

// summary says what a command does, in one line.
func (c *call) summary(cmd command) string {
	key := cmd.key
	if key == "" {
		key = wordsKey(cmd.path)
	}
	return c.p.T(key, cmd.words...)
}

// wordsKey is the key of a command's words.
func wordsKey(path string) string {
	return "cli." + strings.NewReplacer(" ", ".", "-", "_").Replace(path)
}
