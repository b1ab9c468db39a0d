package policy

import (
	"testing"

	"pgregory.net/rapid"

	"cohort/app/fault"
)

func actorWith(grants ...Grant) Actor {
	return Actor{Account: 1, Rights: NewRights(nil, Scope{Me: 1, Campus: 2}, grants)}
}

func TestADenialBeatsEveryGrant(t *testing.T) {
	all := Grant{ID: 1, Role: "admin", Resource: Any, Action: Any}
	own, other := Row{"owner": Int(1)}, Row{"owner": Int(2)}
	bar := Grant{ID: 1, Account: 1, Deny: true, Resource: "things", Action: "change", Rows: []Cond{{"owner", []string{"$me"}}}}
	by := actorWith(all, bar)
	if by.May("change", "things", own) || !by.May("change", "things", other) || !by.May("view", "things", own) {
		t.Error("a denial with a row rule bars its rows, its action and nothing else")
	}
	if !by.Can("change", "things") || by.Administrator() {
		t.Error("some rows are left; an administrator is without denials")
	}
	e := by.Explain("change", "things", own)
	if e.Allowed || !e.Barred() || len(e.Denials) != 1 || len(e.Grants) != 1 {
		t.Errorf("explained: %+v", e)
	}
	bar.Rows = nil
	by = actorWith(all, bar)
	if by.Can("change", "things") || by.May("change", "things", other) || by.Explain("change", "things", nil).Allowed {
		t.Error("a denial without a row rule bars the action")
	}
}

func TestDeniedViewDeniesAllButAdding(t *testing.T) {
	by := actorWith(Grant{ID: 1, Resource: "things", Action: Any},
		Grant{ID: 1, Account: 1, Deny: true, Resource: "things", Action: "view", Rows: []Cond{{"status", []string{"a"}}}},
		Grant{ID: 2, Account: 1, Deny: true, Resource: "things", Action: "view", Fields: []FieldRule{{"phone", Hidden}}})
	for _, action := range []string{"list", "view", "change", "delete", "export", "reveal"} {
		if by.May(action, "things", Row{"status": {"a"}}) || !by.May(action, "things", Row{"status": {"b"}}) {
			t.Errorf("%s of a row that may not be viewed", action)
		}
		if m := by.Mode(action, "things", "phone", Row{"status": {"b"}}); m != Hidden {
			t.Errorf("%s shows a field that may not be viewed: %v", action, m)
		}
	}
	if !by.May("add", "things", Row{"status": {"a"}}) || !by.Limited("list", "things", "phone") || by.Limited("list", "things", "name") {
		t.Error("adding, or another field, is limited")
	}
}

// TestNobodyHoldsWhatHeMayNot: what an actor is said to hold, he may do on every
// row that it is about, with fields no less open.
func TestNobodyHoldsWhatHeMayNot(t *testing.T) {
	held := 0
	rapid.Check(t, func(t *rapid.T) {
		var grants []Grant
		for i := range rapid.IntRange(1, 4).Draw(t, "grants") {
			grants = append(grants, genGrant(t, i+1))
		}
		by := actorWith(grants...)
		g := genGrant(t, 9)
		if rapid.Bool().Draw(t, "one of his") { // chance alone seldom draws one that he holds
			g = rapid.SampledFrom(grants).Draw(t, "which")
		}
		g.Deny = false
		if !by.Holds(g) {
			return
		}
		held++
		row := Row{"owner": Int(rapid.Int64Range(0, 3).Draw(t, "owner")), "status": {rapid.SampledFrom([]string{"a", "b"}).Draw(t, "status")},
			"lecturers": Int(rapid.Int64Range(1, 3).Draw(t, "lecturer")), "unknown": {"1"}}
		alone := actorWith(g)
		for _, resource := range []string{"things", "others"} {
			for _, action := range []string{"view", "change", "delete"} {
				if !alone.May(action, resource, row) {
					continue
				}
				if !by.May(action, resource, row) {
					t.Fatalf("holds %+v but may not %s %s %v: %+v", g, action, resource, row, grants)
				}
				for _, f := range []string{"phone", "name"} {
					if by.Mode(action, resource, f, row) > alone.Mode(action, resource, f, row) {
						t.Fatalf("holds %+v but sees less of %s: %+v", g, f, grants)
					}
				}
			}
		}
	})
	if held < 5 {
		t.Errorf("only %d grants were held: the test says nothing", held)
	}
}

