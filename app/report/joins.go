package report

import "strings"

// joined leaves out of a FROM clause the tables that are joined from the left and
// that nothing in the statement names. Each such join finds one row at most, so
// that it changes no figure; but a statement that adds up looks every one of them
// up for every row, whether it is needed or not.
func joined(from string, rest ...string) string {
	parts := strings.Split(from, "LEFT JOIN ")
	text := strings.Join(rest, " ")
	kept := ""
	for i := len(parts) - 1; i > 0; i-- {
		if strings.Contains(text+kept, alias(parts[i])+".") {
			kept = "LEFT JOIN " + parts[i] + kept
		}
	}
	return parts[0] + kept
}

// alias is what a joined table goes by: "accounts AS owners ON …" by owners.
func alias(join string) string {
	words := strings.Fields(join)
	if len(words) > 2 && strings.EqualFold(words[1], "AS") {
		return words[2]
	}
	return words[0]
}
