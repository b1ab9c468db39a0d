package exchange

import (
	"context"
	"crypto/sha256"
	"regexp"
	"strings"

	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/sheet"
)

// plan is how the rows of a batch become records.
type plan struct {
	res    *resource.Resource
	mode   string
	cells  []target
	id     int                // the column of the record's number, -1 for none
	unique [][]resource.Field // unique keys whose fields are all in the file
	match  [][]resource.Field // those by which records are found
	whole  bool               // one transaction for all: rows may point to earlier ones by name
}

// target is where a column goes.
type target struct {
	at    int
	field resource.Field
	words map[string]string // what a relation's records are called in words, to what is typed
}

// maxWhole is how many rows a file may have that is one transaction.
const maxWhole = 5000

// plan finds out how a batch is to be run, and refuses what cannot work for any
// row.
func (s *Service) plan(ctx context.Context, by policy.Actor, b Batch) (*plan, error) {
	if b.Resource == "" {
		return nil, fault.New(fault.Invalid, "import.no_record")
	}
	if err := s.mayImport(by, b.Resource); err != nil {
		return nil, err
	}
	res, _ := s.Engine.Get(b.Resource)
	p := &plan{res: res, mode: b.Mode, id: -1}
	if err := p.columns(b); err != nil {
		return nil, err
	}
	if err := s.allowed(by, p); err != nil {
		return nil, err
	}
	keys, err := s.Engine.Keys(ctx, b.Resource)
	if err != nil {
		return nil, err
	}
	p.keys(keys)
	if p.mode != "update" && !res.CanDelete() {
		p.whole = true // what is broken off in the middle could not be taken back
	}
	if err := p.matching(b.Match); err != nil {
		return nil, err
	}
	if p.whole && b.Rows > maxWhole {
		return nil, fault.New(fault.TooMany, "import.too_many_linked", "max", maxWhole)
	}
	return p, nil
}

// columns takes the mapping over.
func (p *plan) columns(b Batch) error {
	seen := map[string]string{}
	for i, c := range b.Columns {
		if other, twice := seen[c.Field]; twice {
			return fault.New(fault.Invalid, "import.field_twice", "one", other, "two", c.Heading)
		}
		if c.Field != "" {
			seen[c.Field] = c.Heading
		}
		if c.Field == "id" {
			p.id = i
			continue
		}
		f, ok := p.res.Field(c.Field)
		if !ok || !f.Input {
			continue // shown as left out: nobody gives such a field
		}
		p.cells = append(p.cells, target{at: i, field: f, words: relationWords(f)})
		p.whole = p.whole || f.Ref == p.res.Name && f.Lookup != ""
	}
	if len(p.cells) == 0 {
		return fault.New(fault.Invalid, "import.nothing_mapped")
	}
	if p.mode == "update" {
		return nil
	}
	return p.required(b.Mode)
}

// required refuses a file for adding that lacks a field which every row needs.
func (p *plan) required(mode string) error {
	var missing []string
	for _, f := range p.res.Inputs(true) {
		if f.Required && p.cell(f.Name) < 0 {
			missing = append(missing, f.Name)
		}
	}
	if len(missing) == 0 || mode == "both" && p.id >= 0 {
		return nil
	}
	return fault.New(fault.Invalid, "import.required", "fields", fieldWords(missing))
}

func fieldWords(list []string) (out []i18n.Word) {
	for _, f := range list {
		out = append(out, i18n.W("field."+f))
	}
	return out
}

func (p *plan) cell(field string) int {
	for i, c := range p.cells {
		if c.field.Name == field {
			return i
		}
	}
	return -1
}

// allowed asks for what the mode does.
func (s *Service) allowed(by policy.Actor, p *plan) error {
	if p.mode != "update" {
		if err := by.NeedAny("add", p.res.Name); err != nil || !p.res.CanAdd() {
			return policy.Forbidden("add", p.res.Name)
		}
	}
	if p.mode != "add" {
		if err := by.NeedAny("change", p.res.Name); err != nil || !p.res.CanChange() {
			return policy.Forbidden("change", p.res.Name)
		}
	}
	return nil
}

// keys takes those unique keys whose fields are all in the file.
func (p *plan) keys(all [][]string) {
	for _, key := range all {
		var fields []resource.Field
		for _, name := range key {
			if i := p.cell(name); i >= 0 {
				fields = append(fields, p.cells[i].field)
			}
		}
		if len(fields) == len(key) {
			p.unique = append(p.unique, fields)
		}
	}
}

