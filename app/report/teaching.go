package report

import (
	"strings"

	"cohort/app/survey"
)

// What is counted of the classroom. A student's record of a lesson counts from
// the day on which he joined. The lessons of the period are found first, and
// their records through them, so that a month costs what that month holds, and a
// lecturer's month what his lessons hold; a CROSS JOIN keeps that order.
var (
	lessonsHeld = base{
		resource: "lessons", from: "lessons LEFT JOIN classes ON classes.id = lessons.class_id", at: "lessons.held_on", day: true, field: "held",
		cuts: ofLesson,
	}
	studied = base{
		resource: "study_records", from: "lessons CROSS JOIN study_records LEFT JOIN classes ON classes.id = lessons.class_id",
		at: "lessons.held_on", day: true, field: "held",
		same:   [2]string{"study_records.class_id", "lessons.class_id"},
		always: "study_records.lesson_id = lessons.id AND study_records.before_join = 0", terms: "before_join:no",
		cuts: ofLesson, fields: map[string]string{"lecturer": "held_by"},
	}
	// handedIn are the records of lessons that ask for homework, with the version
	// that counts: the last one.
	handedIn = func() base {
		b := studied
		b.also = []string{"homework"}
		b.from += ` LEFT JOIN homework AS final ON final.study_record_id = study_records.id
			AND final.version = (SELECT max(version) FROM homework WHERE homework.study_record_id = study_records.id)`
		b.always += " AND lessons.homework <> ''"
		b.terms += " -handed:no_homework"
		return b
	}()
)

var ofLesson = map[string]string{"class": "lessons.class_id", "lecturer": "lessons.lecturer_id", "course": "classes.course_id", "campus": "classes.campus_id"}

// counted is how many rows meet a condition, which the list has terms for.
func counted(name string, b base, cond string, terms ...string) measure {
	return measure{Column: Column{name, Count}, base: b, value: "sum(CASE WHEN " + cond + " THEN 1 ELSE 0 END)", terms: terms}
}

func attended(kind string) measure {
	return counted(kind, studied, "study_records.attendance = '"+kind+"'", "attendance:"+kind)
}

// attendance says who was there when the roll was called. Who came late or left
// early was there; who was excused was not.
var attendance = cutReport(1, 2,
	counted("rolls", lessonsHeld, "lessons.called_at > 0", "called:any"),
	counted("called", studied, "study_records.attendance <> ''", "attendance:any"),
	measure{Column: Column{"came", Count}, base: studied, value: "sum(CASE WHEN study_records.attendance IN ('present', 'late', 'left_early') THEN 1 ELSE 0 END)",
		terms: []string{"attendance:present,late,left_early"}},
	attended("late"), attended("left_early"), attended("absent"), attended("excused"),
	measure{Column: Column{"attendance_rate", Rate}, from: ratio(2, 1)})

const (
	isMissing = "final.id IS NULL AND lessons.due_at > 0 AND lessons.due_at <= {now}"
	isOpen    = "final.id IS NULL AND NOT (lessons.due_at > 0 AND lessons.due_at <= {now})"
)

// homework says what became of what was asked for. What is not due yet is
// neither handed in nor missing, and the rate leaves it out.
var homework = cutReport(0, 1,
	measure{Column: Column{"asked_for", Count}, base: handedIn, value: one},
	counted("on_time", handedIn, "final.late_ms = 0", "handed:on_time"),
	counted("handed_late", handedIn, "final.late_ms > 0", "handed:late"),
	counted("missing", handedIn, isMissing, "handed:missing"),
	counted("not_due", handedIn, isOpen, "handed:open"),
	measure{Column: Column{"handed_rate", Rate}, from: func(c []Cell) Cell { return rate(c[1].N+c[2].N, c[1].N+c[2].N+c[3].N) }})

const isGraded = "study_records.score <> 'N/A'"

// grades are the average of what was graded, and how much of it passed. What is
// not graded never counts; a D and a copy count with what they take away.
var grades = cutReport(3, -1,
	counted("graded", studied, isGraded, "-score:N/A"),
	counted("ungraded", studied, "study_records.score = 'N/A'", "score:N/A"),
	counted("passed", studied, isGraded+" AND study_records.points >= 60", "points:>=60"),
	measure{Column: Column{"average_score", Average}, base: studied, value: "sum(CASE WHEN " + isGraded + " THEN study_records.points * 100 ELSE 0 END)", mean: 1, terms: []string{"-score:N/A"}},
	measure{Column: Column{"pass_rate", Rate}, from: ratio(2, 0)})

// judged are the surveys whose results are shown: closed, and answered by enough.
var judged = base{
	resource: "surveys", from: survey.From, at: "surveys.closed_on", day: true, field: "closed", always: survey.Shown, terms: "shown:yes",
	cuts: map[string]string{"lecturer": "surveys.lecturer_id", "class": "surveys.class_id", "course": "classes.course_id", "campus": "classes.campus_id"},
}

// marked is the average mark of a question, each answer counting once.
func marked(question string) measure {
	return measure{Column: Column{question, Average}, base: judged, mean: 2, value: `sum((SELECT sum(survey_tallies.mark * survey_tallies.n) * 100 FROM survey_tallies
		WHERE survey_tallies.survey_id = surveys.id AND survey_tallies.question = '` + question + `'))`}
}

// satisfaction is what students think of lecturers. A survey that too few have
// answered is not in it in any cut, so that no two figures can be subtracted.
var satisfaction = cutReport(6, -1,
	measure{Column: Column{"surveys", Count}, base: judged, value: one},
	measure{Column: Column{"survey_answers", Count}, base: judged, value: "sum(surveys.answers)"},
	measure{Column: Column{"asked_students", Count}, base: judged, value: "sum(surveys.invited)"},
	marked("clarity"), marked("pace"), marked("patience"), marked("overall"))

// byLesson are the ways in which figures of lessons are cut.
var byLesson = strings.Fields("class lecturer course campus month")

var teachingReports = []*Report{
	{Name: "attendance", Group: "teaching", Needs: []string{"lessons", "study_records"}, By: byLesson, Shows: []string{"study_records.attendance"}, run: attendance},
	{Name: "homework", Group: "teaching", Needs: []string{"study_records", "homework"}, By: byLesson, run: homework},
	{Name: "grades", Group: "teaching", Needs: []string{"study_records"}, By: byLesson, Shows: []string{"study_records.score", "study_records.points"}, run: grades},
	{Name: "satisfaction", Group: "teaching", Needs: []string{"surveys"}, By: strings.Fields("lecturer class course campus month"), run: satisfaction},
}
