package customer

import (
	"strconv"
	"strings"
)

// String writes a place so that ParsePlace reads it back; "" for the beginning.
func (p Place) String() string {
	if p == (Place{}) {
		return ""
	}
	n := func(x int64) string { return strconv.FormatInt(x, 10) }
	return strings.Join([]string{strconv.Itoa(p.Step), p.Day, p.Clock, n(p.Warmth), n(p.Touched), n(p.ID)}, "/")
}

// ParsePlace reads what String wrote.
func ParsePlace(text string) (p Place, ok bool) {
	if text == "" {
		return p, true
	}
	parts := strings.Split(text, "/")
	if len(parts) != 6 {
		return p, false
	}
	var err error
	number := func(s string) int64 {
		n, e := strconv.ParseInt(s, 10, 64)
		if e != nil || n < 0 {
			err = strconv.ErrSyntax
		}
		return n
	}
	p = Place{Step: int(number(parts[0])), Day: parts[1], Clock: parts[2], Warmth: number(parts[3]), Touched: number(parts[4]), ID: number(parts[5])}
	if err != nil || p.Step < 1 {
		return Place{}, false
	}
	return p, true
}
