package cli

import (
	"strconv"
	"strings"

	"cohort/app/survey"
)

// surveyCommands open, answer, close and read surveys; they are listed as every
// record is.
func surveyCommands() []command {
	return []command{
		{path: "surveys open", use: "CLASS", min: 1, max: 1, may: right("add", "surveys"), flags: func(_ *call, f flags) { f.text("lecturer", "LOGIN"); f.text("closes", "DATE") },
			run: openSurvey, example: []string{"surveys open python-s9", "surveys open python-s9 --lecturer lecturer --closes 2026-12-15"}},
		{path: "surveys answer", use: "ID", min: 1, max: 1, may: right("answer", "surveys"), flags: answerFlags, run: answerSurvey,
			example: []string{"surveys answer 2 --clarity 5 --pace 4 --patience 5 --overall 5 --words 'more exercises'"}},
		{path: "surveys close", use: "ID", min: 1, max: 1, may: right("close", "surveys"), run: closeSurvey},
		{path: "surveys results", use: "ID", min: 1, max: 1, may: right("results", "surveys"), run: surveyResults, example: []string{"surveys results 1", "surveys results 1 --json"}},
	}
}

func answerFlags(_ *call, f flags) {
	for _, q := range survey.Questions {
		f.number(q, "1-5", 0)
	}
	f.text("words", "TEXT")
}

func openSurvey(c *call, in input) error {
	typed := map[string]string{"class": in.args[0]}
	for _, name := range []string{"lecturer", "closes"} {
		if in.Changed(name) {
			typed[name] = in.str(name)
		}
	}
	id, err := c.app.Engine.Add(c.ctx, c.by, "surveys", typed)
	if err != nil {
		return err
	}
	x, err := c.app.Surveys.Get(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	return c.done(surveyJSON(x), "cli.surveys.opened", "id", id, "closes", x.Closes)
}

func surveyJSON(x survey.Survey) object {
	out := object{"id": x.ID, "class": x.ClassCode, "lecturer": x.LecturerLogin, "state": x.State, "opened": x.Opened, "closes": x.Closes, "shown_from": x.Least}
	if x.State == survey.Closed {
		out["closed"], out["students"], out["answers"] = x.ClosedOn, x.Invited, x.Answers
	}
	return out
}

func answerSurvey(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	a := survey.Answer{Marks: map[string]int64{}, Words: in.str("words")}
	for _, q := range survey.Questions {
		a.Marks[q] = in.num(q)
	}
	if err := c.app.Surveys.Answer(c.ctx, c.by, id, a); err != nil {
		return err
	}
	return c.done(object{"id": id, "answered": true}, "cli.surveys.thanks")
}

func closeSurvey(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	x, err := c.app.Surveys.Close(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	return c.done(surveyJSON(x), "cli.surveys.closed", "id", id, "n", x.Answers)
}

// surveyResults prints how each question was answered, and what was written.
func surveyResults(c *call, in input) error {
	id, err := parseID(in.args[0])
	if err != nil {
		return err
	}
	r, err := c.app.Surveys.Results(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(resultsJSON(r))
	}
	c.text(r.ClassCode + "  " + r.LecturerName)
	if r.Withheld != "" {
		c.say("survey.withheld."+r.Withheld, "least", r.Least)
		return nil
	}
	c.line(c.out, "")
	head := []string{""}
	for m := survey.Worst; m <= survey.Best; m++ {
		head = append(head, strconv.Itoa(m))
	}
	var rows [][]string
	for _, t := range r.Tallies {
		row := []string{c.p.T("field." + t.Question)}
		for _, n := range t.Marks {
			row = append(row, strconv.FormatInt(n, 10))
		}
		rows = append(rows, append(row, strconv.FormatFloat(float64(t.Mean())/100, 'f', 2, 64)))
	}
	rightTable(c.out, append(head, c.p.T("cli.surveys.mean")), rows)
	for _, w := range r.Words {
		c.line(c.out, "")
		c.text("- " + strings.TrimSpace(w))
	}
	return nil
}

func resultsJSON(r survey.Results) object {
	out := surveyJSON(r.Survey)
	if r.Withheld != "" {
		out["withheld"] = r.Withheld
		return out
	}
	marks := object{}
	for _, t := range r.Tallies {
		marks[t.Question] = object{"mean": float64(t.Mean()) / 100, "marks": t.Marks}
	}
	out["results"], out["words"] = marks, append([]string{}, r.Words...)
	return out
}
