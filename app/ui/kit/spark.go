package kit

import "strings"

// marks are the heights of a curve, in letters that every terminal has.
const marks = "_.:-=+*#"

// Spark draws a curve in one line, a cell for each figure, the highest full. What
// is nothing is a line on the ground, and what is not nothing never is.
func Spark(list []int64) string {
	var most int64
	for _, n := range list {
		most = max(most, n)
	}
	var b strings.Builder
	for _, n := range list {
		height := 0
		if n > 0 {
			height = max(1, int(n*int64(len(marks)-1)/most))
		}
		b.WriteByte(marks[height])
	}
	return b.String()
}
