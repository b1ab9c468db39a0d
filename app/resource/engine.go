package resource

import (
	"context"
	"strings"
	"time"

	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// Engine answers for every registered resource.
type Engine struct {
	Registry
	DB   *db.DB
	Bus  *bus.Bus       // where records are told of; nil: nobody listens
	Zone *time.Location // the school's time zone
}

// Page asks for a stretch of a list.
type Page struct {
	Limit   int    // rows at most; 0: 50, at most 1,000
	After   Cursor // rows behind this one; the zero cursor begins at the start
	Back    bool   // the rows before After instead, in list order
	Columns []string
	// Also is a further action whose row and field rules must let the rows and
	// values through, besides those of listing: "export".
	Also  string
	Count bool // count all that match, up to the resource's cap
}

// actions are those whose rules a page keeps to.
func (p Page) actions() []string {
	if p.Also == "" {
		return []string{"list"}
	}
	return []string{"list", p.Also}
}

// Cursor is the place of a row in a list's order.
type Cursor struct {
	Key any // the row's sort key: string or int64
	ID  int64
}

// IsZero says that the cursor is no place.
func (c Cursor) IsZero() bool { return c.ID == 0 }

// List is an answer of Engine.List.
type List struct {
	Query   Query // as understood, with the order that was used
	Columns []Field
	Rows    []Row
	Keys    []Cursor // the place of each row
	More    bool     // there are rows behind (before, when going back)
	Total   int      // -1 when not counted
	Capped  bool     // Total is only a lower bound
}

func (e *Engine) resource(name string) (*Resource, error) {
	r, ok := e.Get(name)
	if !ok {
		return nil, fault.New(fault.NotFound, "list.no_resource", "name", name)
	}
	return r, nil
}

// now is the present in the school's zone.
func (e *Engine) now(tx *db.Tx) time.Time {
	if e.Zone == nil {
		return tx.Now.UTC()
	}
	return tx.Now.In(e.Zone)
}

// List gives one page of the rows that the actor may list and the query wants.
func (e *Engine) List(ctx context.Context, by policy.Actor, name, query string, p Page) (List, error) {
	res, err := e.resource(name)
	if err != nil {
		return List{}, err
	}
	if err := res.need(by, "list"); err != nil {
		return List{}, err
	}
	q, err := Parse(query)
	if err != nil {
		return List{}, err
	}
	var out List
	err = e.DB.Read(ctx, func(tx *db.Tx) error {
		out, err = e.list(tx, by, res, q, p)
		return err
	})
	return out, err
}

func (e *Engine) compiler(tx *db.Tx, by policy.Actor, res *Resource) *compiler {
	now := e.now(tx)
	return &compiler{by: by, res: res, args: &db.Args{}, now: now,
		count: func(text string, args *db.Args) (n int, err error) {
			text = res.bind(text, now, args)
			err = tx.QueryRow("SELECT count(*) FROM ("+text+") AS found", *args...).Scan(&n)
			return n, err
		},
		find:  func(f Field, texts []string) ([]int64, error) { return e.find(tx, by, f, texts, true) },
		large: func(s Set) (bool, error) { return res.large(tx, s, enough) }}
}

func (e *Engine) list(tx *db.Tx, by policy.Actor, res *Resource, q Query, p Page) (List, error) {
	l, err := e.listing(tx, by, res, q, p)
	if err != nil {
		return List{}, err
	}
	out := List{Query: l.query, Columns: l.proj.fields, Total: -1}
	if err := e.rows(tx, l.text, l.args, l.proj, &out); err != nil {
		return List{}, err
	}
	out.trim(l.limit, p.Back)
	if p.Count {
		out.Total, out.Capped, err = e.count(tx, by, res, l.query)
	}
	return out, err
}

// listing is the statement of one page.
type listing struct {
	query Query // with the order that is used
	proj  projection
	text  string
	args  *db.Args
	limit int
}

func (e *Engine) listing(tx *db.Tx, by policy.Actor, res *Resource, q Query, p Page) (*listing, error) {
	q, order, err := res.order(by, q)
	if err != nil {
		return nil, err
	}
	limit := p.Limit
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, 1000)
	c := e.compiler(tx, by, res)
	proj := res.projection(by, p.actions(), p.Columns, c)
	where, err := c.where("list", q)
	if err != nil {
		return nil, err
	}
	if p.Also != "" {
		where += " AND " + res.rowRule(by, p.Also, c.args)
	}
	desc := q.Desc != p.Back
	from, err := e.from(tx, res, q, c)
	if err != nil {
		return nil, err
	}
	if !p.After.IsZero() {
		where = oneBound(tx, where, order, desc) + " AND " + keySet(order, res.Key, desc, p.After, c.args)
	}
	dir := ""
	if desc {
		dir = " DESC"
	}
	keys := order + dir
	if order != res.Key {
		keys += ", " + res.Key + dir
	}
	text := "SELECT " + proj.sql + ", " + order + " FROM " + from + " WHERE " + where +
		" ORDER BY " + keys + " LIMIT " + c.args.Add(limit+1)
	return &listing{q, proj, res.bind(text, c.now, c.args), c.args, limit}, nil
}

