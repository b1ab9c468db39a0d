package bench

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// crowd opens n screens, each from a machine of its own.
func crowd(b *testing.B, s *server, n int, login func(i int) string, command, shown string) []*screen {
	b.Helper()
	auth := s.signer(b)
	all := make([]*screen, n)
	var wg sync.WaitGroup
	seats := make(chan struct{}, 8)
	for i := range all {
		wg.Go(func() {
			seats <- struct{}{}
			defer func() { <-seats }()
			var err error
			if all[i], err = one(s, login(i), auth, i, command, shown); err != nil {
				b.Error(err)
			}
		})
	}
	wg.Wait()
	if b.Failed() {
		b.FailNow()
	}
	return all
}

func one(s *server, login string, auth gossh.AuthMethod, i int, command, shown string) (*screen, error) {
	c, err := s.dial(login, auth, i)
	if err != nil {
		return nil, err
	}
	y, err := open(c, command)
	if err != nil || shown == "" {
		return y, err
	}
	y.expect(shown)
	_, err = y.wait()
	return y, err
}

func leave(all []*screen) {
	for _, y := range all {
		_ = y.client.Close()
	}
}

// list opens the customers, where a salesperson's day is; without it the first
// screen is home.
const list = "open customers"

func anySales(i int) string { return sales[i%len(sales)] }

// sizes are one session, a fifth of all, and all.
func sizes() []int { return slices.Compact([]int{1, max(1, sessions/5), sessions}) }

// BenchmarkKey is the time from a key to its frame as the client sees it, in
// the list of customers, while every session gets a key a second (a single one
// ten): our renderer, bubbletea's own, and the echo of "cat" by OpenSSH.
func BenchmarkKey(b *testing.B) {
	data := school(b, customers)
	top := topCustomer(b, data)
	for _, n := range sizes() {
		for _, way := range [][]string{{"line"}, {"stock", "--stock-renderer"}} {
			b.Run(fmt.Sprintf("%s/%d", way[0], n), func(b *testing.B) {
				s := serve(b, data, append([]string{"--demo"}, way[1:]...)...)
				all := crowd(b, s, n, anySales, list, top)
				defer leave(all)
				measure(b, all, s, "j", "k")
			})
		}
		if n <= 100 {
			b.Run(fmt.Sprintf("openssh-cat/%d", n), func(b *testing.B) {
				s, user := openSSH(b)
				all := crowd(b, s, n, func(int) string { return user }, "cat", "")
				defer leave(all)
				measure(b, all, nil, "j", "k")
			})
		}
	}
}

// measure has everybody type for a window: twenty times one key, twenty times
// the other.
func measure(b *testing.B, all []*screen, s *server, keys ...string) {
	every := time.Second
	if len(all) == 1 {
		every /= 10
	}
	calm(all)
	for b.Loop() {
		var before usage
		if s != nil {
			before = s.usage(b)
		}
		drawn := total(all)
		begin := time.Now()
		got := make([]times, len(all))
		typed := make([]int, len(all))
		var wg sync.WaitGroup
		for i, y := range all {
			wg.Go(func() { got[i], typed[i] = y.type1(b, every, keys) })
		}
		wg.Wait()
		elapsed := time.Since(begin)
		calm(all)
		n := 0
		for _, t := range typed {
			n += t
		}
		slices.Concat(got...).report(b, "")
		b.ReportMetric(float64(total(all)-drawn)/float64(n), "bytes/key")
		if late := n - len(slices.Concat(got...)); late > 0 {
			b.ReportMetric(float64(late), "unanswered")
		}
		if s != nil {
			used := s.usage(b).cpu - before.cpu
			b.ReportMetric(100*float64(used)/float64(elapsed), "cpu-%")
			b.ReportMetric(millis(used)/float64(n), "cpu-ms/key")
		}
	}
}

func calm(all []*screen) {
	time.Sleep(time.Second)
	all[len(all)-1].quiet()
}

func total(all []*screen) (n int64) {
	for _, y := range all {
		n += y.bytes.Load()
	}
	return n
}

// type1 types for a window, beginning anywhere in the first interval.
func (s *screen) type1(b *testing.B, every time.Duration, keys []string) (got times, typed int) {
	var mu sync.Mutex
	s.mu.Lock()
	s.frame = func(d time.Duration) { mu.Lock(); got = append(got, d); mu.Unlock() }
	s.mu.Unlock()
	time.Sleep(rand.N(every))
	tick := time.NewTicker(every)
	defer tick.Stop()
	for end := time.Now().Add(window()); time.Now().Before(end); typed++ {
		if err := s.press(keys[typed/20%len(keys)]); err != nil {
			b.Error(err)
			return nil, 0
		}
		<-tick.C
	}
	s.sent.Store(0)
	mu.Lock()
	defer mu.Unlock()
	return got, typed
}

// BenchmarkIdle is what sessions cost that do nothing: memory of the server for
// each, and its processor for all.
func BenchmarkIdle(b *testing.B) {
	data := school(b, customers)
	top := topCustomer(b, data)
	for _, way := range [][]string{{"line"}, {"stock", "--stock-renderer"}} {
		b.Run(fmt.Sprintf("%s/%d", way[0], sessions), func(b *testing.B) {
			for b.Loop() {
				s := serve(b, data, append([]string{"--demo"}, way[1:]...)...)
				leave(crowd(b, s, 8, anySales, list, top)) // what is there once: caches, readers
				calm(crowd(b, s, 1, anySales, list, top))
				before := s.usage(b)
				all := crowd(b, s, sessions, anySales, list, top)
				calm(all)
				begin, drawn := s.usage(b), total(all)
				time.Sleep(window())
				after := s.usage(b)
				b.ReportMetric(float64(after.memory-before.memory)/float64(sessions)/1e6, "MB/session")
				b.ReportMetric(float64(before.memory)/1e6, "MB-before")
				b.ReportMetric(100*float64(after.cpu-begin.cpu)/float64(window()), "cpu-%")
				b.ReportMetric(float64(total(all)-drawn)/float64(sessions), "bytes/session")
				b.ReportMetric(0, "ns/op")
				leave(all)
			}
		})
	}
	b.Run("openssh-cat", func(b *testing.B) {
		for b.Loop() {
			s, user := openSSH(b)
			before, _ := family(s.cmd.Process.Pid)
			const n = 20
			all := crowd(b, s, n, func(int) string { return user }, "cat", "")
			time.Sleep(time.Second)
			after, processes := family(s.cmd.Process.Pid)
			if processes < n {
				b.Skip("the system does not tell a process's children")
			}
			b.ReportMetric(float64(after-before)/n/1e6, "MB/session")
			b.ReportMetric(float64(processes-1)/n, "processes/session")
			b.ReportMetric(0, "ns/op")
			leave(all)
		}
	})
}
