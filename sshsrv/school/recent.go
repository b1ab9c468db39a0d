package school

import (
	"sync"
	"time"
)

// recent remembers what was recorded within the last minute.
type recent struct {
	mu   sync.Mutex
	seen map[string]time.Time
}

// maxRecent bounds the memory; beyond it everything counts as new.
const maxRecent = 10_000

// first says whether key is new or older than a minute, and remembers it.
func (r *recent) first(key string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at, ok := r.seen[key]; ok && now.Sub(at) < time.Minute {
		return false
	}
	if r.seen == nil || len(r.seen) >= maxRecent {
		r.seen = map[string]time.Time{}
	}
	r.seen[key] = now
	return true
}
