package ui

import (
	"slices"
	"strconv"
	"strings"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/setting"
	"cohort/app/ui/kit"
)

// place is one place of the menu: what it is called there and in roles' menus,
// the resource one must be able to list to see it, and how it opens.
type place struct {
	name     string
	resource string // "" for everybody
	group    string // message key of the heading above the first of it
	open     func(d *desk) kit.Screen
}

// places are all places in their usual order; a role's own menu may reorder and
// cut them.
func places() []place {
	return []place{
		{"home", "", "ui.group.home", func(d *desk) kit.Screen { return d.overview() }},
		{"customers", "customers", "ui.group.sales", func(d *desk) kit.Screen { return d.customers("") }},
		{"calls", "customers", "ui.group.sales", func(d *desk) kit.Screen { return d.callsDay() }},
		{"enrollments", "enrollments", "ui.group.sales", func(d *desk) kit.Screen { return d.enrollments("") }},
		{"review", "enrollments", "ui.group.sales", func(d *desk) kit.Screen { return d.reviewQueue() }},
		{"payments", "payments", "ui.group.sales", func(d *desk) kit.Screen { return d.payments("") }},
		{"reports", "", "ui.group.sales", func(d *desk) kit.Screen { return d.reports() }},
		{"contract", "", "ui.group.study", func(d *desk) kit.Screen { return d.contracts() }},
		{"my_classes", "", "ui.group.study", func(d *desk) kit.Screen { return d.myClasses() }},
		{"my_scores", "", "ui.group.study", func(d *desk) kit.Screen { return d.myScores() }},
		{"my_documents", "", "ui.group.study", func(d *desk) kit.Screen { return d.myDocuments() }},
		{"my_payments", "", "ui.group.study", func(d *desk) kit.Screen { return d.myPayments() }},
		{"my_surveys", "", "ui.group.study", func(d *desk) kit.Screen { return d.mySurveys() }},
		{"teaching", "", "ui.group.school", func(d *desk) kit.Screen { return d.taught() }},
		{"classes", "classes", "ui.group.school", func(d *desk) kit.Screen { return d.classes() }},
		{"courses", "courses", "ui.group.school", func(d *desk) kit.Screen { return d.courses() }},
		{"questions", "questions", "ui.group.school", func(d *desk) kit.Screen { return d.questions("") }},
		{"surveys", "surveys", "ui.group.school", func(d *desk) kit.Screen { return d.records("surveys", "") }},
		{"accounts", "accounts", "ui.group.school", func(d *desk) kit.Screen { return d.accounts() }},
		{"roles", "roles", "ui.group.school", func(d *desk) kit.Screen { return d.roles("") }},
		{"rights", "roles", "ui.group.school", func(d *desk) kit.Screen { return d.matrix("", "") }},
		{"sessions", "sessions", "ui.group.school", func(d *desk) kit.Screen { return d.sessions() }},
		{"bans", "bans", "ui.group.school", func(d *desk) kit.Screen { return d.bans() }},
		{"settings", "", "ui.group.school", func(d *desk) kit.Screen { return d.settings() }},
		{"mails", "mails", "ui.group.school", func(d *desk) kit.Screen { return d.mails() }},
		{"messages", "messages", "ui.group.school", func(d *desk) kit.Screen { return d.messages("") }},
		{"audit", "audit", "ui.group.school", func(d *desk) kit.Screen { return d.audit() }},
		{"imports", "", "ui.group.school", func(d *desk) kit.Screen { return d.imports() }},
		{"records", "", "ui.group.school", func(d *desk) kit.Screen { return d.recordIndex() }},
		{"notifications", "", "ui.group.me", func(d *desk) kit.Screen { return d.notifications() }},
		{"me", "", "ui.group.me", func(d *desk) kit.Screen { return d.me() }},
	}
}

