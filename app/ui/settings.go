package ui

import (
	"context"

	"cohort/app/policy"
	"cohort/app/setting"
	"cohort/app/ui/kit"
)

// settings lists what the administrator may set while the school runs.
func (d *desk) settings() kit.Screen {
	return kit.NewList(kit.ListSpec{Name: "ui.place.settings", Addr: "settings", NoSearch: true, Watch: []string{"settings"},
		Columns: []kit.Column{
			{Key: "group", Name: "setting.group", Width: 8, Max: 14, Tone: kit.Muted},
			{Key: "setting", Name: "field.setting", Width: 32, Max: 40},
			{Key: "value", Name: "field.value", Width: 10, Share: 1, Max: 40, Tone: kit.Strong},
			{Key: "about", Name: "field.setting_about", Width: 24, Share: 3, Drop: 1, Tell: true},
		},
		Source: kit.SourceFunc(func(ctx context.Context, _ kit.Request) (kit.Page, error) { return asks(d, d.settingRows)(ctx) }),
		Open:   func(r kit.Row) kit.Cmd { return kit.Push(d.editSetting(r.Data.(setting.Shown))) },
		Actions: func(l *kit.List) []kit.Action {
			r, ok := l.Current()
			if !ok {
				return nil
			}
			x := r.Data.(setting.Shown)
			list := []kit.Action{{ID: "ui.settings.edit", Keys: []string{"e"}, Weight: 9, Run: func() kit.Cmd { return kit.Push(d.editSetting(x)) }}}
			if x.Set {
				list = append(list, kit.Action{ID: "ui.settings.reset", Keys: []string{"x"}, Weight: 7, Run: func() kit.Cmd { return d.resetSetting(x) }})
			}
			return list
		}})
}

func (d *desk) settingRows(ctx context.Context, by policy.Actor) (kit.Page, error) {
	list, err := d.app.Settings.Show(ctx, by)
	page := kit.Page{Total: len(list)}
	last := ""
	for i, x := range list {
		heading := ""
		if x.Group != last {
			heading, last = d.p().T("setting.group."+x.Group), x.Group
		}
		value := kit.Cell{Text: x.Say(d.p())}
		if !x.Set {
			value.Tone = kit.Muted
		}
		page.Rows = append(page.Rows, kit.Row{ID: int64(i + 1), Cursor: i, Data: x,
			Cells: []kit.Cell{{Text: heading}, {Text: d.p().T("setting." + x.Name)}, value, {Text: d.p().T("setting." + x.Name + ".about")}}})
	}
	return page, err
}

// editSetting changes one setting in a form of one field.
func (d *desk) editSetting(x setting.Shown) kit.Screen {
	name := "setting." + x.Name
	return kit.NewForm(kit.FormSpec{Name: name, Intro: name + ".about", Fields: []kit.Field{d.settingField(x)},
		Save: func(ctx context.Context, in kit.Submit) (kit.Cmd, error) {
			err := does(d, func(ctx context.Context, by policy.Actor) error {
				return d.app.Settings.Set(ctx, by, x.Name, in.Values.Text(x.Name))
			})(ctx)
			return kit.Batch(kit.Close(), kit.Toast(kit.Good, "ui.settings.saved", "name", d.p().T(name))), err
		}})
}

// settingField is the field in which a setting's value is typed or chosen.
func (d *desk) settingField(x setting.Shown) kit.Field {
	f := kit.Field{Name: x.Name, Label: "field.value", Value: kit.Value{Text: x.Value}, Over: true, Limit: setting.MaxText}
	choose := func(prefix string, values ...string) {
		f.Kind = kit.KindChoice
		for _, v := range values {
			f.Options = append(f.Options, kit.Option{Value: v, Label: d.p().Or(prefix+v, v)})
		}
	}
	switch x.Kind {
	case setting.Flag:
		choose("setting.", "on", "off")
	case setting.Choice:
		choose("setting."+x.Name+".", x.Choices...)
	case setting.Secret:
		f.Kind, f.Help = kit.KindPassword, "ui.settings.secret_help"
	}
	return f
}

func (d *desk) resetSetting(x setting.Shown) kit.Cmd {
	return d.act("reset", func(ctx context.Context, by policy.Actor) error {
		return d.app.Settings.Reset(ctx, by, x.Name)
	}, "ui.settings.was_reset", "name", d.p().T("setting."+x.Name))
}
