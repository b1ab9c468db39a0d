package db

import (
	"context"
	"testing"
	"time"
)

func TestTransactionsInThePast(t *testing.T) {
	d := open(t)
	then := time.Date(2025, 9, 1, 8, 0, 0, 0, time.UTC)
	ctx := WithTime(context.Background(), then)
	for name, run := range map[string]func(context.Context, func(*Tx) error) error{"read": d.Read, "write": d.Write} {
		if err := run(ctx, func(tx *Tx) error {
			if !tx.Now.Equal(then) {
				t.Errorf("%s: now is %v", name, tx.Now)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}
