package sheet

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"cohort/app/fault"
)

// peek is how much of a text is looked at for its delimiter.
const peek = 8 << 10

var errLong = errors.New("sheet: a row without end")

// leash ends the reading of a row that does not end, such as one whose
// quotation mark is never closed.
type leash struct {
	r    io.Reader
	left int
}

func (l *leash) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errLong
	}
	n, err := l.r.Read(p)
	l.left -= n
	return n, err
}

func openCSV(file io.ReaderAt, size int64, o Options) (*Reader, error) {
	if o.Encoding == "" {
		name, err := guessEncoding(file, size)
		if err != nil {
			return nil, err
		}
		o.Encoding = name
	}
	text, err := decoded(file, size, o.Encoding)
	if err != nil {
		return nil, err
	}
	buffered := bufio.NewReaderSize(text, peek)
	head, err := buffered.Peek(peek)
	if err != nil && err != io.EOF {
		return nil, err
	}
	skip, told := toldDelimiter(string(head))
	if o.Delimiter == "" {
		if o.Delimiter = told; told == "" {
			o.Delimiter = guessDelimiter(string(head))
		}
	}
	if !strings.Contains(",;\t", o.Delimiter) || len(o.Delimiter) != 1 {
		return nil, fault.New(fault.Invalid, "sheet.bad_delimiter")
	}
	_, _ = buffered.Discard(skip)
	l := &leash{r: buffered}
	in := csv.NewReader(l)
	in.Comma, in.FieldsPerRecord, in.LazyQuotes, in.ReuseRecord = rune(o.Delimiter[0]), -1, true, true
	c := &csvRows{in: in, leash: l, o: o}
	if skip > 0 {
		c.before = 1
	}
	return &Reader{used: o, next: c.next, close: func() error { return nil }}, nil
}

// toldDelimiter reads the line "sep=;" by which programs tell it, and how long
// that line is.
func toldDelimiter(head string) (skip int, delimiter string) {
	line, _, found := strings.Cut(head, "\n")
	d, ok := strings.CutPrefix(strings.TrimRight(line, "\r"), "sep=")
	if !found || !ok || len(d) != 1 {
		return 0, ""
	}
	return len(line) + 1, d
}

// guessDelimiter takes what stands most often outside quotation marks in the
// first line; a comma where nothing does.
func guessDelimiter(head string) string {
	count, quoted := map[rune]int{}, false
	for _, r := range strings.TrimLeft(head, "\r\n") {
		if r == '"' {
			quoted = !quoted
		}
		if !quoted && (r == '\n' || r == '\r') {
			break
		}
		if !quoted {
			count[r]++
		}
	}
	best := ","
	for _, d := range Delimiters {
		if count[rune(d[0])] > count[rune(best[0])] {
			best = d
		}
	}
	return best
}

type csvRows struct {
	in     *csv.Reader
	leash  *leash
	o      Options
	before int // lines in front of what the library reads
}

func (c *csvRows) next() (Row, error) {
	c.leash.left = MaxRow
	cells, err := c.in.Read()
	switch {
	case errors.Is(err, io.EOF):
		return Row{}, io.EOF
	case errors.Is(err, errLong):
		return Row{}, fault.New(fault.Invalid, "sheet.long_row", "max", MaxRow>>20)
	case err != nil:
		return Row{}, fault.New(fault.Invalid, "sheet.broken").Because(err)
	}
	line, _ := c.in.FieldPos(0)
	row := Row{Line: line + c.before, Cells: cells}
	for _, cell := range cells {
		if !utf8.ValidString(cell) || c.o.Encoding != UTF8 && strings.ContainsRune(cell, utf8.RuneError) {
			return Row{}, fault.New(fault.Invalid, "sheet.bad_encoding", "line", row.Line, "encoding", c.o.Encoding)
		}
	}
	return row, nil
}
