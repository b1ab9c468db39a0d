package ui

import (
	"context"

	"cohort/app/policy"
	"cohort/app/teaching"
	"cohort/app/ui/kit"
)

// lessonHomework is what a lesson's page tells its lecturers of the homework
// that was handed in.
func (d *desk) lessonHomework(context.Context, policy.Actor, teaching.Lesson) ([]kit.Section, error) {
	return nil, nil
}

// recordHomework is what was handed in for one study record: shown to who
// grades it, and to the student himself.
func (d *desk) recordHomework(context.Context, policy.Actor, teaching.StudyRecord) ([]kit.Section, error) {
	return nil, nil
}
