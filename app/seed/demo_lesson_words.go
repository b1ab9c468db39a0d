package seed

import "cohort/app/teaching"

var pythonLessons = []demoLesson{
	{"环境与第一个程序 Setup and a first program", "## 今天 Today\n\n- 安装 Python,选一个编辑器\n- 运行 `hello.py`\n\n```python\nprint(\"你好, world\")\n```\n",
		"写一个程序,问名字和年龄,打印十年后的年龄。\n\nAsk for a name and an age, and print the age in ten years."},
	{"变量与类型 Variables and types", "数字、字符串、布尔值。Numbers, text, truth values.\n\n| 类型 | 例子 |\n| --- | --- |\n| int | `42` |\n| str | `\"四十二\"` |\n",
		"把一段文字里每个词出现的次数数出来。\n\nCount how often each word of a text comes."},
	{"条件与循环 Conditions and loops", "`if`、`while`、`for`,以及什么时候用哪一个。\n\nWhich of them to use when.", "打印一个菱形。\n\nPrint a diamond of stars."},
	{"函数 Functions", "参数、返回值、作用域。\n\nArguments, results, scope.", "把上次的菱形写成函数,大小是参数。\n\nMake last time's diamond a function of its size."},
	{"列表与字典 Lists and dictionaries", "什么时候用列表,什么时候用字典。", "通讯录:增、删、查、改,存成文件。\n\nAn address book that is kept in a file."},
	{"文件与异常 Files and errors", "打开、读、写、关;`with` 和 `try`。", "让通讯录读坏文件时不崩溃。\n\nThe address book survives a broken file."},
	{"模块与测试 Modules and tests", "把程序拆开,每一块都有测试。\n\nTake the program apart and test the parts.", ""},
}

var linuxLessons = []demoLesson{
	{"文件与目录 Files and folders", "`ls`、`cd`、`cp`、`mv`、`find`。", "写出找到最大十个文件的命令。\n\nThe command that finds the ten largest files."},
	{"用户与权限 Users and permissions", "谁能读、谁能写、谁能执行。", "说明 `chmod 640` 的含义。\n\nWhat does `chmod 640` mean?"},
	{"进程 Processes", "`ps`、`top`、信号。", "找出占用 CPU 最多的进程并结束它。\n\nFind the busiest process and end it."},
	{"Shell 脚本 Shell scripts", "变量、循环、退出码。", "每天备份一个目录的脚本。\n\nA script that backs a folder up every day."},
	{"网络 Networks", "`ip`、`ss`、`curl`。", ""},
}

var demoComments = map[teaching.Score][]string{
	"A+": {"非常好,可以给大家讲讲思路。 Excellent; show it to the others."},
	"A":  {"代码清楚,继续保持。 Clear code, keep going.", "思路对,命名也好。"},
	"B+": {"不错,注意边界情况。 Good; mind the edge cases.", "可以再少写几行。"},
	"B":  {"完成了要求,缺少注释。 Does what was asked; comments are missing."},
	"B-": {"能运行,但有重复代码。 Works, with repetition."},
	"C+": {"只做了一半,请补上。 Half of it; please finish."},
	"C":  {"没有处理错误输入。 Wrong input breaks it."},
	"D":  {"没有交作业。 Nothing handed in."},
}
