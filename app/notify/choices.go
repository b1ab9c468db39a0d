package notify

import (
	"context"
	"slices"
	"strings"

	"cohort/app/bus"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/db"
)

// Channel is a way by which a person may be told besides the screen.
type Channel string

// The channels that one chooses between, for each kind.
const (
	ByMail Channel = "mail"
	ByQQ   Channel = "qq"
)

// Channels lists them in the order they are shown.
var Channels = []Channel{ByMail, ByQQ}

// kind tells what is special about a kind of notification. Most need no entry: they concern everybody and go everywhere.
type kind struct {
	needs  string // a resource that one must be able to list, or it never comes to him
	study  bool   // it comes to students only
	mailed bool   // what it tells is mailed by itself, always
	never  []Channel
}

var kinds = map[string]kind{
	"duplicate":         {needs: "customers", mailed: true},
	"new_owner":         {needs: "customers"},
	"digest":            {needs: "customers"},
	"untouched":         {needs: "customers"},
	"handover":          {needs: "customers", mailed: true},
	"claimed":           {needs: "customers"},
	"released":          {needs: "customers"},
	"lost_customer":     {needs: "customers"},
	"won_customer":      {needs: "customers"},
	"won_from_pool":     {needs: "customers"},
	"survey_open":       {study: true},
	"submitted":         {needs: "enrollments"},
	"documents":         {needs: "enrollments"},
	"approved":          {needs: "enrollments"},
	"returned":          {needs: "enrollments"},
	"mail_dead":         {needs: "mails", never: []Channel{ByMail}}, // the notice would end as what it is about
	"mail_paused":       {needs: "mails", never: []Channel{ByMail}},
	"message_dead":      {needs: "messages", never: []Channel{ByQQ}},
	"message_paused":    {needs: "messages", never: []Channel{ByQQ}},
	"question_asked":    {needs: "questions"},
	"question_answered": {needs: "questions"},
	"lesson":            {study: true},
	"lesson_due":        {study: true},
	"grade":             {study: true},
	"feedback":          {study: true},
	"homework_refused":  {study: true},
	"answer_accepted":   {needs: "questions"},
}

// May says whether a kind may go by a channel at all.
func May(name string, c Channel) bool {
	k := kinds[name]
	return !slices.Contains(k.never, c) && !(k.mailed && c == ByMail)
}

// Kinds lists every kind there are words for, by name.
func Kinds() (list []string) {
	for _, key := range i18n.Keys("notify.") {
		if name := strings.TrimPrefix(key, "notify."); !strings.Contains(name, ".") {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// Choice is what a person wants of one kind besides the screen.
type Choice struct {
	Kind   string
	By     map[Channel]bool
	Mailed bool // it is mailed by itself, whatever one chooses
}

// Choices lists the kinds that may come to the actor, the morning's digest first, and what he wants of each.
func (s *Service) Choices(ctx context.Context, by policy.Actor) (list []Choice, err error) {
	if err := may(by); err != nil {
		return nil, err
	}
	var on map[string]map[Channel]bool
	err = s.db.Read(ctx, func(tx *db.Tx) (err error) {
		on, err = chosen(tx, by.Account)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, name := range Kinds() {
		k := kinds[name]
		if k.needs != "" && !by.Can("list", k.needs) || k.study && by.Rights.Scope.Customer == 0 {
			continue
		}
		c := Choice{Kind: name, By: on[name], Mailed: k.mailed}
		if name == "digest" {
			list = slices.Insert(list, 0, c)
		} else {
			list = append(list, c)
		}
	}
	return list, nil
}

// All stands for every kind in Choose.
const All = "all"

// Choose says whether the actor wants a kind, or All, by a channel as well. What may not go that way is refused; All
// leaves it out.
func (s *Service) Choose(ctx context.Context, by policy.Actor, name string, c Channel, on bool) error {
	list, err := s.Choices(ctx, by)
	if err != nil {
		return err
	}
	if !slices.Contains(Channels, c) {
		return fault.New(fault.Invalid, "telling.no_channel", "channel", string(c))
	}
	var names []string
	for _, x := range list {
		if (name == All || name == x.Kind) && May(x.Kind, c) {
			names = append(names, x.Kind)
		}
	}
	if len(names) == 0 {
		if slices.ContainsFunc(list, func(x Choice) bool { return x.Kind == name }) {
			return fault.New(fault.Invalid, "telling.not_that_way", "kind", i18n.W("kind."+name), "channel", i18n.W("telling.by."+string(c)))
		}
		return fault.New(fault.NotFound, "telling.no_kind", "kind", name)
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		for _, n := range names {
			if err := choose(tx, by.Account, n, c, on); err != nil {
				return err
			}
		}
		s.changed(tx, by.Account)
		return nil
	})
}

// Wishes are what a person wishes of telling besides.
type Wishes struct {
	QQ    string // his number; "": none
	Links bool   // contacts are links on his screen
}

// Wishes gives the actor's own.
func (s *Service) Wishes(ctx context.Context, by policy.Actor) (w Wishes, err error) {
	if err := may(by); err != nil {
		return w, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) (err error) {
		w, err = wishes(tx, by.Account)
		return err
	})
	return w, err
}

// Wish keeps the actor's own. The number's form is for who sends to it to check.
func (s *Service) Wish(ctx context.Context, by policy.Actor, w Wishes) error {
	if err := may(by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		s.changed(tx, by.Account)
		return wish(tx, by.Account, w)
	})
}

// changed tells the person's sessions that his choices are others.
func (s *Service) changed(tx *db.Tx, account int64) {
	if s.bus != nil {
		tx.AfterCommit(func() { s.bus.Publish(bus.Event{Resource: "wishes", ID: account, Verb: "changed", Account: account}) })
	}
}
