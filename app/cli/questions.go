package cli

import (
	"strings"

	"cohort/app/fault"
	qa "cohort/app/question"
)

// maxBody bounds a question's or an answer's text as it is read from standard
// input.
const maxBody = 256 << 10

func questionCommands() []command {
	return []command{
		{path: "questions search", use: "WORDS…", min: 1, max: -1, may: right("list", "questions"), run: searchQuestions,
			example: []string{"questions search 列表 排序", "questions search decorator --json"}},
		{path: "questions show", use: "ID", min: 1, max: 1, may: right("view", "questions"), run: showQuestion},
		{path: "questions ask", use: "TITLE… [--course CODE] [< BODY.md]", min: 1, max: -1, may: right("add", "questions"),
			flags: func(_ *call, f flags) { f.text("course", "CODE"); f.text("body", "TEXT"); f.flag("stdin") }, run: askQuestion,
			example: []string{"questions ask 列表怎么排序", "questions ask 'How to sort?' --course python --stdin < question.md"}},
		{path: "questions answer", use: "ID [--body TEXT] [< ANSWER.md]", min: 1, max: 1, may: right("answer", "questions"),
			flags: func(_ *call, f flags) { f.text("body", "TEXT") }, run: answerQuestion,
			example: []string{"questions answer 7 < answer.md", "questions answer 7 --body 'use sorted()'"}},
		{path: "questions accept", use: "ANSWER", min: 1, max: 1, may: right("accept", "questions"), run: acceptAnswer,
			example: []string{"questions accept 12"}},
		{path: "questions vote", use: "ID", min: 1, max: 1, may: right("vote", "questions"),
			flags: func(_ *call, f flags) { f.flag("answer"); f.flag("undo") }, run: voteQuestion,
			example: []string{"questions vote 7", "questions vote 12 --answer", "questions vote 7 --undo"}},
	}
}

func searchQuestions(c *call, in input) error {
	typed := strings.Join(in.args, " ")
	list, err := c.app.Questions.Search(c.ctx, c.by, typed, 0)
	if err != nil {
		return err
	}
	if c.json {
		out := make([]object, 0, len(list))
		for _, q := range list {
			out = append(out, questionJSON(q))
		}
		return c.printJSON(out)
	}
	if len(list) == 0 {
		c.say("cli.questions.none", "words", short(typed))
		return nil
	}
	rows := make([][]string, 0, len(list))
	for _, q := range list {
		rows = append(rows, []string{number(q.ID), oneLine(q.Title), q.CourseCode, c.p.T("choice.state." + q.State), number(int64(q.AnswerCount)), number(int64(q.Votes))})
	}
	table(c.out, append([]string{"ID"}, c.heads("title", "course", "state", "answers", "votes")...), rows)
	return nil
}

func questionJSON(q qa.Question) object {
	return object{"id": q.ID, "version": q.Version, "title": q.Title, "course": q.CourseCode, "state": q.State, "answers": q.AnswerCount, "votes": q.Votes,
		"asker": q.AuthorLogin, "created": stamp(q.Created)}
}

func showQuestion(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	t, err := c.app.Questions.Thread(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	if c.json {
		out, answers := questionJSON(t.Question), make([]object, 0, len(t.Answers))
		for _, a := range t.Answers {
			answers = append(answers, object{"id": a.ID, "answerer": a.AuthorLogin, "body": a.Body, "votes": a.Votes, "accepted": a.Accepted, "created": stamp(a.Created)})
		}
		out["body"], out["answers"] = t.Body, answers
		return c.printJSON(out)
	}
	pairs(c.out, [][2]string{
		{c.p.T("one.questions"), "#" + number(t.ID) + " " + t.Title},
		{c.p.T("field.course"), t.CourseName},
		{c.p.T("field.asker"), t.AuthorName},
		{c.p.T("field.created"), c.moment(t.Created)},
		{c.p.T("field.state"), c.p.T("choice.state." + t.State)},
		{c.p.T("field.votes"), number(int64(t.Votes))},
	})
	c.body(t.Body)
	for _, a := range t.Answers {
		c.line(c.out, "")
		key := "cli.questions.answer_by"
		if a.Accepted {
			key = "cli.questions.accepted_by"
		}
		c.say(key, "id", a.ID, "who", a.AuthorName, "when", c.moment(a.Created), "votes", a.Votes)
		c.body(a.Body)
	}
	return nil
}

// body prints a text of people below its heading.
func (c *call) body(text string) {
	if text != "" {
		c.line(c.out, "")
		c.text(text)
	}
}

func askQuestion(c *call, in input) error {
	course, err := c.courseToAsk(in.str("course"))
	if err != nil {
		return err
	}
	body := in.str("body")
	if in.yes("stdin") {
		if body, err = c.read(maxBody); err != nil {
			return err
		}
	}
	q, err := c.app.Questions.Ask(c.ctx, c.by, qa.NewQuestion{Course: course, Title: strings.Join(in.args, " "), Body: body})
	if err != nil {
		return err
	}
	return c.done(questionJSON(q), "cli.questions.asked", "id", q.ID)
}

// courseToAsk finds the course by its code; one's only course need not be named.
func (c *call) courseToAsk(code string) (int64, error) {
	list, err := c.app.Questions.Courses(c.ctx, c.by)
	if err != nil {
		return 0, err
	}
	var codes []string
	for _, x := range list {
		if strings.EqualFold(x.Code, code) || code == "" && len(list) == 1 {
			return x.ID, nil
		}
		codes = append(codes, x.Code)
	}
	if code == "" {
		return 0, misuse("cli.questions.which_course", "courses", codes)
	}
	return 0, fault.Field("course", "fault.bad_choice", "value", short(code), "choices", strings.Join(codes, ", "))
}

func answerQuestion(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	body := in.str("body")
	if !in.Changed("body") {
		if body, err = c.read(maxBody); err != nil {
			return err
		}
	}
	answer, err := c.app.Questions.Answer(c.ctx, c.by, id, body)
	if err != nil {
		return err
	}
	return c.done(object{"id": answer, "question": id}, "cli.questions.answered", "id", answer, "question", id)
}

func acceptAnswer(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	q, err := c.app.Questions.Accept(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	return c.done(object{"id": q.ID, "state": q.State, "accepted": id}, "cli.questions.accepted", "id", id, "question", q.ID)
}

func voteQuestion(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	vote := c.app.Questions.Vote
	if in.yes("answer") {
		vote = c.app.Questions.VoteAnswer
	}
	n, err := vote(c.ctx, c.by, id, !in.yes("undo"))
	if err != nil {
		return err
	}
	return c.done(object{"id": id, "votes": n}, "cli.questions.voted", "n", n)
}
