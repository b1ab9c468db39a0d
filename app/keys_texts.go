package app

import (
	"context"

	"cohort/db"
)

// private is a column whose texts are sealed; within says that they are parts of longer ones.
type private struct {
	table, column string
	within        bool
}

var privateColumns = []private{
	{"customers", "id_number", false}, {"enrollments", "id_number", false}, {"enrollments", "contract", false}, {"trash", "contents", true},
	{"customer_merges", "contents", true}, {"import_batches", "mapping", false}, {"import_rows", "changes", false}, {"import_rows", "why", false},
}

// sealed is a row whose private column is looked at.
type sealed struct {
	id   int64
	text string
}

// sealTexts seals anew what lies in the clear or under an old key, a few rows to a transaction. Who changes a row
// meanwhile wins: he has sealed it with the current key.
func (a *App) sealTexts(ctx context.Context) (changed int, err error) {
	if a.Keys == nil {
		return 0, nil
	}
	for _, c := range privateColumns {
		for last := int64(0); ; {
			var rows []sealed
			err := a.DB.Read(ctx, func(tx *db.Tx) (err error) {
				rows, err = sealedRows(tx, c, last, 500)
				return err
			})
			if err != nil {
				return changed, err
			}
			if len(rows) == 0 {
				break
			}
			last = rows[len(rows)-1].id
			n, err := a.sealRows(ctx, c, rows)
			if changed += n; err != nil {
				return changed, err
			}
		}
	}
	return changed, nil
}

func (a *App) sealRows(ctx context.Context, c private, rows []sealed) (changed int, err error) {
	texts := a.Keys.Texts()
	var fresh, was []sealed
	for _, r := range rows {
		old := texts.Old(r.text)
		if c.within {
			old = texts.OldWithin(r.text)
		}
		if !old {
			continue
		}
		renew := texts.Renew
		if plain, err := texts.Open(r.text); err == nil && !c.within {
			renew = func(string) (string, error) { return texts.Seal(plain) }
		}
		text, err := renew(r.text)
		if err != nil {
			return 0, err
		}
		fresh, was = append(fresh, sealed{r.id, text}), append(was, r)
	}
	if len(fresh) == 0 {
		return 0, nil
	}
	err = a.DB.Write(ctx, func(tx *db.Tx) error {
		changed = 0
		for i := range fresh {
			done, err := swapSealed(tx, c, was[i], fresh[i].text)
			if err != nil {
				return err
			}
			if done {
				changed++
			}
		}
		return nil
	})
	return changed, err
}

// sealOld seals, once after each start, what was stored before the school had keys.
func (a *App) sealOld(ctx context.Context) error {
	n, err := a.sealTexts(ctx)
	if n > 0 {
		a.Log.Info("ID numbers, contracts and reports of imports that lay in the clear were sealed", "rows", n)
	}
	return err
}
