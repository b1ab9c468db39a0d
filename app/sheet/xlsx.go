package sheet

import (
	"archive/zip"
	"io"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"cohort/app/fault"
)

// checkParts refuses archives that unpack into far more than they are. The
// library for ZIP refuses a part that is larger than it says.
func checkParts(file io.ReaderAt, size int64) error {
	z, err := zip.NewReader(file, size)
	if err != nil {
		return fault.New(fault.Invalid, "sheet.broken").Because(err)
	}
	total := uint64(0)
	for _, f := range z.File {
		if total += f.UncompressedSize64; f.UncompressedSize64 > maxUnpack || total > maxUnpack {
			return fault.New(fault.TooMany, "sheet.bomb")
		}
	}
	if len(z.File) > maxParts {
		return fault.New(fault.TooMany, "sheet.bomb")
	}
	return nil
}

func openXLSX(file io.ReaderAt, size int64, o Options) (*Reader, error) {
	if err := checkParts(file, size); err != nil {
		return nil, err
	}
	book, err := excelize.OpenReader(io.NewSectionReader(file, 0, size), excelize.Options{
		UnzipSizeLimit: maxUnpack, UnzipXMLSizeLimit: 8 << 20, ShortDatePattern: "yyyy-mm-dd", LongDatePattern: "yyyy-mm-dd"})
	if err != nil {
		return nil, fault.New(fault.Invalid, "sheet.broken").Because(err)
	}
	if o.Sheet == "" {
		o.Sheet = first(book.GetSheetList())
	}
	rows, err := book.Rows(o.Sheet)
	if err != nil {
		_ = book.Close()
		return nil, fault.New(fault.Invalid, "sheet.no_sheet", "sheet", o.Sheet)
	}
	x := &xlsxRows{rows: rows}
	return &Reader{used: o, next: x.next, close: func() error {
		_ = rows.Close()
		return book.Close()
	}}, nil
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

type xlsxRows struct {
	rows *excelize.Rows
	line int
}

func (x *xlsxRows) next() (Row, error) {
	if !x.rows.Next() {
		if err := x.rows.Error(); err != nil {
			return Row{}, fault.New(fault.Invalid, "sheet.broken").Because(err)
		}
		return Row{}, io.EOF
	}
	if x.line++; x.line > excelRows { // a row may claim any number, and those before it are counted through
		return Row{}, fault.New(fault.Invalid, "sheet.xlsx_rows", "max", excelRows)
	}
	cells, err := x.rows.Columns()
	if err != nil {
		return Row{}, fault.New(fault.Invalid, "sheet.broken").Because(err)
	}
	for _, c := range cells {
		if !utf8.ValidString(c) {
			return Row{}, fault.New(fault.Invalid, "sheet.broken")
		}
	}
	return Row{Line: x.line, Cells: cells}, nil
}
