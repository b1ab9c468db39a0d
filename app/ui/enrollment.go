package ui

import "cohort/app/ui/kit"

func (d *desk) soon() kit.Screen { return kit.NewList(kit.ListSpec{Name: "resource.enrollments", NoSearch: true, Empty: "ui.empty"}) }

func (d *desk) applicant() kit.Screen                     { return d.soon() }
func (d *desk) reviewQueue() kit.Screen                   { return d.soon() }
func (d *desk) enrollments(query string) kit.Screen       { return d.soon() }
func (d *desk) enrollment(id int64) kit.Screen            { return d.soon() }
func (d *desk) contracts() kit.Screen                     { return d.soon() }
func (d *desk) myClasses() kit.Screen                     { return d.soon() }
func (d *desk) myDocuments() kit.Screen                   { return d.soon() }
func (d *desk) myPayments() kit.Screen                    { return d.soon() }
func (d *desk) newEnrollment(customerID int64) kit.Screen { return d.soon() }
