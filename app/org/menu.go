package org

import (
	"context"

	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/app/resource"
)

// CheckMenu refuses a menu that a role could not be given, before it is.
func (s *Service) CheckMenu(ctx context.Context, by policy.Actor, menu []MenuEntry) error {
	if err := by.NeedAny("change", "roles"); err != nil {
		return err
	}
	_, err := s.checkMenu(ctx, menu)
	return err
}

// checkMenu reads the entries of a menu: each must be a place that the screens
// have, or a list whose filter is understood.
func (s *Service) checkMenu(ctx context.Context, menu []MenuEntry) (words []string, err error) {
	if len(menu) > maxEntries {
		return nil, fault.New(fault.TooMany, "org.menu_long", "max", maxEntries).On("menu")
	}
	for _, e := range menu {
		// Through the text, so that what is stored is what is read again.
		if e, err = ParseMenuEntry(e.String()); err != nil {
			return nil, err
		}
		if err := s.checkEntry(ctx, e); err != nil {
			return nil, err
		}
		words = append(words, e.String())
	}
	return words, nil
}

func (s *Service) checkEntry(ctx context.Context, e MenuEntry) error {
	_, isRecord := s.opt.Engine.Get(e.Place)
	if !isRecord && (e.Query != "" || !i18n.Has("ui.place."+e.Place)) {
		return fault.Field("menu", "org.no_place", "place", e.Place)
	}
	if e.Query == "" {
		return nil
	}
	_, err := s.opt.Engine.List(ctx, policy.System, e.Place, e.Query, resource.Page{Limit: 1})
	if f, ok := fault.As(err); ok {
		return f.On("menu")
	}
	return err
}
