package customer

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNormalize(t *testing.T) {
	for _, x := range []struct{ kind, in, want string }{
		{Phone, "13800138000", "13800138000"},
		{Phone, "+86 138-0013-8000", "13800138000"},
		{Phone, "0086 138 0013 8000", "13800138000"},
		{Phone, "8613800138000", "13800138000"},
		{Phone, "１３８００１３８０００", "13800138000"},
		{Phone, "(010) 8888-6666", "01088886666"},
		{Phone, "+86 10 8888 6666", "01088886666"},
		{Phone, "+86 0755-26889900", "075526889900"},
		{Phone, "400-800-1234", "4008001234"},
		{Phone, "+1 (415) 555-2671", "+14155552671"},
		{Phone, "001 415 555 2671", "+14155552671"},
		{Phone, "13800138000\u202c", "13800138000"},
		{Phone, "138\u30000013\u30008000", "13800138000"},
		{Phone, "1380013800", "!"},
		{Phone, "12800138000", "!"},
		{Phone, "138001380001", "!"},
		{Phone, "+86 12345", "!"},
		{Phone, "call me", "!"},
		{QQ, "12345678", "12345678"},
		{QQ, " QQ：１２３ ４５６ ", "123456"},
		{QQ, "1234", "!"},
		{QQ, "012345", "!"},
		{QQ, "1234567890123", "!"},
		{WeChat, "Wang_Xiao-Ming1", "wang_xiao-ming1"},
		{WeChat, "wxid_abc123", "wxid_abc123"},
		{WeChat, "+86 138 0013 8000", "13800138000"},
		{WeChat, "short", "!"},
		{WeChat, "1abcdef", "!"},
		{WeChat, "abcdefghijklmnopqrstu", "!"},
		{WeChat, "王小明的微信", "!"},
		{Email, " Wang@Example.com ", "wang@example.com"},
		{Email, "<wang@example.com>", "wang@example.com"},
		{Email, "Wang <wang@example.com>", "!"},
		{Email, "wang@localhost", "!"},
		{Email, "wang@example.com, li@example.com", "!"},
		{Email, "a\"b@example.com", "!"},
		{Email, "wang", "!"},
		{Phone, "", ""}, {QQ, "  ", ""}, {WeChat, "\u200b", ""}, {Email, "", ""},
	} {
		got, bad := Normalize(x.kind, x.in)
		if bad != nil {
			got = "!"
		}
		if got != x.want {
			t.Errorf("%s %q: %q, want %q", x.kind, x.in, got, x.want)
		}
		if bad != nil && (bad.Field != x.kind || bad.Key != "customer.bad_"+x.kind) {
			t.Errorf("%s %q: %v", x.kind, x.in, bad)
		}
	}
}

// TestNormalizeTwiceIsOnce: what is stored is found again by itself, and by
// every way people write it.
func TestNormalizeTwiceIsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(Kinds).Draw(t, "kind")
		text := rapid.OneOf(rapid.StringMatching(`(\+86|0086|86|\+1|)[ -]?1[3-9][0-9 -]{9,14}`), rapid.StringMatching(`[a-zA-Z0-9_@. -]{3,24}`),
			rapid.StringMatching(`[a-z]{1,8}@[a-z]{1,8}\.[a-z]{2,3}`), rapid.String()).Draw(t, "text")
		once, bad := Normalize(kind, text)
		if bad != nil {
			return
		}
		twice, bad := Normalize(kind, once)
		if bad != nil || twice != once {
			t.Fatalf("%s: %q → %q → %q (%v)", kind, text, once, twice, bad)
		}
		for _, other := range []string{" " + text + " ", wide(text), strings.ToUpper(text)} {
			if again, bad := Normalize(kind, other); bad != nil || again != once {
				t.Fatalf("%s: %q → %q, but %q → %q (%v)", kind, text, once, other, again, bad)
			}
		}
	})
}

// wide writes digits and capital letters in full width.
func wide(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '０'
		}
		return r
	}, s)
}

func FuzzNormalize(f *testing.F) {
	for _, s := range []string{"+86 138-0013-8000", "QQ:12345", "a@b.cn", "wx_1234567", "00", "+", "\x1b[31m138", "８６"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, kind := range Kinds {
			once, bad := Normalize(kind, s)
			if bad != nil {
				continue
			}
			if twice, bad := Normalize(kind, once); bad != nil || twice != once {
				t.Fatalf("%s: %q → %q → %q (%v)", kind, s, once, twice, bad)
			}
			if mask := MaskContact(kind, once); once != "" && strings.Contains(mask, once) {
				t.Fatalf("the mask of %q is %q", once, mask)
			}
		}
	})
}

func TestMasks(t *testing.T) {
	for _, x := range []struct{ got, want string }{
		{MaskContact(Phone, "13800138000"), "138****8000"},
		{MaskContact(Phone, "4001234"), "****"},
		{MaskContact(QQ, "12345678"), "12****78"},
		{MaskContact(QQ, "12345"), "****"},
		{MaskContact(WeChat, "wang_ming"), "wa****ng"},
		{MaskContact(Email, "wang@example.com"), "w****@example.com"},
		{MaskContact("fax", "123456789"), "****"},
		{MaskID("11010519491231002X"), "110***********002X"},
		{MaskID("E12345678"), "****"},
		{MaskName("王小明"), "王**"},
		{MaskName(""), ""},
	} {
		if x.got != x.want {
			t.Errorf("%q, want %q", x.got, x.want)
		}
	}
}

func TestIDNumbers(t *testing.T) {
	for in, want := range map[string]string{
		"11010519491231002X":     "11010519491231002X id_card",
		" 110105 19491231 002x ": "11010519491231002X id_card",
		"１１０１０５１９４９１２３１００２Ｘ": "11010519491231002X id_card",
		"110105194912310021": "customer.bad_id_digit",
		"110105194902300029": "customer.bad_id_digit",
		"e12345678":          "E12345678 passport",
		"12345":              "customer.bad_id",
		"":                   " ",
		"1101051949123100":   "customer.bad_id",
		"姓名":                 "customer.bad_id",
	} {
		value, kind, bad := NormalizeID(in)
		got := value + " " + kind
		if bad != nil {
			got = bad.Key
		}
		if got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestGrams(t *testing.T) {
	for name, want := range map[string]string{
		"王小明":         "王 王小 小 小明 明",
		"Kobe Bryant": "k ko ob be b br ry ya an nt",
		"Li 雷":        "l li 雷",
		"娜娜":          "娜 娜娜",
		" ":           "",
		"O'Neil":      "o o' ' 'n ne ei il",
	} {
		if got := strings.Join(Grams(name), " "); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}
