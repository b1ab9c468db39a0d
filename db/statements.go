package db

import (
	"container/list"
	"database/sql"
	"fmt"
	"regexp"
	"strconv"
)

// statements keeps the prepared texts of one connection, the least recently used closed first. Its connection's mutex
// guards it.
type statements struct {
	limit  int
	byText map[string]*list.Element // of *statement
	order  *list.List               // front: used last
}

// statement is one prepared text. The driver runs it once at a time, so rows that are still open lock it.
type statement struct {
	text   string
	stmt   *sql.Stmt
	rows   *sql.Rows
	params int
}

func newStatements(limit int) *statements {
	return &statements{limit: limit, byText: make(map[string]*list.Element), order: list.New()}
}

func (m *statements) get(text string) *statement {
	e := m.byText[text]
	if e == nil {
		return nil
	}
	m.order.MoveToFront(e)
	return e.Value.(*statement)
}

func (m *statements) put(text string, stmt *sql.Stmt) *statement {
	s := &statement{text: text, stmt: stmt, params: params(text)}
	m.byText[text] = m.order.PushFront(s)
	m.shrink()
	return s
}

// shrink closes what is too much, sparing statements whose rows are open: closing those would pull the rows away.
func (m *statements) shrink() {
	for e := m.order.Back(); e != nil && e != m.order.Front() && len(m.byText) > m.limit; {
		s, older := e.Value.(*statement), e
		e = e.Prev()
		if s.busy() {
			continue
		}
		m.order.Remove(older)
		delete(m.byText, s.text)
		_ = s.stmt.Close()
	}
}

// clear closes them all: the connection is going.
func (m *statements) clear() {
	for e := m.order.Front(); e != nil; e = e.Next() {
		_ = e.Value.(*statement).stmt.Close()
	}
	m.order.Init()
	clear(m.byText)
}

func (s *statement) busy() bool {
	if s.rows != nil && closed(s.rows) {
		s.rows = nil
	}
	return s.rows != nil
}

// closed tells whether rows are closed; asking for the columns is the one question that sql.Rows then refuses.
func closed(r *sql.Rows) bool {
	_, err := r.Columns()
	return err != nil
}

// fits refuses the wrong number of arguments. The driver ignores one too many; PostgreSQL would not.
func (s *statement) fits(args []any) error {
	if len(args) == s.params {
		return nil
	}
	return fmt.Errorf("db: %d arguments for $1…$%d in: %s", len(args), s.params, s.text)
}

// lexemes finds the parameters of a text, and what they may not be looked for in: strings, names and comments.
var lexemes = regexp.MustCompile(`'[^']*'|"[^"]*"|--[^\n]*|(?s:/\*.*?\*/)|\$([0-9]+)`)

// params returns the highest n of the parameters $1…$n, the only kind that both engines know.
func params(text string) (highest int) {
	for _, found := range lexemes.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(found[1])
		highest = max(highest, n)
	}
	return highest
}
