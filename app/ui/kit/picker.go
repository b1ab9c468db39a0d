package kit

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cohort/app/grams"
	"cohort/app/i18n"
	"cohort/app/ui/kit/input"
)

// Option is one thing to choose.
type Option struct {
	Value string // stable: "baidu", "42"
	Label string // what is read
	Note  string // muted, beside it
	Also  string // what else it is found by, shown nowhere
	Off   error  // why it cannot be chosen now; nil if it can
}

// Picker is a dialog to choose one of some options, or several. Typing narrows
// the options: locally, or by Search, where the newest answer counts.
type Picker struct {
	Name    string // message key of the title
	Args    []any
	Options []Option
	Search  func(ctx context.Context, text string) ([]Option, error)
	Many    bool     // several: what is chosen stands in a pane of its own
	Chosen  []Option // marked at first
	Ordered bool     // of several: their order counts, and can be changed
	Usual   []Option // of several: what ctrl+r chooses; nil: no such key
	// Extra gives actions on the highlighted option, beside choosing it; their
	// keys must not be letters.
	Extra func(o Option) []Action
	Empty string // message key shown when nothing matches; "" for a general one
	// New, when given, is offered as a last line "+ new": it gets what was typed.
	New      func(typed string) Cmd
	NewLabel string // message key of that line
	NewArgs  []any
	// Then gets what was chosen, in the name of the screen that opened the dialog.
	Then func([]Option) Cmd

	ask    func(typed string) ([]Option, bool) // instead of narrowing, where it says so; nil: never
	first  string                              // typed before the dialog opened
	line   *input.Line
	shown  []Option
	at     int
	asking bool
	late   func() Cmd // what was pressed before the answer to what was typed had come
	err    error
	right  bool // the pane of what is chosen has the keys
	picked int  // highlighted there
}

// Choose is a Picker of one among fixed options.
func Choose(title string, options []Option, then func(Option) Cmd) Cmd {
	return Show(&Picker{Name: title, Options: options, Then: func(o []Option) Cmd { return then(o[0]) }})
}

// Title is Screen's.
func (k *Picker) Title(p i18n.Printer) string { return p.T(k.Name, k.Args...) }

// Init is Screen's.
func (k *Picker) Init() Cmd {
	k.line = input.NewLine(100)
	k.line.Set(k.first)
	k.shown = Fuzzy(k.first, k.Options)
	if !k.Many && len(k.Chosen) == 1 {
		for i, o := range k.shown {
			if o.Value == k.Chosen[0].Value {
				k.at = i
			}
		}
	}
	if k.Search != nil {
		return k.search(0)
	}
	return nil
}

// Typing is Screen's.
func (k *Picker) Typing() bool { return true }

// Update is Screen's.
func (k *Picker) Update(msg tea.Msg) Cmd {
	if k.line == nil || !k.line.Update(msg) {
		return nil
	}
	k.at, k.right, k.late = 0, false, nil
	if k.ask != nil {
		if list, asked := k.ask(k.line.Value()); asked {
			k.shown = list
			return nil
		}
	}
	if k.Search != nil {
		return k.search(100 * time.Millisecond)
	}
	k.shown = Fuzzy(k.line.Value(), k.Options)
	return nil
}

func (k *Picker) search(wait time.Duration) Cmd {
	text := k.line.Value()
	k.asking = true
	return Work[[]Option]{Name: "search", Wait: wait,
		Do: func(ctx context.Context) ([]Option, error) { return k.Search(ctx, text) },
		Then: func(list []Option, err error) Cmd {
			k.asking, k.err = false, err
			if err == nil {
				k.shown, k.at = list, max(0, min(k.at, len(list)-1))
			}
			return k.caughtUp()
		}}.Cmd()
}

// caughtUp does what was pressed while the answer was on its way: it was meant for
// what was typed, not for what still stood there.
func (k *Picker) caughtUp() Cmd {
	late := k.late
	k.late = nil
	if late == nil || k.err != nil {
		return nil
	}
	return late()
}

// rows is the number of lines to choose from, with "+ new".
func (k *Picker) rows() int {
	n := len(k.shown)
	if k.New != nil {
		n++
	}
	return n
}

