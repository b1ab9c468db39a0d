package ui

import (
	"context"

	"cohort/app/enrollment"
	"cohort/app/policy"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/width"
)

// compare draws what the applicant filled in beside what the school entered.
func (s *reviewScreen) compare(e kit.Env, w int) kit.Drawn {
	school := map[string]string{"name": s.r.CustomerName}
	rest := []enrollment.Item{}
	filled := map[string]bool{}
	for _, i := range s.r.Fields {
		filled[i.Name] = true
	}
	for _, i := range s.r.School {
		if filled[i.Name] {
			school[i.Name] = i.Show(e.Printer)
			continue
		}
		rest = append(rest, i)
	}
	lw := 0
	for _, i := range s.r.Fields {
		lw = max(lw, width.Of(e.T(fieldLabel(i.Name))))
	}
	lw = min(lw, 20)
	cw := min((w-lw-6)/2, 44)
	var out kit.Drawn
	put := func(tone kit.Tone, label, left, right string, mark kit.Tone) {
		out.Lines = append(out.Lines, width.Head("  "+e.Theme.Paint(kit.Muted, width.Fit(label, lw))+"  "+e.Theme.Paint(tone, width.Fit(width.Clean(left), cw))+
			"  "+e.Theme.Paint(mark, width.Cut(width.Clean(right), cw)), w))
	}
	put(kit.Muted, "", e.T("ui.review.applicant"), e.T("ui.review.school"), kit.Muted)
	for _, i := range s.r.Fields {
		mine, theirs := i.Show(e.Printer), school[i.Name]
		tone := kit.Plain
		if theirs != "" && theirs != mine && s.r.Readable {
			tone, theirs = kit.Warn, "! "+theirs
		}
		put(kit.Plain, e.T(fieldLabel(i.Name)), orDash(mine), theirs, tone)
	}
	out.Lines = append(out.Lines, "")
	for _, l := range packed(e, rest, min(w-4, 100)) {
		out.Lines = append(out.Lines, "  "+l)
	}
	return out
}

// thumbBox is the room of one picture on the page: all of them side by side where
// that leaves enough, else two, else one.
func (s *reviewScreen) thumbBox() (cols, w, h int) {
	n := 0
	for _, x := range s.r.Files {
		if isPicture(x) {
			n++
		}
	}
	if n == 0 || s.w == 0 {
		return 0, 0, 0
	}
	cols = max(1, min(n, (s.w-2)/34))
	w = min((s.w-2)/cols-2, 56)
	return cols, w, max(8, min(w/3, 16))
}

// pictures asks for the pictures of the page.
func (s *reviewScreen) pictures() kit.Cmd {
	cols, w, h := s.thumbBox()
	if cols == 0 {
		return nil
	}
	var cmds []kit.Cmd
	for _, x := range s.r.Files {
		cmds = append(cmds, s.shots.want(x, w, h, s.redraw))
	}
	return kit.Batch(cmds...)
}

// redraw lays the page out again with the pictures that are there now.
func (s *reviewScreen) redraw() kit.Cmd {
	return s.Detail.Update(kit.Resized{Env: s.env, W: s.w, H: s.h})
}

// thumbs draws the pictures side by side, each under its name.
func (s *reviewScreen) thumbs(e kit.Env, w int) (out kit.Drawn) {
	cols, bw, bh := s.thumbBox()
	if cols == 0 {
		return out
	}
	var row []enrollment.Document
	flush := func() {
		out.Lines = append(out.Lines, "")
		names := ""
		lines := make([]string, bh)
		for i, x := range row {
			box, pic := s.shots.box(e, x, bw, bh)
			if pic != nil {
				p := *pic
				p.X, p.Y = 2+i*(bw+2), len(out.Lines)+1
				out.Pictures = append(out.Pictures, p)
			}
			names += "  " + e.Theme.Paint(kit.Muted, width.Fit(width.Clean(x.Name), bw))
			for k := range lines {
				lines[k] += "  " + width.Pad(box[k], bw)
			}
		}
		out.Lines = append(out.Lines, width.Head(names, w))
		for _, l := range lines {
			out.Lines = append(out.Lines, width.Head(l, w))
		}
		row = nil
	}
	for _, x := range s.r.Files {
		if !isPicture(x) {
			continue
		}
		if row = append(row, x); len(row) == cols {
			flush()
		}
	}
	if len(row) > 0 {
		flush()
	}
	return out
}

// giveBack asks for the reason and what is wrong with single documents.
func (s *reviewScreen) giveBack() kit.Screen {
	fields := []kit.Field{{Name: "reason", Kind: kit.KindArea, Required: true, Limit: 500, Rows: 4, Help: "ui.review.reason_help"}}
	names := []string{"ui.review.file_1", "ui.review.file_2", "ui.review.file_3"}
	remarks := []string{"ui.review.remark_1", "ui.review.remark_2", "ui.review.remark_3"}
	files := s.r.Files[:min(len(s.r.Files), len(names))]
	for i, x := range files {
		fields = append(fields,
			kit.Field{Name: "file" + kit.ID(x.ID), Label: names[i], Kind: kit.KindShow, Value: kit.Value{Text: x.Name}},
			kit.Field{Name: "remark" + kit.ID(x.ID), Label: remarks[i], Limit: 500, Help: "ui.review.remark_help"})
	}
	version := s.r.Version
	return kit.NewForm(kit.FormSpec{Name: "ui.review.return_title", Args: []any{"name", s.r.CustomerName, "class", s.r.ClassCode},
		Intro: "ui.review.return_intro", Fields: fields, SaveID: "ui.review.return",
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			said := map[int64]string{}
			for _, x := range files {
				if text := in.Values.Text("remark" + kit.ID(x.ID)); text != "" {
					said[x.ID] = text
				}
			}
			return kit.Close(kit.Toast(kit.Good, "ui.review.returned", "name", s.r.CustomerName)), does(s.d, func(ctx context.Context, by policy.Actor) error {
				_, err := s.d.app.Enrollments.Return(ctx, by, s.id, version, in.Values.Text("reason"), said)
				return err
			})(ctx)
		}})
}
