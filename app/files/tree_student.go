package files

import (
	"context"
	"strings"
	"time"

	"cohort/app/enrollment"
	"cohort/app/policy"
)

func when(c caller, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return c.p.DateTime(t)
}

// isStudent says whether the account is a student's.
func isStudent(c caller) bool {
	return c.by.Enrollment == 0 && !c.by.IsSystem() && c.by.Rights != nil && c.by.Rights.Scope.Customer != 0
}

// ownDocuments is a student's folder documents/: one folder for each class.
type ownDocuments struct{ sv Services }

func (m ownDocuments) list(_ context.Context, c caller) ([]Info, error) {
	if !isStudent(c) || !c.by.Can("list", "documents") {
		return nil, nil
	}
	return []Info{{Name: "documents", Dir: true, ReadOnly: true}}, nil
}

func (m ownDocuments) find(ctx context.Context, c caller, name string) (entry, error) {
	if name != "documents" || !isStudent(c) {
		return entry{}, policy.NotFound()
	}
	list, err := m.sv.Enrollments.MyDocuments(ctx, c.by)
	return entry{Info: Info{Name: name, Dir: true, ReadOnly: true}, folder: byClass{m.sv, list}}, err
}

// byClass shows documents in folders by class.
type byClass struct {
	sv   Services
	docs []enrollment.MyDocument
}

func (b byClass) list(context.Context, caller) (out []Info, err error) {
	seen := map[string]bool{}
	for _, d := range b.docs {
		if !seen[d.Class] {
			seen[d.Class] = true
			out = append(out, Info{Name: d.Class, Dir: true, ReadOnly: true})
		}
	}
	return out, nil
}

func (b byClass) find(_ context.Context, c caller, name string) (entry, error) {
	var inside fixed
	for _, d := range b.docs {
		if d.Class == name {
			inside = append(inside, document(b.sv, c, d.Document))
		}
	}
	if len(inside) == 0 {
		return entry{}, policy.NotFound()
	}
	return entry{Info: Info{Name: name, Dir: true, ReadOnly: true}, folder: inside}, nil
}

// ownContracts are a student's signed contracts, contract-CLASS.md, at the top.
type ownContracts struct{ sv Services }

func (m ownContracts) all(ctx context.Context, c caller) (out fixed, err error) {
	if !isStudent(c) || !c.by.Can("view", "enrollments") {
		return nil, nil
	}
	list, err := m.sv.Enrollments.MyContracts(ctx, c.by)
	for _, x := range list {
		out = append(out, words("contract-"+x.Class+".md", x.Signed, x.Text))
	}
	return out, err
}

func (m ownContracts) list(ctx context.Context, c caller) ([]Info, error) {
	all, err := m.all(ctx, c)
	if err != nil {
		return nil, err
	}
	return all.list(ctx, c)
}

func (m ownContracts) find(ctx context.Context, c caller, name string) (entry, error) {
	if !strings.HasPrefix(name, "contract-") {
		return entry{}, policy.NotFound()
	}
	all, err := m.all(ctx, c)
	if err != nil {
		return entry{}, err
	}
	return all.find(ctx, c, name)
}

// fixed is a folder of known entries.
type fixed []entry

func (f fixed) list(context.Context, caller) (out []Info, err error) {
	for _, e := range f {
		out = append(out, e.Info)
	}
	return out, nil
}

func (f fixed) find(_ context.Context, _ caller, name string) (entry, error) {
	for _, e := range f {
		if e.Name == name {
			return e, nil
		}
	}
	return entry{}, policy.NotFound()
}
