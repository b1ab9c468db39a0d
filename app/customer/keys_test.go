package customer

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

func TestFoundByHowANameIsSaid(t *testing.T) {
	w := school(t)
	a := w.as("a")
	for i, name := range []string{"王小明", "单雄信", "吕布", "曾志伟", "Kate Miller"} {
		w.add(a, name, "1380013800"+string(rune('0'+i)))
	}
	for q, want := range map[string]string{
		"wxm": "王小明", "WXM": "王小明", "wangxiaoming": "王小明", "wangxiaom": "王小明", "wang xm": "王小明", "xm wang": "王小明", "xiaoming": "王小明",
		"xiao ming": "王小明", "ming": "王小明", "wang": "王小明", "aoming": "", "shanxx": "", "sxx": "单雄信", "dxx": "单雄信", "shan xiongxin": "单雄信",
		"lvbu": "吕布", "lübu": "吕布", "lb": "吕布", "zzw": "曾志伟", "cengzhiwei": "曾志伟", "zeng zw": "曾志伟", "km": "Kate Miller", "miller kate": "Kate Miller",
		"wxm owner:me": "王小明", "wxm -owner:me": "", "wxm source:baidu": "王小明", `"wxm"`: "王小明",
	} {
		if got := strings.Join(w.find(a, q), " "); got != want {
			t.Errorf("%q finds %q, want %q", q, got, want)
		}
	}
}

// TestKeysFollowTheRow: what a customer is found by goes with every change, with
// the trash and back.
func TestKeysFollowTheRow(t *testing.T) {
	w := school(t)
	admin := w.as("admin")
	c := w.add(admin, "王小明", "13812345678")
	w.add(admin, "李雷", "13912340000")
	sees := func(want int, queries ...string) {
		t.Helper()
		for _, q := range queries {
			if got := len(w.find(admin, q)); got != want {
				t.Errorf("%q finds %d, want %d", q, got, want)
			}
		}
	}
	sees(1, "wxm", "81234", "3456")
	w.must(w.Change(w.ctx, admin, c.ID, 0, resource.Values{"name": "欧阳娜", Phone: "13787654321", WeChat: "ou_yang_na"}))
	sees(0, "wxm", "xiaoming", "81234", "3456")
	sees(1, "oyn", "76543", "yang_n")
	keys := w.keys()
	w.must(w.Engine.Delete(w.ctx, admin, "customers", c.ID, 0))
	sees(0, "oyn", "76543", "yang_n")
	w.must(w.Engine.Undo(w.ctx, admin, 0))
	sees(1, "oyn", "76543", "yang_n")
	if now := w.keys(); now != keys {
		t.Errorf("keys before\n%s\nand after\n%s", keys, now)
	}
}

// keys are all keys of the library, as text.
func (w *world) keys() (all string) {
	w.t.Helper()
	for _, q := range []string{`SELECT string_agg(sound || ' ' || customer_id, ',' ORDER BY sound, customer_id) FROM name_sounds`,
		`SELECT string_agg(kind || ' ' || part || ' ' || ahead || ' ' || customer_id, ',' ORDER BY kind, part, ahead, customer_id) FROM contact_parts`,
		`SELECT string_agg(sounds, ',' ORDER BY id) FROM customers`} {
		all += w.textOf(q) + "\n"
	}
	return all
}

// TestThoseWhoWereHereBeforeGetTheirKeys: in rounds, the newest first, going on
// where it ended.
func TestThoseWhoWereHereBeforeGetTheirKeys(t *testing.T) {
	w := school(t)
	a := w.as("a")
	for _, c := range [][2]string{{"王小明", "13812345678"}, {"李雷", "13912340000"}, {"单雄信", "13712349999"}} {
		w.add(a, c[0], c[1])
	}
	keys := w.keys()
	w.sql(`DELETE FROM name_sounds`)
	w.sql(`DELETE FROM contact_parts`)
	w.sql(`UPDATE customers SET sounds = ''`)
	w.sql(`UPDATE unkeyed SET upto = (SELECT max(id) FROM customers)`)
	w.must(w.DB.Write(w.ctx, func(tx *db.Tx) error { _, err := fillRound(tx, 1); return err }))
	if got := w.find(a, "sxx"); len(got) != 1 {
		t.Errorf("the newest is not found yet: %v", got)
	}
	if got := w.find(a, "wxm"); len(got) != 0 {
		t.Errorf("the oldest is: %v", got)
	}
	w.must(w.FillKeys(w.ctx, policy.System))
	if now := w.keys(); now != keys || w.count(`SELECT upto FROM unkeyed`) != 0 {
		t.Errorf("keys before\n%s\nand after\n%s", keys, now)
	}
	w.refused(w.FillKeys(w.ctx, w.as("student")), "fault.forbidden")
}

