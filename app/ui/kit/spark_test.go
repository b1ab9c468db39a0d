package kit

import "testing"

func TestSpark(t *testing.T) {
	for want, list := range map[string][]int64{"": nil, "___": {0, 0, -5}, "_.#": {0, 1, 100}, "##": {7, 7}, "-#": {50, 100}, "_.:-=+*#": {0, 1, 2, 3, 4, 5, 6, 7}} {
		if got := Spark(list); got != want {
			t.Errorf("%v: %q, want %q", list, got, want)
		}
	}
}
