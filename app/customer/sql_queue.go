package customer

import (
	"database/sql"
	"time"

	"cohort/app/policy"
	"cohort/db"
)

// What the indexes of the queue are made of; the migration has the same text.
const (
	clockKey = "(CASE WHEN next_follow_up_time = '' THEN '~' ELSE next_follow_up_time END)"
	warmth   = "(CASE intention WHEN 'within_two_weeks' THEN 0 WHEN 'within_month' THEN 1 WHEN '' THEN 2 WHEN 'no_plan' THEN 3 ELSE 4 END)"
	coldest  = 4

	isDue    = "customers.next_follow_up_on <> '' AND customers.never_contact = 0"
	workable = "customers.status = 'not_enrolled' AND customers.never_contact = 0"
)

// queueStep is one stretch of the queue that a single index gives in order.
type queueStep struct {
	part   string
	index  string
	where  func(args *db.Args) string
	order  string // its columns, the id last
	keys   func(p Place) []any
	unheld bool // those that others are talking to are passed over
}

// steps are the stretches of by's queue, in their order. Somebody with an own
// day to come is not stale for the queue: an appointment is kept.
func (s *Service) steps(tx *db.Tx, by policy.Actor) []queueStep {
	today, before := s.today(tx), db.Millis(s.staleBefore(tx.Now))
	due := queueStep{index: "customers_due", order: "next_follow_up_on, " + clockKey + ", " + warmth + ", touched_at, id",
		keys: func(p Place) []any { return []any{p.Day, p.Clock, p.Warmth, p.Touched, p.ID} }}
	onDay := func(part, op string) queueStep {
		x := due
		x.part = part
		x.where = func(args *db.Args) string {
			return isDue + " AND customers.owner_id = " + args.Add(by.Account) + " AND customers.next_follow_up_on " + op + " " + args.Add(today)
		}
		return x
	}
	list := []queueStep{onDay(DueToday, "="), onDay(Overdue, "<")}
	stale := func(index, who string, level int) queueStep {
		return queueStep{part: Stale, index: index, order: "touched_at, id", unheld: true,
			keys: func(p Place) []any { return []any{p.Touched, p.ID} },
			where: func(args *db.Args) string {
				me := args.Add(by.Account)
				more := " AND customers.owner_id = " + me + " AND customers.next_follow_up_on = ''"
				if who != "own" {
					more = " AND customers.next_follow_up_on <= " + args.Add(today) + " AND (customers.owner_id IS NULL OR customers.owner_id <> " + me + ")"
				}
				return workable + " AND " + warmth + " = " + args.Add(level) + " AND customers.touched_at < " + args.Add(before) + more
			}}
	}
	for level := 0; level <= coldest; level++ {
		list = append(list, stale("customers_owner_stale", "own", level))
	}
	for level := 0; level <= coldest; level++ {
		list = append(list, stale("customers_stale", "others'", level))
	}
	return list
}

// step reads a stretch behind a place.
func (s *Service) step(tx *db.Tx, by policy.Actor, x queueStep, number int, after Place, limit int) ([]Call, error) {
	text, args, err := s.stepText(tx, by, x, after, limit)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(text, *args...)
	return db.Collect(rows, err, func(r *sql.Rows) (c Call, err error) {
		c.Part, c.Place.Step = x.part, number
		p := &c.Place
		err = r.Scan(&p.Day, &p.Clock, &p.Warmth, &p.Touched, &p.ID)
		c.Customer = p.ID
		return c, err
	})
}

func (s *Service) stepText(tx *db.Tx, by policy.Actor, x queueStep, after Place, limit int) (string, *db.Args, error) {
	where, args, err := s.stepWhere(tx, by, x)
	if err != nil {
		return "", nil, err
	}
	if after.Step != 0 {
		marks := ""
		for i, k := range x.keys(after) {
			if i > 0 {
				marks += ", "
			}
			marks += args.Add(k)
		}
		where += " AND (" + x.order + ") > (" + marks + ")"
	}
	return "SELECT next_follow_up_on, " + clockKey + ", " + warmth + ", touched_at, id FROM " + x.from(tx) + " WHERE " + where +
		" ORDER BY " + x.order + " LIMIT " + args.Add(limit), args, nil
}

