package catalog

import (
	"fmt"
	"regexp"
	"strings"

	"cohort/app/fault"
	"cohort/app/resource"
	"cohort/db"
)

// codeForm is what courses and classes are called when typed.
var codeForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

func tidyCode(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func (s *Service) table(name string, columns map[string]string, taken string) Table {
	return Table{DB: s.db, Bus: s.bus, Engine: s.engine, Name: name, Columns: columns, Taken: map[string]string{name + "." + taken: taken}}
}

func (s *Service) campuses() Table {
	return s.table("campuses", map[string]string{"name": "name", "address": "address"}, "name")
}

func (s *Service) courses() Table {
	t := s.table("courses", map[string]string{"code": "code", "name": "name", "price": "price", "months": "months", "outline": "outline"}, "code")
	t.Check = checkCourse
	return t
}

func (s *Service) templates() Table {
	t := s.table("contract_templates", map[string]string{"name": "name", "body": "body"}, "name")
	t.Check = func(_ *db.Tx, v resource.Values) error { return CheckTemplate(v.Str("body")) }
	return t
}

func (s *Service) classes() Table {
	t := s.table("classes", map[string]string{"code": "code", "course": "course_id", "campus": "campus_id", "kind": "kind", "term": "term",
		"starts": "starts_on", "ends": "ends_on", "capacity": "capacity", "lessons": "planned_lessons", "template": "template_id"}, "code")
	t.Taken["classes.campus_id,classes.kind,classes.course_id,classes.term"] = "term"
	t.Default, t.Check, t.After = classDefaults, checkClass, writeLecturers
	return t
}

func checkCode(code string) *fault.Fault {
	if !codeForm.MatchString(code) {
		return fault.Field("code", "catalog.code_form")
	}
	return nil
}

func least(v resource.Values, field string, n int64) *fault.Fault {
	if v.Int(field) < n {
		return fault.Field(field, "catalog.at_least", "n", n)
	}
	return nil
}

func checkCourse(_ *db.Tx, v resource.Values) error {
	return fault.Join(checkCode(v.Str("code")), least(v, "price", 0), least(v, "months", 0))
}

// classDefaults names a class after its course and term, and gives it the
// school's first contract template.
func classDefaults(tx *db.Tx, v resource.Values) error {
	if v.Str("code") == "" {
		course, err := courseCode(tx, v.Int("course"))
		if db.NoRows(err) {
			return fault.Field("course", "catalog.no_such_relation")
		}
		if err != nil {
			return err
		}
		v["code"] = fmt.Sprintf("%s-s%d", course, v.Int("term"))
	}
	if v.Int("template") != 0 {
		return nil
	}
	id, err := firstTemplate(tx)
	v["template"] = id
	return err
}

func checkClass(tx *db.Tx, v resource.Values) error {
	bad := []*fault.Fault{checkCode(v.Str("code")), least(v, "term", 1), least(v, "capacity", 1), least(v, "lessons", 0)}
	if v.Str("ends") != "" && v.Str("ends") < v.Str("starts") {
		bad = append(bad, fault.Field("ends", "catalog.ends_early"))
	}
	if v.Int("template") == 0 {
		bad = append(bad, fault.Field("template", "fault.required"))
	}
	if n := v.Int("students"); n > v.Int("capacity") {
		bad = append(bad, fault.Field("capacity", "catalog.too_small", "n", n))
	}
	return fault.Join(bad...)
}

func writeLecturers(tx *db.Tx, id int64, v resource.Values) error {
	if !v.Has("lecturers") {
		return nil
	}
	return setLecturers(tx, id, v.IDs("lecturers"))
}
