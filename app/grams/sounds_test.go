package grams

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSounds(t *testing.T) {
	for name, want := range map[string]string{
		"王小明":        "wang wangxiaoming wxm xiaoming xm ming",
		"李雷":         "li lilei ll lei",
		"吕 布":        "lv lvbu lb bu",
		"欧阳娜":        "ou ouyangna oyn yangna yn na",
		"单雄信":        "shan shanxiongxin sxx xiongxin xx xin dan danxiongxin dxx",
		"尉迟恭":        "yu yuchigong ycg chigong cg gong wei weichigong wcg",
		"王Tom":       "wang wangtom wt tom",
		"Kate Smith": "kate katesmith ks smith",
		"":           "",
		"王":          "wang",
	} {
		if got := strings.Join(Sounds(name), " "); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestFamilyNamesAreFoundByEveryReading: whoever answers the phone writes down
// what he hears, whoever looks for it types what he reads.
func TestFamilyNamesAreFoundByEveryReading(t *testing.T) {
	for family, all := range map[string]string{"单": "shan dan", "曾": "zeng ceng", "仇": "qiu chou", "区": "ou qu", "解": "xie jie", "查": "zha cha",
		"朴": "piao pu", "翟": "zhai di", "盖": "gai ge", "乐": "le yue", "万俟": "moqi wansi", "长孙": "zhangsun"} {
		for _, said := range strings.Fields(all) {
			if !slices.Contains(Sounds(family+"伟"), said+"wei") {
				t.Errorf("%s伟 is not found as %swei: %v", family, said, Sounds(family+"伟"))
			}
		}
	}
}

func TestWhatIsTyped(t *testing.T) {
	for typed, want := range map[string]string{"WXM": "wxm", "lü": "lv", "LYU": "lv", "xi'an": "xian", "ü": "", "w": "", "王": "", "wang1": "", "wang xm": "",
		"ｗｘｍ": "", strings.Repeat("a", 99): strings.Repeat("a", 24)} {
		if got := Sound(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

// TestSoundsAreFew: however a name is made, its keys are few, short and letters.
func TestSoundsAreFew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringOf(rapid.SampledFrom([]rune("单曾乐长行王小明 欧阳 kate·é1"))).Draw(t, "name")
		keys := Sounds(name)
		if len(keys) > maxReadings*2*maxSyllables {
			t.Fatalf("%q: %d keys", name, len(keys))
		}
		for _, k := range keys {
			if k == "" || len(k) > maxSound || k != strings.TrimFunc(k, latin)+k {
				t.Fatalf("%q: key %q", name, k)
			}
		}
	})
}
