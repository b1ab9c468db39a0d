package picture

import "strings"

// Capability is how a terminal shows pictures.
type Capability int

// From everywhere to finest.
const (
	Blocks Capability = iota // HalfBlocks
	Sixels                   // Sixel
	Kittys                   // Kitty
)

// Detect tells the capability from what SSH says: TERM, and the few variables that some clients send (KEY=value).
// Nothing is asked of the terminal: old ones print questions as junk. Within tmux or screen it is blocks.
func Detect(term string, env []string) Capability {
	term = strings.ToLower(term)
	if strings.HasPrefix(term, "tmux") || strings.HasPrefix(term, "screen") {
		return Blocks
	}
	vars := map[string]string{}
	for _, e := range env {
		k, v, _ := strings.Cut(e, "=")
		vars[k] = v
	}
	if vars["TMUX"] != "" || vars["STY"] != "" {
		return Blocks
	}
	program := strings.ToLower(vars["TERM_PROGRAM"])
	switch {
	case vars["KITTY_WINDOW_ID"] != "", vars["KONSOLE_VERSION"] != "", holds(term, "kitty", "ghostty", "wezterm"),
		holds(program, "ghostty", "wezterm"):
		return Kittys
	case holds(term, "foot", "mlterm", "contour", "yaft", "sixel"), holds(program, "mintty", "iterm"):
		return Sixels
	}
	return Blocks
}

func holds(s string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}
