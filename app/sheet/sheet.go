// Package sheet reads and writes tables as people have them: CSV as the programs
// of Windows, macOS and Linux save it, and XLSX. What it reads comes from
// strangers, so everything is bounded; what it writes is opened by strangers'
// programs, so that nothing in it is a formula.
package sheet

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"cohort/app/fault"
)

// The bounds of what is read.
const (
	MaxFile    = 50 << 20  // bytes of a file
	MaxColumns = 300       // cells of a row
	MaxCell    = 400 << 10 // bytes of a cell
	MaxRow     = 2 << 20   // bytes of a row
	maxUnpack  = 400 << 20 // bytes of an XLSX file when unpacked
	maxParts   = 2000      // files inside an XLSX file
)

// The formats.
const (
	CSV  = "csv"
	XLSX = "xlsx"
)

// Options say how a file is to be read. What is left empty is guessed.
type Options struct {
	Format    string // csv, xlsx
	Encoding  string // of CSV: one of Encodings
	Delimiter string // of CSV: one of Delimiters
	Sheet     string // of XLSX; guessed: the first
}

// Delimiters are what may stand between the cells of CSV.
var Delimiters = []string{",", ";", "\t"}

// Row is one row with something in it.
type Row struct {
	Line  int // where it stands in the file, counted from 1
	Cells []string
}

// Reader gives the rows of a file from the top, the headings first. Close it.
type Reader struct {
	used  Options
	next  func() (Row, error)
	close func() error
}

// Options says how the file is read, with what was guessed.
func (r *Reader) Options() Options { return r.used }

// Close lets go of the file.
func (r *Reader) Close() error { return r.close() }

// Next gives the next row that is not empty, io.EOF behind the last. Its cells
// have no blanks at their ends. The row is good until the next call.
func (r *Reader) Next() (row Row, err error) {
	defer broken(&err)
	for {
		row, err = r.next()
		if err != nil {
			return Row{}, err
		}
		if len(row.Cells) > MaxColumns {
			return Row{}, fault.New(fault.Invalid, "sheet.too_wide", "line", row.Line, "max", MaxColumns)
		}
		empty := true
		for i, c := range row.Cells {
			if len(c) > MaxCell {
				return Row{}, fault.New(fault.Invalid, "sheet.long_cell", "line", row.Line, "max", MaxCell>>10)
			}
			row.Cells[i] = strings.Trim(c, " \u3000\u00a0")
			empty = empty && row.Cells[i] == ""
		}
		if !empty {
			return row, nil
		}
	}
}

// broken makes a fault of a panic: the libraries were not written for files of
// strangers.
func broken(err *error) {
	if p := recover(); p != nil {
		*err = fault.New(fault.Invalid, "sheet.broken").Because(fmt.Errorf("panic: %v", p))
	}
}

// Open begins to read a file of so many bytes.
func Open(file io.ReaderAt, size int64, o Options) (r *Reader, err error) {
	defer broken(&err)
	if size > MaxFile {
		return nil, fault.New(fault.TooMany, "sheet.too_large", "max", MaxFile>>20)
	}
	if o.Format == "" {
		o.Format = guessFormat(file)
	}
	switch o.Format {
	case XLSX:
		return openXLSX(file, size, o)
	case CSV:
		return openCSV(file, size, o)
	}
	return nil, fault.New(fault.Invalid, "sheet.bad_format")
}

// guessFormat tells a ZIP archive, which XLSX is, from text.
func guessFormat(file io.ReaderAt) string {
	head := make([]byte, 4)
	if n, _ := file.ReadAt(head, 0); bytes.Equal(head[:n], []byte("PK\x03\x04")) {
		return XLSX
	}
	return CSV
}
