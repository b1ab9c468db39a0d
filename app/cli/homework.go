package cli

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"cohort/app/blob"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/resource"
	"cohort/app/teaching"
)

// homeworkCommands hand homework in and fetch it, one's own or a whole class's.
func homeworkCommands() []command {
	return []command{
		{path: "homework submit", use: "CLASS N [--name NAME] < FILE", min: 1, max: 2, may: right("hand_in", "study_records"), run: submitHomework,
			flags:   func(_ *call, f flags) { f.text("name", "NAME") },
			example: []string{"homework submit python-s9 1 --name hw1.zip < hw1.zip"}},
		{path: "homework versions", use: "CLASS N [STUDENT]", min: 1, max: 3, may: right("view", "homework"), run: listVersions,
			example: []string{"homework versions python-s9 1", "homework versions python-s9 1 kobe --json"}},
		{path: "homework download", use: "CLASS N [--since TIME] > FILE.zip", min: 1, max: 2, may: right("download", "homework"), run: downloadHomework,
			flags:   func(_ *call, f flags) { f.text("since", "TIME") },
			example: []string{"homework download python-s9 1 > hw1.zip", "homework download python-s9 1 --since 2026-11-26T20:00 > new.zip"}},
		{path: "homework similar", use: "CLASS N", min: 1, max: 2, may: right("download", "homework"), run: listSimilar, example: []string{"homework similar python-s9 1"}},
		{path: "grades sheet", use: "CLASS N > grades.csv", min: 1, max: 2, may: right("grade", "study_records"), run: printSheet,
			example: []string{"grades sheet python-s9 1 > grades.csv"}},
		{path: "grades import", use: "CLASS N < grades.csv", min: 1, max: 2, may: right("grade", "study_records"), run: importSheet,
			example: []string{"grades import python-s9 1 < grades.csv"}},
	}
}

// lessonNamed reads CLASS N, or CLASS/N in one word.
func lessonNamed(args []string) (class string, n int64, err error) {
	class, number := args[0], ""
	if len(args) > 1 {
		number = args[1]
	} else if class, number, _ = strings.Cut(args[0], "/"); number == "" {
		return "", 0, misuse("cli.homework.which")
	}
	n, err = strconv.ParseInt(number, 10, 64)
	if err != nil || n < 1 {
		return "", 0, misuse("cli.homework.which")
	}
	return strings.ToLower(class), n, nil
}

// submitHomework takes one file from standard input as a version.
func submitHomework(c *call, in input) error {
	class, n, err := lessonNamed(in.args)
	if err != nil {
		return err
	}
	if c.sess.PTY {
		return misuse("cli.homework.redirect")
	}
	h, err := c.app.Teaching.HandIn(c.ctx, c.by, class, n)
	if err != nil {
		return err
	}
	defer h.Drop()
	from := bufio.NewReaderSize(c.in, 64<<10)
	name := in.str("name")
	if name == "" {
		head, _ := from.Peek(blob.HeadSize)
		name = "homework" + mimetype.Detect(head).Extension()
	}
	size, err := receive(h, name, from)
	if err != nil {
		return err
	}
	if !c.stillThere(size) {
		return fault.New(fault.Invalid, "files.incomplete")
	}
	v, err := h.Finish()
	if err != nil {
		return err
	}
	return c.done(versionJSON(v), "homework.received", "version", v.Version, "n", len(v.Files), "size", i18n.Size(v.Size), "when", c.p.DateTime(v.At), "late", c.lateness(v.Late),
		"receipt", v.Receipt, "sha256", v.SHA256)
}

func receive(h *teaching.Handing, name string, from io.Reader) (int64, error) {
	f, err := h.Create(name, -1)
	if err != nil {
		return 0, err
	}
	size, err := io.CopyBuffer(io.NewOffsetWriter(f, 0), struct{ io.Reader }{from}, make([]byte, 64<<10))
	if err != nil {
		f.Abort()
		return size, err
	}
	return size, f.Commit()
}

// stillThere says whether who sent the bytes is there to hear of them: input
// ends in the same way when a client is killed in the middle.
func (c *call) stillThere(size int64) bool {
	_, _ = c.err.WriteString(c.p.T("cli.homework.got", "bytes", i18n.Group(uint64(size))) + "\n")
	return c.err.Flush() == nil && c.ctx.Err() == nil
}

func (c *call) lateness(late time.Duration) string {
	if late <= 0 {
		return c.p.T("homework.on_time")
	}
	return c.p.T("homework.late_by", "time", teaching.LateWord(late))
}

func versionJSON(v teaching.Homework) object {
	files := make([]object, 0, len(v.Files))
	for _, f := range v.Files {
		files = append(files, object{"name": f.Name, "size": f.Size, "sha256": f.SHA256})
	}
	return object{"id": v.ID, "version": v.Version, "receipt": v.Receipt, "sha256": v.SHA256, "size": v.Size, "handed_in": stamp(v.At),
		"late_minutes": int64((v.Late + time.Minute - 1) / time.Minute), "files": files}
}

