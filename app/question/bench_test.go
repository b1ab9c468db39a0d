package question

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cohort/app/grams"
	"cohort/app/resource"
	"cohort/db"
)

// benchQuestions is how many questions there are; QUESTIONS says another number.
func benchQuestions() int {
	if n, err := strconv.Atoi(os.Getenv("QUESTIONS")); err == nil {
		return n
	}
	return 20_000
}

// BenchmarkSearch looks for things among many questions, as a student whose
// course they are.
func BenchmarkSearch(b *testing.B) {
	w := school(b)
	fill(w, benchQuestions())
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

// gramRow is a gram, the number of its question, and whether the title has it.
type gramRow [3]any

// fill makes questions as people ask them, a rare word in each.
func fill(w *world, n int) {
	rng := rand.New(rand.NewPCG(1, 2))
	pick := func(list []string) string { return list[rng.IntN(len(list))] }
	var rows []gramRow
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
						rows = append(rows, gramRow{g, id, 1 - i})
					}
				}
			}
		}
		slices.SortFunc(rows, func(a, b gramRow) int {
			if c := strings.Compare(a[0].(string), b[0].(string)); c != 0 {
				return c
			}
			return a[1].(int) - b[1].(int)
		})
		return putGrams(tx, rows)
	}))
}

// putGrams writes all grams in their order, thousands with one statement; the
// index that has another order is made at the end.
func putGrams(tx *db.Tx, rows []gramRow) error {
	var index string
	if err := tx.QueryRow("SELECT sql FROM sqlite_schema WHERE name = 'question_grams_question'").Scan(&index); err != nil {
		return err
	}
	if _, err := tx.Exec("DROP INDEX question_grams_question"); err != nil {
		return err
	}
	for part := range slices.Chunk(rows, 5000) {
		list, err := json.Marshal(part)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO question_grams (gram, question_id, title)
			SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1) ORDER BY key`, string(list))
		if err != nil {
			return err
		}
	}
	_, err := tx.Exec(index)
	return err
}
