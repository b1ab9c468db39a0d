package mail

import (
	"context"
	"errors"
	"time"
)

var (
	errNoDedup = errors.New("mail: a message without Dedup")
	errEmpty   = errors.New("mail: a message without subject or body")
	errLong    = errors.New("mail: the body is too long")
)

type pause struct {
	refused bool
	why     string
	until   time.Time
}

type dialer func(ctx context.Context) (any, error)

func (c Config) dial(context.Context) (any, error) { return nil, nil }

func (s *Service) resume() {}

// Run sends mail until ctx ends.
func (s *Service) Run(ctx context.Context) { <-ctx.Done() }
