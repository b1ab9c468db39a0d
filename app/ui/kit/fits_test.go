package kit_test

import (
	"context"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/kittest"
)

// text is what people may have written: Chinese, Latin, full-width, escape
// codes, bidi marks, emoji, very long words, line breaks.
func text(t *rapid.T, label string) string {
	return rapid.StringOfN(rapid.SampledFrom([]rune("王小明学习中文,。:“”…·abcXYZ 019-_\t\n\x1b[31m\u202e\u200d😀é①Ａ　한글かな")), 0, 60, -1).Draw(t, label)
}

func toned(t *rapid.T) kit.Tone { return kit.Tone(rapid.IntRange(0, 6).Draw(t, "tone")) }

func anyRow(t *rapid.T, n int) kit.Row {
	r := kit.Row{ID: int64(rapid.IntRange(1, 1<<40).Draw(t, "id")), Tone: toned(t)}
	for range rapid.IntRange(0, n).Draw(t, "cells") {
		r.Cells = append(r.Cells, kit.Cell{Text: text(t, "cell"), Tone: toned(t)})
	}
	return r
}

func anyRows(t *rapid.T, n int) []kit.Row {
	rows := make([]kit.Row, rapid.IntRange(0, 30).Draw(t, "rows"))
	for i := range rows {
		rows[i] = anyRow(t, n)
	}
	return rows
}

func anyColumns(t *rapid.T) []kit.Column {
	cols := make([]kit.Column, rapid.IntRange(1, 12).Draw(t, "columns"))
	for i := range cols {
		cols[i] = kit.Column{Key: "k", Name: "demo.name", Width: rapid.IntRange(0, 40).Draw(t, "width"), Share: rapid.IntRange(0, 3).Draw(t, "share"),
			Max: rapid.IntRange(0, 60).Draw(t, "max"), Right: rapid.Bool().Draw(t, "right"), Drop: rapid.IntRange(0, 3).Draw(t, "drop")}
	}
	return cols
}

func anyList(t *rapid.T) kit.Screen {
	cols := anyColumns(t)
	rows := anyRows(t, len(cols))
	query := text(t, "query")
	return kit.NewList(kit.ListSpec{Name: "demo.people", Columns: cols, Query: query, Select: true, Open: func(kit.Row) kit.Cmd { return nil },
		Source: kit.SourceFunc(func(_ context.Context, q kit.Request) (kit.Page, error) {
			if strings.Contains(q.Query, "王") {
				return kit.Page{}, fault.New(fault.Invalid, "list.no_field", "field", query, "fields", query)
			}
			return kit.Page{Rows: rows, Total: len(rows)}, nil
		})})
}

func anyDetail(t *rapid.T) kit.Screen {
	page := kit.DetailPage{Title: text(t, "title")}
	for range rapid.IntRange(0, 5).Draw(t, "sections") {
		s := kit.Section{Name: "demo.history", Text: text(t, "text"), Markdown: text(t, "markdown"), Empty: "demo.empty"}
		for range rapid.IntRange(0, 5).Draw(t, "pairs") {
			s.Pairs = append(s.Pairs, kit.Pair{Name: "demo.owner", Value: text(t, "value"), Tone: toned(t), Open: func() kit.Cmd { return nil }})
		}
		for range rapid.IntRange(0, 3).Draw(t, "moments") {
			s.Timeline = append(s.Timeline, kit.Moment{When: text(t, "when"), Who: text(t, "who"), Head: text(t, "head"), Body: text(t, "body")})
		}
		cols := anyColumns(t)
		s.Table = &kit.Table{Columns: cols, Rows: anyRows(t, len(cols)), Open: func(kit.Row) kit.Cmd { return nil }}
		page.Sections = append(page.Sections, s)
	}
	return kit.NewDetail(kit.DetailSpec{Name: "demo.person", Load: func(context.Context) (kit.DetailPage, error) { return page, nil }})
}

func anyOptions(t *rapid.T) []kit.Option {
	var out []kit.Option
	for i := range rapid.IntRange(0, 9).Draw(t, "options") {
		out = append(out, kit.Option{Value: kit.ID(int64(i)), Label: text(t, "label"), Note: text(t, "note")})
	}
	return out
}

