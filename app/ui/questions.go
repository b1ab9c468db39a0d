package ui

import (
	"context"
	"strings"

	"cohort/app/policy"
	qa "cohort/app/question"
	"cohort/app/resource"
	"cohort/app/ui/kit"
)

// questions is where one looks before one asks: what is typed is searched by
// its rare words first, and asked with one key where nothing is found.
func (d *desk) questions(query string) kit.Screen {
	return d.recordList("questions", query, func(s *kit.ListSpec) {
		s.Name, s.Empty, s.None = "ui.place.questions", "ui.questions.empty", "ui.questions.none"
		s.Source = questionSource{recordSource{d, "questions"}}
		s.Open = func(r kit.Row) kit.Cmd { return kit.Push(d.question(r.ID)) }
		s.Views = []kit.ListView{
			{ID: "ui.questions.unanswered", Query: "state:open sort:created"},
			{ID: "ui.questions.solved", Query: "state:solved"},
			{ID: "ui.questions.mine", Query: "asker:me"},
			{ID: "ui.questions.most_votes", Query: "sort:-votes"},
		}
		s.Actions = func(l *kit.List) []kit.Action {
			return []kit.Action{{ID: "ui.questions.ask", Keys: []string{"n"}, Weight: 9, WhyNot: d.can("add", "questions"),
				Run: func() kit.Cmd { return kit.Push(d.askQuestion(wordsOf(l.Query()))) }}}
		}
	})
}

// wordsOf gives the words of a query, without its conditions: a title to begin
// with.
func wordsOf(query string) string {
	q, err := resource.Parse(query)
	if err != nil {
		return ""
	}
	return strings.Join(q.Words, " ")
}

// questionSource searches where there are words and nothing else, and lists
// otherwise.
type questionSource struct{ recordSource }

// Page is kit.Source's.
func (s questionSource) Page(ctx context.Context, r kit.Request) (kit.Page, error) {
	if !searched(r.Query) {
		return s.recordSource.Page(ctx, r)
	}
	if r.After != nil {
		return kit.Page{Total: -1}, nil
	}
	return asks(s.desk, func(ctx context.Context, by policy.Actor) (kit.Page, error) {
		list, err := s.desk.app.Questions.Search(ctx, by, wordsOf(r.Query), 50)
		page := kit.Page{Total: len(list)}
		for i, q := range list {
			page.Rows = append(page.Rows, s.desk.questionRow(q, i, r.Columns))
		}
		return page, err
	})(ctx)
}

// Count is kit.Counter's.
func (s questionSource) Count(ctx context.Context, query string) (int, bool, error) {
	if !searched(query) {
		return s.recordSource.Count(ctx, query)
	}
	p, err := s.Page(ctx, kit.Request{Query: query})
	return len(p.Rows), false, err
}

func searched(query string) bool {
	q, err := resource.Parse(query)
	return err == nil && len(q.Words) > 0 && len(q.Terms) == 0 && q.Sort == ""
}

// questionRow is a found question in the columns of the list.
func (d *desk) questionRow(q qa.Question, place int, columns []string) kit.Row {
	p := d.p()
	waits := 0
	if q.State == qa.Open {
		waits = int(d.app.DB.Now().Sub(q.Created).Hours()) / 24
	}
	cells := map[string]string{"title": q.Title, "course": q.CourseName, "state": p.T("choice.state." + q.State), "answers": kit.ID(int64(q.AnswerCount)),
		"votes": kit.ID(int64(q.Votes)), "waiting": kit.ID(int64(waits)), "asker": q.AuthorName, "created": p.Date(q.Created)}
	row := kit.Row{ID: q.ID, Cursor: place}
	for _, name := range columns {
		row.Cells = append(row.Cells, kit.Cell{Text: cells[name]})
	}
	return row
}

// question is one question with its answers.
func (d *desk) question(id int64) kit.Screen {
	return kit.NewDetail(kit.DetailSpec{Name: "one.questions", Addr: "questions/" + kit.ID(id), Watch: []string{"questions", "answers"},
		Load: asks(d, func(ctx context.Context, by policy.Actor) (kit.DetailPage, error) {
			t, err := d.app.Questions.Thread(ctx, by, id)
			if err != nil {
				return kit.DetailPage{}, err
			}
			data := thread{Thread: t, me: by.Account}
			for action, why := range map[string]*error{"answer": &data.answer, "accept": &data.accept, "vote": &data.vote, "change": &data.change} {
				*why = d.may(ctx, by, action, "questions", id)
			}
			return kit.DetailPage{Title: t.Title, Sections: d.threadSections(t), Data: data}, nil
		}),
		Actions: func(p *kit.Detail) []kit.Action {
			page, _ := p.Page()
			data, ok := page.Data.(thread)
			if !ok {
				return nil
			}
			return d.threadActions(data)
		}})
}

// thread is what the actions of a question's page depend on: the errors why not.
type thread struct {
	qa.Thread
	me                           int64
	answer, accept, vote, change error
}