// stepWhere is the stretch within what the actor may follow up.
func (s *Service) stepWhere(tx *db.Tx, by policy.Actor, x queueStep) (string, *db.Args, error) {
	args := &db.Args{}
	rule, err := s.Engine.Rule(tx, by, "follow_up", "customers", args)
	if err != nil {
		return "", nil, err
	}
	where := x.where(args) + " AND " + rule
	if x.unheld {
		for _, id := range s.held(by.Account, tx.Now) {
			where += " AND customers.id <> " + args.Add(id)
		}
	}
	return where, args, nil
}

// from names the index that is to be walked: SQLite's planner does not know that
// a page needs a few rows only.
func (x queueStep) from(tx *db.Tx) string {
	if tx.Dialect() == db.SQLite {
		return "customers INDEXED BY " + x.index
	}
	return "customers"
}

func (s *Service) countStep(tx *db.Tx, by policy.Actor, x queueStep, limit int) (n int, err error) {
	if limit <= 0 {
		return 0, nil
	}
	where, args, err := s.stepWhere(tx, by, x)
	if err != nil {
		return 0, err
	}
	err = tx.QueryRow("SELECT count(*) FROM (SELECT 1 FROM "+x.from(tx)+" WHERE "+where+" LIMIT "+args.Add(limit)+") AS found", *args...).Scan(&n)
	return n, err
}

// callsSince counts a person's follow-ups from a moment on, and those where
// somebody answered.
func callsSince(tx *db.Tx, account int64, from time.Time) (calls, reached int, err error) {
	err = tx.QueryRow(`SELECT count(*), COALESCE(CAST(sum(1 - no_answer) AS BIGINT), 0) FROM follow_ups WHERE author_id = $1 AND at >= $2`,
		account, db.Millis(from)).Scan(&calls, &reached)
	return calls, reached, err
}

const bareFollowUp = `SELECT follow_ups.id, follow_ups.customer_id, COALESCE(follow_ups.author_id, 0), COALESCE(accounts.name, ''), follow_ups.at,
	follow_ups.note, follow_ups.intention, follow_ups.next_on, follow_ups.next_time,
	follow_ups.created_at FROM follow_ups LEFT JOIN accounts ON accounts.id = follow_ups.author_id WHERE `

func scanBare(r *db.Row) (f FollowUp, err error) {
	var at, written int64
	err = r.Scan(&f.ID, &f.Customer, &f.Author, &f.Name, &at, &f.Note, &f.Intention, &f.Next, &f.NextTime, &written)
	f.At, f.written = db.Time(at), db.Time(written)
	return f, err
}

// newestFollowUp is the last that anybody wrote of a customer, whoever may read
// it; id 0 where there is none.
func newestFollowUp(tx *db.Tx, customer int64) (FollowUp, error) {
	f, err := scanBare(tx.QueryRow(bareFollowUp+`follow_ups.customer_id = $1 ORDER BY follow_ups.at DESC, follow_ups.id DESC LIMIT 1`, customer))
	if db.NoRows(err) {
		return FollowUp{}, nil
	}
	return f, err
}

func followUpOf(tx *db.Tx, id int64) (FollowUp, error) {
	return scanBare(tx.QueryRow(bareFollowUp+`follow_ups.id = $1`, id))
}

// newestOf is the last follow-up that somebody has written.
func newestOf(tx *db.Tx, account int64) (id int64, err error) {
	err = tx.QueryRow(`SELECT id FROM follow_ups WHERE author_id = $1 ORDER BY at DESC, id DESC LIMIT 1`, account).Scan(&id)
	return id, err
}

// writtenAt is the follow-up that somebody wrote of a customer at a moment.
func writtenAt(tx *db.Tx, customer, account int64, at time.Time) (id int64, err error) {
	err = tx.QueryRow(`SELECT id FROM follow_ups WHERE customer_id = $1 AND author_id = $2 AND created_at = $3 ORDER BY id DESC LIMIT 1`,
		customer, account, db.Millis(at)).Scan(&id)
	return id, err
}

func deleteFollowUp(tx *db.Tx, id int64) error {
	_, err := tx.Exec(`DELETE FROM follow_ups WHERE id = $1`, id)
	return err
}
