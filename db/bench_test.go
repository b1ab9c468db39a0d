package db

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
)

const people = `-- +goose Up
CREATE TABLE people (id INTEGER PRIMARY KEY, owner_id BIGINT NOT NULL, at BIGINT NOT NULL, name TEXT NOT NULL, note TEXT NOT NULL);
CREATE INDEX people_page ON people(owner_id, at, id, name);
`

const addPerson = "INSERT INTO people(owner_id, at, name, note) VALUES ($1, $2, $3, $4)"

func benchDB(b *testing.B) *DB {
	return open(b, func(o *Options) { o.Migrations = files(people) })
}

// each runs b.N calls of f from n goroutines.
func each(b *testing.B, n int, f func(i int64) error) {
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for range n {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				if err := f(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
}

func BenchmarkWrite(b *testing.B) {
	for _, n := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("group/%d", n), func(b *testing.B) {
			d := benchDB(b)
			each(b, n, func(i int64) error {
				return d.Write(context.Background(), func(tx *Tx) error {
					_, err := tx.Exec(addPerson, i%100, Millis(tx.Now), "张思远", "asked about the evening class")
					return err
				})
			})
		})
		b.Run(fmt.Sprintf("one-by-one/%d", n), func(b *testing.B) {
			d := benchDB(b)
			each(b, n, func(i int64) error { return alone(d, i) })
		})
	}
}

// alone is the plain way: a transaction of database/sql on the one writer connection, FULL sync each.
func alone(d *DB, i int64) error {
	tx, err := d.writer.Begin()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(addPerson, i%100, Millis(d.Now()), "张思远", "asked about the evening class"); err != nil {
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}

func BenchmarkRead(b *testing.B) {
	d := benchDB(b)
	fill := `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
		INSERT INTO people(owner_id, at, name, note) SELECT i % 100, i, '张思远', 'asked about the evening class' FROM n`
	write(b, d, fill)
	write(b, d, "ANALYZE")
	for name, ctx := range map[string]context.Context{"plain": context.Background(), "cancellable": b.Context()} {
		b.Run("page/"+name, func(b *testing.B) {
			b.RunParallel(func(pb *testing.PB) {
				for i := 0; pb.Next(); i++ {
					if n, err := page(ctx, d, i%100); err != nil || n != 50 {
						b.Error(n, err)
					}
				}
			})
		})
		b.Run("row/"+name, func(b *testing.B) {
			for i := range b.N {
				err := d.Read(ctx, func(tx *Tx) error {
					return tx.QueryRow("SELECT name FROM people WHERE id = $1", i%100000+1).Scan(new(string))
				})
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
}

// page reads 50 rows by key set, as the lists do.
func page(ctx context.Context, d *DB, owner int) (n int, err error) {
	err = d.Read(ctx, func(tx *Tx) error {
		rows, err := tx.Query("SELECT id, at, name FROM people WHERE owner_id = $1 AND (at, id) < ($2, $3) ORDER BY at DESC, id DESC LIMIT 50",
			owner, 90000, 0)
		list, err := Collect(rows, err, func(r *sql.Rows) (p struct {
			id, at int64
			name   string
		}, err error) {
			return p, r.Scan(&p.id, &p.at, &p.name)
		})
		n = len(list)
		return err
	})
	return n, err
}