// Actions is Screen's.
func (k *Picker) Actions() []Action {
	if k.right {
		return k.rightActions()
	}
	to := func(i int) func() Cmd {
		return func() Cmd { k.at = max(0, min(i, k.rows()-1)); return nil }
	}
	list := []Action{
		{ID: "kit.choose", Keys: []string{"enter"}, Weight: 6, Run: k.enter},
		{ID: "kit.up", Keys: []string{"up", "ctrl+p", "shift+tab"}, Weight: -1, Run: to(k.at - 1)},
		{ID: "kit.down", Keys: []string{"down", "ctrl+n"}, Weight: -1, Run: to(k.at + 1)},
		{ID: "kit.page_up", Keys: []string{"pgup"}, Weight: -1, Run: to(k.at - 10)},
		{ID: "kit.page_down", Keys: []string{"pgdown"}, Weight: -1, Run: to(k.at + 10)},
		{ID: "kit.cancel", Keys: []string{"esc"}, Weight: 3, Run: func() Cmd { return Close() }},
	}
	if k.Many {
		list[0].ID = "kit.take"
		list = append(list, Action{ID: "kit.mark", Keys: []string{"tab", "ctrl+t"}, Weight: 5, Run: k.mark})
		list = append(list, k.manyActions()...)
	}
	if k.Extra != nil && k.at < len(k.shown) {
		list = append(list, k.Extra(k.shown[k.at])...)
	}
	return list
}

// enter chooses what is highlighted; of several, what is marked, or what was
// typed for where nothing is.
func (k *Picker) enter() Cmd {
	switch {
	case k.asking:
		k.late = k.enter
		return nil
	case k.New != nil && k.at == len(k.shown):
		typed := k.line.Value()
		return Close(after(func() Cmd { return k.New(typed) }))
	case k.Many && (len(k.Chosen) > 0 || k.line.Value() == "" || k.at >= len(k.shown)):
		return k.take(k.Chosen)
	case k.at >= len(k.shown):
		return nil
	}
	o := k.shown[k.at]
	if o.Off != nil {
		return Fail(o.Off)
	}
	return k.take([]Option{o})
}

func (k *Picker) take(list []Option) Cmd {
	return Close(after(func() Cmd {
		if k.Then == nil {
			return nil
		}
		return k.Then(list)
	}))
}

// mark takes or leaves the highlighted option among several.
func (k *Picker) mark() Cmd {
	if k.asking {
		k.late = k.mark
		return nil
	}
	if k.at >= len(k.shown) {
		return nil
	}
	o := k.shown[k.at]
	if o.Off != nil {
		return Fail(o.Off)
	}
	if i := indexOf(k.Chosen, o.Value); i >= 0 {
		k.Chosen = append(append([]Option(nil), k.Chosen[:i]...), k.Chosen[i+1:]...)
	} else {
		k.Chosen = append(append([]Option(nil), k.Chosen...), o)
	}
	if k.at < len(k.shown)-1 {
		k.at++
	}
	return nil
}

func indexOf(list []Option, value string) int {
	for i, o := range list {
		if o.Value == value {
			return i
		}
	}
	return -1
}

// Fuzzy keeps the options whose label or note holds the letters of text in
// order, the best first: what begins with it, then what contains it. Chinese is
// found as it is said, too: 客户 by kehu and kh.
func Fuzzy(text string, list []Option) []Option {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return list
	}
	var ranks [4][]Option
	sound := grams.Sound(text)
	for _, o := range list {
		s := strings.ToLower(o.Label)
		switch {
		case strings.HasPrefix(s, text):
			ranks[0] = append(ranks[0], o)
		case strings.Contains(s, text):
			ranks[1] = append(ranks[1], o)
		case strings.Contains(strings.ToLower(o.Note+" "+o.Value+" "+o.Also), text) || sounds(o.Label, sound):
			ranks[2] = append(ranks[2], o)
		case inOrder(s, text):
			ranks[3] = append(ranks[3], o)
		}
	}
	var out []Option
	for _, r := range ranks {
		out = append(out, r...)
	}
	return out
}

// sounds says whether words are said in a way that begins so; "" begins none.
func sounds(label, sound string) bool {
	return sound != "" && slices.ContainsFunc(grams.Sounds(label), func(s string) bool { return strings.HasPrefix(s, sound) })
}

// inOrder says whether all letters of want come in s in this order.
func inOrder(s, want string) bool {
	rest := []rune(want)
	for _, c := range s {
		if len(rest) > 0 && c == rest[0] {
			rest = rest[1:]
		}
	}
	return len(rest) == 0
}
