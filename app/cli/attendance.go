package cli

import (
	"strconv"
	"strings"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/teaching"
)

func attendanceCommands() []command {
	return []command{
		{path: "attendance mark", use: "CLASS N [STUDENT=STATE[:MINUTES][,NOTE]…]", min: 2, max: -1, may: right("mark", "study_records"), run: markAttendance,
			example: []string{"attendance mark python-s9 1", "attendance mark python-s9 1 kobe=late:10 lina=absent", "attendance mark python-s9 1 kobe=excused,ill"}},
		{path: "attendance show", use: "CLASS N", min: 1, max: 2, may: right("list", "study_records"), run: showAttendance, example: []string{"attendance show python-s9 1"}},
		{path: "attendance list", use: "CLASS", min: 1, max: 1, may: right("list", "study_records"), run: listAttendance, example: []string{"attendance list python-s9"}},
		{path: "attendance missing", may: right("mark", "study_records"), run: missingAttendance},
	}
}

// kinds are the ways to type an attendance: a word, its first letter as on the
// screen, or its label in either language.
func parseAttendance(text string) (teaching.Attendance, bool) {
	letters := map[string]teaching.Attendance{"p": teaching.Present, "l": teaching.Late, "a": teaching.Absent, "e": teaching.LeftEarly, "x": teaching.Excused}
	text = strings.ToLower(strings.TrimSpace(text))
	if a, ok := letters[text]; ok {
		return a, true
	}
	for _, a := range teaching.Attendances {
		names := []string{string(a), strings.ReplaceAll(string(a), "_", "-")}
		for _, l := range i18n.Langs {
			names = append(names, (i18n.Printer{Lang: l}).T("choice.attendance."+string(a)))
		}
		for _, n := range names {
			if text == n {
				return a, true
			}
		}
	}
	return "", false
}

// parseMark reads kobe=late:10,overslept.
func (c *call) parseMark(records []teaching.StudyRecord, l teaching.Lesson, text string) (m teaching.Mark, err error) {
	who, what, ok := strings.Cut(text, "=")
	if !ok || who == "" {
		return m, misuse("cli.mark_form", "value", short(text))
	}
	r, err := findStudent(records, l, who)
	if err != nil {
		return m, err
	}
	m.Student = r.Student
	what, m.Note, _ = strings.Cut(strings.ReplaceAll(what, "\uff0c", ","), ",")
	what, minutes, timed := strings.Cut(what, ":")
	if m.Attendance, ok = parseAttendance(what); !ok {
		return m, misuse("cli.mark_state", "value", short(what))
	}
	if timed {
		if m.Minutes, err = strconv.ParseInt(strings.TrimSuffix(minutes, "m"), 10, 64); err != nil {
			return m, misuse("cli.mark_form", "value", short(text))
		}
	}
	return m, nil
}

// findStudent finds who is meant: by log-in name, number in the roll, or name.
func findStudent(records []teaching.StudyRecord, l teaching.Lesson, who string) (found teaching.StudyRecord, err error) {
	n := 0
	for _, r := range records {
		if strings.EqualFold(r.Login, who) || strconv.FormatInt(r.Roll, 10) == who {
			return r, nil
		}
		if strings.EqualFold(r.Name, who) {
			found, n = r, n+1
		}
	}
	switch n {
	case 0:
		return found, fault.New(fault.NotFound, "cli.no_student", "who", short(who), "class", l.ClassCode, "n", l.Number)
	case 1:
		return found, nil
	}
	return found, fault.New(fault.Conflict, "list.ambiguous", "value", short(who))
}

// markAttendance calls the roll: everybody who is not named is present.
func markAttendance(c *call, in input) error {
	l, err := c.lessonAt(in.args[:2])
	if err != nil {
		return err
	}
	records, err := c.app.Teaching.Records(c.ctx, c.by, l.ID)
	if err != nil {
		return err
	}
	var marks []teaching.Mark
	for _, text := range in.args[2:] {
		m, err := c.parseMark(records, l, text)
		if err != nil {
			return err
		}
		marks = append(marks, m)
	}
	if _, err := c.app.Teaching.Call(c.ctx, c.by, l.ID, marks); err != nil {
		return err
	}
	return showAttendance(c, input{in.FlagSet, in.args[:2]})
}

