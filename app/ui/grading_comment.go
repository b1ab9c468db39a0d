package ui

import (
	"context"

	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/teaching"
	"cohort/app/ui/kit"
)

// comment is the form of one comment, with the score beside it.
func (s *gradingScreen) comment(r teaching.StudyRecord) kit.Screen {
	var options []kit.Option
	for _, x := range teaching.Scores() {
		options = append(options, kit.Option{Value: string(x), Label: s.d.p().T("choice.score." + string(x))})
	}
	return kit.NewForm(kit.FormSpec{Name: "ui.teaching.comment_of", Args: []any{"name", r.Name},
		Fields: []kit.Field{
			{Name: "comment", Kind: kit.KindArea, Rows: 8, Value: kit.Value{Text: r.Comment}},
			{Name: "score", Kind: kit.KindChoice, Options: options, Value: kit.Value{Text: string(r.Score), Label: s.d.p().T("choice.score." + string(r.Score))}},
		},
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			text, score := in.Values.Text("comment"), teaching.Score(in.Values.Text("score"))
			err := does(s.d, func(ctx context.Context, by policy.Actor) error {
				_, err := s.d.app.Teaching.Grade(ctx, by, r.ID, r.Version, teaching.Grade{Score: &score, Comment: &text})
				return err
			})(ctx)
			return kit.Close(kit.Toast(kit.Good, "ui.teaching.graded", "name", r.Name)), err
		}})
}

// phrases puts one of one's own phrases at the end of the comment.
func (s *gradingScreen) phrases(r teaching.StudyRecord) kit.Cmd {
	return kit.Ask("phrases", asks(s.d, s.d.app.Teaching.Phrases), func(list []teaching.Phrase, err error) kit.Cmd {
		if err != nil {
			return kit.Fail(err)
		}
		if len(list) == 0 {
			return kit.Toast(kit.Plain, "ui.teaching.no_phrases")
		}
		var options []kit.Option
		for _, p := range list {
			options = append(options, kit.Option{Value: kit.ID(p.ID), Label: p.Text})
		}
		return kit.Show(&kit.Picker{Name: "ui.teaching.phrases", Options: options,
			Extra: func(o kit.Option) []kit.Action {
				return []kit.Action{{ID: "ui.teaching.drop_phrase", Keys: []string{"ctrl+d"}, Weight: 4, Run: func() kit.Cmd { return kit.Close(s.drop(list, o.Value)) }}}
			},
			Then: func(o []kit.Option) kit.Cmd {
				text := o[0].Label
				if r.Comment != "" {
					text = r.Comment + "\n" + text
				}
				return s.write(r, teaching.Grade{Comment: &text})
			}})
	})
}

// drop takes a phrase out of the bank.
func (s *gradingScreen) drop(list []teaching.Phrase, value string) kit.Cmd {
	for _, p := range list {
		if kit.ID(p.ID) == value {
			return s.d.act("phrase", func(ctx context.Context, by policy.Actor) error { return s.d.app.Teaching.DropPhrase(ctx, by, p.ID) }, "ui.teaching.phrase_dropped")
		}
	}
	return nil
}

// keep puts the comment that is shown into the bank.
func (s *gradingScreen) keep(r teaching.StudyRecord) kit.Cmd {
	return s.d.act("phrase", func(ctx context.Context, by policy.Actor) error {
		return s.d.app.Teaching.KeepPhrase(ctx, by, r.Comment)
	}, "ui.teaching.phrase_kept")
}

// fill gives everybody below who has no score yet the score and the comment of
// the one who is shown.
func (s *gradingScreen) fill(data gradingData, r teaching.StudyRecord) kit.Cmd {
	var students []int64
	for _, x := range data.list[indexOf(data.list, r.Student)+1:] {
		if !x.Score.Counts() && !x.BeforeJoin {
			students = append(students, x.Student)
		}
	}
	if len(students) == 0 {
		return kit.Toast(kit.Plain, "ui.teaching.fill_none")
	}
	return kit.Show(&kit.Confirm{Name: "ui.teaching.fill", Body: []any{i18n.W("ui.teaching.fill_ask", "n", len(students), "score", s.d.p().T("choice.score."+string(r.Score)))}, Yes: "ui.teaching.fill",
		Then: func() kit.Cmd {
			return s.d.act("fill", func(ctx context.Context, by policy.Actor) error {
				_, err := s.d.app.Teaching.Fill(ctx, by, s.lesson, students, teaching.Grade{Score: &r.Score, Comment: &r.Comment})
				return err
			}, "ui.teaching.filled", "n", len(students))
		}})
}
