package notify

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"cohort/app/i18n"
)

// Arguments are stored as a JSON array of names and values in turn. Text, truth values and numbers are themselves;
// everything else is an object with the one member that names its type, such as {"day": 1764547200000}.
type typed struct {
	Word  *string           `json:"word,omitempty"`
	Args  []json.RawMessage `json:"args,omitempty"` // of a word
	Day   *int64            `json:"day,omitempty"`  // UTC milliseconds, as Ago and Time
	Ago   *int64            `json:"ago,omitempty"`
	Time  *int64            `json:"time,omitempty"`
	Span  *int64            `json:"span,omitempty"` // nanoseconds
	Money *int64            `json:"money,omitempty"`
	Size  *int64            `json:"size,omitempty"`
	List  *[]string         `json:"list,omitempty"`
	Zero  string            `json:"zero,omitempty"` // "day", "ago" or "time" of the zero instant: never
}

func encode(args []any) (string, error) {
	if len(args) == 0 {
		return "", nil
	}
	list, err := encodeAll(args)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(list)
	return string(text), err
}

// encodeAll encodes name, value pairs.
func encodeAll(args []any) ([]json.RawMessage, error) {
	if len(args)%2 != 0 {
		return nil, fmt.Errorf("%d arguments: want name, value pairs", len(args))
	}
	out := make([]json.RawMessage, 0, len(args))
	for i, a := range args {
		if _, isName := a.(string); i%2 == 0 && !isName {
			return nil, fmt.Errorf("argument %d is a %T: want a name", i+1, a)
		}
		v, err := pack(a)
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, nil
}

// pack gives the value that is written as JSON for an argument.
func pack(a any) (any, error) {
	switch v := a.(type) {
	case string, bool:
		return v, nil
	case i18n.Word:
		args, err := encodeAll(v.Args)
		return typed{Word: &v.Key, Args: args}, err
	case i18n.Day:
		return instant("day", time.Time(v)), nil
	case i18n.Ago:
		return instant("ago", time.Time(v)), nil
	case time.Time:
		return instant("time", v), nil
	case time.Duration:
		n := int64(v)
		return typed{Span: &n}, nil
	case i18n.Money:
		n := int64(v)
		return typed{Money: &n}, nil
	case i18n.Size:
		n := int64(v)
		return typed{Size: &n}, nil
	case []string:
		if v == nil {
			v = []string{} // null would come back as nothing we know
		}
		return typed{List: &v}, nil
	}
	return packKind(a)
}

// packKind takes named texts and whole numbers of any width.
func packKind(a any) (any, error) {
	v := reflect.ValueOf(a)
	switch {
	case !v.IsValid():
	case v.Kind() == reflect.String:
		return v.String(), nil
	case v.CanInt():
		return v.Int(), nil
	case v.CanUint() && v.Uint() <= 1<<63-1:
		return int64(v.Uint()), nil
	}
	return nil, fmt.Errorf("cannot store an argument of type %T", a)
}

func instant(kind string, t time.Time) typed {
	if t.IsZero() {
		return typed{Zero: kind}
	}
	ms := t.UnixMilli()
	switch kind {
	case "day":
		return typed{Day: &ms}
	case "ago":
		return typed{Ago: &ms}
	}
	return typed{Time: &ms}
}

func decode(text string) ([]any, error) {
	if text == "" {
		return nil, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, err
	}
	return decodeAll(list)
}

func decodeAll(list []json.RawMessage) ([]any, error) {
	var out []any
	for _, raw := range list {
		v, err := unpack(raw)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// unpack is the inverse of pack; whole numbers come back as int64.
func unpack(raw json.RawMessage) (any, error) {
	switch raw[0] {
	case '"':
		var s string
		return s, json.Unmarshal(raw, &s)
	case 't', 'f':
		return raw[0] == 't', nil
	case '{':
		var t typed
		if err := json.Unmarshal(raw, &t); err != nil {
			return nil, err
		}
		return t.value()
	}
	var n int64
	err := json.Unmarshal(raw, &n)
	return n, err
}

func (t typed) value() (any, error) {
	ms := time.UnixMilli
	switch {
	case t.Word != nil:
		args, err := decodeAll(t.Args)
		return i18n.W(*t.Word, args...), err
	case t.Day != nil:
		return i18n.Day(ms(*t.Day).UTC()), nil
	case t.Ago != nil:
		return i18n.Ago(ms(*t.Ago).UTC()), nil
	case t.Time != nil:
		return ms(*t.Time).UTC(), nil
	case t.Span != nil:
		return time.Duration(*t.Span), nil
	case t.Money != nil:
		return i18n.Money(*t.Money), nil
	case t.Size != nil:
		return i18n.Size(*t.Size), nil
	case t.List != nil:
		return *t.List, nil
	}
	switch t.Zero {
	case "day":
		return i18n.Day{}, nil
	case "ago":
		return i18n.Ago{}, nil
	case "time":
		return time.Time{}, nil
	}
	return nil, fmt.Errorf("argument of an unknown type")
}
