package kit

import (
	"testing"

	"cohort/app/ui/kit/width"
)

func TestBars(t *testing.T) {
	e := Env{Theme: NewTheme(NoColor)}
	for _, w := range []int{20, 40, 80, 200} {
		for _, line := range Bars(e, w, []Bar{{"百度推广", 10, "10", 0}, {"QQ group", 5, "5", 8}, {"website", 1, "1", 0}, {"none", 0, "0", 0}, {"much", 4_000_000_000_000_000, "a lot", 1}}) {
			if n := width.Of(Strip(line)); n > max(w, 30) {
				t.Errorf("%d cells of %d: %q", n, w, line)
			}
		}
	}
	for _, test := range []struct {
		bar        Bar
		full, dots string
	}{
		{Bar{N: 10}, "##########", ""},
		{Bar{N: 5, Against: 8}, "#####", "..."},
		{Bar{N: 8, Against: 5}, "#####|##", ""},
		{Bar{N: 1}, "#", ""},
		{Bar{N: 0}, "", ""},
		{Bar{N: -3, Against: 2}, "", ".."},
		{Bar{N: 5, Against: 5}, "#####", ""},
	} {
		if full, dots := barOf(test.bar, 10, 10); full != test.full || dots != test.dots {
			t.Errorf("%+v: %q %q", test.bar, full, dots)
		}
	}
}
