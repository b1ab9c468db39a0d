package customer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cohort/app/audit"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// MergeFields are the fields of which one side is chosen where both have a
// value. What is a list is put together, and texts are appended.
var MergeFields = []string{"name", "sex", Phone, QQ, WeChat, Email, "id_number", "emergency", "source", "campaign", "referred_by", "owner", "next"}

// Merged says what a merge came to.
type Merged struct {
	ID   int64  // by which it is taken back; 0 when it was only tried
	Keep int64  // the customer who stays
	Lost string // the name of the other
	// Values are the fields of the one who stays that change, as typed text.
	Was, Now map[string]string
	Moved    map[string]int // rows of other tables, by table
}

// Merge makes one customer of two: everything of lose goes to keep, and lose's
// number leads to him from then on. take names fields in which lose's value
// stands; otherwise keep's does, and lose's where keep has none. A name or
// contact that finds no place is added to the memo. try does everything and
// takes it back. Whoever merges may merge and change both, and sees every field.
func (s *Service) Merge(ctx context.Context, by policy.Actor, keep, lose int64, take []string, try bool) (m Merged, err error) {
	if err := by.NeedAny("merge", "customers"); err != nil {
		return m, err
	}
	if err := checkTaken(take); err != nil {
		return m, err
	}
	errTried := fmt.Errorf("tried only")
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		j := &joining{s: s, tx: tx, by: by}
		if m, err = j.merge(keep, lose, take); err == nil && try {
			m.ID, err = 0, errTried
		}
		return err
	})
	if err == errTried { //nolint:errorlint // it is this very one
		err = nil
	}
	return m, err
}

func checkTaken(take []string) error {
	for _, f := range take {
		if !slices.Contains(MergeFields, f) {
			return fault.Field("take", "customer.merge_take", "field", f, "fields", strings.Join(MergeFields, ", "))
		}
	}
	return nil
}

// joining is one merge on its way.
type joining struct {
	s          *Service
	tx         *db.Tx
	by         policy.Actor
	keep, lose Customer
	kept       kept
}

func (j *joining) merge(keep, lose int64, take []string) (m Merged, err error) {
	if keep == lose {
		return m, fault.New(fault.Invalid, "customer.merge_self")
	}
	if j.keep, err = j.one(keep); err != nil {
		return m, err
	}
	if j.lose, err = j.one(lose); err != nil {
		return m, err
	}
	if a, b := j.keep.IDNumber, j.lose.IDNumber; a != "" && b != "" && a != b {
		return m, fault.New(fault.Conflict, "customer.merge_id_numbers")
	}
	if err := j.studentsApart(); err != nil {
		return m, err
	}
	was, err := j.s.snapshot(j.tx, keep)
	if err != nil {
		return m, err
	}
	v, err := j.values(take)
	if err != nil {
		return m, err
	}
	if err := j.takeOver(); err != nil {
		return m, err
	}
	if err := j.write(v); err != nil {
		return m, err
	}
	now, err := j.s.snapshot(j.tx, keep)
	if err != nil {
		return m, err
	}
	m = Merged{Keep: keep, Lost: j.lose.Name, Was: was, Now: now, Moved: j.kept.counts()}
	m.ID, err = j.record(was, now)
	return m, err
}

// one fetches one of the two: he may be merged and changed, and no field of his
// is closed to the actor, since values move into the memo.
func (j *joining) one(id int64) (c Customer, err error) {
	if to, err := successor(j.tx, id); err != nil || to != 0 {
		if err == nil {
			err = fault.New(fault.Conflict, "customer.merged_into", "id", id, "to", to)
		}
		return c, err
	}
	if c, err = j.s.fetch(j.tx, j.by, "merge", id); err != nil {
		return c, err
	}
	if err := j.s.mayOn(j.tx, j.by, "change", id); err != nil {
		return c, err
	}
	return c, j.s.Engine.NeedFields(j.tx, j.by, "customers", id, append([]string{"said", "memo", "tags", "courses"}, MergeFields...))
}

// studentsApart refuses two students: each has an account, grades and a name in
// class lists.
func (j *joining) studentsApart() error {
	both, err := studentsAmong(j.tx, j.keep.ID, j.lose.ID)
	if err == nil && both > 1 {
		err = fault.New(fault.Conflict, "customer.merge_students")
	}
	return err
}

// values gives what changes of the one who stays.
func (j *joining) values(take []string) (resource.Values, error) {
	keep, err := j.given(j.keep)
	if err != nil {
		return nil, err
	}
	lose, err := j.given(j.lose)
	if err != nil {
		return nil, err
	}
	v, spare := resource.Values{}, []string{}
	for _, f := range MergeFields {
		own, other := keep[f], lose[f]
		if f == "referred_by" && other == j.keep.ID {
			other = int64(0)
		}
		rest := other
		if !resource.Empty(other) && (resource.Empty(own) || slices.Contains(take, f)) {
			v[f], rest = other, own
		}
		text, _ := rest.(string)
		if text != "" && own != other && slices.Contains(neverLost, f) {
			spare = append(spare, j.word("field."+f)+" "+text)
		}
	}
	if j.keep.ReferredBy == j.lose.ID && !v.Has("referred_by") {
		v["referred_by"] = j.lose.ReferredBy
		if j.lose.ReferredBy == j.keep.ID {
			v["referred_by"] = int64(0)
		}
	}
	for _, f := range []string{"tags", "courses"} {
		if !resource.Empty(lose[f]) {
			v[f] = union(keep[f], lose[f])
		}
	}
	if text := appended(j.keep.Said, j.lose.Said); text != j.keep.Said {
		v["said"] = text
	}
	memo := appended(j.keep.Memo, j.lose.Memo)
	if len(spare) > 0 {
		memo = appended(memo, j.word("customer.merge_memo", "name", j.lose.Name, "id", j.lose.ID, "rest", strings.Join(spare, "; ")))
	}
	if memo != j.keep.Memo {
		v["memo"] = memo
	}
	if j.lose.NeverContact {
		v["never_contact"] = true
	}
	return v, nil
}

