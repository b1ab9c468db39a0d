package kit

import (
	"slices"
	"strings"

	"cohort/app/ui/kit/width"
)

// Bar is one line of a chart: a label, a figure, and the figure that it is
// compared with.
type Bar struct {
	Label   string
	N       int64
	Text    string // the figure as it is said
	Against int64  // 0: nothing to compare with
}

// Bars draws figures as horizontal bars within w cells. What a figure is compared
// with is a bar of dots behind it, so that both are told apart without colour:
//
//	2026-10  ########....          ¥39,600.00     less than before
//	2026-11  ########|####         ¥59,400.00     more: the mark is where it was
func Bars(e Env, w int, list []Bar) []string {
	label, text, most := 0, 0, int64(1)
	list = slices.Clone(list)
	for i := range list {
		list[i].Label, list[i].Text = width.Clean(list[i].Label), width.Clean(list[i].Text)
		b := list[i]
		label, text = max(label, width.Of(b.Label)), max(text, width.Of(b.Text))
		most = max(most, b.N, b.Against)
	}
	label = min(label, max(8, w/3))
	room := max(4, w-label-text-6)
	out := make([]string, len(list))
	for i, b := range list {
		full, dots := barOf(b, most, room)
		out[i] = "  " + width.Fit(b.Label, label) + "  " + e.Theme.Paint(Accent, full) + e.Theme.Paint(Muted, dots) +
			width.Spaces(room-len(full)-len(dots)) + "  " + width.FitLeft(b.Text, text)
	}
	return out
}

// barOf gives the two parts of a bar, in cells. A figure that is not nothing is
// never drawn as nothing.
func barOf(b Bar, most int64, room int) (full, dots string) {
	n, k := cellsOf(b.N, most, room), cellsOf(b.Against, most, room)
	full = strings.Repeat("#", n)
	switch {
	case k > n:
		dots = strings.Repeat(".", k-n)
	case k > 0 && k < n:
		full = full[:k] + "|" + full[k+1:]
	}
	return full, dots
}

func cellsOf(n, most int64, room int) int {
	if n <= 0 {
		return 0
	}
	return max(1, int(float64(n)/float64(most)*float64(room)+0.5))
}
