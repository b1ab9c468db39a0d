package message

import (
	"slices"
	"strings"

	"cohort/app/fault"
	"cohort/app/notify"
	"cohort/app/setting"
)

// Names of the settings.
const (
	qqAddress  = "qq_address"
	qqToken    = "qq_token"
	qqGroup    = "qq_group"
	qqKinds    = "qq_group_kinds"
	hookAddr   = "hook_address"
	hookStyle  = "hook_style"
	hookSecret = "hook_secret"
	hookKinds  = "hook_kinds"
)

// Declare makes the settings of messages known. The hook's address is a secret: it holds the hook's key.
func Declare(settings *setting.Service) {
	number := func(text string) error { _, err := QQNumber(text); return err }
	settings.Declare(
		setting.Setting{Name: qqAddress, Group: "messages", Kind: setting.Text, Check: CheckAddress},
		setting.Setting{Name: qqToken, Group: "messages", Kind: setting.Secret},
		setting.Setting{Name: qqGroup, Group: "messages", Kind: setting.Text, Check: number},
		setting.Setting{Name: qqKinds, Group: "messages", Kind: setting.List, Check: checkKinds},
		setting.Setting{Name: hookAddr, Group: "messages", Kind: setting.Secret, Check: CheckAddress},
		setting.Setting{Name: hookStyle, Group: "messages", Kind: setting.Choice, Default: string(WeCom), Choices: Styles},
		setting.Setting{Name: hookSecret, Group: "messages", Kind: setting.Secret},
		setting.Setting{Name: hookKinds, Group: "messages", Kind: setting.List, Check: checkKinds},
	)
}

// Configured reads the settings as they are now.
func Configured(settings *setting.Service) func() Config {
	return func() Config {
		return Config{QQ: settings.Text(qqAddress), Token: settings.Text(qqToken), Group: settings.Text(qqGroup),
			GroupKinds: strings.Fields(settings.Text(qqKinds)), Hook: settings.Text(hookAddr), Style: Style(settings.Text(hookStyle)),
			Secret: settings.Text(hookSecret), HookKinds: strings.Fields(settings.Text(hookKinds))}
	}
}

// checkKinds refuses what is no kind of notification. What tells of messages that do not arrive may not be one.
func checkKinds(text string) error {
	for _, k := range strings.Fields(text) {
		if k == notify.All {
			continue
		}
		if !slices.Contains(notify.Kinds(), k) || !notify.May(k, notify.ByQQ) {
			return fault.New(fault.Invalid, "message.bad_kind", "kind", k, "kinds", strings.Join(tellable(), ", "))
		}
	}
	return nil
}

// tellable lists the kinds that a group or hook may be told.
func tellable() []string {
	return slices.DeleteFunc(notify.Kinds(), func(k string) bool { return !notify.May(k, notify.ByQQ) })
}

// wants says whether a list of kinds holds one.
func wants(kinds []string, kind string) bool {
	return notify.May(kind, notify.ByQQ) && (slices.Contains(kinds, kind) || slices.Contains(kinds, notify.All))
}
