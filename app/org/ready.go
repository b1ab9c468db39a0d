package org

import "cohort/app/policy"

// readyRole is a role that a new school comes with.
type readyRole struct {
	name        string
	menu        string // "": all that its rights open, in the usual order
	permissions []readyPermission
}

// readyPermission stands for one permission for each of its actions.
type readyPermission struct {
	resource string
	actions  string
	rows     string // row rule
	fields   string // field rules
}

// What the field rules of the ready-made roles mask.
const (
	contacts = "qq:masked wechat:masked phone:masked email:masked id_number:masked"
	idNumber = "id_number:masked"
)

// unreleased hides a grade, and the lecturer's own note.
const unreleased = "score:hidden points:hidden comment:hidden graded:hidden graded_by:hidden remark:hidden"

// ready are the ready-made roles. They are put into an empty school once; from
// then on they are the administrator's.
var ready = []readyRole{
	{"sales", "", []readyPermission{
		// The whole library with masked contacts, to re-work old customers.
		{"customers", "list view", "", contacts},
		{"customers", "list view", "owner=$me", idNumber},
		{"customers", "add check", "", ""},
		{"customers", "change", "owner=$me", ""},
		{"customers", "claim", "", ""},
		{"customers", "release", "owner=$me", ""},
		{"customers", "follow_up reveal", "owner=$me", ""},
		{"customers", "follow_up reveal", "stale=1", ""},
		{"customers", "follow_up reveal", "worker=$me", ""},
		{"follow_ups", "list view add", "", ""},
		{"ownerships", "list view", "", ""},
		{"enrollments", "add", "owner=$me", ""},
		{"enrollments", "add", "stale=1", ""},
		{"enrollments", "add", "worker=$me", ""},
		{"enrollments", "list view", "consultant=$me", idNumber},
		{"enrollments", "change link cancel download", "consultant=$me", ""},
		{"documents", "list view download", "consultant=$me", ""},
		{"payments", "list view add", "consultant=$me", ""},
		{"customers", "report", "owner=$me", ""},
		{"enrollments", "report", "consultant=$me", ""},
		{"payments", "report", "consultant=$me", ""},
		{"follow_ups", "report", "author=$me", ""},
		{"instalments", "list view", "consultant=$me", ""},
		{"courses", "list view", "", ""},
		{"classes", "list view", "", ""},
		{"campuses", "list view", "", ""},
		{"sources", "list view", "", ""},
		{"campaigns", "list view", "", ""},
	}},
	{"sales_manager", "", []readyPermission{
		{"customers", "list view", "", contacts},
		{"customers", "list view", "department=$my_department", ""},
		{"customers", "add check", "", ""},
		{"customers", "claim", "", ""},
		{"customers", "change assign merge release follow_up reveal export import", "department=$my_department", ""},
		{"follow_ups", "list view add", "", ""},
		{"ownerships", "list view", "", ""},
		{"enrollments", "list view add change link cancel download", "department=$my_department", ""},
		{"documents", "list view download", "department=$my_department", ""},
		{"payments", "list view add plan refund export", "department=$my_department", ""},
		{"customers", "report", "department=$my_department", ""},
		{"enrollments", "report", "department=$my_department", ""},
		{"payments", "report", "department=$my_department", ""},
		{"follow_ups", "report", "department=$my_department", ""},
		{"instalments", "list view export", "department=$my_department", ""},
		{"accounts", "list view", "department=$my_department", ""},
		{"departments", "list view", "department=$my_department", ""},
		{"courses", "list view", "", ""},
		{"classes", "list view", "", ""},
		{"campuses", "list view", "", ""},
		{"sources", "list view", "", ""},
		{"campaigns", "list view", "", ""},
	}},
	{"lecturer", "", []readyPermission{
		{"classes", "list view", "class=$my_classes", ""},
		{"classes", "rank", "lecturer=$me", ""},
		{"lessons", "list view add change delete release export report", "lecturer=$me", ""},
		{"study_records", "list view mark grade export report", "lecturer=$me", ""},
		{"homework", "list view download report", "lecturer=$me", ""},
		{"surveys", "list view results report", "lecturer=$me", ""},
		{"students", "list view", "class=$my_classes", ""},
		{"courses", "list view", "", ""},
		{"questions", "list view add answer accept vote", "class=$my_classes", ""},
		{"questions", "list view change accept", "author=$me", ""},
		{"answers", "list view add", "class=$my_classes", ""},
		{"answers", "list view change", "author=$me", ""},
	}},
	{"student", "", []readyPermission{
		{"surveys", "list view answer", "class=$my_classes", ""},
		{"lessons", "list view", "class=$my_classes", ""},
		// A student sees a score and what was said of it once it is released.
		{"study_records", "list view", "customer=$my_customer", unreleased},
		{"study_records", "hand_in", "customer=$my_customer", ""},
		{"homework", "list view download", "customer=$my_customer", ""},
		{"study_records", "list view", "customer=$my_customer released=1", "remark:hidden"},
		{"enrollments", "list view download", "customer=$my_customer", ""},
		{"documents", "list view download", "customer=$my_customer", ""},
		{"payments", "list view", "customer=$my_customer", ""},
		{"instalments", "list view", "customer=$my_customer", ""},
		{"classes", "list view", "class=$my_classes", ""},
		{"courses", "list view", "", ""},
		{"questions", "list view add answer vote", "class=$my_classes", ""},
		{"questions", "list view change accept", "author=$me", ""},
		{"answers", "list view add", "class=$my_classes", ""},
		{"answers", "list view change", "author=$me", ""},
		{"answers", "list view", "asker=$me", ""},
	}},
	{"admin", "", []readyPermission{
		{policy.Any, policy.Any, "", ""},
	}},
}
