package kittest

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/ui/kit"
)

// Outline is a Markdown text with a bit of everything.
const Outline = `# Python 全栈 outline

学完这门课,您能**独立完成**一个网站。Read *this* first, it is short.

1. 基础语法与环境 (` + "`python3`" + `)
2. 函数、模块、异常处理,以及一段很长很长的说明文字,用来看看中文在列表里换行时缩进是否正确,宽度是否正确
   - 嵌套的条目
   - nested entry

| 阶段 | 课时 | 说明 |
| --- | ---: | --- |
| 基础 | 24 | 语法 |
| Web | 36 | Django, 部署 |

> 提示:每周两次课。

` + "```python\nprint('你好, world')\n```\n"

// Person is a detail page with everything.
func (d *Demo) Person(id int64) *kit.Detail {
	return kit.NewDetail(kit.DetailSpec{
		Name: "demo.person", Addr: fmt.Sprintf("people/%d", id), Watch: []string{"people"},
		Load: func(context.Context) (kit.DetailPage, error) {
			d.wait("person")
			p, err := d.Find(id)
			if err != nil {
				return kit.DetailPage{}, err
			}
			return d.page(p), nil
		},
		Actions: func(*kit.Detail) []kit.Action {
			return []kit.Action{
				{ID: "demo.edit", Keys: []string{"e"}, Weight: 9, Run: func() kit.Cmd { return kit.Push(d.Form(id)) }},
				{ID: "demo.copy", Keys: []string{"y"}, Weight: 4, Run: func() kit.Cmd { return kit.Copy("ssh -p 2222 enroll-3xk@school.example") }},
				{ID: "demo.delete", Keys: []string{"D"}, Weight: 1, Danger: true, Confirm: &kit.Question{Key: "demo.delete.sure", Type: "delete"},
					Run: func() kit.Cmd { return kit.Close(kit.Toast(kit.Good, "kit.done")) }},
			}
		},
	})
}

func (d *Demo) page(p Person) kit.DetailPage {
	r := row(p)
	page := kit.DetailPage{Title: p.Name, Data: p}
	pairs := []kit.Pair{
		{Name: "demo.name", Value: p.Name, Tone: kit.Strong}, {Name: "demo.phone", Value: r.Cells[1].Text},
		{Name: "demo.source", Value: p.Source}, {Name: "demo.status", Value: p.Status, Tone: kit.Good},
		{Name: "demo.owner", Value: p.Owner, Open: func() kit.Cmd { return kit.Say("demo.owner", p.Owner) }},
		{Name: "demo.last", Value: r.Cells[5].Text, Tone: kit.Warn},
		{Name: "demo.memo", Value: strings.Repeat(p.Memo, 3), Wide: true},
	}
	var moments []kit.Moment
	for i := range 4 {
		moments = append(moments, kit.Moment{When: fmt.Sprintf("2026-11-%02d 16:04", 20-i), Who: p.Owner, Head: "微信", Body: p.Memo})
	}
	var rows []kit.Row
	for _, x := range d.people[:min(3, len(d.people))] {
		rows = append(rows, row(x))
	}
	page.Sections = []kit.Section{
		{Pairs: pairs},
		{Name: "demo.related", Table: &kit.Table{Columns: Columns()[:6], Rows: rows, Open: func(r kit.Row) kit.Cmd { return kit.Push(d.Person(r.ID)) }}},
		{Name: "demo.history", Timeline: moments},
		{Name: "demo.outline", Markdown: Outline},
		{Name: "demo.payments", Empty: "demo.empty"},
	}
	return page
}

// Form is a form with every kind of field; id 0 adds.
func (d *Demo) Form(id int64) *kit.Form {
	spec := kit.FormSpec{Name: "demo.add", Fields: d.fields(), Save: func(ctx context.Context, s kit.Submit) (kit.Cmd, error) { return nil, d.save(id, s) },
		Modes: []string{kit.Stay, kit.Another}}
	if id != 0 {
		spec.Name = "demo.edit"
		spec.Load = func(context.Context) (kit.Loaded, error) {
			d.wait("load")
			p, err := d.Find(id)
			return kit.Loaded{Version: p.Version, Values: kit.Values{"name": {Text: p.Name}, "phone": {Text: p.Phone}, "source": {Text: p.Source},
				"status": {Text: p.Status}, "owner": {Text: p.Owner, Label: p.Owner}, "memo": {Text: p.Memo}, "fee": kit.Fen(p.Fee)}}, err
		}
	}
	return kit.NewForm(spec)
}

func (d *Demo) fields() []kit.Field {
	return []kit.Field{
		{Name: "name", Label: "demo.name", Required: true, Limit: 40, Help: "demo.name.help"},
		{Name: "phone", Label: "demo.phone", Limit: 20, Check: d.check},
		{Name: "source", Label: "demo.source", Kind: kit.KindChoice, Options: options(sources), Required: true},
		{Name: "status", Label: "demo.status", Kind: kit.KindChoice, Options: options([]string{"new", "enrolled", "dropped"})},
		{Name: "owner", Label: "demo.owner", Kind: kit.KindRelation, Search: d.owners, NewLabel: "demo.add",
			New: func(typed string, put func(kit.Option) kit.Cmd) kit.Cmd {
				return put(kit.Option{Value: typed, Label: typed})
			}},
		{Name: "courses", Label: "demo.courses", Kind: kit.KindSeveral, Options: options([]string{"python", "linux", "前端", "数据分析"})},
		{Name: "next", Label: "demo.next", Kind: kit.KindDate, Help: "demo.next.help"},
		{Name: "fee", Label: "demo.fee", Kind: kit.KindMoney},
		{Name: "vip", Label: "demo.vip", Kind: kit.KindBool},
		{Name: "memo", Label: "demo.memo", Kind: kit.KindArea, Rows: 3},
		{Name: "made", Label: "demo.made", Kind: kit.KindShow, Value: kit.Value{Text: "2026-11-22"}},
	}
}

