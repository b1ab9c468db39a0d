package customer

import (
	"strconv"

	"cohort/app/resource"
	"cohort/db"
)

// tagNames lists tags in order, by the index on them: each by a step of its own,
// since a tag may have a hundred thousand rows.
func tagNames(tx *db.Tx, begins string, limit int) (list []string, err error) {
	args := &db.Args{}
	where := "tag >= " + args.Add(begins)
	for len(list) < limit {
		if begins != "" {
			where += " AND " + resource.Prefix("tag", begins, args)
		}
		var tag string
		err := tx.QueryRow("SELECT tag FROM customer_tags WHERE "+where+" ORDER BY tag LIMIT 1", *args...).Scan(&tag)
		if db.NoRows(err) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		list = append(list, tag)
		args = &db.Args{}
		where = "tag > " + args.Add(tag)
	}
	return list, nil
}

const taggedFrom = "SELECT 1 FROM customer_tags CROSS JOIN customers WHERE customers.id = customer_tags.customer_id AND "

func countTagged(tx *db.Tx, text string, most int, args *db.Args) (n int, err error) {
	err = tx.QueryRow("SELECT count(*) FROM ("+text+" LIMIT "+strconv.Itoa(most)+") AS tagged", *args...).Scan(&n)
	return n, err
}
