package teaching

import (
	"context"

	"cohort/app/blob"
	"cohort/app/clean"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/app/policy"
	"cohort/db"
)

// refuse remembers why a file was not taken, for REJECTED.txt, and tells the
// student: file clients print words of their own. It gives the error back.
func (h *Handing) refuse(name string, err error) error {
	why, ok := fault.As(err)
	if !ok || h.record == 0 {
		return err
	}
	name = shorten(clean.Line(name))
	h.mu.Lock()
	again := h.told[name] || len(h.told) >= maxTold
	h.told[name] = true
	h.mu.Unlock()
	if again {
		return err
	}
	h.s.refused.Add(h.record, blob.Refusal{Name: name, At: h.s.DB.Now(), Why: why})
	if told := h.s.tellRefused(h.ctx, h.by, h.class, h.number, name, why); told != nil {
		h.s.Log.Error("teaching: telling of a refused upload", "err", told)
	}
	return err
}

// maxTold bounds how many refusals of one session are told.
const maxTold = 5

func (s *Service) tellRefused(ctx context.Context, by policy.Actor, class string, n int64, name string, why *fault.Fault) error {
	return s.DB.Write(context.WithoutCancel(ctx), func(tx *db.Tx) error {
		id, err := lessonID(tx, class, n)
		if err != nil {
			return err
		}
		return s.tell(tx, by.Account, "homework_refused", lessonLink(id), "class", class, "n", n, "file", name, "why", i18n.W(why.Key, why.Args...))
	})
}

// RefusedHomework gives the actor's own files for a lesson that were not taken
// lately, the newest first.
func (s *Service) RefusedHomework(ctx context.Context, by policy.Actor, class string, n int64) (list []blob.Refusal, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		id, err := myRecordID(tx, by.Account, class, n)
		if err != nil {
			return err
		}
		if err := s.need(tx, by, "view", "study_records", id); err != nil {
			return err
		}
		list = s.refused.Of(id, tx.Now)
		return nil
	})
	return list, err
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return s
}
