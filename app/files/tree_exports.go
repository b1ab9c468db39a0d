package files

import (
	"context"

	"cohort/app/exchange"
	"cohort/app/fault"
	"cohort/app/policy"
)

// exports is the folder exports/: the files of one's own exports, for a day.
type exports struct{ sv Services }

func (m exports) list(ctx context.Context, c caller) ([]Info, error) {
	if c.by.Account == 0 || m.sv.Exchange == nil {
		return nil, nil
	}
	list, err := m.sv.Exchange.Exports(ctx, c.by)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return []Info{{Name: "exports", Dir: true}}, nil
}

func (m exports) find(_ context.Context, c caller, name string) (entry, error) {
	if name != "exports" || c.by.Account == 0 || m.sv.Exchange == nil {
		return entry{}, policy.NotFound()
	}
	return entry{Info: Info{Name: name, Dir: true}, folder: keptExports(m)}, nil
}

// keptExports is the inside of exports/. Nothing can be sent there.
type keptExports struct{ sv Services }

func (m keptExports) list(ctx context.Context, c caller) (out []Info, err error) {
	list, err := m.sv.Exchange.Exports(ctx, c.by)
	for _, k := range list {
		out = append(out, keptInfo(k))
	}
	return out, err
}

func keptInfo(k exchange.Kept) Info {
	return Info{Name: k.Name, Size: k.Size, ModTime: k.Created}
}

func (m keptExports) find(ctx context.Context, c caller, name string) (entry, error) {
	f, k, err := m.sv.Exchange.OpenExport(ctx, c.by, name)
	if err != nil {
		return entry{}, err
	}
	_ = f.Close()
	return entry{Info: keptInfo(k), open: func(ctx context.Context) (File, error) {
		f, _, err := m.sv.Exchange.OpenExport(ctx, c.by, name)
		if err != nil {
			return nil, err
		}
		return bytesOf{f, f, keptInfo(k)}, nil
	}}, nil
}

func (m keptExports) accepts(caller) bool { return true }

func (m keptExports) create(context.Context, caller, string, int64) (Upload, error) {
	return nil, fault.New(fault.Forbidden, "export.no_upload")
}

func (m keptExports) remove(ctx context.Context, c caller, name string) error {
	return m.sv.Exchange.DropExport(ctx, c.by, name)
}
