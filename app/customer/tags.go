package customer

import (
	"context"

	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// TagCount is a tag with how many customers have it.
type TagCount struct {
	Tag    string
	N      int
	Capped bool // N is only a lower bound
}

// Of at most so many tags, at most so many customers each are counted.
const (
	mostTags   = 100
	mostTagged = 10_000
)

// Tags lists the tags that begin with a text and that customers have whom by may
// list, in order, each with how many.
func (s *Service) Tags(ctx context.Context, by policy.Actor, begins string) (list []TagCount, err error) {
	if err := by.NeedAny("list", "customers"); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		names, err := tagNames(tx, begins, mostTags)
		if err != nil {
			return err
		}
		for _, name := range names {
			n, err := s.tagged(tx, by, name)
			if err != nil {
				return err
			}
			if n > 0 {
				list = append(list, TagCount{name, min(n, mostTagged), n > mostTagged})
			}
		}
		return nil
	})
	return list, err
}

// tagged counts the customers with a tag whom by may list and whose tags he
// sees.
func (s *Service) tagged(tx *db.Tx, by policy.Actor, tag string) (int, error) {
	args := &db.Args{}
	where := "customer_tags.tag = " + args.Add(tag) + " AND " + by.Where("list", "customers", rules, args) + " AND " +
		by.FieldWhere("list", "customers", "tags", policy.ReadOnly, rules, args)
	res, _ := s.Engine.Get("customers")
	return countTagged(tx, res.Bind(taggedFrom+where, tx.Now, args), mostTagged+1, args)
}

// tagActions put tags on many customers, and take them off.
func (s *Service) tagActions() []resource.Action {
	tags := []resource.Field{{Name: "tags", Kind: resource.Strings, Input: true, Required: true, Max: 20}}
	act := func(name string, do func(ctx context.Context, by policy.Actor, id int64, tags ...string) error) resource.Action {
		return resource.Action{Name: name, Right: "change", Args: tags, Run: func(ctx context.Context, by policy.Actor, id int64, v resource.Values) error {
			return do(ctx, by, id, v.Strs("tags")...)
		}}
	}
	return []resource.Action{act("tag", s.Tag), act("untag", s.Untag)}
}