func TestRulesNameWhatIsThere(t *testing.T) {
	k := Known{Resource: "things", Actions: []string{"list", "view"}, Fields: []string{"phone"},
		Rows: Fields{"owner": {}, "status": {Text: true}}, Values: map[string][]string{"status": {"a", "b"}}}
	for text, keys := range map[string][]string{
		"view|owner=$me status=a|b|phone:masked *:hidden": nil,
		"*||":                    nil,
		"eat||":                  {"policy.no_action"},
		"view|colour=red|":       {"policy.no_row_field"},
		"view|owner=$you|":       {"policy.no_dollar"},
		"view|owner=li|":         {"policy.no_number"},
		"view|status=c|":         {"policy.no_value"},
		"view|status=$me|":       {"policy.dollar_text"},
		"eat|owner=li|nose:open": {"policy.no_action", "policy.no_number", "policy.no_field"},
	} {
		g := Grant{Resource: "things"}
		g.Action, g.Rows, g.Fields = parseTestGrant(t, text)
		var got []string
		if f, ok := fault.As(k.Check(g)); ok {
			f.Each(func(f *fault.Fault) { got = append(got, f.Key) })
		}
		if len(got) != len(keys) {
			t.Errorf("%s: %v, want %v", text, got, keys)
			continue
		}
		for i := range got {
			if got[i] != keys[i] {
				t.Errorf("%s: %v, want %v", text, got, keys)
			}
		}
	}
	if err := (Known{Resource: Any, Actions: []string{"view"}}).Check(Grant{Resource: Any, Action: "view", Rows: []Cond{{"owner", []string{"$me"}}}}); !fault.Is(err, "policy.rows_of_any") {
		t.Error(err)
	}
}

// parseTestGrant reads "action|rows|fields", where the rows may hold bars too.
func parseTestGrant(t *testing.T, text string) (action string, rows []Cond, fields []FieldRule) {
	t.Helper()
	first, last := 0, len(text)-1
	for text[first] != '|' {
		first++
	}
	for text[last] != '|' {
		last--
	}
	rows, err1 := ParseRows(text[first+1 : last])
	fields, err2 := ParseFields(text[last+1:])
	if err1 != nil || err2 != nil {
		t.Fatal(text, err1, err2)
	}
	return text[:first], rows, fields
}

// TestAskingCostsNothing: what every key press asks does not allocate.
func TestAskingCostsNothing(t *testing.T) {
	by := actorWith(Grant{ID: 1, Resource: "things", Action: "view"}, Grant{ID: 2, Resource: "others", Action: "view"},
		Grant{ID: 1, Account: 1, Deny: true, Resource: "others", Action: "view"})
	row := Row{"owner": Int(1)}
	if n := testing.AllocsPerRun(100, func() {
		by.Can("view", "things")
		by.May("view", "things", row)
		by.Mode("view", "things", "phone", row)
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestOnlyOneRole(t *testing.T) {
	r := NewRights(nil, Scope{}, []Grant{{ID: 1, Role: "a", Resource: "things", Action: "list"}, {ID: 2, Role: "b", Resource: "others", Action: "list"},
		{ID: 1, Account: 1, Resource: "more", Action: "list"}, {ID: 2, Account: 1, Deny: true, Resource: "others", Action: "list"}})
	can := func(role, resource string) bool { return Actor{Rights: r.Only(role)}.Can("list", resource) }
	if !can("a", "things") || can("a", "more") || can("b", "others") || can("b", "things") || !can("", "more") {
		t.Error("a role alone grants something else")
	}
	if n := len(r.Grants()); n != 4 {
		t.Errorf("%d grants", n)
	}
}
