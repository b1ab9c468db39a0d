package exchange

import (
	"context"
	"strings"

	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/policy"
	"cohort/app/sheet"
	"cohort/db"
)

// Settings are how a file is to be imported; nil leaves a setting as it is.
type Settings struct {
	Resource, Mode, Match      *string
	Encoding, Delimiter, Sheet *string           // "" guesses again
	Map                        map[string]string // heading → field; "" leaves the column out
}

// Set changes how a file is imported. What a dry run has found before is
// forgotten.
func (s *Service) Set(ctx context.Context, by policy.Actor, id int64, set Settings) (b Batch, err error) {
	free, err := s.hold(ctx, id)
	if err != nil {
		return b, err
	}
	defer free()
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		b, err = s.own(tx, by, id, Uploaded, Checked)
		return err
	})
	if err != nil {
		return b, err
	}
	if err := s.apply(ctx, by, &b, set); err != nil {
		return b, err
	}
	b.State = Uploaded
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := deleteRows(tx, id); err != nil {
			return err
		}
		s.publish(tx, "imports", id, "changed")
		return updateBatch(tx, &b)
	})
	if err != nil {
		return b, err
	}
	return s.Batch(ctx, by, id)
}

func (s *Service) apply(ctx context.Context, by policy.Actor, b *Batch, set Settings) error {
	again, err := b.reading(set)
	if err != nil {
		return err
	}
	if set.Resource != nil && *set.Resource != b.Resource {
		if err := s.mayImport(by, *set.Resource); err != nil {
			return err
		}
		b.Resource, b.Match = *set.Resource, ""
		s.guess(by, b)
	}
	if again {
		if err := s.look(ctx, by, b); err != nil {
			return err
		}
	}
	if set.Mode != nil {
		if !oneOf(*set.Mode, Modes) {
			return fault.Field("mode", "fault.bad_choice", "value", *set.Mode, "choices", strings.Join(Modes, ", "))
		}
		b.Mode = *set.Mode
	}
	if set.Match != nil {
		b.Match = clean.Line(*set.Match)
	}
	return s.mapped(b, set.Map)
}

// reading takes over how the file is read, and says whether that is new.
func (b *Batch) reading(set Settings) (again bool, err error) {
	if set.Encoding != nil && *set.Encoding != b.Read.Encoding {
		name, ok := "", true
		if *set.Encoding != "" {
			name, ok = sheet.ParseEncoding(*set.Encoding)
		}
		if !ok {
			return false, fault.Field("encoding", "sheet.unknown_encoding", "encodings", strings.Join(sheet.Encodings, ", "))
		}
		b.Read.Encoding, again = name, true
	}
	if set.Delimiter != nil && delimiter(*set.Delimiter) != b.Read.Delimiter {
		b.Read.Delimiter, again = delimiter(*set.Delimiter), true
	}
	if set.Sheet != nil && *set.Sheet != b.Read.Sheet {
		b.Read.Sheet, again = clean.Safe(*set.Sheet), true
	}
	return again, nil
}

// delimiter reads the name of one.
func delimiter(s string) string {
	switch strings.ToLower(s) {
	case "tab", `\t`:
		return "\t"
	case "comma":
		return ","
	case "semicolon":
		return ";"
	}
	return s
}

func oneOf(s string, list []string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// mapped sends columns to other fields. Headings and fields may be called what
// people call them.
func (s *Service) mapped(b *Batch, m map[string]string) error {
	res, ok := s.Engine.Get(b.Resource)
	if !ok || len(m) == 0 {
		return nil
	}
	known := headings(res)
	for heading, name := range m {
		field := ""
		if name != "" {
			if field = known[folded(name)]; field == "" {
				return fault.New(fault.Invalid, "import.no_field", "field", name, "fields", names(res.Inputs(true)))
			}
		}
		at := -1
		for i, c := range b.Columns {
			if c.Heading == heading || at < 0 && folded(c.Heading) == folded(heading) {
				at = i
			}
		}
		if at < 0 {
			return fault.New(fault.Invalid, "import.no_heading", "heading", heading)
		}
		b.Columns[at].Field = field
	}
	return nil
}