func showAttendance(c *call, in input) error {
	l, err := c.lessonAt(in.args)
	if err != nil {
		return err
	}
	records, err := c.app.Teaching.Records(c.ctx, c.by, l.ID)
	if err != nil {
		return err
	}
	out, rows, count := []object{}, [][]string{}, map[teaching.Attendance]int{}
	for _, r := range records {
		count[r.Attendance]++
		out = append(out, attendanceJSON(r))
		rows = append(rows, []string{strconv.FormatInt(r.Roll, 10), r.Name, r.Login, c.attendance(r), oneLine(r.Note)})
	}
	if c.json {
		return c.printJSON(object{"class": l.ClassCode, "lesson": l.Number, "called": stamp(l.Called), "students": out})
	}
	table(c.out, []string{c.p.T("field.roll"), c.p.T("field.name"), c.p.T("field.login"), c.p.T("field.attendance"), c.p.T("field.remark")}, rows)
	c.say("cli.roll_count", "present", count[teaching.Present], "late", count[teaching.Late], "absent", count[teaching.Absent],
		"left", count[teaching.LeftEarly], "excused", count[teaching.Excused])
	return nil
}

func attendanceJSON(r teaching.StudyRecord) object {
	return object{"record": r.ID, "roll": r.Roll, "student": r.Login, "name": r.Name, "attendance": orNil(string(r.Attendance)), "minutes_late": r.Minutes,
		"note": r.Note, "before_join": r.BeforeJoin}
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// attendance says how somebody was there.
func (c *call) attendance(r teaching.StudyRecord) string {
	switch {
	case r.BeforeJoin:
		return c.p.T("field.before_join")
	case r.Attendance == teaching.Unmarked:
		return "-"
	case r.Minutes > 0:
		return c.p.T("choice.attendance.late") + " " + c.p.T("cli.minutes", "n", r.Minutes)
	}
	return c.p.T("choice.attendance." + string(r.Attendance))
}

// listAttendance sums a class up; a student sees his own row.
func listAttendance(c *call, in input) error {
	places, _, err := c.places(in.args[0])
	if err != nil {
		return err
	}
	out, rows := []object{}, [][]string{}
	n := func(x int64) string { return strconv.FormatInt(x, 10) }
	for _, p := range places {
		out = append(out, object{"roll": p.Roll, "student": p.Login, "name": p.Name, "present": p.Present, "late": p.Late, "absent": p.Absent, "left_early": p.LeftEarly, "excused": p.Excused})
		rows = append(rows, []string{n(p.Roll), p.Name, n(p.Present), n(p.Late), n(p.Absent), n(p.LeftEarly), n(p.Excused)})
	}
	if c.json {
		return c.printJSON(out)
	}
	head := []string{c.p.T("field.roll"), c.p.T("field.name")}
	for _, a := range teaching.Attendances {
		head = append(head, c.p.T("choice.attendance."+string(a)))
	}
	table(c.out, head, rows)
	return nil
}

func missingAttendance(c *call, _ input) error {
	list, err := c.app.Teaching.Missing(c.ctx, c.by)
	if err != nil {
		return err
	}
	out, rows := []object{}, [][]string{}
	for _, l := range list {
		out = append(out, object{"id": l.ID, "class": l.ClassCode, "number": l.Number, "held": l.Held, "title": l.Title, "lecturer": l.LecturerLogin})
		rows = append(rows, []string{l.ClassCode, strconv.FormatInt(l.Number, 10), l.Held, oneLine(l.Title), l.LecturerName})
	}
	if c.json {
		return c.printJSON(out)
	}
	if len(list) == 0 {
		c.say("cli.no_missing")
		return nil
	}
	table(c.out, []string{c.p.T("field.class"), c.p.T("field.number"), c.p.T("field.held"), c.p.T("field.title"), c.p.T("field.lecturer")}, rows)
	return nil
}
