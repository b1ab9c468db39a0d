package teaching

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/sheet"
)

// SheetFile is the sheet that is filled and sent back.
const SheetFile = "grades.csv"

// sheetColumns are the columns of the sheet; their words are homework.col.<name>.
var sheetColumns = []string{"ref", "roll", "name", "login", "version", "handed_in", "late", "score", "comment"}

// Sheet writes the sheet of a lesson: a row for each student, with the grades as
// they are. ref tells the row's record and the version that was read, so that
// what somebody else changes meanwhile is seen when the sheet comes back.
func (d Download) Sheet(w io.Writer, p i18n.Printer) error {
	out, err := sheet.NewCSV(w, true)
	if err != nil {
		return err
	}
	if err := headRow(out, p, sheetColumns); err != nil {
		return err
	}
	for _, f := range d.Folders {
		if f.BeforeJoin {
			continue
		}
		score := ""
		if f.Score.Counts() {
			score = string(f.Score)
		}
		version := ""
		if f.Last.ID != 0 {
			version = str(f.Last.Version)
		}
		if err := out.Row(cells(refOf(f.StudyRecord), str(f.Roll), f.StudyRecord.Name, f.Login, version, stampText(p, f.Last.At), lateText(p, f.Last.Late),
			score, f.Comment)); err != nil {
			return err
		}
	}
	return out.Close()
}

// refOf names a record and its version: "R1042v3". Spreadsheets leave it alone.
func refOf(r StudyRecord) string { return fmt.Sprintf("R%dv%d", r.ID, r.Version) }

func parseRef(s string) (record, version int64, ok bool) {
	a, b, found := strings.Cut(strings.TrimPrefix(strings.ToUpper(s), "R"), "V")
	record, err1 := strconv.ParseInt(a, 10, 64)
	version, err2 := strconv.ParseInt(b, 10, 64)
	return record, version, found && err1 == nil && err2 == nil && record > 0 && version > 0
}

// SheetRow is a row of a filled sheet, as it was typed.
type SheetRow struct {
	Line                    int // in the file
	Ref, Roll, Login, Name  string
	Score, Comment          string
	hasScore, hasCommentCol bool
}

// maxSheet bounds the rows of a sheet.
const maxSheet = 5000

// ReadSheet reads a filled sheet: CSV as any program saves it, or XLSX. The
// columns are found by their headings, in either language and any order.
func ReadSheet(file io.ReaderAt, size int64) (rows []SheetRow, err error) {
	r, err := sheet.Open(file, size, sheet.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	first, err := r.Next()
	if err == io.EOF {
		return nil, fault.New(fault.Invalid, "homework.sheet_empty")
	}
	if err != nil {
		return nil, err
	}
	at, err := columnsOf(first.Cells)
	if err != nil {
		return nil, err
	}
	for {
		row, err := r.Next()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		if len(rows) >= maxSheet {
			return nil, fault.New(fault.TooMany, "homework.sheet_long", "max", maxSheet)
		}
		rows = append(rows, rowOf(row, at))
	}
}

func rowOf(row sheet.Row, at map[string]int) SheetRow {
	cell := func(name string) string {
		i, ok := at[name]
		if !ok || i >= len(row.Cells) {
			return ""
		}
		return sheet.Bare(row.Cells[i])
	}
	_, hasScore := at["score"]
	_, hasComment := at["comment"]
	return SheetRow{Line: row.Line, Ref: cell("ref"), Roll: cell("roll"), Login: cell("login"), Name: cell("name"), Score: cell("score"), Comment: cell("comment"),
		hasScore: hasScore, hasCommentCol: hasComment}
}

// columnsOf finds the columns by their headings.
func columnsOf(heads []string) (map[string]int, error) {
	at := map[string]int{}
	for i, h := range heads {
		h = strings.ToLower(strings.TrimSpace(sheet.Bare(h)))
		for _, c := range sheetColumns {
			for _, l := range i18n.Langs {
				if h == c || h == strings.ToLower((i18n.Printer{Lang: l}).T("homework.col."+c)) {
					if _, twice := at[c]; !twice {
						at[c] = i
					}
				}
			}
		}
	}
	_, ref := at["ref"]
	_, roll := at["roll"]
	_, login := at["login"]
	_, score := at["score"]
	_, comment := at["comment"]
	if !ref && !roll && !login || !score && !comment {
		return nil, fault.New(fault.Invalid, "homework.sheet_columns")
	}
	return at, nil
}
