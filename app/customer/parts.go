package customer

import (
	"strings"

	"cohort/app/policy"
	"cohort/app/resource"
)

// Any part of a contact finds it. Every contact is kept from each second
// character on, with the character ahead of it: of whatever somebody looks for,
// either the whole or all but its first character begins at one of those.

const (
	minPart  = 4  // characters of a contact's middle that tell it from most others
	partLen  = 6  // characters of a key
	lastPart = 40 // no part begins behind so many characters
	// partsFound and partsRead bound what a part finds and what is read for it
	// where nothing else narrows the list.
	partsFound = 1000
	partsRead  = 10_000
)

// Part is one key of a contact.
type Part struct{ Kind, Text, Ahead string }

// partsOf cuts a contact. Its beginning is found by the contact's own index, and
// so are the last four digits of a phone. Of an address the host is a part of
// its own.
func partsOf(kind, text string) (list []Part) {
	if !isASCII(text) {
		return nil
	}
	least, end, host := minPart-1, len(text), -1
	switch kind {
	case Phone:
		least = minPart
	case Email:
		host = strings.IndexByte(text, '@') + 1
		end = host
	}
	for at := 2; at <= lastPart && at < end && at+least <= len(text); at += 2 {
		list = append(list, partAt(kind, text, at))
	}
	if host > 0 && (host%2 == 1 || host >= end) {
		list = append(list, partAt(kind, text, host))
	}
	return list
}

func partAt(kind, text string, at int) Part {
	return Part{kind, text[at:min(at+partLen, len(text))], text[at-1 : at]}
}

// middle is the way to a contact that holds s anywhere but at its beginning.
func middle(kind, s string, bounded bool) resource.Way {
	return resource.Way{
		Select: func(args policy.Args) string { return partsSelect(kind, s, bounded, args) },
		Row: func(args policy.Args) string {
			return "customers." + kind + " LIKE " + args.Add("%"+likeText(s)+"%") + ` ESCAPE '\'`
		},
	}
}

func likeText(s string) string {
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(s)
}

// partsSelect finds who may hold s: by as much of its end as keys are long, of
// an address by the end of its name.
func partsSelect(kind, s string, bounded bool, args policy.Args) string {
	end := len(s)
	if at := strings.IndexByte(s, '@'); kind == Email && at >= 0 {
		end = at
	}
	from := max(0, end-partLen-1)
	whole, rest := s[from:min(from+partLen, len(s))], s[from+1:min(from+1+partLen, len(s))]
	where := func(p string) string {
		return "kind = " + args.Add(kind) + " AND part >= " + args.Add(p) + " AND part < " + args.Add(p+"\U0010ffff")
	}
	host := ""
	if kind == Email && from > 0 && !strings.Contains(s, "@") { // or it is how a host begins
		host = " UNION ALL SELECT id FROM (SELECT customer_id AS id FROM contact_parts WHERE kind = " + args.Add(kind) + " AND part = " + args.Add(s[:partLen]) +
			" AND ahead = '@' ORDER BY customer_id DESC"
		if bounded {
			host += " LIMIT " + args.Add(partsFound)
		}
		host += ") AS host"
	}
	same := "SELECT customer_id AS id FROM contact_parts WHERE " + where(whole)
	if !bounded {
		return same + " UNION ALL SELECT customer_id AS id FROM contact_parts WHERE " + where(rest) + " AND ahead = " + args.Add(s[from:from+1]) + host
	}
	return "SELECT id FROM (" + same + " LIMIT " + args.Add(partsFound) + ") AS whole UNION ALL SELECT id FROM (" +
		"SELECT id FROM (SELECT customer_id AS id, ahead FROM contact_parts WHERE " + where(rest) + " LIMIT " + args.Add(partsRead) +
		") AS near WHERE ahead = " + args.Add(s[from:from+1]) + " LIMIT " + args.Add(partsFound) + ") AS rest" + host
}
