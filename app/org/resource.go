package org

import (
	"context"
	"slices"

	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// register declares the records of rights.
func (s *Service) register(g *resource.Registry) {
	r := roles()
	r.Add, r.Change, r.Delete = s.addRole, s.changeRole, s.DeleteRole
	g.Register(r)
	p := permissions()
	p.Add, p.Change, p.Delete = s.addPermission, s.changePermission, s.dropPermission
	g.Register(p)
}

func roles() *resource.Resource {
	return &resource.Resource{
		Name: "roles", Ver: "roles.version", Title: "CASE WHEN roles.title <> '' THEN roles.title ELSE roles.name END", Order: "id",
		Fields: []resource.Field{
			{Name: "name", SQL: "roles.name", Column: true, Sort: true, Width: 16, Input: true, Required: true, Max: 32, Search: begins("roles.name")},
			{Name: "title", SQL: "roles.title", Column: true, Width: 16, Input: true, Max: maxName, Search: begins("roles.title")},
			{Name: "holders", Kind: resource.Int, SQL: "(SELECT count(*) FROM account_roles WHERE account_roles.role_id = roles.id)", Column: true, Width: 6},
			{Name: "permissions", Kind: resource.Int, SQL: "(SELECT count(*) FROM permissions WHERE permissions.role_id = roles.id)", Column: true, Width: 6},
			{Name: "second_factor", Kind: resource.Bool, SQL: "roles.second_factor", Column: true, Width: 6, Priority: 1, Input: true},
			{Name: "menu", SQL: "roles.menu", Column: true, Width: 30, Priority: 2, NoFilter: true},
			{Name: "created", Kind: resource.Time, SQL: "roles.created_at", Detail: true},
			{Name: "updated", Kind: resource.Time, SQL: "roles.updated_at", Column: true, Priority: 1},
		},
		Rules: RoleRules,
	}
}

func permissions() *resource.Resource {
	return &resource.Resource{
		Name: "permissions", From: "permissions LEFT JOIN roles ON roles.id = permissions.role_id",
		Title: "roles.name || ' ' || permissions.resource || ' ' || permissions.action", Order: "id",
		Fields: []resource.Field{
			{Name: "role", Kind: resource.Relation, SQL: "permissions.role_id", Label: "CASE WHEN roles.title <> '' THEN roles.title ELSE roles.name END",
				Code: "roles.name", Ref: "roles", Lookup: "SELECT id FROM roles WHERE name {in}", Column: true, Width: 16, Input: true, AddOnly: true, Required: true},
			{Name: "resource", SQL: "permissions.resource", Column: true, Width: 18, Input: true, Required: true, Max: 40, Search: begins("permissions.resource")},
			{Name: "action", SQL: "permissions.action", Column: true, Width: 12, Input: true, Required: true, Max: 40, Search: begins("permissions.action")},
			{Name: "rows", SQL: "permissions.row_rule", Column: true, Width: 24, Input: true, Max: 500},
			{Name: "fields", SQL: "permissions.field_rules", Column: true, Width: 24, Priority: 1, Input: true, Max: 1000},
		},
		Rules: RoleRules,
	}
}

// begins finds a word at the beginning of a column.
func begins(column string) func(string, policy.Args) string {
	return func(w string, args policy.Args) string { return resource.Prefix(column, w, args) }
}

func (s *Service) addRole(ctx context.Context, by policy.Actor, v resource.Values) (int64, error) {
	r, err := s.AddRole(ctx, by, NewRole{Name: v.Str("name"), Title: v.Str("title")})
	if wanted, _ := v["second_factor"].(bool); err == nil && wanted {
		_, err = s.ChangeRole(ctx, by, r.ID, r.Version, RoleChange{Second: &wanted})
	}
	return r.ID, err
}

func (s *Service) changeRole(ctx context.Context, by policy.Actor, id, version int64, v resource.Values) error {
	var c RoleChange
	for name, to := range map[string]**string{"name": &c.Name, "title": &c.Title} {
		if v.Has(name) {
			text := v.Str(name)
			*to = &text
		}
	}
	if v.Has("second_factor") {
		wanted, _ := v["second_factor"].(bool)
		c.Second = &wanted
	}
	_, err := s.ChangeRole(ctx, by, id, version, c)
	return err
}

func (s *Service) addPermission(ctx context.Context, by policy.Actor, v resource.Values) (id int64, err error) {
	g, err := s.check(Permission{}.with(v))
	if err != nil {
		return 0, err
	}
	p := permission(g)
	if _, err := s.Allow(ctx, by, v.Int("role"), p); err != nil {
		return 0, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		list, err := permissionsOfRole(tx, v.Int("role"))
		for _, q := range list {
			if q.same(p) {
				id = q.ID
			}
		}
		return err
	})
	return id, err
}

// dropPermission takes one line off its role.
func (s *Service) dropPermission(ctx context.Context, by policy.Actor, id, _ int64) error {
	return s.editLine(ctx, by, id, func(list []Permission, i int) ([]Permission, error) { return slices.Delete(list, i, i+1), nil })
}

// changePermission changes one line of a role. Permissions carry no version of
// their own: the role's guards them.
func (s *Service) changePermission(ctx context.Context, by policy.Actor, id, _ int64, v resource.Values) error {
	return s.editLine(ctx, by, id, func(list []Permission, i int) ([]Permission, error) {
		list[i] = list[i].with(v)
		return list, nil
	})
}

// editLine edits a role where one of its lines is.
func (s *Service) editLine(ctx context.Context, by policy.Actor, id int64, edit func(list []Permission, i int) ([]Permission, error)) error {
	var role int64
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		role, err = roleOfPermission(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	_, err = s.editRole(ctx, by, role, 0, func(r Role, old []Permission) (Role, []Permission, error) {
		i := slices.IndexFunc(old, func(p Permission) bool { return p.ID == id })
		if i < 0 {
			return r, nil, policy.NotFound()
		}
		next, err := edit(slices.Clone(old), i)
		if err != nil {
			return r, nil, err
		}
		list, err := s.checkAll(next, old)
		if err == nil && len(list) < len(next) {
			err = fault.New(fault.Conflict, "org.permission_twice")
		}
		return r, list, err
	})
	return err
}

// with gives a line with other values.
func (p Permission) with(v resource.Values) Permission {
	for name, to := range map[string]*string{"resource": &p.Resource, "action": &p.Action, "rows": &p.Rows, "fields": &p.Fields} {
		if v.Has(name) {
			*to = v.Str(name)
		}
	}
	return p
}
