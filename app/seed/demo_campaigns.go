package seed

import (
	"fmt"
	"time"

	"cohort/app/policy"
)

// demoCampaigns cost something and ran for a while, in days before now.
var demoCampaigns = []struct {
	source, name, cost string
	from, to           int
}{
	{"baidu", "百度秋季推广", "9000", 75, 0},
	{"qq_group", "QQ群公开课", "2400", 40, 5},
	{"website", "官网改版专题", "6000", 200, 140},
}

func (d *demo) campaigns() error {
	for _, c := range demoCampaigns {
		id, err := d.Engine.Add(d.at(d.founded()), policy.System, "campaigns", map[string]string{"source": c.source, "name": c.name, "cost": c.cost,
			"starts": d.daysAgo(c.from).Format(time.DateOnly), "ends": d.daysAgo(c.to).Format(time.DateOnly)})
		if err != nil {
			return fmt.Errorf("campaign %s: %w", c.name, err)
		}
		d.ids[c.name] = id
	}
	return nil
}

func (d *demo) daysAgo(n int) time.Time { return d.now.AddDate(0, 0, -n) }

// campaignOf gives the campaign by which somebody from a source came on a day; 0
// where there was none.
func (d *demo) campaignOf(source string, at time.Time) int64 {
	for _, c := range demoCampaigns {
		if c.source == source && !at.Before(d.daysAgo(c.from)) && at.Before(d.daysAgo(c.to).AddDate(0, 0, 1)) {
			return d.ids[c.name]
		}
	}
	return 0
}
