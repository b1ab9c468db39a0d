package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"cohort/app/clean"
)

// output gathers small writes, and goes quiet once the reader has gone.
type output struct{ *bufio.Writer }

func newOutput(w io.Writer) *output { return &output{bufio.NewWriterSize(w, 8<<10)} }

// printJSON writes one value on one line, for jq and scripts.
func (c *call) printJSON(v any) error {
	enc := json.NewEncoder(inert{c.out})
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		var wrong *json.UnsupportedValueError
		if errors.As(err, &wrong) {
			return err
		}
	}
	return nil // the reader has gone: Flush tells
}

// inert makes JSON that no terminal obeys.
type inert struct{ w io.Writer }

// Write gets whole JSON values from the encoder.
func (i inert) Write(p []byte) (int, error) {
	_, err := i.w.Write(clean.JSON(p))
	return len(p), err
}

// say prints one line of words.
func (c *call) say(key string, args ...any) { c.text(c.p.T(key, args...)) }

// text prints what may hold words of people: drawn defensively, though stored
// text is clean.
func (c *call) text(s string) { c.line(c.out, clean.Text(s)) }

// done prints v as JSON where asked for, else the words.
func (c *call) done(v any, key string, args ...any) error {
	if c.json {
		return c.printJSON(v)
	}
	c.say(key, args...)
	return nil
}

// object is a JSON object.
type object = map[string]any

// stamp is a time as JSON shows it: RFC 3339 in UTC, or null.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

// moment is a time as plain text shows it.
func (c *call) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return c.p.DateTime(t)
}

// table prints aligned columns, by cells, so that Chinese lines up. Every cell is one line, whoever wrote it.
func table(out io.Writer, head []string, rows [][]string) {
	for _, r := range rows {
		for i := range r {
			r[i] = clean.Line(r[i])
		}
	}
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
func pairs(out io.Writer, list [][2]string) { wrappedPairs(out, list, 0) }

// wrappedPairs does so within so many cells; 0 is without an end.
func wrappedPairs(out io.Writer, list [][2]string, cells int) {
	w := 0
	for _, kv := range list {
		w = max(w, ansi.StringWidth(kv[0]))
	}
	for _, kv := range list {
		value := clean.Text(kv[1])
		if cells > 0 {
			value = ansi.Wrap(value, max(20, cells-w-2), "")
		}
		pad := strings.Repeat(" ", w-ansi.StringWidth(kv[0])+2)
		value = strings.ReplaceAll(value, "\n", "\n"+strings.Repeat(" ", w+2))
		_, _ = fmt.Fprintln(out, strings.TrimRight(kv[0]+pad+value, " "))
	}
}

// oneLine fits a value into a cell of a table.
func oneLine(s string) string {
	return ansi.Truncate(clean.Line(s), 40, "..")
}

// cells is how wide a text is drawn.
func cells(s string) int { return ansi.StringWidth(s) }
