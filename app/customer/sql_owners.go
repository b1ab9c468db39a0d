package customer

import (
	"database/sql"

	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

func insertOwnership(tx *db.Tx, by, customer, from, to int64, reason, note string) error {
	var id int64
	err := tx.QueryRow(`INSERT INTO ownerships (customer_id, at, from_id, to_id, by_id, reason, note) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
		customer, db.Millis(tx.Now), nullID(from), nullID(to), nullID(by), reason, note).Scan(&id)
	if err == nil {
		_, err = resource.Fresh(tx, "ownerships", id)
	}
	return err
}

const ownershipColumns = `ownerships.id, ownerships.at, ownerships.reason, ownerships.note, COALESCE(giver.id, 0), COALESCE(giver.login, ''),
	COALESCE(giver.name, ''), COALESCE(taker.id, 0), COALESCE(taker.login, ''), COALESCE(taker.name, ''), COALESCE(doer.id, 0),
	COALESCE(doer.login, ''), COALESCE(doer.name, '')`

func scanOwnership(r *sql.Rows) (o Ownership, err error) {
	var at int64
	err = r.Scan(&o.ID, &at, &o.Reason, &o.Note, &o.From.ID, &o.From.Login, &o.From.Name, &o.To.ID, &o.To.Login, &o.To.Name,
		&o.By.ID, &o.By.Login, &o.By.Name)
	o.At = db.Time(at)
	return o, err
}

// ownersOf reads by the index ownerships_customer.
func ownersOf(tx *db.Tx, by policy.Actor, customer int64) ([]Ownership, error) {
	args := &db.Args{}
	where := by.Where("list", "ownerships", ownershipRules, args) + " AND ownerships.customer_id = " + args.Add(customer)
	rows, err := tx.Query("SELECT "+ownershipColumns+" FROM "+ownershipFrom+" WHERE "+where+" ORDER BY ownerships.id DESC LIMIT "+args.Add(maxHistory), *args...)
	return db.Collect(rows, err, scanOwnership)
}
