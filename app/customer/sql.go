package customer

import (
	"database/sql"
	"sort"
	"strings"

	"cohort/app/fault"
	"cohort/app/grams"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// column is one column of a written row; its name is the program's own.
type column struct {
	name  string
	value any
}

// fieldColumns are the columns behind the fields that people may give.
var fieldColumns = map[string]string{
	"name": "name", "sex": "sex", QQ: "qq", WeChat: "wechat", Phone: "phone", Email: "email", "id_number": "id_number",
	"emergency": "emergency", "source": "source_id", "campaign": "campaign_id", "referred_by": "referred_by", "said": "said",
	"memo": "memo", "owner": "owner_id", "next": "next_follow_up_on", "next_time": "next_follow_up_time", "never_contact": "never_contact",
}

// columnsOf gives the columns of values, in a stable order so that statements
// are prepared once.
func columnsOf(v resource.Values) []column {
	var out []column
	for field, name := range fieldColumns {
		value, given := v[field]
		if !given {
			continue
		}
		switch x := value.(type) {
		case bool:
			value = map[bool]int64{false: 0, true: 1}[x]
		case int64:
			value = nullID(x)
		}
		out = append(out, column{name, value})
	}
	if v.Has("name") {
		out = append(out, column{"name_key", nameKey(v.Str("name"))}, column{"sounds", Keys{Sounds: grams.Sounds(v.Str("name"))}.SoundsText()})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].name < out[j].name })
	return out
}

// sealColumns encrypts the ID number, which the database must not tell.
func sealColumns(tx *db.Tx, cols []column) (err error) {
	for i, c := range cols {
		if text, ok := c.value.(string); ok && c.name == "id_number" {
			if cols[i].value, err = tx.Seal(text); err != nil {
				return err
			}
		}
	}
	return nil
}

func nullID(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

func insertCustomer(tx *db.Tx, by int64, cols []column) (id int64, err error) {
	if err := sealColumns(tx, cols); err != nil {
		return 0, err
	}
	var args db.Args
	now := args.Add(db.Millis(tx.Now))
	names, marks := []string{"created_at", "updated_at", "touched_at", "created_by"}, []string{now, now, now, args.Add(nullID(by))}
	fresh, err := resource.FreshID(tx, "customers")
	if err != nil {
		return 0, err
	}
	if fresh != 0 {
		cols = append(cols, column{"id", fresh})
	}
	for _, c := range cols {
		names, marks = append(names, c.name), append(marks, args.Add(c.value))
	}
	err = tx.QueryRow("INSERT INTO customers ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(marks, ", ")+") RETURNING id",
		args...).Scan(&id)
	return id, err
}

// updateCustomer writes columns over the version that was read; stale where
// there is another by now.
func updateCustomer(tx *db.Tx, was Customer, cols []column) error {
	if err := sealColumns(tx, cols); err != nil {
		return err
	}
	var args db.Args
	set := "version = version + 1, updated_at = " + args.Add(db.Millis(tx.Now))
	for _, c := range cols {
		set += ", " + c.name + " = " + args.Add(c.value)
	}
	r, err := tx.Exec("UPDATE customers SET "+set+" WHERE id = "+args.Add(was.ID)+" AND version = "+args.Add(was.Version), args...)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return fault.New(fault.Stale, "fault.stale")
}

// moveCustomer takes a follow-up over into its customer.
func moveCustomer(tx *db.Tx, c Customer, f FollowUp, never bool) error {
	at := db.Millis(f.At)
	cols := []column{{"last_follow_up_at", at}, {"touched_at", max(at, db.Millis(c.Touched))}, {"next_follow_up_on", f.Next}, {"next_follow_up_time", f.NextTime},
		{"intention", f.Intention}, {"never_contact", map[bool]int64{true: 1}[never]}}
	return updateCustomer(tx, c, cols)
}

const customerColumns = `customers.id, customers.version, customers.name, customers.sex, customers.qq, customers.wechat, customers.phone,
	customers.email, customers.id_number, customers.emergency, sources.code, customers.source_id, customers.campaign_id,
	customers.referred_by, customers.said, customers.memo, customers.status, customers.owner_id, owners.department_id,
	COALESCE(owners.login, ''), COALESCE(owners.name, ''), customers.never_contact, customers.intention, customers.last_follow_up_at,
	customers.touched_at, customers.next_follow_up_on, customers.next_follow_up_time, customers.created_at, customers.updated_at,
	COALESCE(` + Worker + `, 0)`

const customerFrom = `customers JOIN sources ON sources.id = customers.source_id LEFT JOIN accounts AS owners ON owners.id = customers.owner_id`

