package kit_test

import (
	"testing"

	"cohort/app/fault"
	"cohort/app/ui/kit"
	"cohort/app/ui/kit/kittest"
)

func TestAFormInsideAnotherScreen(t *testing.T) {
	f := kit.NewForm(kit.FormSpec{Name: "kit.menu", Fields: []kit.Field{{Name: "name"}, {Name: "phone"}, {Name: "sex", Kind: kit.KindShow}}})
	d := kittest.New(t, kit.Options{Home: func() kit.Screen { return f }})
	f.Focus("phone")
	d.Type("138")
	if got := f.Values().Text("phone"); got != "138" {
		t.Fatalf("typed into the focused field: %q", got)
	}
	f.Focus("sex") // is not edited
	d.Type("0")
	if got := f.Values().Text("phone"); got != "1380" {
		t.Fatalf("the focus moved to a field that is only shown: %q", got)
	}
	f.Kept(kit.Values{"phone": {Text: "1380"}, "other": {Text: "x"}})
	if n := f.Changes(); len(n) != 0 {
		t.Errorf("still unsaved: %v", n)
	}
	d.Send(f.Refuse(fault.Field("name", "fault.required")))
	d.Type("A")
	if got := f.Values().Text("name"); got != "A" {
		t.Errorf("a refusal leads to its field; typed %q", got)
	}
}
