package seed

var (
	givenNames = []string{"小明", "思远", "雨桐", "浩然", "子涵", "欣怡", "志强", "丽华", "建国", "晓燕", "俊杰", "梦瑶", "博文", "佳琪", "伟", "静", "磊", "芳", "强", "敏", "一诺", "梓轩", "明辉", "海燕", "立新", "文博", "诗涵", "天佑"}

	englishFirst = []string{"Emma", "Liam", "Olivia", "Noah", "Sofia", "Lucas", "Mia", "Ethan", "Aisha", "Daniel", "Hana", "Oscar"}
	englishLast  = []string{"Smith", "Garcia", "Novak", "Tanaka", "Okafor", "Müller", "Rossi", "Kim", "Dubois", "Singh"}

	demoSources = []string{"baidu", "baidu", "qq_group", "qq_group", "zhihu", "website", "51cto", "event", "referral", "other"}
	demoTags    = []string{"转行", "应届", "在职", "vip", "分期", "career-change"}

	demoSaid = []string{
		"想转行做开发,问脱产班什么时候开课。",
		"在职,只能周末上课,关心就业率。",
		"零基础,担心学不会,要了一份大纲。",
		"朋友推荐,想先试听一节。",
		"Asked about the curriculum and whether there is an English handout.",
		"比较了三家机构,主要看价格和师资。",
		"Wants to know about instalments and job placement.",
		"大四学生,毕业前想拿到 offer。",
	}

	demoNotes = map[string][]string{
		"within_month":       {"电话沟通 20 分钟,对课程很满意,等发工资后定。", "Called; will decide after talking with the family.", "加了 QQ,发了大纲和学员案例。"},
		"within_two_weeks":   {"来校参观过,基本确定,约了下周再来。", "Visited the campus, wants the next class.", "已经在准备资料,问了分期。"},
		"no_plan":            {"最近工作忙,年底再说。", "没接电话,发了短信。", "No plan for now, keep in touch.", "觉得价格高,先自学看看。"},
		"enrolled_elsewhere": {"已经报了别家的线上班。", "Has signed with another school."},
		"never_contact":      {"明确表示不要再联系。"},
	}

	// demoStudents: a name, and the local part of an e-mail address from which
	// the log-in name is made.
	demoStudents = [][2]string{{"乔丹", "jordan"}, {"姚明", "yaoming"}, {"林书豪", "jeremy"}, {"易建联", "yijianlian"}, {"邓肯", "duncan"}, {"王治郅", "wangzhizhi"}, {"Sue Bird", "sue"}, {"李娜", "lina"},
		{"郎平", "langping"}, {"刘翔", "liuxiang"}, {"苏炳添", "subingtian"}, {"Serena Park", "serena"}, {"樊振东", "fanzhendong"}, {"马龙", "malong"}, {"丁宁", "dingning"}, {"武磊", "wulei"},
		{"张琳芃", "zhanglinpeng"}, {"孙雯", "sunwen"}, {"Ana Costa", "ana"}, {"谌龙", "chenlong"}, {"林丹", "lindan"}, {"李雪芮", "lixuerui"}, {"傅园慧", "fuyuanhui"}, {"宁泽涛", "ningzetao"}}
)

const pythonOutline = `# Python 全栈开发 · Full-stack Python

六个月,从零基础到能独立上线一个网站。Six months from nothing to a site of your own.

## 第一阶段 基础 Basics (4 weeks)

- 变量、条件、循环、函数 - variables, conditions, loops, functions
- 列表、字典、文件 - lists, dictionaries, files
- 作业: 通讯录 - homework: an address book

## 第二阶段 进阶 Beyond the basics (6 weeks)

1. 面向对象 - classes and objects
2. 并发: 线程、进程、协程 - threads, processes, coroutines
3. 网络编程 - sockets and HTTP

` + "```python\nfor lesson in course:\n    student.learn(lesson)   # 每天一点点\n```" + `

## 第三阶段 Web 开发 (8 weeks)

| 周 week | 内容 topic |
| --- | --- |
| 1-2 | Django: models, views, templates |
| 3-5 | REST, 权限 permissions, 部署 deployment |
| 6-8 | 项目: CRM - project |

> 毕业项目: 每人上线一个网站。Final project: everybody puts a site online.
`

const linuxOutline = `# Linux 云计算运维 · Linux & Cloud

五个月,周末上课。Five months of weekends.

## 第一阶段 系统 The system

- 文件、权限、进程 - files, permissions, processes
- Shell 脚本 - shell scripts

## 第二阶段 服务 Services

- Nginx, MySQL, Redis
- 监控与日志 - monitoring and logs

## 第三阶段 云 The cloud

- Docker, Kubernetes
- 自动化部署 - automated deployment
`