// shown says whether a place is in the actor's menu. Who reviews has the review
// queue; a student has his own places instead of the staff's lists.
func (p place) shown(by policy.Actor) bool {
	student := by.Rights.Scope.Customer != 0
	switch {
	case strings.HasPrefix(p.name, "my_") || p.name == "contract":
		return student
	case p.name == "calls":
		return by.Can("follow_up", "customers") && by.Can("list", "customers")
	case p.name == "teaching":
		return by.Can("rank", "classes")
	case p.name == "settings":
		return by.Can("change", setting.Resource)
	case p.name == "review":
		return by.Can("approve", "enrollments")
	case p.name == "imports":
		return slices.ContainsFunc(groupedRecords(), func(name string) bool { return by.Can("import", name) })
	case p.name == "records":
		return !student && slices.ContainsFunc(groupedRecords(), func(name string) bool { return by.Can("list", name) })
	case p.name == "reports":
		return slices.ContainsFunc([]string{"customers", "enrollments", "payments", "study_records", "surveys"}, func(name string) bool { return by.Can("report", name) })
	case p.resource == "":
		return true
	}
	return by.Can("list", p.resource) && !onlyOwn(by, p.resource) && (p.name != "rights" || by.Can("view", "roles"))
}

// onlyOwn says that the actor sees no more of a resource than what is his own
// as a student, for which he has better places.
func onlyOwn(by policy.Actor, resource string) bool {
	if by.Rights.Scope.Customer == 0 || resource == "courses" || resource == "questions" {
		return false
	}
	for _, g := range by.Explain("list", resource, nil).Grants {
		own := false
		for _, c := range g.Rows {
			for _, v := range c.Values {
				own = own || v == "$my_customer" || v == "$my_classes"
			}
		}
		if !own {
			return false
		}
	}
	return true
}

// resolve finds the screen of an address: a place (review), a list (campuses), a
// list's state (customers?owner:me), a record (campuses/1).
func (d *desk) resolve(address string) (kit.Screen, error) {
	path, query, asked := strings.Cut(address, "?")
	name, rest, _ := strings.Cut(strings.Trim(path, "/"), "/")
	var s kit.Screen
	switch id, err := strconv.ParseInt(rest, 10, 64); {
	case name == "reports" && rest != "":
		s = d.reportAt(rest, query)
	case name == "me" && rest == "notify":
		s = d.telling()
	case rest == "" && !asked:
		s = d.placeOf(name)
	case rest == "":
		s = d.listAt(name, query)
	case err == nil:
		s = d.recordAt(name, id)
	}
	if s == nil {
		return nil, fault.New(fault.NotFound, "ui.no_such_place", "address", address)
	}
	return s, nil
}

// placeOf opens a place of the menu, or a list by the name of its records; nil
// where there is none for the person.
func (d *desk) placeOf(name string) kit.Screen {
	by := d.actor()
	for _, p := range places() {
		if p.name == name && p.shown(by) {
			return p.open(d)
		}
	}
	if name == "duplicates" && by.Can("merge", "customers") {
		return d.duplicates()
	}
	return d.listAt(name, "")
}

func (d *desk) listAt(name, query string) kit.Screen {
	by := d.actor()
	if _, ok := d.app.Engine.Get(name); !ok || !by.Can("list", name) || onlyOwn(by, name) {
		return nil
	}
	return d.listOf(name, query)
}

// recordAt opens a record: on its own screen where it has one, else on the one
// that follows from its declaration.
func (d *desk) recordAt(name string, id int64) kit.Screen {
	if name == "teaching" && d.actor().Can("rank", "classes") {
		return d.taughtClass(id)
	}
	if name == "imports" { // one's own need no right
		return d.importBatch(id)
	}
	_, declared := d.app.Engine.Get(name)
	if !declared || d.app.Engine.NeedAny(d.actor(), "view", name) != nil {
		return nil
	}
	switch name {
	case "customers":
		return d.customer(id)
	case "enrollments":
		return d.enrollment(id)
	case "payments":
		return d.payment(id)
	case "accounts":
		return d.account(id)
	case "roles":
		return d.role(id)
	case "handovers":
		return d.receipt(id)
	case "mails":
		return d.mail(id)
	case "lessons":
		return d.lesson(id)
	case "surveys":
		return d.surveyAt(id)
	case "questions":
		return d.question(id)
	case "audit":
		return d.auditEntry(id)
	}
	return d.record(name, id)
}
