package kit_test

import (
	"context"
	"strings"
	"testing"

	"cohort/app/ui/kit"
)

// What is typed and confirmed faster than the answer comes chooses what was typed
// for, not what still stands there from before.
func TestPickerWaitsForWhatWasTyped(t *testing.T) {
	gate, got := make(chan struct{}), ""
	all := []kit.Option{{Value: "qq", Label: "QQ group"}, {Value: "baidu", Label: "Baidu"}}
	p := &kit.Picker{Name: "kit.ok",
		Search: func(_ context.Context, text string) ([]kit.Option, error) {
			if text != "" {
				<-gate
			}
			var out []kit.Option
			for _, o := range all {
				if strings.HasPrefix(o.Value, text) {
					out = append(out, o)
				}
			}
			return out, nil
		},
		Then: func(o []kit.Option) kit.Cmd { got += o[0].Value + " "; return nil }}
	b := &book{gate: make(chan struct{})}
	close(b.gate)
	l := bookList(b)
	l.Spec.Open = func(kit.Row) kit.Cmd { return kit.Show(p) }
	d := rootOf(t, l)
	d.Keys("enter").See("QQ group", "Baidu")
	d.Press("b", "a", "enter").Glance()
	if got != "" {
		t.Fatalf("chose %q before the answer", got)
	}
	close(gate)
	d.Settle()
	if got != "baidu " {
		t.Errorf("chose %q, want baidu", got)
	}
}
