package seed

import (
	"context"
	"fmt"
	"time"

	"cohort/app/customer"
)

// howMany customers the demo school has.
const howMany = 320

// people makes customers over the last fourteen months, each with the
// follow-ups that his consultant would have made.
func (d *demo) people() error {
	for range howMany {
		owner := from(d, []string{"sales_a", "sales_b", "sales_c", "sales_d"})
		// More of them lately, as a school that grows.
		back := d.rng.Float64()
		at := d.workday(d.now.Add(-time.Duration(back*back*420*24) * time.Hour))
		if at.After(d.now) { // it is early in the day
			at = at.AddDate(0, 0, -1)
		}
		n := d.person()
		n.Campaign = d.campaignOf(n.Source, at)
		var id int64
		d.later(at, func(ctx context.Context) error {
			by, err := d.actor(owner)
			if err != nil {
				return err
			}
			c, err := d.Customers.Add(ctx, by, n)
			if err != nil {
				return fmt.Errorf("customer %s: %w", n.Name, err)
			}
			id = c.ID
			return nil
		})
		d.followUps(owner, at, &id)
	}
	return nil
}

// person makes up somebody. Contacts are unique, as the school insists.
func (d *demo) person() customer.NewCustomer {
	n := customer.NewCustomer{Source: from(d, demoSources), Said: from(d, demoSaid), Courses: []int64{d.ids["python"]}}
	if d.rng.IntN(10) < 8 {
		n.Name = from(d, surnames) + from(d, givenNames)
	} else {
		n.Name = from(d, englishFirst) + " " + from(d, englishLast)
	}
	n.Sex = from(d, []string{"male", "female", "male"})
	if d.rng.IntN(3) == 0 {
		n.Courses = []int64{d.ids["linux"]}
	} else if d.rng.IntN(6) == 0 {
		n.Courses = append(n.Courses, d.ids["linux"])
	}
	if d.rng.IntN(4) > 0 {
		n.Phone = d.unique(func() string {
			return from(d, []string{"139", "138", "137", "186", "158", "133", "177"}) + fmt.Sprintf("%08d", d.rng.IntN(1e8))
		})
	}
	if n.Phone == "" || d.rng.IntN(2) == 0 {
		n.QQ = d.unique(func() string { return fmt.Sprint(100_000_000 + d.rng.IntN(900_000_000)) })
	}
	if d.rng.IntN(4) == 0 {
		n.WeChat = d.unique(func() string { return fmt.Sprintf("wx_%06d", d.rng.IntN(1e6)) })
	}
	if d.rng.IntN(5) == 0 {
		n.Tags = []string{from(d, demoTags)}
	}
	if n.Source == "referral" {
		n.Source = "zhihu"
	}
	return n
}

func (d *demo) unique(make func() string) string {
	for {
		if s := make(); !d.taken[s] {
			d.taken[s] = true
			return s
		}
	}
}

// followUps keeps up to five calls for later. One in four customers is
// forgotten at some point: those are what the stale pool is for.
func (d *demo) followUps(owner string, at time.Time, id *int64) {
	n := d.rng.IntN(5)
	for range n {
		at = d.workday(at.Add(time.Duration(24+d.rng.IntN(400)) * time.Hour))
		if at.After(d.now) {
			return
		}
		intention := from(d, []string{"within_month", "within_month", "within_two_weeks", "no_plan", "no_plan", "enrolled_elsewhere"})
		if d.rng.IntN(40) == 0 {
			intention = "never_contact"
		}
		next := ""
		if intention[:6] == "within" {
			next = at.AddDate(0, 0, 3+d.rng.IntN(12)).Format(time.DateOnly)
		}
		channel, note := from(d, []string{"phone", "phone", "qq", "wechat", "visit"}), from(d, demoNotes[intention])
		d.later(at, func(ctx context.Context) error {
			by, err := d.actor(owner)
			if err != nil {
				return err
			}
			_, err = d.Customers.FollowUp(ctx, by, customer.NewFollowUp{Customer: *id, Channel: channel, Note: note, Intention: intention, Next: next})
			if err != nil {
				return fmt.Errorf("follow-up: %w", err)
			}
			return nil
		})
		if intention == "never_contact" || intention == "enrolled_elsewhere" {
			return
		}
	}
}

// workday moves a moment into working hours of its day.
func (d *demo) workday(t time.Time) time.Time {
	t = t.In(d.Zone)
	return time.Date(t.Year(), t.Month(), t.Day(), 9+d.rng.IntN(9), d.rng.IntN(60), d.rng.IntN(60), 0, d.Zone)
}

func from[T any](d *demo, list []T) T { return list[d.rng.IntN(len(list))] }
