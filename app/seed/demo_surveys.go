package seed

import (
	"context"

	"cohort/app/policy"
	"cohort/app/survey"
	"cohort/db"
)

// What students of the demo school thought of their lecturer, in turn.
var demoMarks = []struct {
	marks [4]int64
	words string
}{
	{[4]int64{5, 4, 5, 5}, "例子很贴近工作,听得懂"},
	{[4]int64{4, 3, 5, 4}, "进度有点快,希望多留一点练习时间"},
	{[4]int64{5, 5, 5, 5}, ""},
	{[4]int64{3, 2, 4, 3}, "More exercises, fewer slides, please"},
	{[4]int64{4, 4, 4, 4}, "作业批改得很细"},
}

// surveys: one that is closed, and one that waits for answers.
func (d *demo) surveys() error {
	class := d.ids["python-s9"]
	d.later(d.now.AddDate(0, 0, -12), func(ctx context.Context) error {
		id, err := d.Surveys.Open(ctx, policy.System, class, d.ids["lecturer"], "")
		if err != nil {
			return err
		}
		students, err := d.classmates(class)
		if err != nil {
			return err
		}
		for i, x := range demoMarks {
			if i == len(students) {
				break
			}
			by, err := d.studying(students[i])
			if err != nil {
				return err
			}
			marks := map[string]int64{}
			for k, q := range survey.Questions {
				marks[q] = x.marks[k]
			}
			if err := d.Surveys.Answer(ctx, by, id, survey.Answer{Marks: marks, Words: x.words}); err != nil {
				return err
			}
		}
		_, err = d.Surveys.Close(d.at(d.now.AddDate(0, 0, -5)), policy.System, id)
		return err
	})
	d.later(d.now.AddDate(0, 0, -4), func(ctx context.Context) error {
		_, err := d.Surveys.Open(ctx, policy.System, class, d.ids["lecturer"], "")
		return err
	})
	return nil
}

// classmates are the accounts of the students of a class, but Kobe, whom people
// log in as right away.
func (d *demo) classmates(class int64) (list []int64, err error) {
	err = d.DB.Read(d.ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT students.account_id FROM student_classes JOIN students ON students.id = student_classes.student_id
			JOIN accounts ON accounts.id = students.account_id WHERE student_classes.class_id = $1 AND accounts.login <> 'kebi' ORDER BY students.id`, class)
		list, err = db.ColumnOf[int64](rows, err)
		return err
	})
	return list, err
}