// listVersions shows every version of one's own homework, or of a student's.
func listVersions(c *call, in input) error {
	var list []teaching.Homework
	var err error
	if len(in.args) == 3 || c.by.Rights.Scope.Customer == 0 {
		if len(in.args) < 3 {
			return misuse("cli.too_few", "usage", "homework versions CLASS N STUDENT")
		}
		_, r, found := c.recordAt(in.args)
		if found != nil {
			return found
		}
		list, err = c.app.Teaching.Versions(c.ctx, c.by, r.ID)
	} else {
		class, n, bad := lessonNamed(in.args)
		if bad != nil {
			return bad
		}
		list, err = c.app.Teaching.MyHomework(c.ctx, c.by, class, n)
	}
	if err != nil {
		return err
	}
	if c.json {
		out := make([]object, 0, len(list))
		for _, v := range list {
			out = append(out, versionJSON(v))
		}
		return c.printJSON(out)
	}
	if len(list) == 0 {
		c.say("cli.empty", "records", i18n.W("resource.homework"))
		return nil
	}
	var rows [][]string
	for _, v := range list {
		rows = append(rows, []string{number(v.Version), c.moment(v.At), c.lateness(v.Late), number(int64(len(v.Files))), c.p.Size(v.Size), v.Receipt})
	}
	table(c.out, []string{c.p.T("field.version"), c.p.T("field.handed_in"), c.p.T("homework.col.late"), c.p.T("field.files"), c.p.T("homework.size"), c.p.T("field.receipt")}, rows)
	return nil
}

// downloadHomework writes a ZIP archive to standard output.
func downloadHomework(c *call, in input) error {
	if c.sess.PTY {
		return misuse("cli.homework.redirect_out")
	}
	since, err := c.since(in.str("since"))
	if err != nil {
		return err
	}
	l, err := c.lessonAt(in.args)
	if err != nil {
		return err
	}
	d, err := c.app.Teaching.Download(c.ctx, c.by, l.ID, since)
	if err != nil {
		return err
	}
	if err := c.app.Teaching.WriteZip(c.ctx, c.by, d, c.p, c.out); err != nil {
		return err
	}
	students, missing := 0, 0
	for _, f := range d.Folders {
		if len(f.Files) > 0 {
			students++
		} else if f.Last.ID == 0 {
			missing++
		}
	}
	c.line(c.err, c.p.T("cli.homework.downloaded", "n", students, "missing", missing))
	return nil
}

// listSimilar lists the pairs who handed in much the same.
func listSimilar(c *call, in input) error {
	l, err := c.lessonAt(in.args)
	if err != nil {
		return err
	}
	pairs, err := c.app.Teaching.Similar(c.ctx, c.by, l.ID)
	if err != nil {
		return err
	}
	if c.json {
		out := make([]object, 0, len(pairs))
		for _, x := range pairs {
			out = append(out, object{"a": x.A.Login, "b": x.B.Login, "share": x.Share})
		}
		return c.printJSON(out)
	}
	if len(pairs) == 0 {
		c.say("cli.homework.none_similar")
		return nil
	}
	var rows [][]string
	for _, x := range pairs {
		rows = append(rows, []string{number(int64(x.Share*100)) + "%", number(x.A.Roll) + " " + x.A.Name, number(x.B.Roll) + " " + x.B.Name})
	}
	table(c.out, []string{c.p.T("ui.homework.share"), c.p.T("field.student"), c.p.T("ui.homework.and")}, rows)
	return nil
}

// since reads a moment: a day, a day with its time, or RFC 3339.
func (c *call) since(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, c.app.Zone); err == nil {
			return t, nil
		}
	}
	if day, ok := resource.ParseDay(text, c.now()); ok {
		return time.ParseInLocation(time.DateOnly, day, c.app.Zone)
	}
	return time.Time{}, &usageError{fault: fault.New(fault.Invalid, "cli.homework.bad_since", "value", short(text))}
}

func printSheet(c *call, in input) error {
	l, err := c.lessonAt(in.args)
	if err != nil {
		return err
	}
	d, err := c.app.Teaching.Download(c.ctx, c.by, l.ID, time.Time{})
	if err != nil {
		return err
	}
	return d.Sheet(c.out, c.p)
}

// maxSheetText bounds a sheet on standard input.
const maxSheetText = 5 << 20

// importSheet reads a filled sheet and says what became of each row. The exit
// code is 1 where any was not taken.
func importSheet(c *call, in input) error {
	if c.sess.PTY {
		return misuse("cli.homework.redirect")
	}
	l, err := c.lessonAt(in.args)
	if err != nil {
		return err
	}
	file, err := c.read(maxSheetText + 1)
	if err != nil {
		return err
	}
	if len(file) > maxSheetText {
		return fault.New(fault.Invalid, "homework.sheet_large", "max", i18n.Size(maxSheetText))
	}
	rows, err := teaching.ReadSheet(bytes.NewReader([]byte(file)), int64(len(file)))
	if err != nil {
		return err
	}
	rep, err := c.app.Teaching.ImportSheet(c.ctx, c.by, l.ID, rows)
	if err != nil {
		return err
	}
	if c.json {
		err = c.printJSON(c.reportJSON(rep))
	} else {
		c.text(rep.Text(c.p))
	}
	if err == nil && !rep.Good() {
		return fault.New(fault.Conflict, "cli.grades.some_refused", "n", len(rep.Rows)-rep.Count(teaching.RowApplied)-rep.Count(teaching.RowUnchanged))
	}
	return err
}

func (c *call) reportJSON(rep teaching.Report) object {
	rows := make([]object, 0, len(rep.Rows))
	for _, x := range rep.Rows {
		row := object{"line": x.Line, "roll": x.Roll, "name": x.Name, "state": x.State, "was": x.Was, "now": x.Now, "comment": x.CommentChanged}
		if x.Why != nil {
			row["why"] = c.p.Error(x.Why)
		}
		rows = append(rows, row)
	}
	out := object{"lesson": rep.Lesson.ID, "rows": rows}
	for _, s := range teaching.RowStates {
		out[string(s)] = rep.Count(s)
	}
	return out
}
