package ui

import (
	"context"
	"fmt"

	"cohort/app/policy"
	"cohort/app/survey"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/width"
)

// mySurveys lists what a student may say of his lecturers.
func (d *desk) mySurveys() kit.Screen {
	return kit.NewList(kit.ListSpec{Name: "ui.place.my_surveys", Addr: "my_surveys", NoSearch: true, Watch: []string{"surveys", survey.Votes}, Empty: "ui.surveys.none",
		Columns: []kit.Column{
			{Key: "class", Name: "field.class", Width: 14, Tone: kit.Strong},
			{Key: "lecturer", Name: "field.lecturer", Width: 12, Share: 1, Max: 30},
			{Key: "closes", Name: "field.closes", Width: 10},
			{Key: "state", Name: "field.state", Width: 10},
		},
		Source: kit.SourceFunc(func(ctx context.Context, _ kit.Request) (kit.Page, error) {
			return asks(d, func(ctx context.Context, by policy.Actor) (kit.Page, error) {
				list, err := d.app.Surveys.ForMe(ctx, by)
				page := kit.Page{Total: len(list)}
				for i, m := range list {
					state := kit.Cell{Text: d.p().T("ui.surveys.todo"), Tone: kit.Warn}
					if m.Answered {
						state = kit.Cell{Text: d.p().T("ui.surveys.answered"), Tone: kit.Muted}
					}
					page.Rows = append(page.Rows, kit.Row{ID: m.ID, Data: m, Cursor: i, Cells: []kit.Cell{{Text: m.ClassCode}, {Text: m.LecturerName}, {Text: m.Closes}, state}})
				}
				return page, err
			})(ctx)
		}),
		Open: func(r kit.Row) kit.Cmd {
			m, _ := r.Data.(survey.Mine)
			return kit.Push(d.answerSurvey(m.Survey))
		}})
}

// answerSurvey is the form: a mark for each question, and a line of text.
func (d *desk) answerSurvey(x survey.Survey) kit.Screen {
	p := d.p()
	var marks []kit.Option
	for m := survey.Best; m >= survey.Worst; m-- {
		marks = append(marks, kit.Option{Value: kit.ID(int64(m)), Label: p.T(fmt.Sprint("survey.mark.", m))})
	}
	spec := kit.FormSpec{Name: "ui.surveys.form", Args: []any{"class", x.ClassCode, "who", x.LecturerName}, Intro: "ui.surveys.intro", SaveID: "ui.surveys.answer"}
	for _, q := range survey.Questions {
		spec.Fields = append(spec.Fields, kit.Field{Name: q, Kind: kit.KindChoice, Options: marks, Required: true, Help: "survey.question." + q})
	}
	spec.Fields = append(spec.Fields, kit.Field{Name: "words", Limit: survey.MaxWords})
	spec.Save = func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
		a := survey.Answer{Marks: map[string]int64{}, Words: in.Values.Text("words")}
		for _, q := range survey.Questions {
			a.Marks[q] = in.Values.Int(q)
		}
		err := does(d, func(ctx context.Context, by policy.Actor) error { return d.app.Surveys.Answer(ctx, by, x.ID, a) })(ctx)
		return kit.Batch(kit.Close(), kit.Toast(kit.Good, "ui.surveys.thanks")), err
	}
	return kit.NewForm(spec)
}

// surveyAt opens a survey by its number: a student's to answer, else its page.
func (d *desk) surveyAt(id int64) kit.Screen {
	if d.actor().Rights.Scope.Customer == 0 {
		return d.survey(id)
	}
	list, err := d.app.Surveys.ForMe(context.Background(), d.actor())
	for _, m := range list {
		if err == nil && m.ID == id && !m.Answered {
			return d.answerSurvey(m.Survey)
		}
	}
	return d.survey(id)
}

// surveyData is what the actions of a survey's page depend on.
type surveyData struct {
	survey.Survey
	close, results error
}

