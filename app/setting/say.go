package setting

import "cohort/app/i18n"

// Say is the value as people read it; of a secret only whether it is set.
func (x Shown) Say(p i18n.Printer) string {
	switch {
	case x.Kind == Secret && x.Set:
		return p.T("setting.is_set")
	case x.Kind == Secret || x.Value == "":
		return p.T("setting.not_set")
	case x.Kind == Flag:
		return p.T("setting." + x.Value)
	case x.Kind == Choice:
		return p.Or("setting."+x.Name+"."+x.Value, x.Value)
	}
	return x.Value
}
