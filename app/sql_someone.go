package app

import (
	"slices"
	"strings"
	"unicode/utf8"

	"cohort/app/audit"
	"cohort/db"
)

// person is whom an erasure is about: his customer records, and what he is found by elsewhere.
type person struct {
	ids     []int64  // the customer, then those who were merged into him
	account int64    // as a student, 0 for none
	values  []string // phone numbers, addresses and the like: where one stands, he is meant
	names   []string // others may have the same
}

// someone reads who a customer is. He need not be there any more.
func someone(tx *db.Tx, id int64) (p person, err error) {
	p.ids = []int64{id}
	for i := 0; i < len(p.ids) && err == nil; i++ {
		var lost []int64
		lost, err = numbers(tx, `SELECT lost_id FROM customer_merges WHERE kept_id = $1 AND undone_at = 0 ORDER BY id`, p.ids[i])
		for _, l := range lost {
			if !slices.Contains(p.ids, l) {
				p.ids = append(p.ids, l)
			}
		}
	}
	if err != nil {
		return p, err
	}
	if p.account, err = accountOfCustomer(tx, id); err != nil {
		return p, err
	}
	values, err := textsOf(tx, `SELECT qq FROM customers WHERE id = $1 UNION SELECT wechat FROM customers WHERE id = $1 UNION SELECT phone FROM customers WHERE id = $1
		UNION SELECT email FROM customers WHERE id = $1 UNION SELECT phone FROM enrollments WHERE customer_id = $1 UNION SELECT email FROM enrollments WHERE customer_id = $1
		UNION SELECT phone FROM accounts WHERE id IN `+hisAccount+` UNION SELECT email FROM accounts WHERE id IN `+hisAccount, id)
	if err != nil {
		return p, err
	}
	names, err := textsOf(tx, `SELECT name FROM customers WHERE id = $1 UNION SELECT name FROM enrollments WHERE customer_id = $1
		UNION SELECT name FROM accounts WHERE id IN `+hisAccount+` UNION SELECT lost_name FROM customer_merges WHERE kept_id = $1 AND undone_at = 0`, id)
	p.values, p.names = longer(values, 6, 6), longer(names, 2, 4)
	return p, err
}

// longer keeps texts that are long enough to be looked for in others; Chinese ones may be shorter. Pseudonyms are nobody.
func longer(list []string, chinese, other int) (out []string) {
	for _, s := range list {
		n := utf8.RuneCountInString(s)
		if strings.HasPrefix(s, "erased-") || n < chinese || len(s) == n && n < other {
			continue
		}
		out = append(out, s)
	}
	return out
}

// hisTrail says which records of the audit trail are about a customer: their values go.
var hisTrail = []struct{ resource, records string }{
	{"customers", `($1)`}, {"enrollments", hisEnrollments}, {"accounts", hisAccount}, {"students", hisStudent}, {"study_records", hisRecords},
	{"homework", hisHomework}, {"documents", `(SELECT id FROM documents WHERE enrollment_id IN ` + hisEnrollments + `)`},
	{"payments", `(SELECT id FROM payments WHERE enrollment_id IN ` + hisEnrollments + `)`},
	{"questions", `(SELECT id FROM questions WHERE author_id IN ` + hisAccount + `)`}, {"answers", `(SELECT id FROM answers WHERE author_id IN ` + hisAccount + `)`},
}

// trail gives the entries of the audit trail that an erasure empties.
func (p person) trail(tx *db.Tx, seen mentions, pseudonym string) (x audit.Erasure, err error) {
	x = audit.Erasure{About: seen["audit"].ids, Pseudonym: pseudonym}
	for _, id := range p.ids {
		for _, t := range hisTrail {
			list, err := numbers(tx, `SELECT id FROM audit WHERE resource = '`+t.resource+`' AND record_id IN `+t.records, id)
			if err != nil {
				return x, err
			}
			x.About = append(x.About, list...)
		}
	}
	// What he did himself, as an applicant and as a student, does not tell from where either.
	own, err := numbers(tx, `SELECT id FROM audit WHERE login = 'enroll' AND account_id = 0 AND (resource = 'enrollments' AND record_id IN `+hisEnrollments+
		` OR resource = 'documents' AND record_id IN (SELECT id FROM documents WHERE enrollment_id IN `+hisEnrollments+`))`, p.ids[0])
	if err != nil || p.account == 0 {
		x.Own = own
		return x, err
	}
	more, err := numbers(tx, `SELECT id FROM audit WHERE account_id = $1`, p.account)
	x.Own = append(own, more...)
	return x, err
}

// onlyTraces says that somebody is no customer any more, but that the trail knows him.
func onlyTraces(tx *db.Tx, id int64) (yes bool, err error) {
	err = tx.QueryRow(`SELECT NOT EXISTS (SELECT 1 FROM customers WHERE id = $1) AND EXISTS (SELECT 1 FROM audit WHERE resource = 'customers' AND record_id = $1)`, id).Scan(&yes)
	return yes, err
}

// numbers reads a column of numbers.
func numbers(tx *db.Tx, query string, args ...any) ([]int64, error) {
	return db.ColumnOf[int64](tx.Query(query, args...))
}

// textsOf reads a column of texts.
func textsOf(tx *db.Tx, query string, args ...any) ([]string, error) {
	return db.ColumnOf[string](tx.Query(query, args...))
}
