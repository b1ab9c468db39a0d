package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"syscall"
	"testing"
	"time"

	"cohort/app/blob"
	"cohort/app/fault"
	"cohort/app/i18n"
	"cohort/db"
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

// So is the database, also where it took too long; errors of other networks and files are not taken for it.
func TestTheDatabaseIsAway(t *testing.T) {
	a := &App{Log: slog.New(slog.DiscardHandler)}
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = mute.Close() }() // takes connections, and says nothing
	for _, at := range []string{"127.0.0.1:1", mute.Addr().String()} {
		_, err := db.Open(context.Background(), db.Options{Path: "postgres://cohort@" + at + "/school?sslmode=disable", Patience: 50 * time.Millisecond})
		if f := a.Explain(context.Background(), fmt.Errorf("read: %w", err)); f.Key != "fault.gone" || f.Ref != "" {
			t.Errorf("%s: %s %q, from %v", at, f.Key, f.Ref, err)
		}
	}
	for _, other := range []error{&net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed} {
		if f := a.Explain(context.Background(), fmt.Errorf("mail: %w", other)); f.Kind != fault.Internal {
			t.Errorf("%v is taken for the database's: %s", other, f.Key)
		}
	}
}
