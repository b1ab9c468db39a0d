package seed

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"cohort/app/resource"
	"cohort/app/teaching"
	"cohort/db"
)

// demoLesson is one lesson of a demo class.
type demoLesson struct{ title, content, homework string }

// begins is the day of a running class's first lesson: 18 days ago.
func (d *demo) begins() time.Time {
	return time.Date(d.now.Year(), d.now.Month(), d.now.Day(), 0, 0, 0, 0, d.Zone).AddDate(0, 0, -18)
}

// lessons teaches python-s9 and linux-40 up to today. What is older than a week
// is graded and released, the last but one is being graded, today's roll is not
// called yet.
func (d *demo) lessons() error {
	dice := rand.New(rand.NewPCG(9, 2026)) // its own, so that the other demo data stay as they are
	for _, c := range []struct {
		code, lecturer string
		days           []int // after the first lesson
		list           []demoLesson
	}{
		{"python-s9", "lecturer", []int{0, 2, 5, 8, 11, 15, 18}, pythonLessons},
		{"linux-40", "lecturer_2", []int{1, 7, 8, 14, 15}, linuxLessons},
	} {
		for i, day := range c.days {
			held := d.begins().AddDate(0, 0, day)
			d.teach(c.code, c.lecturer, c.list[i%len(c.list)], int64(i+1), held, dice)
		}
	}
	return nil
}

// teach keeps for later what happens around one lesson: it is made, its roll is
// called, and its homework is graded and released.
func (d *demo) teach(class, lecturer string, x demoLesson, n int64, held time.Time, dice *rand.Rand) {
	id := int64(0)
	d.later(held.Add(8*time.Hour), func(ctx context.Context) error {
		by, err := d.actor(lecturer)
		if err != nil {
			return err
		}
		v := resource.Values{"class": d.ids[class], "number": n, "held": held.Format(time.DateOnly), "title": x.title, "content": x.content, "homework": x.homework}
		if x.homework != "" {
			v["due"], v["cutoff"] = db.Millis(held.AddDate(0, 0, 3).Add(20*time.Hour)), db.Millis(held.AddDate(0, 0, 7).Add(20*time.Hour))
		}
		if id, err = d.Teaching.AddLesson(ctx, by, v); err != nil {
			return fmt.Errorf("%s/%d: %w", class, n, err)
		}
		return nil
	})
	if today := d.now.Sub(held) < 24*time.Hour; today {
		return
	}
	d.later(held.Add(9*time.Hour+10*time.Minute), func(ctx context.Context) error { return d.callRoll(ctx, id, n, lecturer, dice) })
	if at := held.AddDate(0, 0, 4); x.homework != "" && at.Before(d.now) {
		d.later(at.Add(14*time.Hour), func(ctx context.Context) error { return d.gradeLesson(ctx, id, n, lecturer, dice) })
	}
	if at := held.AddDate(0, 0, 6); x.homework != "" && at.Before(d.now) {
		d.later(at.Add(17*time.Hour), func(ctx context.Context) error {
			by, err := d.actor(lecturer)
			if err != nil {
				return err
			}
			_, _, err = d.Teaching.Release(ctx, by, id)
			return err
		})
	}
}

// callRoll marks a few exceptions; Kobe is late to the first lesson.
func (d *demo) callRoll(ctx context.Context, lesson, n int64, lecturer string, dice *rand.Rand) error {
	by, err := d.actor(lecturer)
	if err != nil {
		return err
	}
	roll, err := d.Teaching.Roll(ctx, by, lesson)
	if err != nil {
		return err
	}
	var marks []teaching.Mark
	for _, r := range roll.Records {
		m := teaching.Mark{Student: r.Student}
		switch roll := dice.IntN(20); {
		case r.Name == "科比" && n == 1:
			m.State = teaching.State{Attendance: teaching.Late, Minutes: 10, Note: "堵车 traffic"}
		case roll == 0:
			m.State = teaching.State{Attendance: teaching.Absent}
		case roll == 1:
			m.State = teaching.State{Attendance: teaching.Late, Minutes: int64(5 + dice.IntN(25))}
		case roll == 2:
			m.State = teaching.State{Attendance: teaching.Excused, Note: "病假 ill"}
		case roll == 3:
			m.State = teaching.State{Attendance: teaching.LeftEarly}
		default:
			continue
		}
		marks = append(marks, m)
	}
	_, err = d.Teaching.Call(ctx, by, lesson, marks)
	return err
}

// gradeLesson grades whoever was in the class by then.
func (d *demo) gradeLesson(ctx context.Context, lesson, n int64, lecturer string, dice *rand.Rand) error {
	by, err := d.actor(lecturer)
	if err != nil {
		return err
	}
	roll, err := d.Teaching.Roll(ctx, by, lesson)
	if err != nil {
		return err
	}
	usual := []teaching.Score{"A+", "A", "A", "B+", "B+", "B", "B-", "C+", "C", "D"}
	for _, r := range roll.Records {
		score := usual[dice.IntN(len(usual))]
		if r.Name == "科比" && n == 1 {
			score = "A"
		}
		comment := demoComments[score][dice.IntN(len(demoComments[score]))]
		if _, err := d.Teaching.Grade(ctx, by, r.ID, 0, teaching.Grade{Score: &score, Comment: &comment}); err != nil {
			return err
		}
	}
	return nil
}

// phrases fills a lecturer's bank.
func (d *demo) phrases() error {
	by, err := d.actor("lecturer")
	if err != nil {
		return err
	}
	for i, text := range []string{"代码清楚,继续保持。", "缺少注释,请补上再交。", "Handed in late; the work itself is fine.", "请先看第二节的示例。"} {
		if err := d.Teaching.KeepPhrase(d.at(d.begins().Add(time.Duration(i)*time.Hour)), by, text); err != nil {
			return err
		}
	}
	return nil
}
