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

func classTable() *resource.Table {
	return &resource.Table{Default: classDefaults, Check: checkClass, After: writeLecturers}
}

// checkCode refuses what one could not type; a class without a code gets one.
func checkCode(v any) *fault.Fault {
	if code, _ := v.(string); !codeForm.MatchString(code) {
		return fault.Field("code", "catalog.code_form")
	}
	return nil
}

func checkBody(v any) *fault.Fault {
	body, _ := v.(string)
	bad, _ := fault.As(CheckTemplate(body))
	return bad
}

// classDefaults names a class after its course and term, and gives it the
// school's first contract template.
func classDefaults(tx *db.Tx, v resource.Values) error {
	if v.Str("code") == "" {
		course, err := courseCode(tx, v.Int("course"))
		if db.NoRows(err) {
			return fault.Field("course", "record.no_such")
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
	bad := []*fault.Fault{checkCode(v.Str("code"))}
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