func anyForm(t *rapid.T) kit.Screen {
	var fields []kit.Field
	for i := range rapid.IntRange(1, 15).Draw(t, "fields") {
		o := anyOptions(t)
		f := kit.Field{Name: "f" + kit.ID(int64(i)), Label: rapid.SampledFrom([]string{"demo.name", "demo.delete.sure", "demo.fee"}).Draw(t, "label"),
			Kind: kit.FieldKind(rapid.IntRange(0, 10).Draw(t, "kind")), Required: rapid.Bool().Draw(t, "required"), Help: "demo.empty", Options: o,
			Value: kit.Value{Text: text(t, "value"), Label: text(t, "valuelabel")},
			Check: func(context.Context, kit.Value) kit.Notice {
				return kit.Notice{Text: "说明 note " + o0(o), Action: &kit.Action{ID: "demo.notify", Keys: []string{"ctrl+n"}}}
			}}
		if f.Kind == kit.KindSeveral {
			f.Value.Chosen = o
		}
		fields = append(fields, f)
	}
	bad := fault.Join(fault.Field("f0", "fault.bad_date", "value", text(t, "bad")), fault.New(fault.Conflict, "fault.bad_date", "value", text(t, "bad2")))
	return kit.NewForm(kit.FormSpec{Name: "demo.add", Fields: fields, Save: func(context.Context, kit.Submit) (kit.Cmd, error) { return nil, bad }})
}

func o0(o []kit.Option) string {
	if len(o) == 0 {
		return ""
	}
	return o[0].Label
}

func anyDialog(t *rapid.T) kit.Screen {
	switch rapid.IntRange(0, 4).Draw(t, "dialog") {
	case 0:
		return &kit.Confirm{Name: "demo.delete", Body: []any{text(t, "body"), text(t, "body")}, Type: rapid.SampledFrom([]string{"", "删除"}).Draw(t, "type")}
	case 1:
		return &kit.Prompt{Name: "demo.memo", Body: []any{text(t, "body")}, Value: text(t, "value")}
	case 2:
		return &kit.Viewer{Key: "demo.memo", Lines: []string{text(t, "line"), text(t, "line")}, Note: "kit.copied.note"}
	case 3:
		return &kit.Message{Name: "demo.memo", Body: []any{strings.Repeat(text(t, "body"), 20)}}
	}
	return &kit.Picker{Name: "demo.memo", Options: anyOptions(t), Many: rapid.Bool().Draw(t, "many"), Chosen: anyOptions(t), Then: func([]kit.Option) kit.Cmd { return nil }}
}

// Whatever is written in it, no widget overflows a window of any size, and none
// lets an escape sequence through. The driver looks after every step.
func TestNothingOverflows(t *testing.T) {
	kittest.NewDemo(0)
	keys := []string{"j", "k", "down", "up", "tab", "shift+tab", "enter", "space", "pgdown", "G", "/", "王", "a", "ctrl+s", "?", "m", "right", "s", "end"}
	rapid.Check(t, func(rt *rapid.T) {
		d := kittest.NewSize(t, kit.Options{Name: "Cohort 学校", Person: text(rt, "person"), Printer: i18n.Printer{Lang: rapid.SampledFrom(i18n.Langs).Draw(rt, "lang")},
			Menu: []kit.Entry{{ID: "demo.people", Open: func() kit.Screen { return kittest.NewDemo(3).People() }}}},
			rapid.IntRange(60, 300).Draw(rt, "w"), rapid.IntRange(15, 80).Draw(rt, "h"))
		make := rapid.SampledFrom([]func(*rapid.T) kit.Screen{anyList, anyDetail, anyForm, anyDialog}).Draw(rt, "screen")
		if s := make(rt); rapid.Bool().Draw(rt, "as dialog") {
			d.Send(kit.Show(s))
		} else {
			d.Send(kit.Push(s))
		}
		for _, k := range rapid.SliceOfN(rapid.SampledFrom(keys), 0, 12).Draw(rt, "keys") {
			d.Keys(k)
		}
		d.Resize(rapid.IntRange(20, 300).Draw(rt, "w2"), rapid.IntRange(5, 80).Draw(rt, "h2"))
		d.Root.Close()
	})
}

// The driver's own check is honest: it sees what overflows.
func TestFitsSeesWhatIsWrong(t *testing.T) {
	for name, v := range map[string]tea.View{
		"too wide":       tea.NewView("王小明王"),
		"too many lines": tea.NewView("a\nb\nc"),
		"escape":         tea.NewView("\x1b[2J"),
		"unended style":  tea.NewView("\x1b[1ma"),
		"control":        tea.NewView("a\tb"),
		"cursor":         {Content: "a", Cursor: tea.NewCursor(7, 0)},
	} {
		if kittest.Fits(v, 7, 2) == nil {
			t.Errorf("%s: not seen", name)
		}
	}
	if err := kittest.Fits(tea.NewView("\x1b[1m王小明\x1b[ma\nb"), 7, 2); err != nil {
		t.Error(err)
	}
}
