package files

import (
	"bytes"
	"context"
	"strings"
	"time"

	"cohort/app/policy"
	"cohort/app/resource"
)

// shownReceipts is how many of the newest receipts the folder lists. Older ones
// are there under their number all the same.
const shownReceipts = 1000

// receipts is the folder receipts/: each payment that the person may view, as a
// page to print and as text, named by its number.
type receipts struct{ sv Services }

func (receipts) open(c caller) bool {
	return c.by.Enrollment == 0 && c.by.Can("list", "payments") && c.by.Can("view", "payments")
}

func (m receipts) list(_ context.Context, c caller) ([]Info, error) {
	if !m.open(c) {
		return nil, nil
	}
	return []Info{{Name: "receipts", Dir: true, ReadOnly: true}}, nil
}

func (m receipts) find(_ context.Context, c caller, name string) (entry, error) {
	if name != "receipts" || !m.open(c) {
		return entry{}, policy.NotFound()
	}
	return entry{Info: Info{Name: name, Dir: true, ReadOnly: true}, folder: allReceipts(m)}, nil
}

// allReceipts is the inside of receipts/. A page is drawn when it is asked for
// by name; the list does not know how large it will be.
type allReceipts struct{ sv Services }

func (m allReceipts) list(ctx context.Context, c caller) (out []Info, err error) {
	page, err := m.sv.Engine.List(ctx, c.by, "payments", "", resource.Page{Limit: shownReceipts, Columns: []string{"receipt", "at"}})
	for _, row := range page.Rows {
		name, _ := row.Values["receipt"].Raw.(string)
		at, _ := row.Values["at"].Raw.(int64)
		if name != "" {
			out = append(out, Info{Name: name + ".pdf", ModTime: time.UnixMilli(at), ReadOnly: true}, Info{Name: name + ".txt", ModTime: time.UnixMilli(at), ReadOnly: true})
		}
	}
	return out, err
}

func (m allReceipts) find(ctx context.Context, c caller, name string) (entry, error) {
	number, isPDF := strings.CutSuffix(name, ".pdf")
	number, isText := strings.CutSuffix(number, ".txt")
	if isPDF == isText {
		return entry{}, policy.NotFound()
	}
	id, err := m.sv.Payments.Numbered(ctx, c.by, number)
	if err != nil {
		return entry{}, err
	}
	r, err := m.sv.Payments.Receipt(ctx, c.by, id)
	if err != nil {
		return entry{}, err
	}
	if isText {
		return words(name, r.At, r.Text(c.p)), nil
	}
	b, err := r.PDF(c.p)
	if err != nil {
		return entry{}, err
	}
	info := Info{Name: name, Size: int64(len(b)), ModTime: r.At, ReadOnly: true}
	return entry{Info: info, open: func(context.Context) (File, error) { return text{bytes.NewReader(b), info}, nil }}, nil
}
