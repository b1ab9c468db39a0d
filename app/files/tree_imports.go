package files

import (
	"context"

	"cohort/app/exchange"
	"cohort/app/fault"
	"cohort/app/policy"
)

// imports is the folder imports/ of who may import anything: the files that he
// has sent, each with its report beside it.
type imports struct{ sv Services }

func (m imports) open(c caller) bool { return m.sv.Exchange != nil && m.sv.Exchange.CanImport(c.by) }

func (m imports) list(_ context.Context, c caller) ([]Info, error) {
	if !m.open(c) {
		return nil, nil
	}
	return []Info{{Name: "imports", Dir: true}}, nil
}

func (m imports) find(_ context.Context, c caller, name string) (entry, error) {
	if name != "imports" || !m.open(c) {
		return entry{}, policy.NotFound()
	}
	return entry{Info: Info{Name: name, Dir: true}, folder: importFiles(m)}, nil
}

// importFiles is the inside of imports/. Of files of one name, the newest is
// there.
type importFiles struct{ sv Services }

func (m importFiles) all(ctx context.Context, c caller) (out fixed, err error) {
	list, err := m.sv.Exchange.Batches(ctx, c.by)
	if err != nil {
		return nil, err
	}
	readme := c.p.T("import.readme", "scp", exchange.ScpLine(c.by.Login, c.host, c.port, "FILE", "imports/", true)) + "\n"
	out = append(out, words(readmeFile, m.sv.Engine.DB.Now(), readme))
	seen := map[string]bool{readmeFile: true}
	for _, b := range list {
		if b.Account != c.by.Account || seen[b.Name] {
			continue
		}
		seen[b.Name] = true
		out = append(out, m.file(c, b))
		if b.ReportSize > 0 && !seen[b.ReportName()] {
			seen[b.ReportName()] = true
			out = append(out, m.report(c, b))
		}
	}
	return out, nil
}

func (m importFiles) file(c caller, b exchange.Batch) entry {
	info := Info{Name: b.Name, Size: b.Size, ModTime: b.Created}
	return entry{Info: info, open: func(ctx context.Context) (File, error) {
		f, _, err := m.sv.Exchange.OpenFile(ctx, c.by, b.ID)
		if err != nil {
			return nil, err
		}
		return bytesOf{f, f, info}, nil
	}}
}

func (m importFiles) report(c caller, b exchange.Batch) entry {
	info := Info{Name: b.ReportName(), Size: b.ReportSize, ModTime: b.Updated, ReadOnly: true}
	return entry{Info: info, open: func(ctx context.Context) (File, error) {
		f, _, err := m.sv.Exchange.OpenReport(ctx, c.by, b.ID)
		if err != nil {
			return nil, err
		}
		return bytesOf{f, f, info}, nil
	}}
}

func (m importFiles) list(ctx context.Context, c caller) ([]Info, error) {
	all, err := m.all(ctx, c)
	if err != nil {
		return nil, err
	}
	return all.list(ctx, c)
}

func (m importFiles) find(ctx context.Context, c caller, name string) (entry, error) {
	all, err := m.all(ctx, c)
	if err != nil {
		return entry{}, err
	}
	return all.find(ctx, c, name)
}

func (m importFiles) accepts(caller) bool { return true }

func (m importFiles) create(ctx context.Context, c caller, name string, size int64) (Upload, error) {
	u, err := m.sv.Exchange.Upload(ctx, c.by, name, size)
	if err != nil {
		return nil, err
	}
	return sendingImport{u}, nil
}

// remove removes the newest file of a name that was not run.
func (m importFiles) remove(ctx context.Context, c caller, name string) error {
	list, err := m.sv.Exchange.Batches(ctx, c.by)
	if err != nil {
		return err
	}
	for _, b := range list {
		if b.Account != c.by.Account {
			continue
		}
		if b.Name == name {
			return m.sv.Exchange.Drop(ctx, c.by, b.ID)
		}
		if b.ReportName() == name {
			return readOnly()
		}
	}
	if name == readmeFile {
		return readOnly()
	}
	return fault.New(fault.NotFound, "fault.not_found")
}

// sendingImport is a file on its way.
type sendingImport struct{ *exchange.Upload }

// Commit implements Upload.
func (s sendingImport) Commit() error {
	_, err := s.Upload.Commit()
	return err
}