func (l *List) trim(limit int, back bool) {
	if len(l.Rows) > limit {
		l.Rows, l.Keys, l.More = l.Rows[:limit], l.Keys[:limit], true
	}
	if back {
		for i, j := 0, len(l.Rows)-1; i < j; i, j = i+1, j-1 {
			l.Rows[i], l.Rows[j] = l.Rows[j], l.Rows[i]
			l.Keys[i], l.Keys[j] = l.Keys[j], l.Keys[i]
		}
	}
}

// keySet gives "behind this place" as a row value comparison, which both
// engines serve from an index on (order, id).
func keySet(order, key string, desc bool, at Cursor, args *db.Args) string {
	op := ">"
	if desc {
		op = "<"
	}
	if order == key {
		return key + " " + op + " " + args.Add(at.ID)
	}
	return "(" + order + ", " + key + ") " + op + " (" + args.Add(at.Key) + ", " + args.Add(at.ID) + ")"
}

// order finds the expression to sort by and makes the query say it.
func (r *Resource) order(by policy.Actor, q Query) (Query, string, error) {
	if q.Sort == "" {
		q.Sort, q.Desc = strings.TrimPrefix(r.Order, "-"), strings.HasPrefix(r.Order, "-")
		if by.Limited("list", r.Name, q.Sort) {
			q.Sort, q.Desc = "id", true // the order itself would tell what is masked
		}
	}
	if q.Sort == "id" {
		return q, r.Key, nil
	}
	f, ok := r.Field(q.Sort)
	if !ok || !f.Sort || by.Limited("list", r.Name, f.Name) {
		return q, "", fault.New(fault.Invalid, "list.no_sort", "field", q.Sort, "fields", r.sortNames())
	}
	if f.Order != "" {
		return q, f.Order, nil
	}
	return q, f.SQL, nil
}

func (r *Resource) sortNames() string {
	var names []string
	for _, f := range r.Fields {
		if f.Sort {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, ", ")
}

// Count says how many rows match, up to the resource's cap.
func (e *Engine) Count(ctx context.Context, by policy.Actor, name, query string) (n int, capped bool, err error) {
	res, err := e.resource(name)
	if err != nil {
		return 0, false, err
	}
	if err := res.need(by, "list"); err != nil {
		return 0, false, err
	}
	q, err := Parse(query)
	if err != nil {
		return 0, false, err
	}
	err = e.DB.Read(ctx, func(tx *db.Tx) error {
		n, capped, err = e.count(tx, by, res, q)
		return err
	})
	return n, capped, err
}

func (e *Engine) count(tx *db.Tx, by policy.Actor, res *Resource, q Query) (int, bool, error) {
	n, err := e.atMost(tx, by, res, q, res.Cap+1)
	if n > res.Cap {
		return res.Cap, true, err
	}
	return n, false, err
}

// atMost counts the rows that match, up to a limit.
func (e *Engine) atMost(tx *db.Tx, by policy.Actor, res *Resource, q Query, limit int) (n int, err error) {
	c := e.compiler(tx, by, res)
	c.large = func(s Set) (bool, error) { return res.large(tx, s, enoughToCount) }
	where, err := c.where("list", q)
	if err != nil {
		return 0, err
	}
	text := res.bind("SELECT count(*) FROM (SELECT 1 FROM "+res.From+" WHERE "+where+
		" LIMIT "+c.args.Add(limit)+") AS matching", c.now, c.args)
	err = tx.QueryRow(text, *c.args...).Scan(&n)
	return n, err
}
