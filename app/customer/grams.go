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

// findName gives the ways to a name, as it is written and as it is said. What is
// frequent finds the newest or the first that hold it; the list within any other
// condition finds all.
func findName(word string, bounded bool) (ways []resource.Way) {
	if key := grams.Sound(word); key != "" {
		ways = append(ways, saidName(key, bounded))
	}
	switch key, short := searched(word); {
	case key == "":
	case short:
		ways = append(ways, shortName(key, bounded))
	default:
		ways = append(ways, longName(key, bounded))
	}
	return ways
}

// shortName finds one or two characters, which are grams themselves; of one, and
// of letters, the newest that hold it.
func shortName(key string, bounded bool) resource.Way {
	return resource.Way{Exact: true,
		Select: func(args policy.Args) string {
			text := "SELECT customer_id AS id FROM name_grams WHERE gram = " + args.Add(key)
			if bounded && (len([]rune(key)) == 1 || isASCII(key)) {
				text += " ORDER BY customer_id DESC LIMIT " + args.Add(newest)
			}
			return text
		},
		Row: func(args policy.Args) string {
			return "EXISTS (SELECT 1 FROM name_grams WHERE name_grams.customer_id = customers.id AND name_grams.gram = " + args.Add(key) + ")"
		}}
}

func longName(key string, bounded bool) resource.Way {
	return resource.Way{
		Select: func(args policy.Args) string { return allGrams(key, bounded && isASCII(key), args) },
		Row: func(args policy.Args) string {
			return "customers.name_key LIKE " + args.Add("%"+likeText(key)+"%") + ` ESCAPE '\'`
		},
	}
}

// saidName finds by pinyin and initials: whose name is said so, the newest
// first, and whose name begins so, in the order of the alphabet.
func saidName(key string, bounded bool) resource.Way {
	return resource.Way{Exact: true,
		Select: func(args policy.Args) string {
			from, to := args.Add(key), args.Add(key+"\U0010ffff")
			if !bounded {
				return "SELECT customer_id AS id FROM name_sounds WHERE sound >= " + from + " AND sound < " + to
			}
			most := args.Add(newest)
			return "SELECT id FROM (SELECT customer_id AS id FROM name_sounds WHERE sound = " + from + " ORDER BY customer_id DESC LIMIT " + most +
				") AS same UNION ALL SELECT id FROM (SELECT customer_id AS id FROM name_sounds WHERE sound > " + from + " AND sound < " + to +
				" ORDER BY sound, customer_id LIMIT " + most + ") AS longer"
		},
		Row: func(args policy.Args) string { return "customers.sounds LIKE " + args.Add("% "+key+"%") }}
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

// allGrams finds those that hold every pair of characters of a word. It begins
// with the last pair: family names come first and are frequent. Pairs of letters
// all are: bounded, it looks at the newest that hold the last.
func allGrams(key string, bounded bool, args policy.Args) string {
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
	first, where := "name_grams g0", " WHERE g0.gram = "+args.Add(pairs[last])
	if bounded {
		first = "(SELECT customer_id FROM name_grams" + strings.Replace(where, "g0.", "", 1) + " ORDER BY customer_id DESC LIMIT " + args.Add(partsFound) + ") AS g0"
		where = " WHERE 1 = 1"
	}
	text := "SELECT g0.customer_id AS id FROM " + first
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
