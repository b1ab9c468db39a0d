package resource

import (
	"context"

	"cohort/app/policy"
	"cohort/db"
)

// Preview tells what a deletion would take before it does.
type Preview struct {
	Records Part     // the records themselves
	With    []Part   // what would go with them
	Refused []Result // those that would stay, and why
}

// Part is a number of records of one kind, the first of them by their titles.
type Part struct {
	Resource string
	Count    int
	Titles   []string // at most previewTitles, of records that the actor sees
}

const previewTitles = 10

// DeletePreview says what deleting the records would take, and which of them
// would be refused with which reason, by the same checks as the deletion.
func (e *Engine) DeletePreview(ctx context.Context, by policy.Actor, name string, ids []int64) (p Preview, err error) {
	res, err := e.resource(name)
	if err != nil {
		return p, err
	}
	if !res.CanDelete() {
		return p, policy.Forbidden("delete", name)
	}
	if err := by.NeedAny("delete", name); err != nil {
		return p, err
	}
	p.Records.Resource = name
	err = e.DB.Read(ctx, func(tx *db.Tx) error {
		for _, id := range ids {
			if err := e.preview(tx, by, res, id, &p); err != nil {
				return err
			}
		}
		return nil
	})
	return p, err
}

func (e *Engine) preview(tx *db.Tx, by policy.Actor, res *Resource, id int64, p *Preview) error {
	title, err := e.title(tx, by, res, id)
	if err != nil {
		return err
	}
	bad := e.Need(tx, by, "delete", res.Name, id)
	if bad == nil && res.Trash != nil {
		bad = e.blocked(tx, by, res, id)
	}
	if bad != nil {
		p.Refused = append(p.Refused, Result{id, title, bad})
		return nil
	}
	p.Records.take(title)
	if res.Trash == nil {
		return nil
	}
	for _, o := range res.Trash.Owns {
		if err := e.previewOwned(tx, by, o, id, p); err != nil {
			return err
		}
	}
	return nil
}

func (p *Part) take(title string) {
	p.Count++
	if len(p.Titles) < previewTitles {
		p.Titles = append(p.Titles, title)
	}
}

// previewOwned counts what goes with a record, where people know it as records.
func (e *Engine) previewOwned(tx *db.Tx, by policy.Actor, o Owned, id int64, p *Preview) error {
	res, ok := e.Get(o.Table)
	if !ok {
		return nil
	}
	ids, err := owned(tx, o, id)
	if err != nil || len(ids) == 0 {
		return err
	}
	part := p.part(o.Table)
	for _, id := range ids {
		seen, err := e.shown(tx, by, res.Name, id)
		if err != nil {
			return err
		}
		if !seen || len(part.Titles) == previewTitles {
			part.Count++
			continue
		}
		title, err := e.title(tx, by, res, id)
		if err != nil {
			return err
		}
		part.take(title)
	}
	return nil
}

func (p *Preview) part(name string) *Part {
	for i := range p.With {
		if p.With[i].Resource == name {
			return &p.With[i]
		}
	}
	p.With = append(p.With, Part{Resource: name})
	return &p.With[len(p.With)-1]
}

// users counts, by the names that people know, what still points to a record
// and does not go with it.
func (e *Engine) users(tx *db.Tx, res *Resource, id int64) (list []Part, err error) {
	refs, err := tx.References(res.Name)
	if err != nil {
		return nil, err
	}
	var p Preview
	for _, ref := range refs {
		if res.Trash.owns(ref) {
			continue
		}
		n, err := countRows(tx, ref, id)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			p.part(res.Trash.known(ref.Table)).Count += n
		}
	}
	err = e.usersOfOwned(tx, res, id, &p)
	return p.With, err
}

// usersOfOwned counts what points to rows that would go with a record.
func (e *Engine) usersOfOwned(tx *db.Tx, res *Resource, id int64, p *Preview) error {
	for _, o := range res.Trash.Owns {
		refs, err := tx.References(o.Table)
		if err != nil {
			return err
		}
		for _, ref := range refs {
			n, err := countBehind(tx, ref, o, id)
			if err != nil {
				return err
			}
			if n > 0 {
				p.part(res.Trash.known(ref.Table)).Count += n
			}
		}
	}
	return nil
}

func (t *Trash) owns(ref db.Reference) bool {
	for _, o := range t.Owns {
		if o == (Owned{ref.Table, ref.Column}) {
			return true
		}
	}
	return false
}

// known is the resource that people know a table by.
func (t *Trash) known(table string) string {
	if name := t.Blocks[table]; name != "" {
		return name
	}
	return table
}
