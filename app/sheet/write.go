package sheet

import (
	"encoding/csv"
	"io"
	"strconv"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"cohort/app/clean"
	"cohort/app/fault"
)

// Cell is a value to be written. A number stays one in XLSX.
type Cell struct {
	Text   string
	Number bool
}

// Writer takes the rows of a table, the headings first. Without Close the file
// is not whole.
type Writer interface {
	Row(cells []Cell) error
	Close() error
	Drop() // lets go without the rest, in place of Close
}

// NewCSV writes CSV in UTF-8. With a byte order mark, Excel takes it for that.
func NewCSV(w io.Writer, mark bool) (Writer, error) {
	if mark {
		if _, err := w.Write(marks[UTF8]); err != nil {
			return nil, err
		}
	}
	return &csvWriter{out: csv.NewWriter(w)}, nil
}

type csvWriter struct {
	out  *csv.Writer
	line []string
}

func (c *csvWriter) Row(cells []Cell) error {
	c.line = c.line[:0]
	for _, x := range cells {
		c.line = append(c.line, x.safe())
	}
	return c.out.Write(c.line)
}

func (c *csvWriter) Close() error {
	c.out.Flush()
	return c.out.Error()
}

func (c *csvWriter) Drop() {}

// safe is the text that is written; a number needs no guard against formulas.
func (x Cell) safe() string {
	if _, err := strconv.ParseFloat(x.Text, 64); x.Number && err == nil {
		return x.Text
	}
	return Guard(clean.Safe(x.Text))
}

const (
	excelRows = 1_048_576 // of a sheet
	excelCell = 32_767    // UTF-16 units of a cell
)

// NewXLSX writes an XLSX file with one sheet, whose first row stays in sight.
// Rows go to a temporary file, so that memory stays flat.
func NewXLSX(w io.Writer) (Writer, error) {
	book := excelize.NewFile()
	stream, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		return nil, err
	}
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return nil, err
	}
	err = stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	return &xlsxWriter{out: w, book: book, stream: stream, bold: bold}, err
}

type xlsxWriter struct {
	out    io.Writer
	book   *excelize.File
	stream *excelize.StreamWriter
	bold   int
	n      int
}

func (x *xlsxWriter) Row(cells []Cell) error {
	if x.n++; x.n > excelRows {
		return fault.New(fault.TooMany, "sheet.xlsx_rows", "max", excelRows)
	}
	line := make([]any, len(cells))
	for i, c := range cells {
		v, err := c.value(x.n)
		if err != nil {
			return err
		}
		if line[i] = v; x.n == 1 {
			line[i] = excelize.Cell{StyleID: x.bold, Value: v}
		}
	}
	return x.stream.SetRow("A"+strconv.Itoa(x.n), line)
}

// value is a cell as the library takes it. It would cut a text that is too long.
func (x Cell) value(line int) (any, error) {
	if x.Text == "" {
		return nil, nil
	}
	if f, err := strconv.ParseFloat(x.Text, 64); x.Number && err == nil {
		return f, nil
	}
	text := Guard(clean.Safe(x.Text))
	if len(text) > excelCell && len(utf16.Encode([]rune(text))) > excelCell {
		return nil, fault.New(fault.Invalid, "sheet.xlsx_cell", "line", line, "max", excelCell)
	}
	return text, nil
}

// Drop removes what was kept for the file.
func (x *xlsxWriter) Drop() { _ = x.book.Close() }

// Close writes the file.
func (x *xlsxWriter) Close() error {
	defer x.Drop()
	if err := x.stream.Flush(); err != nil {
		return err
	}
	_, err := x.book.WriteTo(x.out)
	return err
}
