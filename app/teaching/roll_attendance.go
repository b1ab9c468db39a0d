package teaching

import (
	"slices"
	"strconv"
	"strings"

	"cohort/app/audit"
)

// Attendance is how a student was there.
type Attendance string

// The kinds of attendance; Unmarked is before the roll was called.
const (
	Unmarked  Attendance = ""
	Present   Attendance = "present"
	Late      Attendance = "late"
	Absent    Attendance = "absent"
	LeftEarly Attendance = "left_early"
	Excused   Attendance = "excused"
)

// Attendances lists the kinds that a roll call knows.
var Attendances = []Attendance{Present, Late, Absent, LeftEarly, Excused}

func (a Attendance) known() bool { return slices.Contains(Attendances, a) }

func attendanceNames() string {
	names := make([]string, len(Attendances))
	for i, a := range Attendances {
		names[i] = string(a)
	}
	return strings.Join(names, ", ")
}

// State is how the student was there.
func (r StudyRecord) State() State { return State{r.Attendance, r.Minutes, r.Note} }

// texts is a state as the audit trail writes it.
func (x State) texts() map[string]string {
	minutes := ""
	if x.Minutes > 0 {
		minutes = strconv.FormatInt(x.Minutes, 10)
	}
	return map[string]string{"attendance": string(x.Attendance), "minutes_late": minutes, "remark": x.Note}
}

// rollChanges says how many were marked how.
func rollChanges(n map[Attendance]int) (out []audit.Change) {
	for _, a := range Attendances {
		if n[a] > 0 {
			out = append(out, audit.Change{Field: string(a), New: strconv.Itoa(n[a])})
		}
	}
	return out
}
