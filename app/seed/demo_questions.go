package seed

import (
	"context"
	"time"

	"cohort/app/policy"
	"cohort/app/question"
	"cohort/db"
)

// demoQuestion is a question of the demo school: who asks, how many hours ago,
// and who answers. The first answer is accepted where it says so.
type demoQuestion struct {
	student, class, title, body string
	hours                       int
	answers                     []demoAnswer
	accepted                    bool
}

type demoAnswer struct{ who, body string }

// questions are asked and answered by the people of the classes.
func (d *demo) questions() error {
	for _, q := range demoQuestions {
		at := d.now.Add(-time.Duration(q.hours) * time.Hour)
		d.later(at, func(ctx context.Context) error { return d.askOne(ctx, q, at) })
	}
	return nil
}

func (d *demo) askOne(ctx context.Context, q demoQuestion, at time.Time) error {
	asker, err := d.student(q.student)
	if err != nil {
		return err
	}
	course := d.ids["python"]
	if q.class == "linux" {
		course = d.ids["linux"]
	}
	made, err := d.Questions.Ask(ctx, asker, question.NewQuestion{Course: course, Title: q.title, Body: q.body})
	if err != nil {
		return err
	}
	for i, a := range q.answers {
		by, err := d.student(a.who)
		if err != nil {
			return err
		}
		id, err := d.Questions.Answer(d.at(at.Add(time.Duration(i+1)*time.Hour)), by, made.ID, a.body)
		if err != nil {
			return err
		}
		if i == 0 && q.accepted {
			if _, err := d.Questions.Accept(d.at(at.Add(3*time.Hour)), asker, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// student acts for a student by his name, or for one of the staff by his log-in
// name.
func (d *demo) student(name string) (policy.Actor, error) {
	if _, staff := d.ids[name]; staff {
		return d.actor(name)
	}
	var account int64
	err := d.DB.Read(d.ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT students.account_id FROM students JOIN customers ON customers.id = students.customer_id WHERE customers.name = $1`, name).Scan(&account)
	})
	if err != nil {
		return policy.Actor{}, err
	}
	return d.studying(account)
}

// studying acts for a student's account.
func (d *demo) studying(account int64) (policy.Actor, error) {
	by, err := d.Org.Actor(d.ctx, account, policy.Screen, "127.0.0.1")
	if err != nil {
		return by, err
	}
	rights := *by.Rights
	rights.MustChange = false // he has long chosen his own password by then
	by.Rights = &rights
	return by, nil
}

var demoQuestions = []demoQuestion{
	{"王治郅", "python", "列表的 sort() 为什么返回 None?", "我想把排好的列表存起来:\n\n```python\na = [3, 1, 2]\nb = a.sort()\nprint(b)   # None\n```\n\n`b` 为什么是 `None`?", 230, []demoAnswer{
		{"lecturer", "`list.sort()` 就地排序,不返回新列表。要新列表用 `sorted`:\n\n```python\nb = sorted(a)\n```\n\n需要倒序时加 `reverse=True`。"},
		{"马龙", "我也踩过这个坑,`reverse()` 也一样。"}}, true},
	{"马龙", "python", "怎么读一个 10 GB 的日志文件?", "`f.read()` 内存不够。只要统计每个 IP 的次数。", 190, []demoAnswer{
		{"lecturer_2", "逐行读,文件对象本身就是迭代器:\n\n```python\nfrom collections import Counter\n\ncounts = Counter()\nwith open(\"access.log\", encoding=\"utf-8\") as f:\n    for line in f:\n        counts[line.split(\" \", 1)[0]] += 1\n```\n\n内存只占一行。"}}, true},
	{"李雪芮", "python", "虚拟环境怎么建,换了电脑怎么还原?", "", 150, []demoAnswer{
		{"王治郅", "1. `python3 -m venv .venv`\n2. `. .venv/bin/activate`\n3. `pip freeze > requirements.txt`,新电脑上 `pip install -r requirements.txt`"}}, false},
	{"王治郅", "python", "What does if __name__ == '__main__' do?", "Every example has it. What happens without it?", 120, []demoAnswer{
		{"lecturer_2", "A file that is *run* has the name `__main__`; one that is *imported* has its own. So what stands below is run only when you start the file itself:\n\n```python\ndef main():\n    print(\"hello\")\n\nif __name__ == \"__main__\":\n    main()\n```"}}, true},
	{"马龙", "python", "装饰器带参数时为什么要三层函数?", "两层的我懂,三层就绕晕了。", 70, []demoAnswer{
		{"李雪芮", "最外层收参数,返回一个真正的装饰器;`@retry(3)` 等于先调用 `retry(3)`,再用它的结果去装饰。"}}, false},
	{"李雪芮", "python", "中文写进 csv,用 Excel 打开是乱码", "文件是 utf-8 的,编辑器里看着正常。", 52, nil, false},
	{"王治郅", "python", "Django 的 select_related 和 prefetch_related 有什么区别?", "", 26, nil, false},
	{"易建联", "python", "课前要装哪个版本的 Python?", "官网上有 3.12、3.13、3.14,装哪个?", 20, nil, false},
	{"樊振东", "linux", "systemd 的服务怎么看日志?", "`systemctl status` 只显示最后几行。", 30, nil, false},
}
