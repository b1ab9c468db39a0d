package cli

import (
	"slices"
	"strings"

	"cohort/app/resource"
)

// queryOf joins the words of a query. A field may be called by the name of its
// flag: tag:vip for tags:vip. One word that the server's own splitting
// left with blanks in it is one condition whose value was quoted, unless it
// holds several conditions.
func queryOf(res *resource.Resource, args []string) string {
	args = slices.Clone(args)
	for i, a := range args {
		name, value, ok := strings.Cut(a, ":")
		if ok && strings.ContainsAny(value, " \t") && !strings.ContainsAny(value, `:"`) && !strings.ContainsAny(name, " \t\"") {
			args[i] = name + `:"` + value + `"`
		}
	}
	text := strings.Join(args, " ")
	q, err := resource.Parse(text)
	if err != nil {
		return text // the engine says what is wrong
	}
	for i, t := range q.Terms {
		if _, known := res.Field(t.Field); known {
			continue
		}
		for _, f := range res.Fields {
			if f.Flag == t.Field {
				q.Terms[i].Field = f.Name
			}
		}
	}
	return q.String()
}
