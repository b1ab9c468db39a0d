package resource

import (
	"reflect"
	"strings"
	"testing"

	"cohort/app/fault"
)

func TestCheckCleansAndNamesEveryField(t *testing.T) {
	e := toyEngine(t)
	toys, _ := e.Get("toys")
	got, err := toys.Check(true, Values{"name": " a\x1b[31m b\n", "kind": "soft", "due": "2026-11-30", "price": int64(5)})
	if err != nil || !reflect.DeepEqual(got, Values{"name": "a b", "kind": "soft", "due": "2026-11-30", "price": int64(5)}) {
		t.Fatalf("%v %v", got, err)
	}
	_, err = toys.Check(true, Values{"name": "\u202e", "kind": "furry", "due": "2026-02-30", "phone": strings.Repeat("1", 201), "made": int64(1)})
	want := map[string]string{"name": "fault.required", "kind": "fault.bad_choice", "due": "fault.bad_date", "phone": "fault.too_long", "made": "list.not_input"}
	f, ok := fault.As(err)
	if !ok {
		t.Fatal(err)
	}
	f.Each(func(f *fault.Fault) {
		if want[f.Field] != f.Key {
			t.Errorf("%s: %s", f.Field, f.Key)
		}
		delete(want, f.Field)
	})
	if len(want) > 0 {
		t.Errorf("not refused: %v", want)
	}
	if _, err := toys.Check(false, Values{"name": ""}); err == nil {
		t.Error("a required field was emptied")
	}
	if _, err := toys.Check(false, Values{"phone": "1"}); err != nil {
		t.Error(err)
	}
}
