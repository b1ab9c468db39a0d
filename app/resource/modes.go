package resource

import (
	"strings"

	"cohort/app/policy"
	"cohort/db"
)

// modes gives how much of each field the actor's rules leave him on one row,
// for an action: read-only among them, which lists need not tell from open.
func (e *Engine) modes(tx *db.Tx, by policy.Actor, res *Resource, action string, id int64) (map[string]policy.Mode, error) {
	args := &db.Args{}
	var flags []flag
	ask := map[string][]modeIf{}
	for _, f := range res.Fields {
		for m := policy.Open; m <= policy.Masked; m++ {
			text := by.FieldWhere(action, res.Name, f.Name, m, res.Rules, plain{})
			if text == "1 = 0" {
				continue
			}
			if text == "1 = 1" {
				ask[f.Name] = append(ask[f.Name], modeIf{m, -1})
				break
			}
			at := flagOf(flags, text)
			if at == len(flags) {
				flags = append(flags, flag{text, by.FieldWhere(action, res.Name, f.Name, m, res.Rules, args)})
			}
			ask[f.Name] = append(ask[f.Name], modeIf{m, at})
		}
	}
	holds, err := e.flags(tx, res, id, flags, args)
	if err != nil {
		return nil, err
	}
	out := make(map[string]policy.Mode, len(res.Fields))
	for _, f := range res.Fields {
		out[f.Name] = policy.Hidden
		for _, m := range ask[f.Name] {
			if m.flag < 0 || holds[m.flag] != 0 {
				out[f.Name] = m.mode
				break
			}
		}
	}
	return out, nil
}

// flagOf finds a condition among those asked already, else the next place.
func flagOf(flags []flag, text string) int {
	for i, fl := range flags {
		if fl.text == text {
			return i
		}
	}
	return len(flags)
}

// flags asks which conditions hold on a row.
func (e *Engine) flags(tx *db.Tx, res *Resource, id int64, flags []flag, args *db.Args) ([]int64, error) {
	if len(flags) == 0 {
		return nil, nil
	}
	cases := make([]string, len(flags))
	holds := make([]int64, len(flags))
	at := make([]any, len(flags))
	for i, fl := range flags {
		cases[i] = "CASE WHEN " + fl.cond + " THEN 1 ELSE 0 END"
		at[i] = &holds[i]
	}
	text := "SELECT " + strings.Join(cases, ", ") + " FROM " + res.From + " WHERE " + res.Key + " = " + args.Add(id)
	err := tx.QueryRow(res.bind(text, e.now(tx), args), *args...).Scan(at...)
	return holds, err
}

// NeedFields refuses where rules keep any of the fields of a row from the actor,
// to see or to change.
func (e *Engine) NeedFields(tx *db.Tx, by policy.Actor, name string, id int64, fields []string) error {
	res, err := e.resource(name)
	if err != nil {
		return err
	}
	for _, action := range []string{"view", "change"} {
		modes, err := e.modes(tx, by, res, action, id)
		if err != nil {
			return err
		}
		for _, f := range fields {
			if modes[f] > policy.Open {
				return closed(f)
			}
		}
	}
	return nil
}
