package org

import (
	"context"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/db"
)

// Campus is a place where the school teaches.
type Campus struct {
	ID, Version   int64
	Name, Address string
}

// Department is a part of the staff. Its manager sees it and those below it.
type Department struct {
	ID, Version             int64
	Name                    string
	Parent, Manager         int64 // 0: none
	ParentName, ManagerName string
}

// CampusRules and DepartmentRules are the row-rule fields of the two.
var (
	CampusRules     = policy.Fields{"campus": {Cond: "campuses.id {in}"}}
	DepartmentRules = policy.Fields{"department": {Cond: "departments.id {in}"}}
)

// Campuses lists the campuses that by may list.
func (s *Service) Campuses(ctx context.Context, by policy.Actor) (list []Campus, err error) {
	if err := by.NeedAny("list", "campuses"); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		list, err = listCampuses(tx, by)
		return err
	})
	return list, err
}

// AddCampus makes a campus.
func (s *Service) AddCampus(ctx context.Context, by policy.Actor, c Campus) (Campus, error) {
	c.Name, c.Address = clean.Line(c.Name), clean.Line(c.Address)
	if err := by.Need("add", "campuses", policy.Row{}); err != nil {
		return c, err
	}
	err := fault.Join(checkText("name", c.Name, maxName, true), checkText("address", c.Address, 200, false))
	if err != nil {
		return c, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if c.ID, err = insertCampus(tx, c); err != nil {
			return nameTaken(err, c.Name)
		}
		c.Version = 1
		s.publish(tx, bus.Event{Resource: "campuses", Verb: "added", ID: c.ID})
		return audit.Write(tx, by, "add", "campuses", c.ID, audit.Change{Field: "name", New: c.Name})
	})
	return c, err
}

// Departments lists the departments that by may list.
func (s *Service) Departments(ctx context.Context, by policy.Actor) (list []Department, err error) {
	if err := by.NeedAny("list", "departments"); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		list, err = listDepartments(tx, by)
		return err
	})
	return list, err
}

// AddDepartment makes a department. Nobody makes himself its manager: more rows
// would be his.
func (s *Service) AddDepartment(ctx context.Context, by policy.Actor, d Department) (Department, error) {
	d.Name = clean.Line(d.Name)
	if err := by.Need("add", "departments", policy.Row{"department": ids(d.Parent)}); err != nil {
		return d, err
	}
	if f := checkText("name", d.Name, maxName, true); f != nil {
		return d, f
	}
	if d.Manager != 0 && d.Manager == by.Account {
		return d, fault.New(fault.Forbidden, "org.own_rights")
	}
	err := s.db.Write(ctx, func(tx *db.Tx) (err error) {
		if d.ID, err = insertDepartment(tx, d); err != nil {
			return badPlace(nameTaken(err, d.Name))
		}
		d.Version = 1
		s.publish(tx, bus.Event{Resource: "departments", Verb: "added", ID: d.ID})
		return audit.Write(tx, by, "add", "departments", d.ID, audit.Change{Field: "name", New: d.Name})
	})
	return d, err
}

// SetManager makes an account the manager of a department; 0 leaves it without
// one. Nobody makes himself one.
func (s *Service) SetManager(ctx context.Context, by policy.Actor, id, manager int64) error {
	if manager != 0 && manager == by.Account {
		return fault.New(fault.Forbidden, "org.own_rights")
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := by.Need("change", "departments", policy.Row{"department": ids(id)}); err != nil {
			return err
		}
		done, err := setManager(tx, id, manager)
		if err != nil {
			return badPlace(err)
		}
		if !done {
			return policy.NotFound()
		}
		s.publish(tx, bus.Event{Resource: "departments", Verb: "changed", ID: id})
		return audit.Write(tx, by, "change", "departments", id,
			audit.Change{Field: "manager", New: number(manager)})
	})
}

// nameTaken names what the unique name of a place has refused.
func nameTaken(err error, name string) error {
	if _, twice := db.Unique(err); twice {
		return fault.New(fault.Conflict, "org.name_taken", "name", name).On("name")
	}
	return err
}
