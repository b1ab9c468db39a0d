package resource

import (
	"cohort/app/policy"
	"cohort/db"
)

// Rule gives the condition of the rows of a resource on which the actor may do
// the action, for statements that read its tables themselves: figures. The
// tables must go by the names that the declaration gives them.
func (e *Engine) Rule(tx *db.Tx, by policy.Actor, action, name string, args *db.Args) (string, error) {
	res, err := e.resource(name)
	if err != nil {
		return "", err
	}
	return res.bind(by.Where(action, name, res.Rules, args), e.now(tx), args), nil
}
