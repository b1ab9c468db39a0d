package cli

import (
	"strconv"
	"strings"

	"cohort/app/teaching"
)

func gradeCommands() []command {
	return []command{
		{path: "grades set", use: "CLASS N STUDENT SCORE", min: 3, max: 4, may: right("grade", "study_records"), flags: gradeFlags, run: setGrade,
			example: []string{"grades set python-s9 1 kobe A --comment 'clean code'", "grades set python-s9 1 kobe --comment 'see me'"}},
		{path: "grades fill", use: "CLASS N SCORE", min: 3, max: 3, may: right("grade", "study_records"), flags: gradeFlags, run: fillGrades,
			example: []string{"grades fill python-s9 1 D --comment 'nothing handed in'"}},
		{path: "grades list", use: "CLASS N", min: 1, max: 2, may: right("list", "study_records"), run: listGrades, example: []string{"grades list python-s9 1 --json"}},
		{path: "grades history", use: "CLASS N STUDENT", min: 3, max: 3, may: right("grade", "study_records"), run: gradeHistory, example: []string{"grades history python-s9 1 kobe"}},
		{path: "grades release", use: "CLASS N", min: 1, max: 2, may: right("release", "lessons"), run: releaseGrades, example: []string{"grades release python-s9 1"}},
		{path: "grades ranking", use: "CLASS", min: 1, max: 1, may: right("list", "study_records"), run: showRanking, example: []string{"grades ranking python-s9"}},
		{path: "grades recount", may: right("correct", "study_records"), run: recountGrades},
	}
}

func gradeFlags(_ *call, f flags) { f.text("comment", "TEXT") }

// typedGrade is what was given: a score, a comment, or both.
func typedGrade(in input, score string) (g teaching.Grade) {
	if score != "" {
		s := teaching.Score(score)
		g.Score = &s
	}
	if in.Changed("comment") {
		text := in.str("comment")
		g.Comment = &text
	}
	return g
}

// recordAt finds a student's record of a lesson.
func (c *call) recordAt(args []string) (l teaching.Lesson, r teaching.StudyRecord, err error) {
	if l, err = c.lessonAt(args[:2]); err != nil {
		return l, r, err
	}
	records, err := c.app.Teaching.Records(c.ctx, c.by, l.ID)
	if err != nil {
		return l, r, err
	}
	r, err = findStudent(records, l, args[2])
	return l, r, err
}

func setGrade(c *call, in input) error {
	score := ""
	if len(in.args) > 3 {
		score = in.args[3]
	}
	g := typedGrade(in, score)
	if g.Score == nil && g.Comment == nil {
		return misuse("cli.nothing_given")
	}
	_, r, err := c.recordAt(in.args)
	if err != nil {
		return err
	}
	if r, err = c.app.Teaching.Grade(c.ctx, c.by, r.ID, 0, g); err != nil {
		return err
	}
	key := "cli.graded"
	if !r.Released.IsZero() {
		key = "cli.graded_told"
	}
	return c.done(gradeJSON(r), key, "name", r.Name, "class", r.ClassCode, "n", r.Number, "score", c.score(r.Score))
}

// fillGrades gives everybody of a lesson who has no score yet the same one.
func fillGrades(c *call, in input) error {
	l, err := c.lessonAt(in.args[:2])
	if err != nil {
		return err
	}
	records, err := c.app.Teaching.Records(c.ctx, c.by, l.ID)
	if err != nil {
		return err
	}
	var students []int64
	for _, r := range records {
		students = append(students, r.Student)
	}
	n, err := c.app.Teaching.Fill(c.ctx, c.by, l.ID, students, typedGrade(in, in.args[2]))
	if err != nil {
		return err
	}
	return c.done(object{"graded": n}, "cli.filled", "n", n)
}

func gradeJSON(r teaching.StudyRecord) object {
	out := object{"record": r.ID, "version": r.Version, "roll": r.Roll, "student": r.Login, "name": r.Name, "score": r.Score, "points": nil, "comment": r.Comment,
		"graded_by": orNil(r.GraderName), "graded": stamp(r.Graded), "before_join": r.BeforeJoin}
	if r.Score.Counts() {
		out["points"] = r.Score.Points()
	}
	return out
}

// score says a score for a reader.
func (c *call) score(s teaching.Score) string { return c.p.T("choice.score." + string(s)) }

func listGrades(c *call, in input) error {
	l, err := c.lessonAt(in.args)
	if err != nil {
		return err
	}
	records, err := c.app.Teaching.Records(c.ctx, c.by, l.ID)
	if err != nil {
		return err
	}
	out, rows := []object{}, [][]string{}
	for _, r := range records {
		out = append(out, gradeJSON(r))
		score := c.score(r.Score)
		if r.BeforeJoin {
			score = c.p.T("field.before_join")
		}
		rows = append(rows, []string{strconv.FormatInt(r.Roll, 10), r.Name, r.Login, score, oneLine(r.Comment), r.GraderName, c.moment(r.Graded)})
	}
	if c.json {
		return c.printJSON(object{"class": l.ClassCode, "lesson": l.Number, "released": stamp(l.Released), "grades": out})
	}
	var head []string
	for _, f := range []string{"roll", "name", "login", "score", "comment", "graded_by", "graded"} {
		head = append(head, c.p.T("field."+f))
	}
	table(c.out, head, rows)
	key := "cli.not_released"
	if !l.Released.IsZero() {
		key = "cli.released_at"
	}
	c.say(key, "when", c.moment(l.Released))
	return nil
}

// gradeHistory tells what a grade was before, and who changed it.
func gradeHistory(c *call, in input) error {
	_, r, err := c.recordAt(in.args)
	if err != nil {
		return err
	}
	list, err := c.app.Teaching.GradeHistory(c.ctx, c.by, r.ID)
	if err != nil {
		return err
	}
	out, rows := []object{}, [][]string{}
	for _, e := range list {
		x := object{"at": stamp(e.At), "by": e.Login, "changes": e.Changes}
		if e.Erased != 0 {
			x["erased_by"] = e.Erased
		}
		out = append(out, x)
		var what []string
		for _, x := range e.Changes {
			what = append(what, c.p.T("field."+x.Field)+": "+x.Old+" -> "+x.New)
		}
		if e.Erased != 0 {
			what = []string{c.p.T("audit.erased", "entry", e.Erased)}
		}
		rows = append(rows, []string{c.moment(e.At), e.Login, oneLine(strings.Join(what, "; "))})
	}
	if c.json {
		return c.printJSON(out)
	}
	table(c.out, []string{c.p.T("field.at"), c.p.T("field.graded_by"), c.p.T("field.changes")}, rows)
	return nil
}

func releaseGrades(c *call, in input) error {
	l, err := c.lessonAt(in.args)
	if err != nil {
		return err
	}
	if !l.Released.IsZero() {
		return c.done(object{"told": 0, "left": 0, "released": stamp(l.Released)}, "cli.released_at", "when", c.moment(l.Released))
	}
	told, left, err := c.app.Teaching.Release(c.ctx, c.by, l.ID)
	if err != nil {
		return err
	}
	return c.done(object{"told": told, "left": left}, "cli.released", "class", l.ClassCode, "n", l.Number, "told", told, "left", left)
}

// recountGrades counts totals and attendance anew, and mends them where they
// differ.
func recountGrades(c *call, _ input) error {
	list, err := c.app.Teaching.RebuildStandings(c.ctx, c.by)
	if err != nil {
		return err
	}
	out := []string{}
	for _, d := range list {
		out = append(out, d.String())
	}
	return c.done(out, "cli.recounted", "n", len(out))
}
