package keyring

import (
	"errors"
	"strings"
	"testing"
)

const number = "11010519491231002X"

func TestTextsAreSealedAndRenewed(t *testing.T) {
	r := newRing(t)
	texts := r.Texts()
	first, err := texts.Seal(number)
	if err != nil || strings.Contains(first, number) || texts.Old(first) {
		t.Fatalf("%s %v", first, err)
	}
	if again, _ := texts.Seal(number); again == first {
		t.Error("equal numbers are seen to be equal")
	}
	trash := `{"id_number":"` + first + `","memo":"sealed:v1: is no seal"}`
	if _, err := r.Add(now); err != nil {
		t.Fatal(err)
	}
	if got, err := texts.Open(first); err != nil || got != number || !texts.Old(first) || !texts.OldWithin(trash) {
		t.Errorf("after the change of keys: %q %v", got, err)
	}
	renewed, err := texts.Renew(trash)
	if err != nil || texts.OldWithin(renewed) || !strings.HasSuffix(renewed, `","memo":"sealed:v1: is no seal"}`) {
		t.Fatalf("%s %v", renewed, err)
	}
	if err := r.Forget(now); err != nil {
		t.Fatal(err)
	}
	if _, err := texts.Open(first); !errors.Is(err, ErrForeign) {
		t.Errorf("the forgotten key: %v", err)
	}
	inner := strings.TrimSuffix(strings.TrimPrefix(renewed, `{"id_number":"`), `","memo":"sealed:v1: is no seal"}`)
	if got, err := texts.Open(inner); err != nil || got != number {
		t.Errorf("%q %v", got, err)
	}
	if got, err := texts.Open("in the clear"); err != nil || got != "in the clear" || !texts.Old("in the clear") || texts.Old("") {
		t.Errorf("%q %v", got, err)
	}
	if _, err := texts.Open(inner[:len(inner)-3]); err == nil {
		t.Error("a cut one opens")
	}
}
