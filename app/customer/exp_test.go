package customer_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"cohort/app/bus"
	"cohort/app/catalog"
	"cohort/app/customer"
	"cohort/app/org"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/app/seed"
	"cohort/db"
)

func TestExp(t *testing.T) {
	ctx := context.Background()
	path := os.Getenv("EXP")
	if path == "" {
		t.Skip()
	}
	n, _ := strconv.Atoi(os.Getenv("EXPN"))
	_, statErr := os.Stat(path)
	d, err := db.Open(ctx, db.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	e := &resource.Engine{DB: d, Zone: time.UTC}
	b := &bus.Bus{}
	catalog.New(d, b, e)
	s := customer.New(customer.Deps{DB: d, Bus: b, Engine: e})
	o := org.New(d, b, org.Options{})
	if statErr != nil {
		if err := o.EnsureRoles(ctx); err != nil {
			t.Fatal(err)
		}
		if err := s.EnsureSources(ctx, policy.System); err != nil {
			t.Fatal(err)
		}
		e.Add(ctx, policy.System, "courses", map[string]string{"code": "python", "name": "Python"})
		for i := range 40 {
			dep := int64(0)
			if i%10 == 0 {
				dd, err := o.AddDepartment(ctx, policy.System, org.Department{Name: fmt.Sprint("d", i)})
				if err != nil {
					t.Fatal(err)
				}
				dep = dd.ID
			} else {
				dep = int64(i/10 + 1)
			}
			err := d.Write(ctx, func(tx *db.Tx) error {
				_, err := o.SeedAccountIn(tx, policy.System, org.NewAccount{Login: fmt.Sprintf("sales%d", i), Name: "S", Department: dep, Roles: []string{"sales"}}, "x")
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		start := time.Now()
		if err := (seed.Bulk{Customers: n, Seed: 1}).Run(ctx, d); err != nil {
			t.Fatal(err)
		}
		fmt.Println("seeded in", time.Since(start))
		start = time.Now()
		if err := d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec("ANALYZE"); return err }); err != nil {
			t.Fatal(err)
		}
		fmt.Println("analysed in", time.Since(start))
	}
	by, err := o.Actor(ctx, 5, policy.Command, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, scope := range []string{"", "owner:me", "status:not_enrolled", "source:baidu", "owner:me status:not_enrolled", "stale:yes"} {
		for _, order := range []string{"-created", "-last", "next", "name"} {
			q := scope + " sort:" + order
			for _, who := range []policy.Actor{by} {
				plan, err := e.Plan(ctx, who, "customers", q, resource.Page{})
				if err != nil {
					t.Fatal(q, err)
				}
				var best time.Duration = time.Hour
				for range 5 {
					st := time.Now()
					if _, err := e.List(ctx, who, "customers", q, resource.Page{}); err != nil {
						t.Fatal(err)
					}
					best = min(best, time.Since(st))
				}
				fmt.Printf("%-50s %8.2fms\n", q, float64(best.Microseconds())/1000)
				first := true
				for _, l := range splitLines(plan) {
					if first || contains(l, "TEMP B-TREE") && !contains(l, "string_agg") {
						fmt.Println("      ", l)
					}
					first = false
				}
			}
		}
	}
}
func splitLines(s string) (out []string) {
	cur := ""
	for _, c := range s {
		if c == '\n' {
			out = append(out, cur)
			cur = ""
		} else {
			cur += string(c)
		}
	}
	return append(out, cur)
}
func contains(s, x string) bool {
	for i := 0; i+len(x) <= len(s); i++ {
		if s[i:i+len(x)] == x {
			return true
		}
	}
	return false
}
