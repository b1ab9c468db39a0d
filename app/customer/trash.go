package customer

import (
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// trash says what goes with a customer who is deleted: what is only his. An
// enrollment or somebody whom he referred keeps him, and so does what others
// have said to him.
func trash() *resource.Trash {
	return &resource.Trash{
		Owns: []resource.Owned{{Table: "name_grams", Column: "customer_id"}, {Table: "customer_courses", Column: "customer_id"},
			{Table: "customer_tags", Column: "customer_id"}, {Table: "follow_ups", Column: "customer_id"},
			{Table: "ownerships", Column: "customer_id"}},
		Moved: rekey,
		Keep: func(tx *db.Tx, by policy.Actor, id int64) error {
			n, who, err := followedByOthers(tx, id, by.Account)
			if err != nil || n == 0 {
				return err
			}
			return fault.New(fault.Conflict, "customer.followed", "n", n, "who", who)
		},
	}
}