// survey is one survey with what its answers say, to who may read that.
func (d *desk) survey(id int64) kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "one.surveys", Addr: "surveys/" + kit.ID(id), Watch: []string{"surveys"},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			x, err := d.app.Surveys.Get(ctx, by, id)
			if err != nil {
				return kit.DetailPage{}, err
			}
			data := surveyData{x, d.may(ctx, by, "close", "surveys", id), d.may(ctx, by, "results", "surveys", id)}
			page := kit.DetailPage{Title: x.ClassCode + " " + x.LecturerName, Data: data, Sections: []kit.Section{{Pairs: d.surveyPairs(x)}}}
			if data.results == nil {
				r, err := d.app.Surveys.Results(ctx, by, id)
				if err != nil {
					return page, err
				}
				page.Sections = append(page.Sections, d.resultSections(r)...)
			}
			return page, nil
		}),
		Actions: func(p *kit.Detail) []kit.Action {
			page, _ := p.Page()
			data, ok := page.Data.(surveyData)
			if !ok {
				return nil
			}
			var list []kit.Action
			if data.State == survey.Open {
				list = append(list, kit.Action{ID: "ui.surveys.close", Keys: []string{"c"}, Weight: 9, WhyNot: data.close,
					Confirm: &kit.Question{Key: "ui.surveys.close_ask"}, Run: func() kit.Cmd {
						return d.act("close", func(ctx context.Context, by policy.Actor) error {
							_, err := d.app.Surveys.Close(ctx, by, id)
							return err
						}, "ui.surveys.closed")
					}})
			}
			return append(list, d.historyAction("surveys", id), d.addressAction("surveys", id))
		}})
}

func (d *desk) surveyPairs(x survey.Survey) []kit.Pair {
	p := d.p()
	list := []kit.Pair{{Name: "field.class", Value: x.ClassCode, Tone: kit.Strong}, {Name: "field.course", Value: x.CourseName}, {Name: "field.lecturer", Value: x.LecturerName},
		{Name: "field.survey_state", Value: p.T("choice.survey_state." + x.State)}, {Name: "field.opened", Value: x.Opened}, {Name: "field.closes", Value: x.Closes}}
	if x.State == survey.Closed {
		list = append(list, kit.Pair{Name: "field.closed", Value: x.ClosedOn}, kit.Pair{Name: "field.answers", Value: fmt.Sprint(x.Answers, " / ", x.Invited)})
	}
	return list
}

func (d *desk) resultSections(r survey.Results) []kit.Section {
	if r.Withheld != "" {
		why := d.p().T("survey.withheld."+r.Withheld, "least", r.Least)
		return []kit.Section{{Name: "ui.surveys.results", Draw: func(e kit.Env, w int) (out kit.Drawn) {
			for _, line := range width.Wrap(width.CleanLines(why), max(20, min(w-4, 100))) {
				out.Lines = append(out.Lines, "  "+e.Theme.Paint(kit.Muted, line))
			}
			return out
		}}}
	}
	t := &kit.Table{Columns: []kit.Column{{Key: "question", Name: "ui.surveys.results", Width: 14, Share: 1, Max: 40}}}
	for m := survey.Worst; m <= survey.Best; m++ {
		t.Columns = append(t.Columns, kit.Column{Key: fmt.Sprint(m), Name: fmt.Sprint("survey.short.", m), Width: 4, Right: true})
	}
	t.Columns = append(t.Columns, kit.Column{Key: "mean", Name: "cli.surveys.mean", Width: 7, Right: true, Tone: kit.Strong})
	var bars []kit.Bar
	for i, x := range r.Tallies {
		label, mean := d.p().T("field."+x.Question), hundredths(x.Mean())
		row := kit.Row{ID: int64(i), Cells: []kit.Cell{{Text: label}}}
		for _, n := range x.Marks {
			row.Cells = append(row.Cells, kit.Cell{Text: fmt.Sprint(n)})
		}
		row.Cells = append(row.Cells, kit.Cell{Text: mean})
		t.Rows = append(t.Rows, row)
		bars = append(bars, kit.Bar{Label: label, N: x.Mean(), Text: mean, Against: survey.Best * 100})
	}
	return []kit.Section{{Name: "ui.surveys.results", Draw: func(e kit.Env, w int) kit.Drawn { return kit.Drawn{Lines: kit.Bars(e, w-1, bars)} }},
		{Table: t}, {Name: "ui.surveys.words", Draw: wordLines(r.Words), Empty: "ui.surveys.no_words"}}
}

func hundredths(n int64) string { return fmt.Sprintf("%d.%02d", n/100, n%100) }

// wordLines draws what people wrote, a dash before each.
func wordLines(list []string) func(e kit.Env, w int) kit.Drawn {
	if len(list) == 0 {
		return nil
	}
	return func(_ kit.Env, w int) (out kit.Drawn) {
		for _, text := range list {
			for i, line := range width.Wrap(width.Clean(text), max(20, min(w-6, 100))) {
				out.Lines = append(out.Lines, map[bool]string{true: "  - ", false: "    "}[i == 0]+line)
			}
		}
		return out
	}
}