// inRow edits some cells of a person in the list.
func (d *Demo) inRow() *kit.RowEdit {
	var fields []kit.Field
	for _, f := range d.fields() {
		switch f.Name {
		case "name", "source", "status", "owner", "fee":
			fields = append(fields, f)
		}
	}
	return &kit.RowEdit{Fields: fields,
		Load: func(ctx context.Context, id int64) (kit.Loaded, error) { return d.Form(id).Spec.Load(ctx) },
		Save: func(_ context.Context, id int64, s kit.Submit) error { return d.save(id, s) }}
}

// check says that a phone is taken while it is typed.
func (d *Demo) check(_ context.Context, v kit.Value) kit.Notice {
	d.wait("check " + v.Text)
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range d.people {
		if p.Phone == v.Text {
			return kit.Notice{Err: fault.New(fault.Conflict, "demo.taken", "owner", p.Owner), Stops: true,
				Action: &kit.Action{ID: "demo.notify", Keys: []string{"ctrl+n"}, Weight: 8, Run: func() kit.Cmd { return kit.Toast(kit.Good, "demo.notified", "owner", p.Owner) }}}
		}
	}
	return kit.Notice{}
}

func (d *Demo) save(id int64, s kit.Submit) error {
	d.wait("save")
	if s.Values.Text("name") == "wrong" {
		return fault.Join(fault.Field("name", "fault.too_long", "max", 3), fault.Field("fee", "fault.bad_number", "value", "x"), fault.New(fault.Conflict, "fault.busy"))
	}
	p, _ := d.Find(id)
	if id != 0 && s.Version != p.Version {
		return fault.New(fault.Stale, "fault.stale")
	}
	d.mu.Lock()
	d.Saves++
	d.mu.Unlock()
	if id == 0 {
		d.Insert(Person{Name: s.Values.Text("name"), Source: s.Values.Text("source"), Owner: s.Values.Text("owner")})
		return nil
	}
	d.Change(id, func(p *Person) {
		p.Name, p.Source = s.Values.Text("name"), s.Values.Text("source")
		if memo, ok := s.Values["memo"]; ok {
			p.Memo = memo.Text
		}
		if _, ok := s.Values["fee"]; ok {
			p.Fee = s.Values.Fen("fee")
		}
	})
	return nil
}

// Steps is a form of several pages.
func (d *Demo) Steps() *kit.Form {
	f := d.fields()
	return kit.NewForm(kit.FormSpec{Name: "demo.enroll", SaveID: "demo.submit",
		Steps: []kit.Step{
			{Name: "demo.step.you", Intro: "demo.name.help", Fields: f[:2]},
			{Name: "demo.step.course", Fields: f[2:6]},
			{Name: "demo.step.rest", Fields: f[6:]},
		},
		Save: func(context.Context, kit.Submit) (kit.Cmd, error) {
			return kit.Batch(kit.Toast(kit.Good, "kit.saved"), kit.Start(d.People())), nil
		}})
}

var once sync.Once

// demoWords puts the demo's words into the catalogue, for tests only.
func demoWords() { once.Do(addWords) }

func addWords() {
	for _, l := range strings.Split(strings.TrimSpace(demoText), "\n") {
		key, rest, _ := strings.Cut(l, "|")
		zh, en, _ := strings.Cut(rest, "|")
		i18n.Catalogue()[strings.TrimSpace(key)] = i18n.Entry{i18n.Chinese: strings.TrimSpace(zh), i18n.English: strings.TrimSpace(en)}
	}
}

const demoText = `
demo.people     | 客户           | Customers
demo.person     | 客户           | Customer
demo.enroll     | 报名           | Enrollment
demo.short      | 空列表         | Short list
demo.group      | 教务           | School
demo.unread     | {n} 条未读     | {n} unread
demo.mine       | 我的客户       | My customers
demo.name       | 姓名           | Name
demo.name.help  | 请写身份证上的名字。 | as it is on the identity card.
demo.phone      | 手机           | Phone
demo.source     | 来源           | Source
demo.status     | 状态           | Status
demo.owner      | 课程顾问       | Owner
demo.last       | 最后跟进       | Last contact
demo.fee        | 学费           | Fee
demo.memo       | 备注           | Memo
demo.vip        | 重点客户       | VIP
demo.courses    | 咨询课程       | Courses
demo.next       | 下次跟进       | Next contact
demo.next.help  | 可以写 +3d、周五、12-1。 | +3d, fri or 12-1 will do.
demo.made       | 录入日期       | Entered
demo.add        | 新增客户       | new customer
demo.edit       | 编辑           | edit
demo.copy       | 复制链接       | copy link
demo.delete     | 删除           | delete
demo.delete.sure| 删除后无法恢复。 | This cannot be undone.
demo.claim      | 认领           | claim
demo.claiming   | 正在认领       | claiming
demo.export     | 导出           | export
demo.related    | 相关客户       | Related
demo.history    | 跟进记录       | History
demo.outline    | 课程大纲       | Outline
demo.payments   | 缴费           | Payments
demo.empty      | 还没有记录。按 n 新增第一条。 | Nothing here yet. Press n to add the first.
demo.submit     | 提交           | submit
demo.step.you   | 个人信息       | About you
demo.step.course| 课程           | Course
demo.step.rest  | 其他           | The rest
demo.taken      | 客户已存在:由 {owner} 负责。 | customer exists: owned by {owner}.
demo.notify     | 通知课程顾问   | notify the owner
demo.notified   | 已通知 {owner} | {owner} was notified
`
