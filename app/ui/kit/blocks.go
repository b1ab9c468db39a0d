package kit

import (
	"strconv"
	"strings"
)

// Badge draws a short word that stands out without colour too: "[new]".
func Badge(e Env, t Tone, text string) string { return e.Theme.Paint(t, "["+text+"]") }

// Progress draws "[#####-----] 5/10" with a bar of w cells.
func Progress(done, total, w int) string {
	if total <= 0 {
		return ""
	}
	done = max(0, min(done, total))
	n := done * w / total
	return "[" + strings.Repeat("#", n) + strings.Repeat("-", w-n) + "] " + strconv.Itoa(done) + "/" + strconv.Itoa(total)
}
