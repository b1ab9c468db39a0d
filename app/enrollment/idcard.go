package enrollment

import (
	"time"

	"cohort/app/customer"
	"cohort/app/fault"
)

// paper checks an identity paper: a resident identity card with a day of birth
// that was and the check digit of GB 11643, or a passport. An empty kind is
// found by the number.
func paper(kind, typed string, now time.Time) (number, found string, bad *fault.Fault) {
	number, found, bad = customer.NormalizeID(typed)
	switch {
	case bad != nil && kind == customer.Passport:
		return "", "", fault.Field("id_number", "enrollment.passport_form")
	case bad != nil:
		return "", "", bad
	case number == "":
		return "", kind, nil
	case kind == customer.Passport && found != kind:
		return "", "", fault.Field("id_number", "enrollment.passport_form")
	case kind == customer.IDCard && found != kind:
		return "", "", fault.Field("id_number", "enrollment.id_form")
	case found == customer.IDCard && !bornBefore(number, now):
		return "", "", fault.Field("id_number", "enrollment.id_birth", "value", number[6:14])
	}
	return number, found, nil
}

// bornBefore says whether an identity card's day of birth is one of a person
// alive.
func bornBefore(card string, now time.Time) bool {
	born, err := time.ParseInLocation("20060102", card[6:14], now.Location())
	return err == nil && born.Year() >= 1900 && born.Before(now)
}

// sexOf reads the sex out of a valid identity card number.
func sexOf(card string) string {
	if (card[16]-'0')%2 == 1 {
		return "male"
	}
	return "female"
}
