package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"cohort/app/clean"
	"cohort/app/fault"
)

// read gives all rows of a file, and how it was read.
func read(file []byte, o Options) (rows [][]string, used Options, err error) {
	r, err := Open(bytes.NewReader(file), int64(len(file)), o)
	if err != nil {
		return nil, o, err
	}
	defer func() { _ = r.Close() }()
	for {
		row, err := r.Next()
		if err == io.EOF {
			return rows, r.Options(), nil
		}
		if err != nil {
			return rows, r.Options(), err
		}
		rows = append(rows, append([]string{fmt.Sprint(row.Line)}, row.Cells...))
	}
}

func encoded(t *testing.T, e encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const people = "姓名,手机,备注\r\n王小明,13800138000,\"说:\"\"好\"\"\r\n再联系\"\r\n\r\n李 雷 , 13900139000\r\n"

var peopleRows = [][]string{{"1", "姓名", "手机", "备注"}, {"2", "王小明", "13800138000", "说:\"好\"\n再联系"}, {"5", "李 雷", "13900139000"}}

func TestEncodingsAreGuessed(t *testing.T) {
	le, be := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	ascii := strings.Repeat("name,phone,note\n", 300)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"utf-8":                  {[]byte(people), UTF8},
		"utf-8 with mark":        {append([]byte("\ufeff"), people...), UTF8},
		"gbk, as Excel saves it": {encoded(t, simplifiedchinese.GBK, people), GB18030},
		"gb18030":                {encoded(t, simplifiedchinese.GB18030, people), GB18030},
		"utf-16 with mark":       {append([]byte{0xff, 0xfe}, encoded(t, le, people)...), UTF16LE},
		"utf-16be with mark":     {append([]byte{0xfe, 0xff}, encoded(t, be, people)...), UTF16BE},
		"utf-16 without":         {encoded(t, le, ascii+people), UTF16LE},
		"utf-16be without":       {encoded(t, be, ascii+people), UTF16BE},
		"chinese far down":       {append([]byte(strings.Repeat(ascii, 20)), encoded(t, simplifiedchinese.GBK, people)...), GB18030},
		"utf-8 cut at a buffer":  {[]byte(strings.Repeat("x", 64<<10-1) + "\n" + people), UTF8},
	} {
		rows, used, err := read(c.file, Options{})
		if err != nil || used.Encoding != c.want {
			t.Errorf("%s: read as %s, %v", name, used.Encoding, err)
			continue
		}
		last := rows[len(rows)-1]
		if last[1] != "李 雷" || last[2] != "13900139000" {
			t.Errorf("%s: %q", name, last)
		}
	}
	rows, _, err := read([]byte(people), Options{})
	if err != nil || !reflect.DeepEqual(rows, peopleRows) {
		t.Errorf("%q %v", rows, err)
	}
}