// matching takes the keys by which records are found: the one that is said, or
// every one of a single field.
func (p *plan) matching(by string) error {
	for _, key := range p.unique {
		if by == "" && len(key) == 1 || len(key) == 1 && key[0].Name == by {
			p.match = append(p.match, key)
		}
	}
	if by == "" && len(p.match) == 0 && p.id < 0 {
		p.match = p.unique
	}
	if by != "" && by != "id" {
		if len(p.match) == 0 {
			return fault.New(fault.Invalid, "import.no_such_key", "field", by, "fields", p.keyNames())
		}
		p.id = -1
	}
	if by == "id" {
		if p.match = nil; p.id < 0 {
			return fault.New(fault.Invalid, "import.no_such_key", "field", by, "fields", p.keyNames())
		}
	}
	if p.mode == "update" && p.id < 0 && len(p.match) == 0 {
		return fault.New(fault.Invalid, "import.no_key")
	}
	return nil
}

func (p *plan) keyNames() string {
	var list []string
	for _, key := range p.unique {
		if len(key) == 1 {
			list = append(list, key[0].Name)
		}
	}
	return strings.Join(append(list, "id"), ", ")
}

// relationWords knows what the catalogues call the records of a relation, such
// as sources.
func relationWords(f resource.Field) map[string]string {
	if f.Kind != resource.Relation {
		return nil
	}
	out := map[string]string{}
	prefix := "choice." + f.Name + "."
	for _, key := range i18n.Keys(prefix) {
		for _, l := range i18n.Langs {
			out[folded(i18n.Printer{Lang: l}.T(key))] = strings.TrimPrefix(key, prefix)
		}
	}
	return out
}

var day = regexp.MustCompile(`^(\d{4})[/.\x{5e74}-](\d{1,2})[/.\x{6708}-](\d{1,2})\x{65e5}?(.*)$`)

// typed gives the cells of a row as they would be typed; an empty cell is not
// given.
func (p *plan) typed(row sheet.Row) map[string]string {
	out := make(map[string]string, len(p.cells))
	for _, c := range p.cells {
		if c.at >= len(row.Cells) || row.Cells[c.at] == "" {
			continue
		}
		if s := c.text(row.Cells[c.at]); s != "" {
			out[c.field.Name] = s
		}
	}
	return out
}

func (c target) text(s string) string {
	s = sheet.Bare(s)
	switch c.field.Kind {
	case resource.Day, resource.Time:
		return tidyDay(s)
	case resource.LongText:
		return clean.Text(s)
	}
	s = clean.Line(s)
	if code, ok := c.words[folded(s)]; ok && len(c.words) > 0 {
		return code
	}
	return s
}

// tidyDay makes 2026-01-05 of 2026/1/5, 2026.1.5 and the Chinese form; a time
// behind it stays.
func tidyDay(s string) string {
	m := day.FindStringSubmatch(clean.Line(s))
	if m == nil {
		return s
	}
	pad := func(s string) string { return ("0" + s)[len(s)-1:] }
	rest := strings.TrimSuffix(strings.TrimSuffix(m[4], " 00:00:00"), " 0:00")
	return m[1] + "-" + pad(m[2]) + "-" + pad(m[3]) + rest
}

// mark stands for a unique key's values, of which a file may have one only.
type mark [16]byte

// marks gives the keys of a row that have all their values; fields names the one
// to complain about.
func (p *plan) marks(typed map[string]string) (list []mark, fields []string) {
	for i, key := range p.unique {
		sum := sha256.New()
		_, _ = sum.Write([]byte{byte(i)})
		full := true
		for _, f := range key {
			text := stored(f, typed[f.Name])
			full = full && text != ""
			_, _ = sum.Write([]byte(text + "\x1f"))
		}
		if full {
			list = append(list, mark(sum.Sum(nil)[:16]))
			fields = append(fields, key[len(key)-1].Name)
		}
	}
	return list, fields
}

// stored is a text in the form in which it is kept and compared.
func stored(f resource.Field, text string) string {
	switch {
	case text == "":
		return ""
	case f.Stored != nil:
		return f.Stored(text)
	case f.Lower || f.Kind == resource.Relation:
		return strings.ToLower(text)
	}
	return text
}
