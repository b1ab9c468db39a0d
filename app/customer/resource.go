package customer

import (
	"context"
	"time"

	"cohort/app/audit"
	"cohort/app/catalog"
	"cohort/app/policy"
	"cohort/app/resource"
)

// Intentions are what a follow-up can find out.
var Intentions = []string{"no_plan", "within_month", "within_two_weeks", "enrolled", "enrolled_elsewhere", neverContact}

// neverContact is the intention that bars further contact.
const neverContact = "never_contact"

// Channels are the ways of following up.
var Channels = []string{"phone", "qq", "wechat", "email", "visit", "other"}

// Statuses are the states of a customer.
var Statuses = []string{NotEnrolled, Enrolled, DroppedOut}

const (
	lookupSource   = "SELECT id FROM sources WHERE code {in} OR lower(name) {in}"
	lookupCampaign = "SELECT id FROM campaigns WHERE lower(name) {in}"
	lookupDept     = "SELECT id FROM departments WHERE lower(name) {in}"

	// IsStale mirrors Service.stale; the test of the rules compares the two.
	// {stale_before} is one of the resource's Vars.
	IsStale = "customers.status = 'not_enrolled' AND customers.never_contact = 0 AND customers.touched_at < {stale_before}"
	// Worker is who works a customer: who followed him up last, as long as he is
	// not enrolled, may be contacted, and was not taken from him since. He goes on
	// with one who is stale no more since he himself has called.
	Worker = `(SELECT way.author_id FROM follow_ups AS way WHERE way.customer_id = customers.id AND way.at = customers.last_follow_up_at
		AND customers.status = 'not_enrolled' AND customers.never_contact = 0 AND NOT EXISTS (SELECT 1 FROM ownerships AS lost
		WHERE lost.customer_id = customers.id AND lost.from_id = way.author_id AND lost.at >= way.at) ORDER BY way.id DESC LIMIT 1)`
	ofDept = "customers.owner_id IN (SELECT id FROM accounts WHERE department_id {in})"
)

// rules are the row-rule fields of customers.
var rules = policy.Fields{
	"owner":         {Cond: "customers.owner_id {in}"},
	"department":    {Cond: ofDept},
	"status":        {Cond: "customers.status {in}", Text: true},
	"source":        {Cond: "customers.source_id IN (SELECT id FROM sources WHERE code {in})", Text: true},
	"stale":         {Cond: "(CASE WHEN " + IsStale + " THEN 1 ELSE 0 END) {in}"},
	"worker":        {Cond: Worker + " {in}"},
	"never_contact": {Cond: "customers.never_contact {in}"},
	"self":          {Cond: "customers.id {in}"},
}

// followUpRules are the row-rule fields of follow-ups.
var followUpRules = policy.Fields{
	"owner":      {Cond: "customers.owner_id {in}"},
	"author":     {Cond: "follow_ups.author_id {in}"},
	"department": {Cond: ofDept},
}

const followUpFrom = `follow_ups LEFT JOIN customers ON customers.id = follow_ups.customer_id
	LEFT JOIN accounts AS authors ON authors.id = follow_ups.author_id`

func (s *Service) register() {
	c := customers()
	c.Vars = s.vars
	c.Add, c.Change, c.Actions = s.add, s.change, append(s.poolActions(), s.tagActions()...)
	c.TakesBack = map[string]func(context.Context, policy.Actor, audit.Entry) error{"follow_up": s.takeBack, "merge": s.takeMergeBack}
	s.Engine.Register(c)
	f := followUps()
	f.Vars, f.Add = s.vars, s.addFollowUp
	s.Engine.Register(f)
	s.Engine.Register(ownerships())
	s.Engine.Register(dailyActs())
	s.Engine.Register(sourceResource())
	s.Engine.Register(campaignResource())
}

func (s *Service) vars(now time.Time) map[string]any {
	return map[string]any{"stale_before": s.staleBefore(now).UnixMilli()}
}

func customers() *resource.Resource {
	var fields []resource.Field
	for _, part := range [][]resource.Field{who(), contacts(), origin(), wishes(), care()} {
		fields = append(fields, part...)
	}
	return &resource.Resource{
		Name: "customers", Large: true, Ver: "customers.version", Title: "customers.name", Order: "-created",
		From: `customers LEFT JOIN sources ON sources.id = customers.source_id
			LEFT JOIN campaigns ON campaigns.id = customers.campaign_id
			LEFT JOIN customers AS referrers ON referrers.id = customers.referred_by
			LEFT JOIN accounts AS owners ON owners.id = customers.owner_id
			LEFT JOIN departments ON departments.id = owners.department_id`,
		Trash: trash(), Undo: []string{"assign"}, Untold: []string{"check"}, Fields: fields, Rules: rules, Indexes: listIndexes, Rights: []string{"follow_up", "assign", "reveal", "check", "report", "claim", "release", "merge", "person_data", "erase"},
	}
}

