package question

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"cohort/app/grams"
	"cohort/app/resource"
	"cohort/db"
)

// BenchmarkSearch looks for things among 100,000 questions, as a student whose
// course they are.
func BenchmarkSearch(b *testing.B) {
	w := school(b)
	fill(w, 100_000)
	kobe := w.as("kobe")
	for _, typed := range []string{"生成器 内存", "列表怎么排序", "python", "怎么", "asyncio 事件循环 报错", "没有这样的问题啊"} {
		b.Run(strings.ReplaceAll(typed, " ", "+"), func(b *testing.B) {
			for b.Loop() {
				if _, err := w.Search(w.ctx, kobe, typed, 20); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, query := range []string{"", "state:open sort:created", "生成器", "列表排序"} {
		b.Run("list:"+strings.ReplaceAll(query, " ", "+"), func(b *testing.B) {
			for b.Loop() {
				if _, err := w.Engine.List(w.ctx, kobe, "questions", query, resource.Page{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

var topics = strings.Fields("列表 字典 集合 元组 字符串 函数 装饰器 生成器 迭代器 闭包 类 继承 多态 异常 文件 编码 正则 线程 进程 协程 锁 队列 网络 套接字 数据库 索引 事务 缓存 模板 路由 表单 权限 部署 日志 测试 调试 性能 内存 排序 递归 asyncio django flask numpy pandas requests pytest docker nginx mysql redis linux bash git pip venv")
var asks = strings.Fields("怎么用 怎么写 为什么报错 是什么意思 有什么区别 怎么提高性能 不生效 的原理 怎么测试 的最佳实践 和事件循环 怎么排序 怎么调试")

// fill makes questions as people ask them, a rare word in each.
func fill(w *world, n int) {
	rng := rand.New(rand.NewPCG(1, 2))
	pick := func(list []string) string { return list[rng.IntN(len(list))] }
	type row struct {
		gram  string
		id    int
		title int
	}
	var rows []row
	w.must(w.DB.Write(w.ctx, func(tx *db.Tx) error {
		for id := 1; id <= n; id++ {
			title := fmt.Sprintf("python %s %s%s", pick(topics), pick(topics), pick(asks))
			body := fmt.Sprintf("我在第%d课遇到的:%s的时候%s,代码在 main%d.py 里。", rng.IntN(60), pick(topics), pick(asks), rng.IntN(n))
			if _, err := tx.Exec(`INSERT INTO questions (id, author_id, course_id, title, body, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)`,
				id, w.ids["kobe"], w.ids["python"], title, body, id*1000); err != nil {
				return err
			}
			seen := map[string]bool{}
			for i, text := range []string{title, body} {
				for _, g := range grams.Text(text, textGrams) {
					if !seen[g] {
						seen[g] = true
						rows = append(rows, row{g, id, 1 - i})
					}
				}
			}
		}
		slices.SortFunc(rows, func(a, b row) int {
			if c := strings.Compare(a.gram, b.gram); c != 0 {
				return c
			}
			return a.id - b.id
		})
		for part := range slices.Chunk(rows, 200) {
			args, marks := &db.Args{}, []string{}
			for _, r := range part {
				marks = append(marks, "("+args.Add(r.gram)+", "+args.Add(r.id)+", "+args.Add(r.title)+")")
			}
			if _, err := tx.Exec("INSERT INTO question_grams (gram, question_id, title) VALUES "+strings.Join(marks, ", "), *args...); err != nil {
				return err
			}
		}
		return nil
	}))
}