func (d *desk) threadSections(t qa.Thread) []kit.Section {
	p := d.p()
	state := kit.Pair{Name: "field.state", Value: p.T("choice.state." + t.State), Tone: kit.Warn}
	if t.State == qa.Solved {
		state.Tone = kit.Good
	}
	list := []kit.Section{
		{Pairs: []kit.Pair{{Name: "field.title", Value: t.Title, Tone: kit.Strong, Wide: true}, {Name: "field.asker", Value: t.AuthorName}, {Name: "field.created", Value: p.DateTime(t.Created)},
			{Name: "field.course", Value: t.CourseName}, state, {Name: "field.votes", Value: kit.ID(int64(t.Votes))}}},
	}
	if t.Body != "" {
		list = append(list, kit.Section{Markdown: t.Body})
	}
	if len(t.Answers) == 0 {
		return append(list, kit.Section{Name: "ui.questions.answers", Empty: "ui.questions.no_answers"})
	}
	for _, a := range t.Answers {
		s := kit.Section{Name: "ui.questions.answer_by", Args: []any{"who", a.AuthorName, "when", p.DateTime(a.Created), "votes", a.Votes}, Markdown: a.Body}
		if a.Accepted {
			s.Name = "ui.questions.accepted_by"
		}
		list = append(list, s)
	}
	return list
}

func (d *desk) threadActions(t thread) []kit.Action {
	list := []kit.Action{
		{ID: "ui.questions.answer", Keys: []string{"a"}, Weight: 9, WhyNot: t.answer, Run: func() kit.Cmd { return kit.Push(d.answerQuestion(t.ID)) }},
		{ID: "ui.questions.vote", Keys: []string{"v"}, Weight: 7, WhyNot: t.vote, Run: func() kit.Cmd { return d.voteOn(t) }},
	}
	if len(t.Answers) > 0 {
		list = append(list, kit.Action{ID: "ui.questions.accept", Keys: []string{"y"}, Weight: 8, WhyNot: t.accept, Run: func() kit.Cmd {
			return d.chooseAnswer("ui.questions.accept", t.Answers, func(id int64) kit.Cmd {
				return d.act("accept", func(ctx context.Context, by policy.Actor) error {
					_, err := d.app.Questions.Accept(ctx, by, id)
					return err
				}, "ui.questions.accepted")
			})
		}})
	}
	if t.Author == t.me {
		list = append(list, kit.Action{ID: "ui.questions.edit", Keys: []string{"e"}, Weight: 5, WhyNot: t.change, Run: func() kit.Cmd { return kit.Push(d.editText("questions", t.ID)) }})
	}
	if own := ownAnswers(t); len(own) > 0 {
		list = append(list, kit.Action{ID: "ui.questions.edit_answer", Keys: []string{"E"}, Weight: 4, Run: func() kit.Cmd {
			return d.chooseAnswer("ui.questions.edit_answer", own, func(id int64) kit.Cmd { return kit.Push(d.editText("answers", id)) })
		}})
	}
	return list
}

func ownAnswers(t thread) (own []qa.Answer) {
	for _, a := range t.Answers {
		if a.Author == t.me {
			own = append(own, a)
		}
	}
	return own
}

func (d *desk) editText(name string, id int64) kit.Screen {
	return d.recordForm(name, id, func(s *kit.FormSpec) {
		for i := range s.Fields {
			if s.Fields[i].Kind == kit.KindArea {
				s.Fields[i].Rows, s.Fields[i].Help = 10, "ui.questions.markdown"
			}
		}
	}, func(int64) kit.Cmd { return kit.Close(kit.Toast(kit.Good, "ui.saved")) })
}

// chooseAnswer asks which answer is meant, where there are several.
func (d *desk) chooseAnswer(key string, list []qa.Answer, then func(id int64) kit.Cmd) kit.Cmd {
	if len(list) == 1 {
		return then(list[0].ID)
	}
	var options []kit.Option
	for _, a := range list {
		first, _, _ := strings.Cut(a.Body, "\n")
		options = append(options, kit.Option{Value: kit.ID(a.ID), Label: a.AuthorName + ": " + first})
	}
	return kit.Choose(key, options, func(o kit.Option) kit.Cmd {
		return then((kit.Values{"id": {Text: o.Value}}).Int("id"))
	})
}

// voteOn votes for the question or one of its answers; a second time takes the
// vote back.
func (d *desk) voteOn(t thread) kit.Cmd {
	cast := func(do func(context.Context, policy.Actor, int64, bool) (int, error), id int64, voted bool) kit.Cmd {
		said := "ui.questions.voted"
		if voted {
			said = "ui.questions.vote_undone"
		}
		return d.act("vote", func(ctx context.Context, by policy.Actor) error {
			_, err := do(ctx, by, id, !voted)
			return err
		}, said)
	}
	options := []kit.Option{{Value: "0", Label: d.p().T("one.questions") + ": " + t.Title}}
	for i, a := range t.Answers {
		first, _, _ := strings.Cut(a.Body, "\n")
		options = append(options, kit.Option{Value: kit.ID(int64(i + 1)), Label: a.AuthorName + ": " + first})
	}
	choose := func(o kit.Option) kit.Cmd {
		n := (kit.Values{"n": {Text: o.Value}}).Int("n")
		if n == 0 {
			return cast(d.app.Questions.Vote, t.ID, t.Voted)
		}
		a := t.Answers[n-1]
		return cast(d.app.Questions.VoteAnswer, a.ID, a.Voted)
	}
	if len(options) == 1 {
		return choose(options[0])
	}
	return kit.Choose("ui.questions.vote", options, choose)
}
