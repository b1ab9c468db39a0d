package teaching

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
