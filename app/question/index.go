package question

import (
	"strings"

	"cohort/app/grams"
	"cohort/app/policy"
	"cohort/app/resource"
	"cohort/db"
)

// How many grams of a text are kept: what comes later in a long text does not
// find it.
const (
	titleGrams = 200
	textGrams  = 1500
)

// index puts down what a question is found by.
func index(tx *db.Tx, id int64, title, body string) error {
	if err := insertGrams(tx, id, true, grams.Text(title, titleGrams)); err != nil {
		return err
	}
	return insertGrams(tx, id, false, grams.Text(body, textGrams))
}

// indexAnswer adds what an answer says: who asks the same in other words finds
// it by those.
func indexAnswer(tx *db.Tx, question int64, body string) error {
	return insertGrams(tx, question, false, grams.Text(body, textGrams))
}

// reindex does all of it anew, after a change.
func (s *Service) reindex(tx *db.Tx, q Question) error {
	if err := deleteGrams(tx, q.ID); err != nil {
		return err
	}
	if err := index(tx, q.ID, q.Title, q.Body); err != nil {
		return err
	}
	list, err := answersOf(tx, q, 0)
	if err != nil {
		return err
	}
	for _, a := range list {
		if err := indexAnswer(tx, q.ID, a.Body); err != nil {
			return err
		}
	}
	return nil
}

// probes bounds how many grams of a searched word are asked for in lists.
const probes = 4

// lookedAt bounds what a word finds where nothing else narrows the list: of those
// that hold its first gram, the lookedAt so many are looked at.
const lookedAt = 2000

// findWord gives the way to the questions that hold every gram of a word.
func findWord(word string, bounded bool) []resource.Way {
	list := grams.Wanted(word, probes)
	if len(list) == 0 {
		return nil
	}
	return []resource.Way{{Exact: true,
		Select: func(args policy.Args) string { return allOf(list, bounded, args) },
		Row: func(args policy.Args) string {
			all := make([]string, len(list))
			for i, g := range list {
				all[i] = "EXISTS (SELECT 1 FROM question_grams WHERE question_grams.question_id = questions.id AND question_grams.gram = " + args.Add(g) + ")"
			}
			return strings.Join(all, " AND ")
		}}}
}

// named finds by what a record that a question points to is called: few records,
// each with its questions by an index.
func named(column, table string, columns ...string) func(word string, bounded bool) []resource.Way {
	called := resource.Contains(columns...)
	return func(word string, _ bool) []resource.Way {
		return []resource.Way{{Row: func(args policy.Args) string {
			return column + " IN (SELECT id FROM " + table + " WHERE " + called(word, args) + ")"
		}}}
	}
}

func allOf(list []string, bounded bool, args policy.Args) string {
	first, where := "question_grams g0", " WHERE g0.gram = "+args.Add(list[0])
	if bounded {
		first = "(SELECT question_id FROM question_grams" + strings.Replace(where, "g0.", "", 1) + " ORDER BY question_id DESC LIMIT " + args.Add(lookedAt) + ") AS g0"
		where = " WHERE 1 = 1"
	}
	text := "SELECT DISTINCT g0.question_id AS id FROM " + first
	for i, g := range list[1:] {
		name := "g" + string(rune('1'+i))
		text += " CROSS JOIN question_grams " + name
		where += " AND " + name + ".question_id = g0.question_id AND " + name + ".gram = " + args.Add(g)
	}
	return text + where
}
