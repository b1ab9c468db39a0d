package ui

import (
	"bytes"
	"context"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"cohort/app/blob"
	"cohort/app/policy"
	"cohort/app/teaching"
	"cohort/app/ui/kit"
)

// Files that people sent are shown as text, coloured where it is code; archives
// are listed and opened file by file. Nothing of them is run, unpacked or drawn
// as it is.

// opener opens the file that is looked at, through the reader's rights.
type opener func(ctx context.Context, by policy.Actor) (blob.File, error)

// homeworkFile shows one file that was handed in.
func (d *desk) homeworkFile(f teaching.HomeworkFile) kit.Screen {
	return d.fileView(f.Name, f.Size, func(ctx context.Context, by policy.Actor) (blob.File, error) {
		return d.app.Teaching.OpenHomework(ctx, by, f)
	})
}

// feedbackFile shows one file that went back.
func (d *desk) feedbackFile(f teaching.FeedbackFile) kit.Screen {
	return d.fileView(f.Name, f.Size, func(ctx context.Context, by policy.Actor) (blob.File, error) {
		return d.app.Teaching.OpenFeedback(ctx, by, f)
	})
}

func (d *desk) fileView(name string, size int64, open opener) kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "ui.enroll.file", Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
		page := kit.DetailPage{Title: name}
		f, err := open(ctx, by)
		if err != nil {
			return page, err
		}
		defer func() { _ = f.Close() }()
		in, archive, err := teaching.LookInside(f, size)
		switch {
		case err != nil:
			return page, err
		case archive:
			page.Sections = d.insideSections(name, size, in, open)
			return page, nil
		}
		data, err := io.ReadAll(io.LimitReader(f, teaching.MaxLook+1))
		more := len(data) > teaching.MaxLook
		page.Sections = d.textSections(name, data[:min(len(data), teaching.MaxLook)], more)
		return page, err
	})})
}

// insideSections lists an archive.
func (d *desk) insideSections(name string, size int64, in teaching.Inside, open opener) []kit.Section {
	t := &kit.Table{Columns: []kit.Column{{Key: "name", Name: "ui.enroll.file", Width: 24, Share: 3, Max: 80, Tone: kit.Strong}, {Key: "size", Name: "homework.size", Width: 9, Right: true},
		{Key: "why", Name: "ui.homework.note", Width: 10, Share: 2}},
		Open: func(r kit.Row) kit.Cmd {
			e := in.Entries[r.ID]
			if e.Why != nil {
				return kit.Fail(e.Why)
			}
			return kit.Push(d.entryView(e, size, open))
		}}
	for i, e := range in.Entries {
		why := ""
		if e.Why != nil {
			why = d.p().Error(e.Why)
		}
		t.Rows = append(t.Rows, kit.Row{ID: int64(i), Cells: []kit.Cell{{Text: e.Name}, {Text: d.p().Size(e.Size)}, {Text: why}}})
	}
	s := kit.Section{Name: "ui.homework.archive", Args: []any{"name", name, "n", len(in.Entries), "format", in.Format}, Table: t, Empty: "ui.homework.archive_empty"}
	if in.More {
		return []kit.Section{s, {Text: d.p().T("ui.homework.archive_more")}}
	}
	return []kit.Section{s}
}

// entryView shows one file inside an archive.
func (d *desk) entryView(e teaching.Entry, size int64, open opener) kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "ui.enroll.file", Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
		page := kit.DetailPage{Title: e.Name}
		f, err := open(ctx, by)
		if err != nil {
			return page, err
		}
		defer func() { _ = f.Close() }()
		data, more, err := teaching.ReadInside(f, size, e.Index)
		if err == nil {
			page.Sections = d.textSections(e.Name, data, more)
		}
		return page, err
	})})
}

// textSections shows bytes as text with line numbers, or says that they are
// none.
func (d *desk) textSections(name string, data []byte, more bool) []kit.Section {
	text, ok := asText(data, more)
	if !ok {
		return []kit.Section{{Text: d.p().T("ui.homework.binary")}}
	}
	if strings.TrimSpace(text) == "" {
		return []kit.Section{{Text: d.p().T("ui.homework.empty_file")}}
	}
	base := name[strings.LastIndexByte(name, '/')+1:]
	out := []kit.Section{{Draw: func(e kit.Env, w int) kit.Drawn { return kit.Drawn{Lines: numbered(e, base, text, w)} }}}
	if more {
		out = append(out, kit.Section{Text: d.p().T("ui.homework.cut")})
	}
	return out
}

// asText reads UTF-8, or the GBK of old Windows programs; ok is false for what
// is no text.
func asText(data []byte, cut bool) (string, bool) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if bytes.IndexByte(data, 0) >= 0 {
		return "", false
	}
	if cut { // the last character may be half
		for i := 0; i < utf8.UTFMax && len(data) > 0 && !utf8.Valid(data); i++ {
			data = data[:len(data)-1]
		}
	}
	if !utf8.Valid(data) {
		text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
		if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
			return "", false
		}
		data = text
	}
	return string(data), true
}

// numbered draws source text with the numbers of its lines.
func numbered(e kit.Env, name, text string, w int) (out []string) {
	lines := kit.CodeLines(e.Theme, name, strings.TrimRight(text, "\r\n"), max(10, w-8))
	for i, l := range lines {
		n := kit.ID(int64(i + 1))
		lead := strings.Repeat(" ", max(0, 4-len(n))) + n
		for j, part := range l {
			if j > 0 {
				lead = "    "
			}
			out = append(out, " "+e.Theme.Paint(kit.Muted, lead)+"  "+part)
		}
	}
	return out
}
