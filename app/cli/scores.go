package cli

import (
	"strconv"
	"strings"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/teaching"
)

// scoreCommands are a student's own scores.
func scoreCommands() []command {
	return []command{{path: "scores", use: "[CLASS]", max: 1, may: right("list", "study_records"), run: showScores, example: []string{"scores", "scores python-s9 --json"}}}
}

// places gives the places of a class that the actor may see: all to who may
// rank it, to its student his own and what the class shows him.
func (c *call) places(class string) ([]teaching.Place, teaching.Ranking, error) {
	found, err := c.app.Catalog.ClassByCode(c.ctx, c.by, class)
	if err != nil {
		if fault.Of(err) == fault.NotFound {
			err = noSuch("class", class)
		}
		return nil, teaching.Ranking{}, err
	}
	r, err := c.app.Teaching.Ranking(c.ctx, c.by, found.ID)
	if err != nil && fault.Of(err) == fault.Forbidden {
		r, _, err = c.app.Teaching.MyRanking(c.ctx, c.by, found.ID)
	}
	return r.Places, r, err
}

func showRanking(c *call, in input) error {
	places, r, err := c.places(in.args[0])
	if err != nil {
		return err
	}
	out, rows := []object{}, [][]string{}
	for _, p := range places {
		out = append(out, placeJSON(p, r.Size))
		rows = append(rows, []string{rankText(p), p.Name, strconv.FormatInt(p.Total, 10), strconv.FormatInt(p.Graded, 10)})
	}
	if c.json {
		return c.printJSON(out)
	}
	table(c.out, []string{c.p.T("field.rank"), c.p.T("field.name"), c.p.T("field.total"), c.p.T("field.graded")}, rows)
	c.say("cli.class_size", "n", r.Size)
	return nil
}

func rankText(p teaching.Place) string {
	if p.Rank == 0 {
		return "-"
	}
	return strconv.FormatInt(p.Rank, 10)
}

func placeJSON(p teaching.Place, size int) object {
	out := object{"rank": nil, "of": size, "name": p.Name, "student": orNil(p.Login), "total": p.Total, "graded": p.Graded}
	if p.Rank > 0 {
		out["rank"] = p.Rank
	}
	return out
}

// showScores prints a student's released scores with comments, and where he
// stands in each class.
// Who teaches sees the totals of a class.
func showScores(c *call, in input) error {
	if c.by.Rights == nil || c.by.Rights.Scope.Customer == 0 {
		if len(in.args) == 0 {
			return misuse("cli.too_few", "usage", "scores CLASS")
		}
		return showRanking(c, in)
	}
	list, err := c.app.Teaching.MyLessons(c.ctx, c.by, 0)
	if err != nil {
		return err
	}
	var classes []string
	by := map[string][]teaching.MyLesson{}
	for _, m := range list {
		if len(in.args) > 0 && !strings.EqualFold(m.ClassCode, in.args[0]) {
			continue
		}
		if _, seen := by[m.ClassCode]; !seen {
			classes = append(classes, m.ClassCode)
		}
		by[m.ClassCode] = append(by[m.ClassCode], m)
	}
	if len(classes) == 0 && len(in.args) > 0 {
		return noSuch("class", in.args[0])
	}
	return c.printScores(classes, by)
}

func (c *call) printScores(classes []string, by map[string][]teaching.MyLesson) error {
	out := []object{}
	for i, code := range classes {
		r, mine, err := c.app.Teaching.MyRanking(c.ctx, c.by, by[code][0].Class)
		if err != nil {
			return err
		}
		o := placeJSON(mine, r.Size)
		o["class"] = code
		lessons := []object{}
		for _, m := range by[code] {
			lessons = append(lessons, c.mineJSON(m))
		}
		o["lessons"] = lessons
		if out = append(out, o); c.json {
			continue
		}
		if i > 0 {
			c.line(c.out, "")
		}
		c.say("cli.standing", "class", code, "rank", rankText(mine), "size", r.Size, "total", mine.Total, "graded", mine.Graded)
		c.printMine(by[code])
	}
	if c.json {
		return c.printJSON(out)
	}
	if len(classes) == 0 {
		c.say("cli.empty", "records", i18n.W("resource.lessons"))
	}
	return nil
}

func (c *call) printMine(list []teaching.MyLesson) {
	var rows [][]string
	for _, m := range list {
		rows = append(rows, []string{strconv.FormatInt(m.Number, 10), m.Held, oneLine(m.Title), c.attendance(m.Record), c.score(m.Record.Score), oneLine(m.Record.Comment)})
	}
	var head []string
	for _, f := range []string{"number", "held", "title", "attendance", "score", "comment"} {
		head = append(head, c.p.T("field."+f))
	}
	table(c.out, head, rows)
}

func (c *call) mineJSON(m teaching.MyLesson) object {
	out := object{"id": m.ID, "class": m.ClassCode, "number": m.Number, "held": m.Held, "title": m.Title, "due": stamp(m.Due), "released": stamp(m.Released),
		"homework": m.State(c.app.DB.Now()), "versions": m.Versions, "attendance": orNil(string(m.Record.Attendance)), "minutes_late": m.Record.Minutes,
		"score": m.Record.Score, "points": nil, "comment": m.Record.Comment, "before_join": m.Record.BeforeJoin}
	if m.Record.Score.Counts() {
		out["points"] = m.Record.Score.Points()
	}
	return out
}