func TestEncodingsCanBeSaid(t *testing.T) {
	gbk := encoded(t, simplifiedchinese.GBK, people)
	if _, _, err := read(gbk, Options{Encoding: UTF8}); !fault.Is(err, "sheet.bad_encoding") {
		t.Error(err)
	}
	if _, _, err := read(gbk, Options{Encoding: "ebcdic"}); !fault.Is(err, "sheet.unknown_encoding") {
		t.Error(err)
	}
	for text, want := range map[string]string{"GBK": GB18030, "UTF-8": UTF8, "utf16": UTF16LE, "gb2312": GB18030} {
		if got, ok := ParseEncoding(text); !ok || got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}

func TestDelimitersAreGuessed(t *testing.T) {
	for text, want := range map[string]string{
		"a,b\n1,2":             ",",
		"a;b\n1,5;2,5":         ";",
		"a\tb\n1\t2":           "\t",
		"\"a;b;c\",d\n1,2":     ",",
		"sep=;\na;b\n1;2":      ";",
		"only one column\n1\n": ",",
	} {
		rows, used, err := read([]byte(text), Options{})
		if err != nil || used.Delimiter != want {
			t.Errorf("%q: %q %v", text, used.Delimiter, err)
		}
		if strings.HasPrefix(text, "sep") && (len(rows) != 2 || rows[0][0] != "2") {
			t.Errorf("%q: %q", text, rows)
		}
	}
	if rows, _, err := read([]byte("a;b,c"), Options{Delimiter: ";"}); err != nil || len(rows[0]) != 3 || rows[0][2] != "b,c" {
		t.Errorf("%q %v", rows, err)
	}
}

// book makes an XLSX file of cells of any type.
func book(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, r := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestExcelKeepsNumbersAsPeopleSeeThem: a phone number typed into Excel is a
// number.
func TestExcelKeepsNumbersAsPeopleSeeThem(t *testing.T) {
	rows, used, err := read(book(t, []any{"姓名", "手机", "学费", "是"}, []any{"王小明", 13800138000, 5980.5, true}, []any{}, []any{"李雷", "010-88886666"}), Options{})
	want := [][]string{{"1", "姓名", "手机", "学费", "是"}, {"2", "王小明", "13800138000", "5980.5", "TRUE"}, {"4", "李雷", "010-88886666"}}
	if err != nil || used.Format != XLSX || !reflect.DeepEqual(rows, want) {
		t.Errorf("%q %v", rows, err)
	}
	if _, _, err := read(book(t, []any{"a"}), Options{Sheet: "no such"}); !fault.Is(err, "sheet.no_sheet") {
		t.Error(err)
	}
}

func TestDatesOfExcelAreDays(t *testing.T) {
	f := excelize.NewFile()
	style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	_ = f.SetCellValue("Sheet1", "A1", 46352)
	_ = f.SetCellStyle("Sheet1", "A1", "A1", style)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	if rows, _, err := read(b.Bytes(), Options{}); err != nil || rows[0][1] != "2026-11-26" {
		t.Errorf("%q %v", rows, err)
	}
}

// TestBounds: what is too large is refused with the reason, and not read into
// memory first.
func TestBounds(t *testing.T) {
	wide := strings.Repeat("x,", MaxColumns+1)
	for name, c := range map[string]struct {
		file []byte
		key  string
	}{
		"too wide":              {[]byte(wide), "sheet.too_wide"},
		"long cell":             {[]byte(strings.Repeat("x", MaxCell+1)), "sheet.long_cell"},
		"a quote never closed":  {[]byte("a,b\n\"" + strings.Repeat("x\n", MaxRow)), "sheet.long_row"},
		"not an archive":        {[]byte("PK\x03\x04 and no more"), "sheet.broken"},
		"unpacks into too much": {bomb(t, maxUnpack+1, 1), "sheet.bomb"},
		"of too many parts":     {bomb(t, 1, maxParts+1), "sheet.bomb"},
	} {
		if _, _, err := read(c.file, Options{}); !fault.Is(err, c.key) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(bytes.NewReader(nil), MaxFile+1, Options{}); !fault.Is(err, "sheet.too_large") {
		t.Error(err)
	}
	if _, _, err := read(nil, Options{Format: "pdf"}); !fault.Is(err, "sheet.bad_format") {
		t.Error(err)
	}
}

// bomb is an archive that says to unpack into so many bytes, in so many parts.
func bomb(t *testing.T, size uint64, parts int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range parts {
		w, err := z.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("xl/%d.xml", i), Method: zip.Deflate, UncompressedSize64: size, CompressedSize64: 2})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte{3, 0})
	}
	_ = z.Close()
	return b.Bytes()
}

// TestWhatIsWrittenReadsTheSame: both formats give back what was put in, with
// nothing that a spreadsheet program would take for a formula.
func TestWhatIsWrittenReadsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.Custom(func(t *rapid.T) string {
			s := rapid.OneOf(rapid.StringMatching(`[=+@'"-]{0,3}[a-z,;\n 王]{0,6}`), rapid.String()).Draw(t, "cell")
			s = clean.Text(s) // as at the way in
			s = strings.ReplaceAll(s, "\ufffd", "")
			return strings.Trim(s, " \u3000\u00a0")
		})
		want := [][]string{{"H", "h2", "h3"}}
		for range rapid.IntRange(0, 5).Draw(t, "rows") {
			want = append(want, []string{"x" + cell.Draw(t, "a"), cell.Draw(t, "b"), cell.Draw(t, "c") + "."})
		}
		for _, format := range []string{CSV, XLSX} {
			var b bytes.Buffer
			w, err := NewCSV(&b, true)
			if format == XLSX {
				w, err = NewXLSX(&b)
			}
			for _, r := range want {
				var cells []Cell
				for _, c := range r {
					cells = append(cells, Cell{Text: c})
				}
				if err == nil {
					err = w.Row(cells)
				}
			}
			if err != nil || w.Close() != nil {
				t.Fatal(err)
			}
			got, _, err := read(b.Bytes(), Options{Format: format})
			if err != nil || len(got) != len(want) {
				t.Fatal(format, got, err)
			}
			for i, r := range got {
				for j, c := range r[1:] {
					if Bare(c) != want[i][j] {
						t.Fatalf("%s: %q became %q", format, want[i][j], Bare(c))
					}
					if c != "" && strings.IndexByte("=+-@\t\r", c[0]) >= 0 {
						t.Fatalf("%s: %q is a formula", format, c)
					}
				}
			}
		}
	})
}

