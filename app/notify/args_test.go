package notify

import (
	"reflect"
	"testing"
	"time"

	"cohort/app/i18n"
)

type color string

func TestArgumentsComeBackAsTheyWere(t *testing.T) {
	at := time.Date(2026, 11, 22, 16, 4, 5, 6e6, time.UTC)
	args := []any{
		"text", `王 "小明" {who} <b>`, "empty", "", "yes", true, "no", false, "n", int64(-5), "big", int64(1)<<62 + 1,
		"day", i18n.Day(at), "ago", i18n.Ago(at), "time", at, "never", i18n.Ago{}, "no day", i18n.Day{}, "no time", time.Time{},
		"span", 90 * time.Second, "money", i18n.Money(-598000), "size", i18n.Size(2 << 20), "list", []string{"a", "b"}, "none", []string{},
		"zero", i18n.Money(0), "epoch", time.UnixMilli(0).UTC(),
		"word", i18n.W("policy.on", "action", i18n.W("action.list"), "n", int64(3)), "bare", i18n.W("yes"),
	}
	text, err := encode(args)
	if err != nil {
		t.Fatal(err)
	}
	got, err := decode(text)
	if err != nil {
		t.Fatal(err)
	}
	for i := range args {
		if !reflect.DeepEqual(got[i], args[i]) {
			t.Errorf("argument %d: %#v, want %#v", i, got[i], args[i])
		}
	}
}

func TestNarrowTypesComeBackAsTheirValues(t *testing.T) {
	text, err := encode([]any{"a", 3, "b", uint16(4), "c", color("red")})
	if err != nil {
		t.Fatal(err)
	}
	got, err := decode(text)
	if want := []any{"a", int64(3), "b", int64(4), "c", "red"}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%#v, %v; want %#v", got, err, want)
	}
}

// Every kind is called by words where people choose what they are told.
func TestKindsHaveNames(t *testing.T) {
	for _, k := range Kinds() {
		if !i18n.Has("kind." + k) {
			t.Errorf("no words for kind.%s: put them into app/i18n/words/message.txt", k)
		}
	}
	for k := range kinds {
		if !i18n.Has("notify." + k) {
			t.Errorf("there is no kind %s", k)
		}
	}
}