// TestAnyPartOfAContactFindsIt: whatever four characters and more are cut out of
// a contact, whoever sees it finds it by them.
func TestAnyPartOfAContactFindsIt(t *testing.T) {
	w := school(t)
	admin := w.as("admin")
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		kind := rapid.SampledFrom(Kinds).Draw(t, "kind")
		text := rapid.StringMatching(map[string]string{Phone: `1[3-9][0-9]{9}`, QQ: `[1-9][0-9]{6,10}`, WeChat: `[a-z][a-z0-9_-]{6,18}`,
			Email: `[a-z][a-z0-9.]{0,20}[a-z]@(qq|school)\.(com|example)`}[kind]).Draw(t, "contact")
		text, bad := Normalize(kind, text)
		if bad != nil {
			return
		}
		c, err := w.Add(w.ctx, admin, NewCustomer{Name: "x", Source: "baidu", QQ: map[bool]string{true: text}[kind == QQ], Phone: map[bool]string{true: text}[kind == Phone],
			WeChat: map[bool]string{true: text}[kind == WeChat], Email: map[bool]string{true: text}[kind == Email]})
		if err != nil {
			return // it is taken
		}
		most := len(text) // an address is found by its name, and by its host from the beginning
		from := rapid.IntRange(0, most-minPart).Draw(t, "from")
		if at := strings.IndexByte(text, '@'); at > 0 && from > at+1 {
			from = at + 1
		}
		part := text[from : from+rapid.IntRange(minPart, most-from).Draw(t, "length")]
		for _, q := range []string{`"` + part + `"`, `"` + part + `" owner:me`} {
			ids, err := w.Engine.IDs(w.ctx, admin, "customers", q, 0)
			if err != nil || !slices.Contains(ids, c.ID) {
				t.Fatalf("%s %s is not found by %s: %v %v", kind, text, q, ids, err)
			}
		}
	})
}

// TestMaskedDigitsAreNotFoundOut: whoever sees contacts masked finds nobody by
// any part of them, whatever else he asks for; his own he finds.
func TestMaskedDigitsAreNotFoundOut(t *testing.T) {
	w := school(t)
	_, err := w.Add(w.ctx, w.as("c"), NewCustomer{Name: "王小明", Phone: "13812345678", QQ: "876543219", WeChat: "wx_secret_77", Email: "hidden.name@school.example", Source: "baidu"})
	w.must(err)
	for _, q := range []string{"1234", "3456", "12345678", "5678", "13812345678", "138123", "8765432", "6543", "secret", "cret_7", "wx_sec", "dden.na", "hidden", "name@sch", "school.exam"} {
		for _, more := range []string{"", " 王", " wxm", " source:baidu", " status:not_enrolled", " -owner:me", " stale:no"} {
			if got := w.find(w.as("a"), q+more); len(got) != 0 {
				t.Errorf("%q tells a that it is in a contact of c's", q+more)
			}
			if n, _, err := w.Engine.Count(w.ctx, w.as("a"), "customers", q+more); n != 0 || err != nil {
				t.Errorf("%q counts %d: %v", q+more, n, err)
			}
			if got, want := len(w.find(w.as("c"), q+more)), map[bool]int{true: 0, false: 1}[more == " -owner:me"]; got != want {
				t.Errorf("%q finds %d of c's own, want %d", q+more, got, want)
			}
		}
	}
	if got := w.find(w.as("a"), "wxm"); len(got) != 1 {
		t.Errorf("the name is not masked, but finds %v", got)
	}
}

// TestWhatManyHoldIsNotFoundOut: where a part is so frequent that the search is
// cut short, it is still bound to what the actor sees.
func TestWhatManyHoldIsNotFoundOut(t *testing.T) {
	w := school(t)
	defer resource.Gathered(20)()
	for i := range 60 {
		by := w.as("c")
		if i%10 == 0 {
			by = w.as("a")
		}
		_, err := w.Add(w.ctx, by, NewCustomer{Name: "王小明", WeChat: "wx_secret_" + string(rune('a'+i/26)) + string(rune('a'+i%26)), Source: "baidu"})
		w.must(err)
	}
	for q, want := range map[string]int{"wx_": 6, "secret": 6, "wx_secret": 6, "secret owner:me": 6, "secret 王小明": 6, "wx_ status:not_enrolled": 6} {
		got, _, err := w.Engine.Count(w.ctx, w.as("a"), "customers", q)
		if w.must(err); got > want || strings.Contains(q, " ") && got != want {
			t.Errorf("%q finds %d, want %d", q, got, want)
		}
		if all, _, err := w.Engine.Count(w.ctx, w.as("admin"), "customers", strings.Replace(q, " owner:me", "", 1)); err != nil || all != 60 {
			t.Errorf("%q finds %d of 60: %v", q, all, err)
		}
	}
}