func TestNumbersStayNumbers(t *testing.T) {
	var b bytes.Buffer
	w, _ := NewCSV(&b, false)
	if err := w.Row([]Cell{{Text: "-59.80", Number: true}, {Text: "-59.80"}, {Text: "-1+cmd|' /C calc'!A0", Number: true}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil || b.String() != "-59.80,'-59.80,'-1+cmd|' /C calc'!A0\n" {
		t.Errorf("%q %v", b.String(), err)
	}
	x, err := NewXLSX(&b)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Row([]Cell{{Text: strings.Repeat("x", excelCell+1)}}); !fault.Is(err, "sheet.xlsx_cell") {
		t.Error(err)
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{people, "\ufeffa;b\n\"x", "sep=\t\na\tb", "\xff\xfea\x00,\x00b\x00", "\xd0\xd5\xc3\xfb,\xca\xd6\xbb\xfa\n", "'=1,+2\n", "\"\"\"\n", "\x00\x00\x00\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		rows, _, err := read(file, Options{Format: CSV})
		sound(t, rows, err)
	})
}

// FuzzXLSX fuzzes what stands inside the archive: the archive's own bytes are
// guarded by their checksums.
func FuzzXLSX(f *testing.F) {
	whole := book(f, []any{"姓名", "手机"}, []any{"王小明", 13800138000, true, 0.1}, []any{"=1+1"})
	f.Add(whole, part(f, whole, sheet1), part(f, whole, "xl/styles.xml"))
	for _, s := range []string{`<row r="999999999"><c r="A1"><v>1</v></c></row>`, `<row><c r="XFD1"/></row>`, `<row r="-1"><c t="s"><v>99</v></c></row>`, `<row r="2"/><row r="1">`} {
		f.Add(whole, []byte(`<worksheet><sheetData>`+s+`</sheetData></worksheet>`), []byte(`<styleSheet/>`))
	}
	f.Fuzz(func(t *testing.T, file, cells, styles []byte) {
		rows, _, err := read(file, Options{Format: XLSX})
		sound(t, rows, err)
		rows, _, err = read(with(t, whole, map[string][]byte{sheet1: cells, "xl/styles.xml": styles}), Options{Format: XLSX})
		sound(t, rows, err)
	})
}

const sheet1 = "xl/worksheets/sheet1.xml"

// part gives one file of an archive.
func part(t testing.TB, archive []byte, name string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	file, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// with gives an archive with other files in place of some.
func with(t testing.TB, archive []byte, other map[string][]byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range z.File {
		content, ok := other[f.Name]
		if !ok {
			content = part(t, archive, f.Name)
		}
		out, err := w.Create(f.Name)
		if err == nil {
			_, err = out.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sound says what holds of whatever was read, and that a refusal is in words.
func sound(t *testing.T, rows [][]string, err error) {
	t.Helper()
	if _, ok := fault.As(err); err != nil && !ok {
		t.Fatalf("not a fault: %v", err)
	}
	for _, r := range rows {
		if len(r)-1 > MaxColumns {
			t.Fatal("too wide")
		}
		for _, c := range r {
			if len(c) > MaxCell || strings.ToValidUTF8(c, "") != c {
				t.Fatalf("cell of %d bytes", len(c))
			}
		}
	}
}

// TestSignsThatOpenAFormula: those at full width too, which Excel takes for the same where it speaks Chinese.
func TestSignsThatOpenAFormula(t *testing.T) {
	for _, text := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠SUM(A1)", "'=1", "'＝1"} {
		if g := Guard(text); g != "'"+text || Bare(g) != text {
			t.Errorf("%q is written as %q and read as %q", text, g, Bare(g))
		}
	}
	for _, text := range []string{"", "王小明", "1=1", "'quoted'", "（=1）"} {
		if g := Guard(text); g != text || Bare(g) != text {
			t.Errorf("%q is written as %q", text, g)
		}
	}
}
