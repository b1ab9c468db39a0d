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

// findWord is the search of the list language: every gram of the word.
func findWord(word string, args policy.Args) string {
	list := grams.Wanted(word, probes)
	if len(list) == 0 {
		return ""
	}
	text, where := "SELECT g0.question_id FROM question_grams g0", " WHERE g0.gram = "+args.Add(list[0])
	for i, g := range list[1:] {
		name := "g" + string(rune('1'+i))
		text += " CROSS JOIN question_grams " + name
		where += " AND " + name + ".question_id = g0.question_id AND " + name + ".gram = " + args.Add(g)
	}
	return "questions.id IN (" + text + where + ")"
}

// findWithin is findWord where other conditions narrow the list.
func findWithin(word string, args policy.Args) resource.Set {
	list := grams.Wanted(word, probes)
	if len(list) != 1 || strings.TrimSpace(word) == "" {
		return resource.Set{Also: findWord(word, args)}
	}
	return resource.Set{Table: "question_grams", ID: "question_grams.question_id", Where: "question_grams.gram = " + args.Add(list[0])}
}
