package customer

import "strconv"

// Outcome is how a call ended: one digit, what it means for the intention, and
// the next date that it suggests, in words of package when.
type Outcome struct {
	Digit     int
	Name      string // its words are calls.outcome.<name>
	Intention string // "": as before
	NoAnswer  bool
	Next      string // "": none
}

// Outcomes are all there are, by their digits.
var Outcomes = []Outcome{
	{0, "no_answer", "", true, "+1d"},
	{1, "no_plan", "no_plan", false, "+1m"},
	{2, "within_month", "within_month", false, "+1w"},
	{3, "within_two_weeks", "within_two_weeks", false, "+2d"},
	{4, "enrolled", "enrolled", false, "+3d"},
	{5, "enrolled_elsewhere", "enrolled_elsewhere", false, ""},
	{6, neverContact, neverContact, false, ""},
}

// OutcomeOf finds an outcome by its digit or name.
func OutcomeOf(text string) (Outcome, bool) {
	for _, o := range Outcomes {
		if text == strconv.Itoa(o.Digit) || text == o.Name {
			return o, true
		}
	}
	return Outcome{}, false
}

// OutcomeNames lists the outcomes for messages: "0 no_answer".
func OutcomeNames() (list []string) {
	for _, o := range Outcomes {
		list = append(list, strconv.Itoa(o.Digit)+" "+o.Name)
	}
	return list
}
