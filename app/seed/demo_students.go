package seed

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"cohort/app/customer"
	"cohort/app/policy"
)

// applicant is somebody on the way to a class.
type applicant struct {
	name, english, class, sales string
	back                        int // days before the class began (or before now) when he was enrolled
}

// students enrols people into the classes, the old ones long ago.
func (d *demo) students() error {
	list := []applicant{{"科比", "kobe", "python-s9", "sales_b", 20}}
	for i, n := range demoStudents {
		class := []string{"python-s7", "python-s8", "linux-39", "python-s9", "linux-40", "python-o3", "python-s9", "python-s8"}[i%8]
		list = append(list, applicant{n[0], n[1], class, []string{"sales_a", "sales_b", "sales_c", "sales_d"}[i%4], 6 + i%30})
	}
	for i, a := range list {
		at := d.workday(d.before(a.class, a.back))
		d.enrol(a, at, func(ctx context.Context, id int64, link policy.Actor) error {
			if err := d.fill(ctx, a, link); err != nil {
				return err
			}
			admin, err := d.actor("admin")
			if err != nil {
				return err
			}
			if _, err = d.Enrollments.Approve(d.at(at.Add(3*time.Hour)), admin, id, 0); err != nil {
				return err
			}
			d.soon(at.Add(4*time.Hour), func(context.Context) error { return d.pay(i, a, id, at.Add(4*time.Hour)) })
			return nil
		})
	}
	return nil
}

// before is a day so long before a class began, but never after now.
func (d *demo) before(class string, days int) time.Time {
	months := map[string]int{"python-s7": -13, "python-s8": -7, "linux-39": -8, "python-o3": -2}[class]
	first := time.Date(d.now.Year(), d.now.Month(), 5, 9, 0, 0, 0, d.Zone).AddDate(0, months, 0)
	if months == 0 {
		first = d.now
	}
	return first.AddDate(0, 0, -days)
}

// open leaves some enrollments on their way: two to review, one returned, two
// invited.
func (d *demo) open() error {
	for i, n := range [][2]string{{"孙悦", "sunyue"}, {"Maria Silva", "maria"}, {"郭艾伦", "allen"}, {"周琦", "zhouqi"}, {"赵睿", "zhaorui"}} {
		a := applicant{n[0], n[1], []string{"python-s9", "linux-40"}[i%2], []string{"sales_a", "sales_c"}[i%2], i + 1}
		at := d.workday(d.now.AddDate(0, 0, -1-i)).Add(-5 * time.Hour)
		d.enrol(a, at, func(ctx context.Context, id int64, link policy.Actor) error {
			if i > 2 {
				return nil
			}
			if err := d.fill(ctx, a, link); err != nil || i < 2 {
				return err
			}
			admin, err := d.actor("admin")
			if err != nil {
				return err
			}
			_, err = d.Enrollments.Return(d.at(at.Add(2*time.Hour)), admin, id, 0, "身份证背面看不清,请重新拍照上传。 The back of the ID card cannot be read; please send it again.", nil)
			return err
		})
	}
	return nil
}

// enrol keeps for later: a customer is entered, and a week afterwards invited.
func (d *demo) enrol(a applicant, at time.Time, then func(ctx context.Context, id int64, link policy.Actor) error) {
	d.later(at.AddDate(0, 0, -8), func(ctx context.Context) error {
		by, err := d.actor(a.sales)
		if err != nil {
			return err
		}
		course := "python"
		if strings.HasPrefix(a.class, "linux") {
			course = "linux"
		}
		c, err := d.Customers.Add(ctx, by, customer.NewCustomer{Name: a.name, Source: from(d, []string{"qq_group", "baidu", "website"}), Courses: []int64{d.ids[course]},
			QQ: d.unique(func() string { return fmt.Sprint(100_000_000 + d.rng.IntN(900_000_000)) }), Said: from(d, demoSaid)})
		if err != nil {
			return err
		}
		if _, err := d.Customers.FollowUp(d.at(at.AddDate(0, 0, -2)), by, customer.NewFollowUp{Customer: c.ID, Channel: "qq", Note: "决定报名,发报名链接。 Has decided; sending the link.", Intention: "within_two_weeks"}); err != nil {
			return err
		}
		e, _, err := d.Enrollments.Create(d.at(at), by, c.ID, d.ids[a.class], nil)
		if err != nil {
			return fmt.Errorf("%s: %w", a.name, err)
		}
		return then(d.at(at.Add(time.Hour)), e.ID, policy.Applicant(e.ID, policy.Screen, "127.0.0.1"))
	})
}

// fill does what the applicant does: the form, two documents, the contract.
func (d *demo) fill(ctx context.Context, a applicant, by policy.Actor) error {
	sex := from(d, []string{"male", "male", "female"})
	if _, err := d.Enrollments.Fill(ctx, by, 0, map[string]string{"name": a.name, "sex": sex, "id_number": d.idNumber(sex), "phone": d.unique(func() string { return fmt.Sprintf("135%08d", d.rng.IntN(1e8)) }),
		"email": a.english + "@example.com", "emergency": "家人 13900001111"}); err != nil {
		return fmt.Errorf("%s: %w", a.name, err)
	}
	for i, name := range []string{"id-front.jpg", "id-back.jpg"} {
		if err := d.upload(ctx, by, name, drawCard(a.name, i)); err != nil {
			return err
		}
	}
	if _, err := d.Enrollments.Agree(ctx, by, true); err != nil {
		return err
	}
	_, err := d.Enrollments.Submit(ctx, by)
	return err
}

func (d *demo) upload(ctx context.Context, by policy.Actor, name string, data []byte) error {
	u, err := d.Enrollments.Upload(ctx, by, name, int64(len(data)))
	if err != nil {
		return err
	}
	if _, err := u.WriteAt(bytes.Clone(data), 0); err != nil {
		u.Abort()
		return err
	}
	_, err = u.Commit()
	return err
}

// idNumber makes up an ID number with the right check digit (GB 11643), of a
// region code that is not in use.
func (d *demo) idNumber(sex string) string {
	serial := 2 * (100 + d.rng.IntN(400))
	if sex == "male" {
		serial++
	}
	body := fmt.Sprintf("110199%04d%02d%02d%03d", 1990+d.rng.IntN(15), 1+d.rng.IntN(12), 1+d.rng.IntN(28), serial)
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(body[i]-'0') * w
	}
	return body + string("10X98765432"[sum%11])
}
