package customer

import (
	"strings"

	"cohort/app/grams"
	"cohort/app/policy"
	"cohort/app/resource"
)

// nameKey is a name as it is searched.
func nameKey(name string) string { return grams.Fold(name) }

// Grams cuts a name into what it is found by.
func Grams(name string) []string { return grams.Name(name) }

const (
	// newest bounds what one character finds: the newest so many.
	newest = 1001
	// probes bounds how many grams of a long word are asked for.
	probes = 4
)

// findName is the search by name. One character finds the newest that hold it;
// it is the only search that may not find everything, and the list within any
// other condition does.
func findName(word string, args policy.Args) string {
	key, short := searched(word)
	switch {
	case key == "":
		return ""
	case !short:
		return findLong(key, args)
	}
	of := "SELECT customer_id FROM name_grams WHERE gram = " + args.Add(key)
	if len([]rune(key)) == 1 {
		of = "SELECT customer_id FROM (" + of + " ORDER BY customer_id DESC LIMIT " + args.Add(newest) + ") AS newest"
	}
	return "customers.id IN (" + of + ")"
}

func findNameWithin(word string, args policy.Args) resource.Set {
	key, short := searched(word)
	switch {
	case key == "":
		return resource.Set{}
	case !short:
		return resource.Set{Also: findLong(key, args)}
	}
	return resource.Set{Table: "name_grams", ID: "name_grams.customer_id", Where: "name_grams.gram = " + args.Add(key)}
}

// searched is what a word looks for in names, "" for nothing; short says that
// it is a gram itself.
func searched(word string) (key string, short bool) {
	key = nameKey(word)
	if looksLikeNumber(key) || strings.Contains(key, "@") {
		return "", false
	}
	return key, len([]rune(key)) <= 2 && !strings.Contains(key, " ")
}

func findLong(key string, args policy.Args) string {
	like := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(key) + "%"
	return "(customers.id IN (" + allGrams(key, args) + ") AND customers.name_key LIKE " + args.Add(like) + ` ESCAPE '\')`
}

// allGrams finds those that hold every pair of characters of a word. It begins
// with the last pair: family names come first and are frequent.
func allGrams(key string, args policy.Args) string {
	var pairs []string
	for _, word := range strings.Fields(key) {
		r := []rune(word)
		if len(r) == 1 {
			pairs = append(pairs, word)
		}
		for i := 0; i+1 < len(r); i++ {
			pairs = append(pairs, string(r[i:i+2]))
		}
	}
	last := len(pairs) - 1
	text := "SELECT g0.customer_id FROM name_grams g0"
	where := " WHERE g0.gram = " + args.Add(pairs[last])
	for i := 1; i <= min(last, probes-1); i++ {
		g := "g" + string(rune('0'+i))
		text += " CROSS JOIN name_grams " + g
		where += " AND " + g + ".customer_id = g0.customer_id AND " + g + ".gram = " + args.Add(pairs[last-i])
	}
	return text + where
}

func looksLikeNumber(s string) bool {
	return strings.Trim(s, "0123456789+-") == "" && len(s) > 2
}
