package teaching

import (
	"regexp"
	"strings"
)

// Section is one part of a course's outline: what a lesson is pre-filled from.
type Section struct {
	Title string
	Body  string // Markdown below the heading
}

// Sections cuts an outline into the parts that lessons are made of: the
// headings of the deepest level that comes at least twice, or, where there are
// no two of one level, the items of its lists. Headings within code are none.
func Sections(outline string) []Section {
	lines := strings.Split(strings.ReplaceAll(outline, "\r\n", "\n"), "\n")
	levels := headings(lines)
	counts := map[int]int{}
	for _, l := range levels {
		counts[l]++
	}
	for level := 6; level >= 1; level-- {
		if counts[level] >= 2 {
			return byHeading(lines, levels, level)
		}
	}
	return byItem(lines)
}

// section gives the n-th part of an outline, empty where it has no such part.
func section(outline string, n int64) Section {
	list := Sections(outline)
	if n < 1 || n > int64(len(list)) {
		return Section{}
	}
	return list[n-1]
}

var heading = regexp.MustCompile(`^ {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$`)

// headings gives the level of each line that is a heading, 0 for the others.
func headings(lines []string) []int {
	levels, fence := make([]int, len(lines)), ""
	for i, l := range lines {
		mark := fenceMark(l)
		switch {
		case fence == "" && mark != "":
			fence = mark
		case fence != "" && strings.HasPrefix(mark, fence):
			fence = ""
		case fence == "":
			if m := heading.FindStringSubmatch(l); m != nil {
				levels[i] = len(m[1])
			}
		}
	}
	return levels
}

// fenceMark gives the marks that begin or end a block of code.
func fenceMark(line string) string {
	line = strings.TrimSpace(line)
	for _, c := range []string{"`", "~"} {
		n := len(line) - len(strings.TrimLeft(line, c))
		if n >= 3 {
			return strings.Repeat(c, n)
		}
	}
	return ""
}

// byHeading cuts at the headings of one level; one above ends a part.
func byHeading(lines []string, levels []int, level int) (out []Section) {
	var body []string
	open := false
	end := func() {
		if open {
			out[len(out)-1].Body = strings.TrimSpace(strings.Join(body, "\n"))
		}
		body, open = nil, false
	}
	for i, l := range lines {
		switch {
		case levels[i] == level:
			end()
			out, open = append(out, Section{Title: heading.FindStringSubmatch(l)[2]}), true
		case levels[i] > 0 && levels[i] < level:
			end()
		default:
			body = append(body, l)
		}
	}
	end()
	return out
}

var item = regexp.MustCompile(`^(?:[-*+]|\d{1,4}[.)])[ \t]+(.+)$`)

// byItem takes the items of the outermost lists.
func byItem(lines []string) (out []Section) {
	for _, l := range lines {
		if m := item.FindStringSubmatch(l); m != nil {
			out = append(out, Section{Title: strings.TrimSpace(m[1])})
		}
	}
	return out
}
