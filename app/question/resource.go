package question

import (
	"time"

	"cohort/app/catalog"
	"cohort/app/policy"
	"cohort/app/resource"
)

// questionRules are the row-rule fields of questions. class is every class of
// the question's course: classmates and lecturers of it.
var questionRules = policy.Fields{
	"author": {Cond: "questions.author_id {in}"},
	"course": {Cond: "questions.course_id {in}"},
	"class":  {Cond: "questions.course_id IN (SELECT course_id FROM classes WHERE id {in})"},
	"state":  {Cond: "questions.state {in}", Text: true},
}

// answerRules are the row-rule fields of answers; class and asker are those of
// the question.
var answerRules = policy.Fields{
	"author": {Cond: "answers.author_id {in}"},
	"asker":  {Cond: "asked.author_id {in}"},
	"class":  {Cond: "asked.course_id IN (SELECT course_id FROM classes WHERE id {in})"},
}

func (s *Service) register() {
	q, a := questions(), answers()
	q.Add, q.Change = s.add, s.change
	a.Add, a.Change = s.addAnswer, s.changeAnswer
	s.Engine.Register(q)
	s.Engine.Register(a)
}

const day = "86400000"

// waiting is for how many whole days a question without an answer has waited.
const waiting = "(CASE WHEN questions.state = 'open' THEN ({now} - questions.created_at) / " + day + " ELSE 0 END)"

func now(at time.Time) map[string]any { return map[string]any{"now": at.UnixMilli()} }

func questions() *resource.Resource {
	return &resource.Resource{
		Name: "questions", Ver: "questions.version", Title: "questions.title", Order: "-created", Vars: now,
		From: "questions LEFT JOIN accounts AS authors ON authors.id = questions.author_id LEFT JOIN courses ON courses.id = questions.course_id",
		Fields: []resource.Field{
			{Name: "title", SQL: "questions.title", Column: true, Input: true, Required: true, Width: 34, Ways: findWord},
			{Name: "course", Kind: resource.Relation, SQL: "questions.course_id", Label: "courses.name", Code: "courses.code",
				Ref: "courses", Lookup: catalog.LookupCourse, Column: true, Input: true, AddOnly: true, Required: true, Width: 10, Priority: 3,
				Ways: named("questions.course_id", "courses", "courses.code", "courses.name")},
			{Name: "state", Kind: resource.Choice, SQL: "questions.state", Choices: States, Column: true},
			{Name: "answers", Kind: resource.Int, SQL: "questions.answer_count", Column: true, Priority: 1},
			{Name: "votes", Kind: resource.Int, SQL: "questions.votes", Column: true, Sort: true, Priority: 2},
			{Name: "waiting", Kind: resource.Int, SQL: waiting, Column: true, Priority: 1},
			{Name: "asker", Kind: resource.Relation, SQL: "questions.author_id", Label: "authors.name", Code: "authors.login",
				Ref: "accounts", Lookup: catalog.LookupAccount, Column: true, Width: 10, Priority: 2, Ways: named("questions.author_id", "accounts", "accounts.name", "accounts.login")},
			{Name: "created", Kind: resource.Time, SQL: "questions.created_at", Column: true, Sort: true},
			{Name: "updated", Kind: resource.Time, SQL: "questions.updated_at", Detail: true},
			{Name: "body", Kind: resource.LongText, SQL: "questions.body", Detail: true, Input: true, NoFilter: true},
		},
		Rights: []string{"answer", "accept", "vote"}, Rules: questionRules,
		Indexes: []resource.Index{{Name: "questions_created", Order: "created"}, {Name: "questions_state", Scope: []string{"state"}, Order: "created"},
			{Name: "questions_votes", Order: "votes"}},
	}
}

func answers() *resource.Resource {
	return &resource.Resource{
		Name: "answers", Ver: "answers.version", Title: "asked.title", Order: "-created",
		From: `answers LEFT JOIN questions AS asked ON asked.id = answers.question_id LEFT JOIN accounts AS authors ON authors.id = answers.author_id`,
		Fields: []resource.Field{
			{Name: "question", Kind: resource.Relation, SQL: "answers.question_id", Label: "asked.title", Ref: "questions", Column: true, Input: true, AddOnly: true, Required: true, Width: 30},
			{Name: "answerer", Kind: resource.Relation, SQL: "answers.author_id", Label: "authors.name", Code: "authors.login",
				Ref: "accounts", Lookup: catalog.LookupAccount, Column: true, Width: 10},
			{Name: "accepted", Kind: resource.Bool, SQL: "(CASE WHEN asked.accepted_id = answers.id THEN 1 ELSE 0 END)", Column: true},
			{Name: "votes", Kind: resource.Int, SQL: "answers.votes", Column: true},
			{Name: "created", Kind: resource.Time, SQL: "answers.created_at", Column: true, Sort: true},
			{Name: "body", Kind: resource.LongText, SQL: "answers.body", Detail: true, Input: true, Required: true, NoFilter: true},
		},
		Rules:   answerRules,
		Indexes: []resource.Index{{Name: "answers_created", Order: "created"}},
	}
}