func scanCustomer(r interface{ Scan(...any) error }) (c Customer, err error) {
	var campaign, referrer, owner, dept sql.NullInt64
	var never, last, touched, created, updated int64
	err = r.Scan(&c.ID, &c.Version, &c.Name, &c.Sex, &c.QQ, &c.WeChat, &c.Phone, &c.Email, &c.IDNumber, &c.Emergency, &c.Source,
		&c.SourceID, &campaign, &referrer, &c.Said, &c.Memo, &c.Status, &owner, &dept, &c.OwnerLogin, &c.OwnerName, &never,
		&c.Intention, &last, &touched, &c.NextFollowUp, &c.NextTime, &created, &updated, &c.Worker)
	c.Campaign, c.ReferredBy, c.Owner, c.Department = campaign.Int64, referrer.Int64, owner.Int64, dept.Int64
	c.NeverContact, c.LastFollowUp, c.Touched = never != 0, db.Moment(last), db.Moment(touched)
	c.Created, c.Updated = db.Moment(created), db.Moment(updated)
	return c, err
}

// oneCustomer reads one row, its ID number in the clear.
func oneCustomer(tx *db.Tx, where string, args ...any) (Customer, error) {
	c, err := scanCustomer(tx.QueryRow("SELECT "+customerColumns+" FROM "+customerFrom+where, args...))
	if err == nil {
		c.IDNumber, err = tx.Unseal(c.IDNumber)
	}
	return c, err
}

func customerOf(tx *db.Tx, id int64) (Customer, error) {
	return oneCustomer(tx, " WHERE customers.id = $1", id)
}

// findContact finds who has one of the contacts, by the unique indexes; the
// kinds are tried in their order.
func findContact(tx *db.Tx, texts map[string]string) (Customer, error) {
	for _, kind := range Kinds {
		if texts[kind] == "" {
			continue
		}
		c, err := oneCustomer(tx, " WHERE customers."+kind+" = $1 AND customers."+kind+" <> ''", texts[kind])
		if !db.NoRows(err) {
			return c, err
		}
	}
	return Customer{}, sql.ErrNoRows
}

func creatorOf(tx *db.Tx, id int64) (name string, err error) {
	err = tx.QueryRow(`SELECT COALESCE(accounts.name, '') FROM customers LEFT JOIN accounts ON accounts.id = customers.created_by
		WHERE customers.id = $1`, id).Scan(&name)
	return name, err
}

func setGrams(tx *db.Tx, id int64, grams []string) error {
	return setWords(tx, "name_grams", "gram", id, grams)
}

func setTags(tx *db.Tx, id int64, tags []string) error {
	return setWords(tx, "customer_tags", "tag", id, tags)
}

func setWords(tx *db.Tx, table, name string, id int64, words []string) error {
	if _, err := tx.Exec("DELETE FROM "+table+" WHERE customer_id = $1", id); err != nil {
		return err
	}
	if len(words) == 0 {
		return nil
	}
	args := db.Args{id}
	rows := make([]string, len(words))
	for i, w := range words { // one statement for all: a name has about ten
		rows[i] = "($1, " + args.Add(w) + ")"
	}
	_, err := tx.Exec("INSERT INTO "+table+" (customer_id, "+name+") VALUES "+strings.Join(rows, ", "), args...)
	return err
}

func tagsOf(tx *db.Tx, id int64) ([]string, error) {
	rows, err := tx.Query(`SELECT tag FROM customer_tags WHERE customer_id = $1 ORDER BY tag`, id)
	return db.Collect(rows, err, text)
}

func text(r *sql.Rows) (s string, err error) {
	err = r.Scan(&s)
	return s, err
}

