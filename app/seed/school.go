package seed

import (
	"time"

	"cohort/app/blob"
	"cohort/app/catalog"
	"cohort/app/customer"
	"cohort/app/enrollment"
	"cohort/app/org"
	"cohort/app/payment"
	"cohort/app/question"
	"cohort/app/resource"
	"cohort/app/survey"
	"cohort/app/teaching"
	"cohort/db"
)

// School is what filling a school needs of it.
type School struct {
	DB          *db.DB
	Engine      *resource.Engine
	Org         *org.Service
	Catalog     *catalog.Service
	Customers   *customer.Service
	Enrollments *enrollment.Service
	Questions   *question.Service
	Payments    *payment.Service
	Teaching    *teaching.Service
	Surveys     *survey.Service
	Blobs       *blob.Store
	Zone        *time.Location
}
