// Package fault is what a person may read of an error: a kind, a message key,
// the field it belongs to and the arguments of the message. The words
// themselves are in the catalogues of package i18n, so that the reader's
// language is chosen at the last moment, by the face.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of refusal an error is. Faces turn it into an exit code,
// an SFTP status or a colour.
type Kind int

// The kinds. Internal is the zero value on purpose: an error nobody thought of
// is ours, and its text is for the log only.
const (
	Internal  Kind = iota
	Invalid        // the input is wrong; Field says where
	NotFound       // does not exist, or does not exist for this account
	Conflict       // collides with what is there: a duplicate, a wrong state
	Forbidden      // seen, but not allowed
	Stale          // somebody else changed the record since it was read
	TooMany        // a limit or a throttle; try later or with less
)

var kindNames = [...]string{"internal", "invalid", "not_found", "conflict", "forbidden", "stale", "too_many"}

// String gives the stable name used in JSON.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return "internal"
	}
	return kindNames[k]
}

// Fault is an error for a person. Make one with New; the zero value is an
// internal error without a reference.
type Fault struct {
	Kind  Kind
	Key   string   // message key in the catalogues
	Field string   // the field it belongs to, "" for the whole record
	Args  []any    // name, value, name, value … for the message
	More  []*Fault // further field errors of the same refusal
	Ref   string   // short reference of an internal error, as logged
	Cause error    // for the log only, never shown
}

// New makes a fault. args are name, value pairs for the message's placeholders.
func New(k Kind, key string, args ...any) *Fault {
	return &Fault{Kind: k, Key: key, Args: args}
}

// Field makes an Invalid fault of one field.
func Field(field, key string, args ...any) *Fault {
	return &Fault{Kind: Invalid, Key: key, Field: field, Args: args}
}

// On returns a copy of f that belongs to a field.
func (f *Fault) On(field string) *Fault {
	g := *f
	g.Field = field
	return &g
}

// Because returns a copy of f that carries a cause for the log.
func (f *Fault) Because(err error) *Fault {
	g := *f
	g.Cause = err
	return &g
}

// Error is for logs and tests; people read i18n.Printer.Fault.
func (f *Fault) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", f.Kind, f.Key)
	if f.Field != "" {
		fmt.Fprintf(&b, " [%s]", f.Field)
	}
	for i := 0; i+1 < len(f.Args); i += 2 {
		fmt.Fprintf(&b, " %v=%v", f.Args[i], f.Args[i+1])
	}
	for _, m := range f.More {
		b.WriteString("; " + m.Error())
	}
	if f.Cause != nil {
		b.WriteString(": " + f.Cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Cause }

// Each calls do for f and for every further field error.
func (f *Fault) Each(do func(*Fault)) {
	do(f)
	for _, m := range f.More {
		do(m)
	}
}

// Join makes one fault of several field errors; nil when there is none.
func Join(list ...*Fault) error {
	var first *Fault
	for _, f := range list {
		switch {
		case f == nil:
		case first == nil:
			g := *f
			first = &g
		default:
			first.More = append(first.More, f)
		}
	}
	if first == nil {
		return nil
	}
	return first
}

// As finds the fault in err; ok is false when err is nil or not a fault.
func As(err error) (f *Fault, ok bool) {
	ok = errors.As(err, &f)
	return f, ok
}

// Of gives the kind of any error; unknown ones are Internal. Of(nil) is
// meaningless and gives Internal.
func Of(err error) Kind {
	if f, ok := As(err); ok {
		return f.Kind
	}
	return Internal
}

// Is says whether err is a fault with this key.
func Is(err error, key string) bool {
	f, ok := As(err)
	return ok && f.Key == key
}
