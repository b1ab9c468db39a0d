package customer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"cohort/app/notify"
	"cohort/db"
)

// The ladder: a lead that nobody touches is told of after some days, first to its owner, then to the manager of the
// owner's department, then to the manager above, and where there is none to the administrators. Enrolled customers, those
// never to be contacted, and those of nobody (who are the pool's) are left out.

// untouched are the leads of one owner that passed a step.
type untouched struct {
	owner  int64
	name   string // of the owner
	active bool   // may he still log in?
	dept   int64
	n      int
	first  int64 // one of them
}

// errMoved says that another program does the step.
var errMoved = errors.New("ladder: the mark has been moved meanwhile")

// climb does every step of the ladder, each in a transaction of its own that also moves its mark.
func (s *Service) climb(ctx context.Context) error {
	for i, days := range s.Ladder() {
		err := s.DB.Write(ctx, func(tx *db.Tx) error { return s.climbStep(tx, i+1, days) })
		if err != nil && !errors.Is(err, errMoved) {
			return err
		}
	}
	return nil
}

// setMarks gives steps without a mark one that leaves what is past alone.
func (s *Service) setMarks(tx *db.Tx) error {
	for i, days := range s.Ladder() {
		if err := firstMark(tx, i+1, ago(tx.Now, days)); err != nil {
			return err
		}
	}
	return nil
}

func ago(now time.Time, days int64) time.Time { return now.Add(-time.Duration(days) * 24 * time.Hour) }

func (s *Service) climbStep(tx *db.Tx, step int, days int64) error {
	marks, err := ladderMarks(tx)
	if err != nil {
		return err
	}
	from, to := marks[step], ago(tx.Now, days)
	if from.After(tx.Now) { // the clock was ahead when it was set
		return moveMark(tx, step, from, to)
	}
	if !to.After(from) {
		return nil
	}
	list, err := leftUntouched(tx, from, to)
	if err != nil {
		return err
	}
	if err := moveMark(tx, step, from, to); err != nil {
		return err
	}
	return s.tellUntouched(tx, step, days, from, list)
}

// tellUntouched tells each receiver once of all that concerns him.
func (s *Service) tellUntouched(tx *db.Tx, step int, days int64, from time.Time, list []untouched) error {
	tree, err := departmentTree(tx)
	if err != nil {
		return err
	}
	mine := map[int64][]untouched{}
	for _, u := range list {
		to, err := receivers(tx, tree, u, step)
		if err != nil {
			return err
		}
		for _, id := range to {
			mine[id] = append(mine[id], u)
		}
	}
	for id, about := range mine {
		if err := s.tellOne(tx, id, days, from, about); err != nil {
			return err
		}
	}
	return nil
}

// tellOne names the leads of an owner to himself, and the owners with their numbers to a manager.
func (s *Service) tellOne(tx *db.Tx, to, days int64, from time.Time, about []untouched) error {
	n, link, names := 0, "customers?status:not_enrolled sort:last", []string{}
	for _, u := range about {
		n += u.n
	}
	if len(about) == 1 && about[0].owner == to {
		link = "customers?owner:me status:not_enrolled sort:last"
		if n == 1 {
			link = "customers/" + strconv.FormatInt(about[0].first, 10)
		}
		var err error
		if names, err = namesUntouched(tx, to, from, ago(tx.Now, days), fewNames); err != nil {
			return err
		}
	} else {
		slices.SortFunc(about, func(a, b untouched) int { return b.n - a.n })
		for _, u := range about[:min(len(about), fewNames)] {
			names = append(names, fmt.Sprintf("%s %d", u.name, u.n))
		}
	}
	if len(names) == fewNames && (n > fewNames || len(about) > fewNames) {
		names = append(names, "..")
	}
	return notify.Send(tx, s.Bus, to, "untouched", link, "n", n, "days", days, "names", names)
}

// department is one node of the school's tree.
type department struct{ parent, manager int64 } // the manager may log in; 0: none

// receivers gives whom a step tells of somebody's leads.
func receivers(tx *db.Tx, tree map[int64]department, u untouched, step int) ([]int64, error) {
	if step == 1 && u.active {
		return []int64{u.owner}, nil
	}
	up := max(1, step-1) // how many managers up; who has gone is passed over
	at := u.dept
	for range len(tree) + 1 {
		d, ok := tree[at]
		if !ok {
			break
		}
		if d.manager != 0 && d.manager != u.owner {
			if up--; up == 0 {
				return []int64{d.manager}, nil
			}
		}
		at = d.parent
	}
	return administrators(tx)
}
