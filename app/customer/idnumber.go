package customer

import (
	"regexp"
	"strings"
	"time"

	"cohort/app/fault"
)

// The kinds of ID numbers.
const (
	IDCard   = "id_card"
	Passport = "passport"
)

var (
	idCardForm   = regexp.MustCompile(`^[1-9][0-9]{16}[0-9X]$`)
	passportForm = regexp.MustCompile(`^[A-Z]{1,3}[0-9]{5,10}$|^[A-Z0-9]{6,12}$`)
	// idWeights and idDigits are GB 11643's check digit (ISO 7064, MOD 11-2).
	idWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	idDigits  = "10X98765432"
)

// NormalizeID gives the form in which an ID number is stored, and its kind. An
// identity card's date and check digit must be right.
func NormalizeID(text string) (value, kind string, bad *fault.Fault) {
	s := strings.ToUpper(squeeze(fold(text)))
	switch {
	case s == "":
		return "", "", nil
	case len(s) == 18 && idCardForm.MatchString(s):
		if !idCardRight(s) {
			return "", "", fault.Field("id_number", "customer.bad_id_digit")
		}
		return s, IDCard, nil
	case passportForm.MatchString(s):
		return s, Passport, nil
	}
	return "", "", fault.Field("id_number", "customer.bad_id")
}

func idCardRight(s string) bool {
	if _, err := time.Parse("20060102", s[6:14]); err != nil {
		return false
	}
	sum := 0
	for i, w := range idWeights {
		sum += int(s[i]-'0') * w
	}
	return idDigits[sum%11] == s[17]
}