// given are the values of a customer that a merge is about.
func (j *joining) given(c Customer) (resource.Values, error) {
	tags, err := tagsOf(j.tx, c.ID)
	if err != nil {
		return nil, err
	}
	courses, err := coursesOf(j.tx, c.ID)
	return resource.Values{"name": c.Name, "sex": c.Sex, Phone: c.Phone, QQ: c.QQ, WeChat: c.WeChat, Email: c.Email, "id_number": c.IDNumber,
		"emergency": c.Emergency, "source": c.SourceID, "campaign": c.Campaign, "referred_by": c.ReferredBy, "owner": c.Owner,
		"next": c.NextFollowUp, "tags": tags, "courses": courses}, err
}

func union(a, b any) any {
	switch x := a.(type) {
	case []string:
		return slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(x), b.([]string)...))))
	case []int64:
		return slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(x), b.([]int64)...))))
	}
	return a
}

// appended is a text with another below it, where it does not say that already.
func appended(text, more string) string {
	switch {
	case more == "" || strings.Contains(text, more):
		return text
	case text == "":
		return more
	}
	return text + "\n" + more
}

// neverLost are the fields whose other value goes to the memo.
var neverLost = []string{"name", Phone, QQ, WeChat, Email, "emergency"}

// word is a word in the language of who merges.
func (j *joining) word(key string, args ...any) string {
	lang := i18n.Chinese
	if a, err := accountOf(j.tx, j.by.Account); err == nil {
		if l, ok := i18n.ParseLang(a.lang); ok {
			lang = l
		}
	}
	return i18n.Printer{Lang: lang, Zone: j.s.Zone}.T(key, args...)
}

// write changes the one who stays; the other is gone already, so that his
// contacts are free.
func (j *joining) write(v resource.Values) error {
	if err := j.s.check(j.tx, j.by, j.keep.ID, v); err != nil {
		return err
	}
	if v.Has("owner") {
		if err := j.s.mayOn(j.tx, j.by, "assign", j.keep.ID); err != nil {
			return err
		}
	}
	if err := updateCustomer(j.tx, j.keep, append(columnsOf(v), j.cared()...)); err != nil {
		return refused(err)
	}
	if err := j.s.besides(j.tx, j.keep, v); err != nil {
		return err
	}
	return j.ledger(v)
}

// cared is what the work on the two comes to: the latest of it counts.
func (j *joining) cared() []column {
	a, b := j.keep, j.lose
	if b.LastFollowUp.After(a.LastFollowUp) {
		a, b = b, a
	}
	intention := a.Intention
	if intention == "" {
		intention = b.Intention
	}
	touched := a.Touched
	if b.Touched.After(touched) {
		touched = b.Touched
	}
	status := NotEnrolled
	for _, s := range []string{DroppedOut, Enrolled} {
		if a.Status == s || b.Status == s {
			status = s
		}
	}
	return []column{{"last_follow_up_at", db.Millis(a.LastFollowUp)}, {"touched_at", db.Millis(touched)}, {"intention", intention}, {"status", status}}
}

// ledger says in the ledger of owners that the owner who is given up is no more.
func (j *joining) ledger(v resource.Values) error {
	to, from := j.keep.Owner, j.lose.Owner
	if v.Has("owner") {
		to, from = v.Int("owner"), j.keep.Owner
	}
	last, err := newestOwnership(j.tx, j.keep.ID)
	if err != nil {
		return err
	}
	if err := recordOwner(j.tx, j.by, j.keep.ID, from, to, OwnMerged, ""); err != nil {
		return err
	}
	now, err := newestOwnership(j.tx, j.keep.ID)
	if now != last {
		j.kept.Ledger = now
	}
	return err
}

// record keeps what is needed to take the merge back, and tells of it.
func (j *joining) record(was, now map[string]string) (id int64, err error) {
	rows, err := resource.WholeRows(j.tx, "customers", "id", j.keep.ID)
	if err != nil {
		return 0, err
	}
	j.kept.After = rows[0]
	if j.kept.SetsAfter, err = wholeSets(j.tx, j.keep.ID); err != nil {
		return 0, err
	}
	if id, err = insertMerge(j.tx, j.by, j.keep, j.lose, j.kept); err != nil {
		return 0, err
	}
	changes := append(j.s.changes(was, now, j.keep.Version+1), audit.Change{Field: mergeField, New: fmt.Sprint(id)},
		audit.Change{Field: "merged", New: fmt.Sprintf("%s #%d", j.lose.Name, j.lose.ID)})
	if err := audit.Write(j.tx, j.by, "merge", "customers", j.keep.ID, changes...); err != nil {
		return 0, err
	}
	j.s.publish(j.tx, "customers", j.lose.ID, "deleted")
	j.s.publish(j.tx, "customers", j.keep.ID, "changed")
	return id, audit.Write(j.tx, j.by, "merged", "customers", j.lose.ID, audit.Change{Field: "merged_into", New: fmt.Sprintf("%s #%d", j.keep.Name, j.keep.ID)})
}

// mergeField is what the audit trail calls the number of a merge.
const mergeField = "merge"
