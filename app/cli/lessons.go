package cli

import (
	"io"
	"strconv"
	"strings"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/resource"
	"cohort/app/teaching"
)

// lessonCommands name a lesson as people do: by its class and its number.
func lessonCommands() []command {
	return []command{
		{path: "classes taught", use: "[CLASS]", max: 1, may: right("rank", "classes"), run: listTaught, example: []string{"classes taught", "classes taught python-s9"}},
		{path: "lessons show", use: "CLASS N", min: 1, max: 2, may: right("view", "lessons"), run: showLesson, example: []string{"lessons show python-s9 1"}},
		{path: "lessons add", use: "CLASS", min: 1, max: 1, may: right("add", "lessons"), flags: lessonFlags(true), run: addLesson,
			example: []string{"lessons add python-s9", "lessons add python-s9 --title Loops --homework 'print a triangle' --due '+3d 20:00'", "lessons add python-s9 --content - < lesson.md"}},
		{path: "lessons change", use: "CLASS N", min: 1, max: 2, may: right("change", "lessons"), flags: lessonFlags(false), run: changeLesson,
			example: []string{"lessons change python-s9 1 --due '2026-12-01 20:00'"}},
	}
}

// lessonFlags are the fields of a lesson but its class, which is an argument.
func lessonFlags(adding bool) func(c *call, f flags) {
	return func(c *call, f flags) {
		f.fields(c, c.lessonInputs(adding))
		if !adding {
			f.number("version", "N", 0)
		}
	}
}

func (c *call) lessonInputs(adding bool) (out []resource.Field) {
	res, _ := c.app.Engine.Get("lessons")
	for _, f := range res.Inputs(adding) {
		if f.Name != "class" {
			out = append(out, f)
		}
	}
	return out
}

