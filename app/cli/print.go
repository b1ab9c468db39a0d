package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// printJSON writes one value, indented only by nothing: one line, for jq and
// scripts.
func (c *call) printJSON(v any) error {
	enc := json.NewEncoder(c.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// say prints one line of words.
func (c *call) say(key string, args ...any) {
	_, _ = fmt.Fprintln(c.out, c.p.T(key, args...))
}

// done prints v as JSON where asked for, else the words.
func (c *call) done(v any, key string, args ...any) error {
	if c.json {
		return c.printJSON(v)
	}
	c.say(key, args...)
	return nil
}

// table prints aligned columns, by cells, so that Chinese lines up.
func table(out io.Writer, head []string, rows [][]string) {
	widths := make([]int, len(head))
	for _, r := range append([][]string{head}, rows...) {
		for i, s := range r {
			widths[i] = max(widths[i], ansi.StringWidth(s))
		}
	}
	line := func(r []string) {
		var b strings.Builder
		for i, s := range r {
			b.WriteString(s)
			if i < len(r)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-ansi.StringWidth(s)+2))
			}
		}
		_, _ = fmt.Fprintln(out, strings.TrimRight(b.String(), " "))
	}
	line(head)
	for _, r := range rows {
		line(r)
	}
}

// pairs prints label and value lines, aligned; a value of several lines is
// indented.
func pairs(out io.Writer, list [][2]string) {
	w := 0
	for _, kv := range list {
		w = max(w, ansi.StringWidth(kv[0]))
	}
	for _, kv := range list {
		pad := strings.Repeat(" ", w-ansi.StringWidth(kv[0])+2)
		value := strings.ReplaceAll(kv[1], "\n", "\n"+strings.Repeat(" ", w+2))
		_, _ = fmt.Fprintln(out, strings.TrimRight(kv[0]+pad+value, " "))
	}
}
