package keyring

import (
	"fmt"
	"regexp"
	"strings"

	"cohort/app/seal"
)

// Texts seals private columns of the database: ID numbers, contracts. What it gives names its key, so that several keys
// can be in use at once.
type Texts struct{ ring *Ring }

// Texts gives the ring's sealer of private columns.
func (r *Ring) Texts() Texts { return Texts{r} }

// mark begins what Seal gives; then follow the key's name and the sealed text.
const mark = "sealed:v1:"

// sealed finds sealed texts wherever they stand, as in the JSON of the trash.
var sealed = regexp.MustCompile(mark + `[0-9a-f]{16}:[A-Za-z0-9+/]+`)

func boxOf(k Key) seal.Box { return seal.New(k.Secret(), "private columns") }

// Seal seals a text with the current key.
func (t Texts) Seal(text string) (string, error) {
	k := t.ring.Current()
	s, err := boxOf(k).Seal("", text)
	return mark + k.ID + ":" + s, err
}

// Open gives a text back that was sealed with any key of the ring; one that is not sealed as it is.
func (t Texts) Open(stored string) (string, error) {
	rest, ok := strings.CutPrefix(stored, mark)
	if !ok {
		return stored, nil
	}
	id, text, _ := strings.Cut(rest, ":")
	for _, k := range t.ring.Keys() {
		if k.ID == id {
			return boxOf(k).Open("", text)
		}
	}
	return "", fmt.Errorf("%w: key %.16q", ErrForeign, id)
}

// Old says whether a stored text is to be sealed anew: it lies in the clear, or an old key was used.
func (t Texts) Old(stored string) bool {
	return stored != "" && !strings.HasPrefix(stored, mark+t.ring.Current().ID+":")
}

// OldWithin says whether a text holds sealed parts of an old key.
func (t Texts) OldWithin(text string) bool {
	for _, part := range sealed.FindAllString(text, -1) {
		if t.Old(part) {
			return true
		}
	}
	return false
}

// Renew seals every sealed part of a text with the current key.
func (t Texts) Renew(text string) (out string, err error) {
	out = sealed.ReplaceAllStringFunc(text, func(part string) string {
		if !t.Old(part) || err != nil {
			return part
		}
		plain, bad := t.Open(part)
		if bad == nil {
			part, bad = t.Seal(plain)
		}
		if bad != nil {
			err = bad
		}
		return part
	})
	return out, err
}