func who() []resource.Field {
	return []resource.Field{
		{Name: "name", SQL: "customers.name", Column: true, Sort: true, Input: true, Required: true, Max: 60, Width: 12, Group: "who",
			Ways: findName},
		{Name: "sex", Kind: resource.Choice, SQL: "customers.sex", Choices: []string{"male", "female"}, Detail: true, Input: true, Group: "who"},
	}
}

func contacts() []resource.Field {
	return []resource.Field{
		{Name: Phone, SQL: "customers.phone", Column: true, Input: true, Max: 40, Width: 15, Group: "contact", Mask: maskOf(Phone), Stored: storedAs(Phone), Ways: findContacts(Phone)},
		{Name: QQ, SQL: "customers.qq", Column: true, Input: true, Max: 40, Width: 12, Priority: 6, Group: "contact", Mask: maskOf(QQ), Stored: storedAs(QQ), Ways: findContacts(QQ)},
		{Name: WeChat, SQL: "customers.wechat", Column: true, Input: true, Max: 40, Width: 14, Priority: 7, Group: "contact", Mask: maskOf(WeChat), Stored: storedAs(WeChat), Ways: findContacts(WeChat)},
		{Name: Email, SQL: "customers.email", Detail: true, Input: true, Max: 254, Group: "contact", Mask: maskOf(Email), Stored: storedAs(Email), Ways: findContacts(Email)},
		{Name: "id_number", SQL: "customers.id_number", Private: true, Sealed: true, Detail: true, Input: true, Max: 40, NoFilter: true, Group: "contact", Mask: MaskID},
		{Name: "emergency", SQL: "customers.emergency", Detail: true, Input: true, NoFilter: true, Group: "contact"},
	}
}

func origin() []resource.Field {
	return []resource.Field{
		{Name: "source", Kind: resource.Relation, SQL: "customers.source_id", Label: "sources.name", Code: "sources.code",
			Ref: "sources", Lookup: lookupSource, Column: true, Input: true, Required: true, Width: 15, Priority: 3, Group: "origin"},
		{Name: "campaign", Kind: resource.Relation, SQL: "customers.campaign_id", Label: "campaigns.name",
			Ref: "campaigns", Lookup: lookupCampaign, Detail: true, Input: true, Group: "origin"},
		{Name: "referred_by", Kind: resource.Relation, SQL: "customers.referred_by", Label: "referrers.name",
			Ref: "customers", Detail: true, Input: true, Group: "origin"},
	}
}

func wishes() []resource.Field {
	const courses = `(SELECT string_agg(t.code, '` + resource.Sep + `') FROM (SELECT courses.code FROM customer_courses cc
		JOIN courses ON courses.id = cc.course_id WHERE cc.customer_id = customers.id ORDER BY courses.code) AS t)`
	const tags = `(SELECT string_agg(t.tag, '` + resource.Sep + `') FROM (SELECT tag FROM customer_tags
		WHERE customer_tags.customer_id = customers.id ORDER BY tag) AS t)`
	return []resource.Field{
		{Name: "courses", Kind: resource.Relations, SQL: courses, Ref: "courses", Lookup: catalog.LookupCourse, Column: true, Input: true,
			Width: 12, Priority: 4, Group: "wishes", Flag: "course",
			Set: &resource.Set{Table: "customer_courses", ID: "customer_id", Where: "course_id {in}"}},
		{Name: "said", Kind: resource.LongText, SQL: "customers.said", Detail: true, Input: true, NoFilter: true, Group: "wishes"},
		{Name: "tags", Kind: resource.Strings, SQL: tags, Detail: true, Input: true, Max: 20, Group: "wishes", Flag: "tag",
			Set: &resource.Set{Table: "customer_tags", ID: "customer_id", Where: "tag {in}"}},
		{Name: "memo", Kind: resource.LongText, SQL: "customers.memo", Detail: true, Input: true, NoFilter: true, Group: "wishes"},
	}
}

