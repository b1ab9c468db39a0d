package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"

	"cohort/app/blob"
	"cohort/app/fault"
	"cohort/db"
)

// Explain turns any error into a fault that a person may read. What is not a
// fault already is ours: it is logged once with a short reference, and the
// person sees only the reference.
func (a *App) Explain(ctx context.Context, err error, attrs ...slog.Attr) *fault.Fault {
	if f, ok := fault.As(err); ok && (f.Kind != fault.Internal || f.Ref != "") {
		return f
	}
	if errors.Is(err, blob.ErrAway) { // before the time-outs: it may be one
		a.Log.LogAttrs(ctx, slog.LevelError, "the object store does not answer", append(attrs, slog.Any("err", err))...)
		return fault.New(fault.TooMany, "fault.files_away").Because(err)
	}
	if db.Gone(err) {
		a.Log.LogAttrs(ctx, slog.LevelError, "the database does not answer", append(attrs, slog.Any("err", err))...)
		return fault.New(fault.TooMany, "fault.gone").Because(err)
	}
	if db.Busy(err) || errors.Is(err, context.DeadlineExceeded) {
		return fault.New(fault.TooMany, "fault.busy").Because(err)
	}
	if key := storage(err); key != "" {
		a.Log.LogAttrs(ctx, slog.LevelError, "the disk takes no writes", append(attrs, slog.Any("err", err))...)
		return fault.New(fault.TooMany, key).Because(err)
	}
	f := &fault.Fault{Kind: fault.Internal, Key: "fault.internal", Ref: reference(), Cause: err}
	if !errors.Is(err, context.Canceled) {
		a.Log.LogAttrs(ctx, slog.LevelError, "internal error", append(attrs, slog.String("ref", f.Ref), slog.Any("err", err))...)
	}
	return f
}

// storage names what a person is told of a disk that does not take what he wrote:
// nothing of it is kept, and it works again once the disk does.
func storage(err error) string {
	switch {
	case db.Full(err):
		return "fault.disk_full"
	case db.Unwritable(err):
		return "fault.unwritable"
	}
	return ""
}

// reference is short enough to be read out on the phone.
func reference() string {
	var b [3]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
