package cli

import (
	"slices"
	"strings"

	"cohort/app/enrollment"
	"cohort/app/i18n"
)

// applicantCommands are what an enrollment link opens.
func applicantCommands() []command {
	return []command{
		{path: "enrollment show", may: (*call).applicant, run: showForm, flags: func(_ *call, f flags) { f.flag("contract") }},
		{path: "enrollment fill", use: "--FIELD VALUE…", may: (*call).applicant, flags: fillFlags, run: fillForm,
			example: []string{"enrollment fill --name 王小明 --sex male --id-number 11010519491231002X",
				"enrollment fill --email wxm@example.com --emergency 'mother 13900139000'"}},
		{path: "enrollment agree", may: (*call).applicant, flags: func(_ *call, f flags) { f.flag("no") }, run: agreeForm},
		{path: "enrollment submit", may: (*call).applicant, run: submitForm},
		{path: "documents rm", use: "NAME…", min: 1, max: -1, may: (*call).applicant, run: removeDocuments, example: []string{"documents rm id-front.jpg"}},
	}
}

// fillable are the fields of the form, the school's own among them: sending one
// of those along unchanged is no mistake, another value is refused by name.
var fillable = []string{
	"name", "sex", "id_kind", "id_number", "phone", "email", "emergency",
	"qq", "wechat", "course", "class", "kind", "campus", "starts", "ends", "price", "consultant", "source",
}

// toFill is how many of them the applicant fills in.
const toFill = 7

func fillFlags(c *call, f flags) {
	for i, name := range fillable {
		words := c.p.Or("field."+name, name)
		if i >= toFill {
			words += " " + c.p.T("cli.by_school")
		}
		f.String(flagOf(name), "", words)
		f.called(flagOf(name), map[bool]string{true: "male|female", false: "TEXT"}[name == "sex"])
	}
}

func flagOf(field string) string { return strings.ReplaceAll(field, "_", "-") }

func showForm(c *call, in input) error {
	f, err := c.app.Enrollments.Form(c.ctx, c.by)
	if err != nil {
		return err
	}
	if in.yes("contract") && !c.json {
		c.text(f.Contract)
		return nil
	}
	return c.form(f, true)
}

// fillForm saves what is right even where something is refused, as the form on
// the screen does.
func fillForm(c *call, in input) error {
	values := map[string]string{}
	for _, name := range fillable {
		if in.Changed(flagOf(name)) {
			values[name] = in.str(flagOf(name))
		}
	}
	if len(values) == 0 {
		return misuse("cli.nothing_given")
	}
	f, err := c.app.Enrollments.Fill(c.ctx, c.by, 0, values)
	if err != nil {
		return err
	}
	return c.form(f, false)
}

func agreeForm(c *call, in input) error {
	f, err := c.app.Enrollments.Agree(c.ctx, c.by, !in.yes("no"))
	if err != nil {
		return err
	}
	if !c.json {
		c.say(map[bool]string{true: "cli.form.agreed_not", false: "cli.form.agreed"}[in.yes("no")])
	}
	return c.form(f, false)
}

func submitForm(c *call, _ input) error {
	f, err := c.app.Enrollments.Submit(c.ctx, c.by)
	if err != nil {
		return err
	}
	return c.form(f, false)
}

// form prints the form: all of it, or what is still to do.
func (c *call) form(f enrollment.Form, whole bool) error {
	if c.json {
		return c.printJSON(formJSON(f))
	}
	if whole {
		var list [][2]string
		for _, i := range formItems(f) {
			list = append(list, [2]string{c.label(i.Field), i.Show(c.p)})
		}
		list = append(list, [2]string{c.p.T("field.state"), c.p.T("choice.state." + string(f.State))},
			[2]string{c.p.T("field.agreed"), c.p.Value(i18n.W(map[bool]string{true: "no", false: "yes"}[f.Agreed.IsZero()]))})
		pairs(c.out, list)
		c.line(c.out, "")
		c.printDocuments(f.Documents)
		c.line(c.out, "")
	}
	c.formState(f)
	return nil
}

// formState says where the form stands and what to do next.
func (c *call) formState(f enrollment.Form) {
	if f.Reason != "" && f.State == enrollment.Returned {
		c.say("cli.form.returned", "reason", f.Reason)
	}
	switch {
	case !f.Editable:
		c.say("cli.form.locked", "state", i18n.W("choice.state."+string(f.State)))
	case len(f.Missing) == 0:
		c.say("cli.form.ready")
	default:
		var names []string
		for _, m := range f.Missing {
			names = append(names, c.p.Or("field."+m, m))
		}
		c.say("cli.form.missing", "names", names)
		if slices.Contains(f.Missing, "documents") {
			c.say("cli.form.upload", "upload", c.linkHere(f.Link).Upload())
		}
	}
}

func (c *call) linkHere(l enrollment.Link) enrollment.Link {
	if c.sess.Host == "" {
		return l
	}
	return l.At(c.sess.Host, c.sess.Port)
}

// formItems are all fields, each once: a contact that the school entered stands
// in both parts.
func formItems(f enrollment.Form) (out []enrollment.Item) {
	for _, i := range append(slices.Clone(f.School), f.Fields...) {
		if !slices.ContainsFunc(out, func(o enrollment.Item) bool { return o.Name == i.Name }) {
			out = append(out, i)
		}
	}
	return out
}

func formJSON(f enrollment.Form) object {
	out := object{"id": f.ID, "state": f.State, "editable": f.Editable, "agreed": stamp(f.Agreed), "signed": stamp(f.Signed), "sha256": f.SHA256,
		"contract": f.Contract, "missing": orEmpty(f.Missing), "reason": f.Reason, "submitted": stamp(f.Submitted), "expires": stamp(f.Expires),
		"documents": documentsJSON(f.Documents)}
	readOnly := []string{}
	for _, i := range formItems(f) {
		out[i.Name] = i.JSON(i.Value)
		if i.ReadOnly {
			readOnly = append(readOnly, i.Name)
		}
	}
	out["read_only"] = readOnly
	return out
}
