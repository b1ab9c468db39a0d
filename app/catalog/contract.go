package catalog

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"

	"cohort/app/fault"
)

// Placeholders are what a contract template may hold in braces.
var Placeholders = []string{"student", "id_number", "course", "class", "price", "date"}

// DefaultTemplate is the contract that a new school begins with, in both
// languages.
//
//go:embed contract.md
var DefaultTemplate string

// DefaultTemplateName is what it is called.
const DefaultTemplateName = "标准培训协议 / Standard training agreement"

var placeholder = regexp.MustCompile(`\{([^{}\n]*)\}`)

// CheckTemplate refuses a template with a placeholder that nothing fills.
func CheckTemplate(body string) error {
	for _, m := range placeholder.FindAllStringSubmatch(body, -1) {
		if !slices.Contains(Placeholders, m[1]) {
			return fault.Field("body", "catalog.placeholder", "value", m[0], "choices", "{"+strings.Join(Placeholders, "} {")+"}")
		}
	}
	return nil
}

// RenderContract fills a template's placeholders. Values are never looked at
// for placeholders again; one that is not given stays as it is.
func RenderContract(template string, values map[string]string) string {
	return placeholder.ReplaceAllStringFunc(template, func(p string) string {
		if v, ok := values[p[1:len(p)-1]]; ok {
			return v
		}
		return p
	})
}