func setCourses(tx *db.Tx, id int64, courses []int64) error {
	if _, err := tx.Exec(`DELETE FROM customer_courses WHERE customer_id = $1`, id); err != nil {
		return err
	}
	for _, c := range courses {
		if _, err := tx.Exec(`INSERT INTO customer_courses (customer_id, course_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, id, c); err != nil {
			return err
		}
	}
	return nil
}

// loginOf gives the log-in name of an account; "" for none.
func loginOf(tx *db.Tx, id int64) (login string, err error) {
	err = tx.QueryRow(`SELECT login FROM accounts WHERE id = $1`, id).Scan(&login)
	if db.NoRows(err) {
		return "", nil
	}
	return login, err
}

// account is what this noun has to know of one.
type account struct {
	name, email, lang string
	active            bool
}

func accountOf(tx *db.Tx, id int64) (a account, err error) {
	err = tx.QueryRow(`SELECT name, email, lang, active FROM accounts WHERE id = $1`, id).Scan(&a.name, &a.email, &a.lang, &a.active)
	return a, err
}

func sourceByCode(tx *db.Tx, code string) (id int64, err error) {
	if code == "" {
		return 0, nil // refused as required
	}
	err = tx.QueryRow(`SELECT id FROM sources WHERE code = $1`, code).Scan(&id)
	if db.NoRows(err) {
		return 0, fault.Field("source", "list.no_such", "value", code)
	}
	return id, err
}

func sourceOf(tx *db.Tx, id int64) (code string, active bool, err error) {
	err = tx.QueryRow(`SELECT code, active FROM sources WHERE id = $1`, id).Scan(&code, &active)
	return code, active, err
}

func campaignSource(tx *db.Tx, id int64) (source int64, err error) {
	err = tx.QueryRow(`SELECT source_id FROM campaigns WHERE id = $1`, id).Scan(&source)
	return source, err
}

func ensureSource(tx *db.Tx, code, name string, position int) error {
	_, err := tx.Exec(`INSERT INTO sources (code, name, position, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
		ON CONFLICT (code) DO NOTHING`, code, name, position, db.Millis(tx.Now))
	return err
}

func insertFollowUp(tx *db.Tx, f FollowUp) (id int64, err error) {
	err = tx.QueryRow(`INSERT INTO follow_ups (customer_id, author_id, at, channel, note, intention, next_on, next_time, no_answer, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`, f.Customer, nullID(f.Author), db.Millis(f.At), f.Channel, f.Note,
		f.Intention, f.Next, f.NextTime, map[bool]int64{true: 1}[f.NoAnswer], db.Millis(tx.Now)).Scan(&id)
	if err != nil {
		return 0, err
	}
	return resource.Fresh(tx, "follow_ups", id)
}

// followUpsOf reads by key set, in the order of the index follow_ups_customer.
func followUpsOf(tx *db.Tx, by policy.Actor, customer, before int64, limit int) ([]FollowUp, error) {
	args := &db.Args{}
	where := by.Where("list", "follow_ups", followUpRules, args) + " AND follow_ups.customer_id = " + args.Add(customer)
	if before > 0 {
		mark := args.Add(before)
		where += " AND (follow_ups.at, follow_ups.id) < (SELECT at, id FROM follow_ups WHERE id = " + mark + ")"
	}
	rows, err := tx.Query(`SELECT follow_ups.id, follow_ups.customer_id, COALESCE(follow_ups.author_id, 0), COALESCE(authors.login, ''),
		COALESCE(authors.name, ''), follow_ups.at, follow_ups.channel, follow_ups.note, follow_ups.next_on, follow_ups.next_time, follow_ups.no_answer, follow_ups.intention
		FROM `+followUpFrom+` WHERE `+where+` ORDER BY follow_ups.at DESC, follow_ups.id DESC LIMIT `+args.Add(limit), *args...)
	return db.Collect(rows, err, func(r *sql.Rows) (f FollowUp, err error) {
		var at, missed int64
		err = r.Scan(&f.ID, &f.Customer, &f.Author, &f.AuthorLogin, &f.Name, &at, &f.Channel, &f.Note, &f.Next, &f.NextTime, &missed, &f.Intention)
		f.At, f.NoAnswer = db.Time(at), missed != 0
		return f, err
	})
}

func enrollmentsOf(tx *db.Tx, customer int64) ([]Event, error) {
	rows, err := tx.Query(`SELECT enrollments.id, enrollments.created_at, classes.code, enrollments.state, COALESCE(accounts.name, '')
		FROM enrollments JOIN classes ON classes.id = enrollments.class_id
		LEFT JOIN accounts ON accounts.id = enrollments.consultant_id WHERE enrollments.customer_id = $1`, customer)
	return db.Collect(rows, err, func(r *sql.Rows) (Event, error) {
		e := Event{Kind: "enrollment"}
		var at int64
		err := r.Scan(&e.ID, &at, &e.Class, &e.State, &e.Who)
		e.At = db.Time(at)
		return e, err
	})
}

// followedByOthers counts the follow-ups that somebody else made, and names one
// of them.
func followedByOthers(tx *db.Tx, customer, account int64) (n int, who string, err error) {
	err = tx.QueryRow(`SELECT count(*), COALESCE(max(accounts.name), '') FROM follow_ups LEFT JOIN accounts ON accounts.id = follow_ups.author_id
		WHERE follow_ups.customer_id = $1 AND COALESCE(follow_ups.author_id, 0) <> $2`, customer, account).Scan(&n, &who)
	return n, who, err
}
