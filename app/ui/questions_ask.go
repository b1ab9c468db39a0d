package ui

import (
	"context"
	"strings"
	"time"

	"cohort/app/policy"
	qa "cohort/app/question"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/width"
)

// askQuestion is the form for a question; title is what was searched for. While
// the title is typed, questions like it are shown: perhaps one is answered.
func (d *desk) askQuestion(title string) kit.Screen {
	near := &similar{desk: d}
	courses := d.coursesToAsk()
	var course kit.Value
	if len(courses) > 0 {
		course = kit.Value{Text: courses[0].Value, Label: courses[0].Label}
	}
	return kit.NewForm(kit.FormSpec{Name: "ui.questions.ask",
		Fields: []kit.Field{
			{Name: "title", Required: true, Limit: 200, Help: "ui.questions.title_help"},
			{Name: "similar", Label: "ui.questions.similar", Kind: kit.KindBlock, Draw: near.draw},
			{Name: "course", Kind: kit.KindChoice, Options: courses, Required: true},
			{Name: "body", Kind: kit.KindArea, Rows: 8, Help: "ui.questions.markdown"},
		},
		Load: func(ctx context.Context) (kit.Loaded, error) {
			near.find(ctx, title)
			return kit.Loaded{Values: kit.Values{"title": {Text: title}, "course": course}}, nil
		},
		OnChange: func(f *kit.Form, name string) kit.Cmd {
			if name != "title" {
				return nil
			}
			return near.look(f.Values().Text("title"))
		},
		Actions: func(*kit.Form) []kit.Action { return near.actions() },
		SaveID:  "ui.questions.send",
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			q, err := asks(d, func(ctx context.Context, by policy.Actor) (qa.Question, error) {
				return d.app.Questions.Ask(ctx, by, qa.NewQuestion{Course: in.Values.Int("course"), Title: in.Values.Text("title"), Body: in.Values.Text("body")})
			})(ctx)
			return kit.Batch(kit.Replace(d.question(q.ID)), kit.Toast(kit.Good, "ui.questions.asked")), err
		}})
}

func (d *desk) coursesToAsk() (out []kit.Option) {
	list, err := d.app.Questions.Courses(context.Background(), d.actor())
	if err != nil {
		return nil
	}
	for _, c := range list {
		out = append(out, kit.Option{Value: kit.ID(c.ID), Label: c.Name})
	}
	return out
}

// similar shows the questions like the one being asked.
type similar struct {
	desk *desk
	list []qa.Question
}

const fewSimilar = 4

func (s *similar) find(ctx context.Context, title string) {
	if list, err := s.search(ctx, title); err == nil {
		s.list = list
	}
}

func (s *similar) search(ctx context.Context, title string) ([]qa.Question, error) {
	if strings.TrimSpace(title) == "" {
		return nil, nil
	}
	return asks(s.desk, func(ctx context.Context, by policy.Actor) ([]qa.Question, error) {
		return s.desk.app.Questions.Search(ctx, by, title, fewSimilar)
	})(ctx)
}

// look searches once typing rests.
func (s *similar) look(title string) kit.Cmd {
	return kit.Work[[]qa.Question]{Name: "similar", Wait: 200 * time.Millisecond, Quiet: true,
		Do: func(ctx context.Context) ([]qa.Question, error) { return s.search(ctx, title) },
		Then: func(list []qa.Question, err error) kit.Cmd {
			if err == nil {
				s.list = list
			}
			return nil
		}}.Cmd()
}

func (s *similar) draw(e kit.Env, w int) []string {
	if len(s.list) == 0 {
		return []string{e.Theme.Paint(kit.Muted, e.T("ui.questions.none_similar"))}
	}
	var out []string
	for _, q := range s.list {
		state := e.T("choice.state." + q.State)
		out = append(out, width.Cut("- "+width.Clean(q.Title)+" ["+state+"]", w))
	}
	return append(out, e.Theme.Paint(kit.Muted, width.Cut(e.T("ui.questions.similar_help"), w)))
}

func (s *similar) actions() []kit.Action {
	if len(s.list) == 0 {
		return nil
	}
	return []kit.Action{{ID: "ui.questions.open_similar", Keys: []string{"ctrl+e"}, Weight: 8, Run: func() kit.Cmd {
		if len(s.list) == 1 {
			return kit.Push(s.desk.question(s.list[0].ID))
		}
		var options []kit.Option
		for _, q := range s.list {
			options = append(options, kit.Option{Value: kit.ID(q.ID), Label: q.Title, Note: s.desk.p().T("choice.state." + q.State)})
		}
		return kit.Choose("ui.questions.similar", options, func(o kit.Option) kit.Cmd {
			return kit.Push(s.desk.question((kit.Values{"id": {Text: o.Value}}).Int("id")))
		})
	}}}
}

// answerQuestion is the form for an answer.
func (d *desk) answerQuestion(id int64) kit.Screen {
	return kit.NewForm(kit.FormSpec{Name: "ui.questions.answer", SaveID: "ui.questions.send",
		Fields: []kit.Field{{Name: "body", Kind: kit.KindArea, Rows: 12, Required: true, Help: "ui.questions.markdown"}},
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			err := does(d, func(ctx context.Context, by policy.Actor) error {
				_, err := d.app.Questions.Answer(ctx, by, id, in.Values.Text("body"))
				return err
			})(ctx)
			return kit.Close(kit.Toast(kit.Good, "ui.questions.answered")), err
		}})
}