func care() []resource.Field {
	return []resource.Field{
		{Name: "status", Kind: resource.Choice, SQL: "customers.status", Choices: Statuses, Tracked: true, Column: true, Width: 8, Priority: 1, Group: "care"},
		{Name: "intention", Kind: resource.Choice, SQL: "customers.intention", Choices: Intentions, Tracked: true, Column: true, Width: 12, Priority: 5, Group: "care"},
		{Name: "owner", Kind: resource.Relation, SQL: "customers.owner_id", Label: "owners.name", Code: "owners.login",
			Ref: "accounts", Lookup: catalog.LookupAccount, Column: true, Input: true, Width: 10, Priority: 1, Group: "care"},
		{Name: "department", Kind: resource.Relation, SQL: "owners.department_id", Label: "departments.name",
			Ref: "departments", Lookup: lookupDept, Detail: true, Group: "care", Filter: ofDept},
		{Name: "last", Kind: resource.Time, SQL: "customers.last_follow_up_at", Compare: "customers.touched_at", Order: "customers.touched_at",
			Column: true, Sort: true, Priority: 1, Group: "care"},
		{Name: "next", Kind: resource.Day, SQL: "customers.next_follow_up_on", Column: true, Sort: true, Input: true, Clock: "next_time", Priority: 2, Group: "care"},
		{Name: "next_time", SQL: "customers.next_follow_up_time", Column: true, Input: true, Max: 5, Width: 5, NoFilter: true, Check: resource.CheckClock, Priority: 3, Group: "care"},
		{Name: "stale", Kind: resource.Bool, SQL: "CASE WHEN " + IsStale + " THEN 1 ELSE 0 END", Filter: IsStale, Fixes: []string{"status"}, Detail: true, Group: "care"},
		reached("followed", "first_follow_up_at"), reached("invited", "first_invited_at"),
		reached("submitted", "first_submitted_at"), reached("approved", "first_approved_at"),
		{Name: "won", Kind: resource.Time, SQL: "customers.first_approved_at", Detail: true, Group: "care"},
		{Name: "never_contact", Kind: resource.Bool, SQL: "customers.never_contact", Detail: true, Input: true, Group: "care"},
		{Name: "created", Kind: resource.Time, SQL: "customers.created_at", Column: true, Sort: true, Priority: 6, Group: "care"},
		{Name: "updated", Kind: resource.Time, SQL: "customers.updated_at", Detail: true, Group: "care"},
	}
}

// reached says whether a customer has come to a step of his way, whose first
// moment stands in a column that the database keeps: the rows behind the figures
// of the funnel.
func reached(name, column string) resource.Field {
	cond := "customers." + column + " > 0"
	return resource.Field{Name: name, Kind: resource.Bool, SQL: "CASE WHEN " + cond + " THEN 1 ELSE 0 END", Filter: cond, Detail: true, Group: "care"}
}

func followUps() *resource.Resource {
	return &resource.Resource{
		Name: "follow_ups", Large: true, Title: "customers.name", Order: "-at",
		From: followUpFrom,
		Fields: []resource.Field{
			{Name: "customer", Kind: resource.Relation, SQL: "follow_ups.customer_id", Label: "customers.name", Ref: "customers", Column: true, Width: 12, Input: true, AddOnly: true, Required: true},
			{Name: "author", Kind: resource.Relation, SQL: "follow_ups.author_id", Label: "authors.name", Code: "authors.login",
				Ref: "accounts", Lookup: catalog.LookupAccount, Column: true, Width: 8},
			{Name: "at", Kind: resource.Time, SQL: "follow_ups.at", Column: true, Sort: true},
			{Name: "channel", Kind: resource.Choice, SQL: "follow_ups.channel", Choices: Channels, Input: true, AddOnly: true, Column: true, Width: 8, Priority: 2},
			{Name: "note", Kind: resource.LongText, SQL: "follow_ups.note", Input: true, AddOnly: true, Required: true, Max: maxNote, Column: true, NoFilter: true},
			{Name: "intention", Kind: resource.Choice, SQL: "follow_ups.intention", Choices: Intentions, Input: true, AddOnly: true, Column: true, Width: 12, Priority: 1},
			{Name: "next", Kind: resource.Day, SQL: "follow_ups.next_on", Input: true, AddOnly: true, Column: true, Clock: "next_time", Priority: 1},
			{Name: "next_time", SQL: "follow_ups.next_time", Input: true, AddOnly: true, Column: true, Max: 5, Width: 5, NoFilter: true, Check: resource.CheckClock, Priority: 3},
			{Name: "no_answer", Kind: resource.Bool, SQL: "follow_ups.no_answer", Input: true, AddOnly: true, Detail: true},
			{Name: "department", Kind: resource.Relation, SQL: "(SELECT accounts.department_id FROM accounts WHERE accounts.id = customers.owner_id)",
				Label: "(SELECT departments.name FROM accounts JOIN departments ON departments.id = accounts.department_id WHERE accounts.id = customers.owner_id)",
				Ref:   "departments", Lookup: lookupDept, Detail: true, Filter: ofDept},
		},
		Rules: followUpRules, Rights: []string{"report"},
	}
}

func sourceResource() *resource.Resource {
	return &resource.Resource{
		Name: "sources", Ver: "sources.version", Title: "sources.name", Code: "code", Order: "position", Table: sourceTable(),
		Fields: []resource.Field{
			{Name: "code", Column: true, Sort: true, Input: true, AddOnly: true, Required: true, Max: 30, Lower: true, Check: checkSourceCode, Search: resource.Contains("sources.code", "sources.name")},
			{Name: "name", Column: true, Sort: true, Input: true, Required: true, Max: 40},
			{Name: "position", Kind: resource.Int, Column: true, Sort: true, Input: true},
			{Name: "active", Kind: resource.Bool, Column: true, Input: true},
		},
	}
}
