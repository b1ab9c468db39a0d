package ui

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"cohort/app/enrollment"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/width"
)

// reach gives a link with host and port as this person reached the school.
func (d *desk) reach(l enrollment.Link) enrollment.Link {
	if d.sess.Host != "" {
		return l.At(d.sess.Host, d.sess.Port)
	}
	return l
}

// sshLine and uploadLine are the lines of a link as they are typed. The names of
// the files give way where the line would not fit.
func sshLine(l enrollment.Link) string { return l.SSH() }

func uploadLine(l enrollment.Link, w int) string {
	line := ""
	for _, files := range []string{"front.jpg back.jpg", "id.jpg"} {
		line = strings.Replace(l.Upload(), "FILE…", files, 1)
		if width.Of(line) <= w {
			break
		}
	}
	return line
}

// download is the line by which the person fetches files of his, such as
// 'enrollments/3/*'.
func (d *desk) download(flags, path string) string {
	to, option := d.address()
	from := to + ":" + path
	if strings.ContainsAny(path, "*") {
		from = "'" + from + "'"
	}
	return "scp " + flags + option("-P") + from + " ."
}

// upload is the line by which the person sends a file to a folder of his.
func (d *desk) upload(file, path string) string {
	to, option := d.address()
	return "scp " + option("-P") + file + " " + to + ":" + path
}

// sshLine is the line by which the person runs a command.
func (d *desk) sshLine(command string) string {
	to, option := d.address()
	return "ssh " + option("-p") + to + " " + command
}

// address is how the person reached the school, and the option that names its
// port where it is not the usual one.
func (d *desk) address() (to string, option func(flag string) string) {
	host, port := d.sess.Host, d.sess.Port
	if host == "" {
		host, port = d.app.Host()
	}
	return d.actor().Login + "@" + host, func(flag string) string {
		if port == 0 || port == 22 {
			return ""
		}
		return flag + " " + strconv.Itoa(port) + " "
	}
}

// commandLines draws a command so that it can be copied with the mouse: in one
// line where it fits, else broken before an argument with the shell's own mark.
func commandLines(e kit.Env, cmd string, w int) []string {
	const lead, tail = "    ", ` \`
	room := w - len(lead)
	var out []string
	for rest := cmd; rest != ""; {
		if width.Of(rest) <= room {
			out, rest = append(out, rest), ""
			continue
		}
		cut := strings.LastIndex(width.Head(rest, room-len(tail)+1), " ")
		if cut <= 0 {
			n := max(1, width.Break(rest, room))
			out, rest = append(out, rest[:n]), rest[n:]
			continue
		}
		out, rest = append(out, rest[:cut]+tail), rest[cut+1:]
	}
	for i := range out {
		out[i] = lead + e.Theme.Paint(kit.Accent, out[i])
	}
	return out
}

// command is a section's drawing of sentences and command lines under each
// other: a text beginning with "$ " is a command.
func command(texts ...string) func(e kit.Env, w int) kit.Drawn {
	return func(e kit.Env, w int) kit.Drawn {
		var out kit.Drawn
		for _, t := range texts {
			if cmd, ok := strings.CutPrefix(t, "$ "); ok {
				out.Lines = append(out.Lines, commandLines(e, cmd, w-1)...)
				continue
			}
			for _, s := range width.Wrap(width.CleanLines(t), max(10, min(w-4, 100))) {
				out.Lines = append(out.Lines, width.Head("  "+s, w))
			}
		}
		return out
	}
}

// hashLine shows a contract's hash so that it stands in one line of 80 cells.
func hashLine(hash string) string { return "SHA-256 " + hash }

// packed draws labels and values in as few lines of w cells as they need.
func packed(e kit.Env, items []enrollment.Item, w int) []string {
	var out []string
	row, n := "", 0
	for _, i := range items {
		value := width.Clean(i.Show(e.Printer))
		if value == "" {
			continue
		}
		label := e.T("field." + i.Name)
		value = width.Cut(value, max(4, w-width.Of(label)-1))
		m := width.Of(label) + 1 + width.Of(value)
		if n > 0 && n+3+m > w {
			out, row, n = append(out, row), "", 0
		}
		if n > 0 {
			row, n = row+"   ", n+3
		}
		row, n = row+e.Theme.Paint(kit.Muted, label)+" "+value, n+m
	}
	return append(out, row)
}

// typeName says what a document is: JPEG, PNG, PDF.
func typeName(mime string) string {
	_, name, _ := strings.Cut(mime, "/")
	return strings.ToUpper(name)
}

// documentTable lists documents; enter shows one.
func (d *desk) documentTable(docs []enrollment.Document, s *shots) *kit.Table {
	if len(docs) == 0 {
		return nil
	}
	remarks := slices.ContainsFunc(docs, func(x enrollment.Document) bool { return x.Remark != "" })
	t := &kit.Table{Columns: documentColumns(remarks), Open: func(r kit.Row) kit.Cmd { return kit.Push(d.document(docs, r.ID, s)) }}
	for _, x := range docs {
		t.Rows = append(t.Rows, d.documentRow(x))
	}
	return t
}

// documentColumns has what reviewers remarked only where they did.
func documentColumns(remarks bool) []kit.Column {
	list := []kit.Column{
		{Key: "name", Name: "ui.enroll.file", Width: 20, Share: 2, Max: 40},
		{Key: "size", Name: "field.size", Width: 9, Right: true},
		{Key: "type", Name: "field.type", Width: 5},
		{Key: "uploaded", Name: "field.uploaded", Width: 16, Drop: 1},
	}
	if remarks {
		list = append(list, kit.Column{Key: "remark", Name: "ui.enroll.remark", Width: 16, Share: 3, Tone: kit.Warn})
	}
	return list
}

func (d *desk) documentRow(x enrollment.Document) kit.Row {
	return kit.Row{ID: x.ID, Data: x, Cells: []kit.Cell{{Text: x.Name}, {Text: d.p().Size(x.Size)}, {Text: typeName(x.Type)},
		{Text: d.p().DateTime(x.Uploaded)}, {Text: x.Remark}}}
}

// document shows one of some documents in the whole window, as a picture where
// it is one.
func (d *desk) document(docs []enrollment.Document, id int64, s *shots) kit.Screen {
	x := &documentScreen{d: d, docs: docs, shots: s}
	for i := range docs {
		if docs[i].ID == id {
			x.at = i
		}
	}
	if x.shots == nil {
		x.shots = d.newShots()
	}
	return x
}

// readDocument reads a document; the service writes down that it was read.
func (d *desk) readDocument(ctx context.Context, x enrollment.Document) ([]byte, error) {
	by, err := d.by(ctx)
	if err != nil {
		return nil, err
	}
	f, _, err := d.app.Enrollments.OpenDocument(ctx, by, x.Enrollment, x.ID)
	if err != nil {
		return nil, d.app.Explain(ctx, err)
	}
	defer func() { _ = f.Close() }()
	data := make([]byte, min(x.Size, enrollment.MaxSize))
	if _, err := f.ReadAt(data, 0); err != nil {
		return nil, d.app.Explain(ctx, err)
	}
	return data, nil
}
