package app

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"cohort/app/audit"
	"cohort/app/clean"
	"cohort/app/policy"
	"cohort/db"
)

// mayPerson asks for an action on a customer; who may not see him hears that there is none.
func (a *App) mayPerson(tx *db.Tx, by policy.Actor, action string, id int64) error {
	ok, err := a.Engine.Sees(tx, by, action, "customers", id)
	if err != nil || ok {
		return err
	}
	seen, err := a.Engine.Sees(tx, by, "view", "customers", id)
	if err == nil && !seen {
		return policy.NotFound()
	}
	if err == nil {
		err = policy.Forbidden(action, "customers")
	}
	return err
}

// stored is a file that a row names.
type stored struct{ name, as string }

// PersonData writes all that the school holds of one person as a ZIP: person.json with every row, contracts as text, the
// files, and erasure.json with what an erasure would take away and what would stay. That it was taken out is written down first.
func (a *App) PersonData(ctx context.Context, by policy.Actor, id int64, w io.Writer) error {
	held, files := map[string][]map[string]any{}, []stored{}
	err := a.DB.Write(ctx, func(tx *db.Tx) error {
		if err := a.mayPerson(tx, by, "person_data", id); err != nil {
			return err
		}
		for _, t := range personTables {
			rows, err := personRows(tx, t, id)
			if err != nil {
				return err
			}
			for n, row := range rows {
				if text, _ := row["stored"].(string); text != "" {
					name, _ := row["name"].(string)
					files = append(files, stored{text, fmt.Sprintf("files/%s/%d-%s", t.name, n+1, clean.FileName(name))})
				}
			}
			if len(rows) > 0 {
				held[t.name] = rows
			}
		}
		return audit.Write(tx, by, "person_data", "customers", id)
	})
	if err != nil {
		return err
	}
	z := zip.NewWriter(w)
	text, err := json.MarshalIndent(held, "", "  ")
	if err == nil {
		err = a.packText(z, "person.json", string(clean.JSON(text)))
	}
	if err == nil {
		err = a.packText(z, "erasure.json", whatStays())
	}
	for _, row := range held["enrollments"] {
		if contract, _ := row["contract"].(string); err == nil && contract != "" {
			err = a.packText(z, fmt.Sprintf("contracts/enrollment-%v.md", row["id"]), contract)
		}
	}
	for _, f := range files {
		if err == nil {
			err = a.packFile(ctx, z, f)
		}
	}
	if err != nil {
		return err
	}
	return z.Close()
}

func (a *App) packText(z *zip.Writer, name, text string) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: a.DB.Now()})
	if err == nil {
		_, err = io.WriteString(w, text)
	}
	return err
}

func (a *App) packFile(ctx context.Context, z *zip.Writer, f stored) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r, err := a.Blobs.Open(f.name)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	w, err := z.CreateHeader(&zip.FileHeader{Name: f.as, Method: zip.Store, Modified: a.DB.Now()})
	if err == nil {
		_, err = io.Copy(w, r)
	}
	return err
}