// lessonAt finds the lesson that two arguments name, python-s9 1, or one:
// python-s9/1, or the number of the record.
func (c *call) lessonAt(args []string) (teaching.Lesson, error) {
	class, number := args[0], ""
	if len(args) > 1 {
		number = args[1]
	} else if at := strings.LastIndexByte(class, '/'); at > 0 && class[:at] != "lessons" {
		class, number = class[:at], class[at+1:]
	} else {
		id, err := parseID(class)
		if err != nil {
			return teaching.Lesson{}, misuse("cli.lesson_name", "value", short(class))
		}
		return c.app.Teaching.Lesson(c.ctx, c.by, id)
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 1 {
		return teaching.Lesson{}, misuse("cli.lesson_name", "value", short(strings.Join(args, " ")))
	}
	class = strings.ToLower(class)
	l, err := c.app.Teaching.LessonByNumber(c.ctx, c.by, class, n)
	if err != nil && fault.Of(err) == fault.NotFound {
		return l, c.noLesson(class, n)
	}
	return l, err
}

// noLesson says whether it is the class or the lesson that does not exist for
// the actor.
func (c *call) noLesson(class string, n int64) error {
	if _, err := c.app.Catalog.ClassByCode(c.ctx, c.by, class); err != nil {
		return noSuch("class", class)
	}
	return fault.New(fault.NotFound, "teaching.no_such_lesson", "class", class, "n", n)
}

// typedLesson gives what was typed for a lesson's fields; "-" stands for what
// comes on the input.
func (c *call) typedLesson(in input, adding bool) (map[string]string, error) {
	typed := given(in, c.lessonInputs(adding))
	read := false
	for _, name := range []string{"content", "homework"} {
		if typed[name] != "-" {
			continue
		}
		if read {
			return nil, misuse("cli.stdin_twice")
		}
		text, err := io.ReadAll(io.LimitReader(c.in, 1<<20))
		if err != nil {
			return nil, err
		}
		typed[name], read = strings.TrimSpace(string(text)), true
	}
	return typed, nil
}

func addLesson(c *call, in input) error {
	typed, err := c.typedLesson(in, true)
	if err != nil {
		return err
	}
	typed["class"] = in.args[0]
	id, err := c.app.Engine.Add(c.ctx, c.by, "lessons", typed)
	if err != nil {
		return err
	}
	l, err := c.app.Teaching.Lesson(c.ctx, c.by, id)
	if err != nil {
		return err
	}
	return c.done(lessonJSON(l), "cli.lesson_added", "class", l.ClassCode, "n", l.Number, "title", l.Title, "day", l.Held)
}

func changeLesson(c *call, in input) error {
	l, err := c.lessonAt(in.args)
	if err != nil {
		return err
	}
	typed, err := c.typedLesson(in, false)
	if err != nil {
		return err
	}
	if len(typed) == 0 {
		return misuse("cli.nothing_given")
	}
	if err := c.app.Engine.Change(c.ctx, c.by, "lessons", l.ID, in.num("version"), typed); err != nil {
		return err
	}
	return c.done(object{"id": l.ID}, "cli.changed", "record", i18n.W("one.lessons"), "id", l.ID)
}

func lessonJSON(l teaching.Lesson) object {
	return object{"id": l.ID, "version": l.Version, "class": l.ClassCode, "number": l.Number, "title": l.Title, "held": l.Held, "lecturer": l.LecturerLogin,
		"content": l.Content, "homework": l.Homework, "due": stamp(l.Due), "cutoff": stamp(l.Cutoff), "called": stamp(l.Called), "released": stamp(l.Released)}
}

// showLesson prints a lesson; a student also sees where he stands with it.
func showLesson(c *call, in input) error {
	l, err := c.lessonAt(in.args)
	if err != nil {
		return err
	}
	out, list := lessonJSON(l), [][2]string{{c.p.T("field.class"), l.ClassCode}, {c.p.T("field.number"), strconv.FormatInt(l.Number, 10)}, {c.p.T("field.title"), l.Title},
		{c.p.T("field.held"), l.Held}, {c.p.T("field.lecturer"), l.LecturerName}}
	if !l.Due.IsZero() {
		list = append(list, [2]string{c.p.T("field.due"), c.moment(l.Due)})
	}
	if !l.Cutoff.IsZero() {
		list = append(list, [2]string{c.p.T("field.cutoff"), c.moment(l.Cutoff)})
	}
	if mine, err := c.app.Teaching.MyLesson(c.ctx, c.by, l.ID); err == nil {
		out["mine"] = c.mineJSON(mine)
		list = append(list, [2]string{c.p.T("field.attendance"), c.attendance(mine.Record)}, [2]string{c.p.T("field.score"), c.score(mine.Record.Score)},
			[2]string{c.p.T("field.comment"), mine.Record.Comment}, [2]string{c.p.T("field.homework_state"), c.p.T("choice.homework." + string(mine.State(c.app.DB.Now())))})
	}
	if c.json {
		return c.printJSON(out)
	}
	pairs(c.out, list)
	for _, part := range [][2]string{{"field.content", l.Content}, {"field.homework", l.Homework}} {
		if part[1] != "" {
			c.line(c.out, "\n"+c.p.T(part[0])+"\n")
			c.text(part[1])
		}
	}
	return nil
}

// listTaught prints the lecturer's classes at a glance, or one of them.
func listTaught(c *call, in input) error {
	list, err := c.app.Teaching.Classes(c.ctx, c.by)
	if err != nil {
		return err
	}
	if len(in.args) > 0 {
		one := list[:0]
		for _, t := range list {
			if strings.EqualFold(t.Code, in.args[0]) {
				one = append(one, t)
			}
		}
		if list = one; len(list) == 0 {
			return noSuch("class", in.args[0])
		}
	}
	return c.printTaught(list)
}

func (c *call) printTaught(list []teaching.Taught) error {
	out, rows := []object{}, [][]string{}
	for _, t := range list {
		out = append(out, object{"id": t.Class, "class": t.Code, "course": t.Course, "campus": t.Campus, "room": t.Room, "kind": t.Kind, "starts": t.Starts, "ends": t.Ends,
			"held": t.Held, "planned": t.Planned, "students": t.Students, "open_grading": t.Open, "uncalled": t.Uncalled})
		rows = append(rows, []string{t.Code, t.Course, c.p.T("choice.kind." + t.Kind), t.Starts, strconv.FormatInt(t.Held, 10) + "/" + strconv.FormatInt(t.Planned, 10),
			strconv.FormatInt(t.Students, 10), strconv.FormatInt(t.Open, 10), strconv.FormatInt(t.Uncalled, 10)})
	}
	if c.json {
		return c.printJSON(out)
	}
	if len(list) == 0 {
		c.say("cli.empty", "records", i18n.W("resource.classes"))
		return nil
	}
	var head []string
	for _, f := range []string{"class", "course", "kind", "starts", "lessons_held", "students", "open_grading", "uncalled"} {
		head = append(head, c.p.T("field."+f))
	}
	table(c.out, head, rows)
	return nil
}
