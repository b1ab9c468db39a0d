package report

import (
	"strings"
	"testing"
)

// TestJoined: what is named stays, with what its own condition names.
func TestJoined(t *testing.T) {
	from := "payments LEFT JOIN enrollments ON enrollments.id = payments.enrollment_id LEFT JOIN classes ON classes.id = enrollments.class_id\n\tLEFT JOIN accounts AS consultants ON consultants.id = enrollments.consultant_id"
	for text, want := range map[string]string{"sum(payments.amount)": "payments", "classes.course_id": "payments enrollments classes",
		"consultants.department_id": "payments enrollments consultants", "enrollments.class_id": "payments enrollments"} {
		got := joined(from, text)
		names := strings.Fields(got)[:1]
		for _, p := range strings.Split(got, "LEFT JOIN ")[1:] {
			names = append(names, alias(p))
		}
		if strings.Join(names, " ") != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}
