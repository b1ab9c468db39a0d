package app

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"cohort/app/audit"
	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/i18n"
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

// PersonData writes all that the school holds of one person as a ZIP: person.json with every row, contracts as text, and
// the files. That it was taken out is written down first.
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
					files = append(files, stored{text, fmt.Sprintf("files/%s/%d-%s", t.name, n+1, strings.ReplaceAll(name, "/", "_"))})
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
		err = a.packText(z, "person.json", string(text))
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

// Kept is how many of something were erased or stay.
type Kept struct {
	What string
	N    int64
}

// Receipt says what an erasure took away and what stays, and names nobody.
type Receipt struct {
	Pseudonym string
	At        time.Time
	Gone      []Kept
	Stays     []Kept // payments, contracts and studies, by law and for the record, under the pseudonym
}

// Say is the receipt in three lines, for every face.
func (r Receipt) Say(p i18n.Printer) []string {
	return []string{p.T("person.erased", "name", r.Pseudonym, "at", r.At), p.T("person.gone", "list", sayKept(p, r.Gone)), p.T("person.stays", "list", sayKept(p, r.Stays))}
}

func sayKept(p i18n.Printer, list []Kept) string {
	if len(list) == 0 {
		return "-"
	}
	out := make([]string, len(list))
	for i, k := range list {
		out[i] = p.T("person.count", "what", p.T("person.of."+k.What), "n", k.N)
	}
	return strings.Join(out, p.T("person.and"))
}

// ErasePerson takes a person's data away for good, and says what stays. It is refused while an enrollment is running. The
// audit trail is not rewritten: it is append-only and chained; who may read it is a right of its own.
func (a *App) ErasePerson(ctx context.Context, by policy.Actor, id int64) (r Receipt, err error) {
	r.Pseudonym = fmt.Sprintf("erased-%d", id)
	err = a.DB.Write(ctx, func(tx *db.Tx) error {
		r.At, r.Gone = tx.Now, nil
		if err := a.mayPerson(tx, by, "erase", id); err != nil {
			return err
		}
		class, err := runningClass(tx, id, tx.Now.In(a.Zone).Format("2006-01-02"))
		if err != nil {
			return err
		}
		if class != "" {
			return fault.New(fault.Conflict, "person.running", "class", class)
		}
		if r.Stays, err = staying(tx, id); err != nil {
			return err
		}
		if err := a.eraseContracts(tx, id, r.Pseudonym); err != nil {
			return err
		}
		n, err := a.Enrollments.EraseDocuments(tx, by, id)
		if err != nil {
			return err
		}
		if n > 0 {
			r.Gone = append(r.Gone, Kept{"documents", int64(n)})
		}
		return a.eraseRows(tx, by, id, &r)
	})
	return r, err
}

func (a *App) eraseRows(tx *db.Tx, by policy.Actor, id int64, r *Receipt) error {
	account, err := accountOfCustomer(tx, id)
	if err != nil {
		return err
	}
	for _, e := range erasures {
		n, err := erase(tx, e, id, r.Pseudonym)
		if err != nil {
			return fmt.Errorf("erasing %s: %w", e.what, err)
		}
		if n > 0 && e.what != "" {
			r.Gone = append(r.Gone, Kept{e.what, n})
		}
	}
	tx.AfterCommit(func() {
		a.Org.Invalidate()
		a.Bus.Publish(bus.Event{Resource: "customers", ID: id, Verb: "changed"})
		if account != 0 {
			a.Bus.Publish(bus.Event{Resource: "accounts", ID: account, Verb: "disabled"})
		}
	})
	return audit.Write(tx, by, "erase", "customers", id)
}

// eraseContracts puts the pseudonym into the signed contracts, whose hash stays that of what was signed.
func (a *App) eraseContracts(tx *db.Tx, id int64, pseudonym string) error {
	if a.Keys == nil {
		return nil // in the clear they cannot be changed: the database forbids it
	}
	list, err := personRows(tx, personTable{"enrollments", "customer_id = $1"}, id)
	if err != nil {
		return err
	}
	for _, e := range list {
		text, _ := e["contract"].(string)
		if text == "" {
			continue
		}
		for _, field := range []string{"id_number", "phone", "email", "emergency", "name"} {
			if value, _ := e[field].(string); value != "" {
				text = strings.ReplaceAll(text, value, pseudonym)
			}
		}
		sealed, err := tx.Seal(text)
		if err != nil {
			return err
		}
		number, _ := e["id"].(int64)
		if err := setContract(tx, number, sealed); err != nil {
			return err
		}
	}
	return nil
}
