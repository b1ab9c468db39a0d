package app

import "cohort/app/setting"

// documentsDays is the setting for how many days after the approval documents are kept.
const documentsDays = "documents_days"

// declarePrivacy declares the settings of private data.
func (a *App) declarePrivacy() {
	a.Settings.Declare(setting.Setting{Name: documentsDays, Group: "privacy", Kind: setting.Int, Default: "0", Min: 0, Max: 36_500})
}

func (a *App) documentDays() int { return int(a.Settings.Int(documentsDays)) }
