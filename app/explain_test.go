package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"syscall"
	"testing"

	"cohort/app/blob"
	"cohort/app/i18n"
)

// A file store that is away is named as such, also where it ran into a time-out: that is not the school being busy.
func TestTheFileStoreIsAway(t *testing.T) {
	a := &App{Log: slog.New(slog.DiscardHandler)}
	for _, why := range []error{errors.New("connection refused"), context.DeadlineExceeded} {
		f := a.Explain(context.Background(), fmt.Errorf("blob: %w: %w", blob.ErrAway, why))
		if f.Key != "fault.files_away" || f.Ref != "" {
			t.Errorf("%v: %s %q", why, f.Key, f.Ref)
		}
		for _, lang := range i18n.Langs {
			if words := (i18n.Printer{Lang: lang}).Fault(f); words == "" || words == f.Key {
				t.Errorf("%s has no words in %v", f.Key, lang)
			}
		}
	}
}

// So is the database.
func TestTheDatabaseIsAway(t *testing.T) {
	a := &App{Log: slog.New(slog.DiscardHandler)}
	f := a.Explain(context.Background(), fmt.Errorf("read: %w", &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}))
	if f.Key != "fault.gone" || f.Ref != "" {
		t.Errorf("%s %q", f.Key, f.Ref)
	}
}
