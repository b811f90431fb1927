package client_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/needs"
	"github.com/statute-http/statute/wire"
)

// A hostile is a client that claims everything and does, with the origin of each
// order, what it was made for until its time is over.
type hostile struct {
	act func(ctx context.Context, nc net.Conn, u *url.URL)
	// conns is how many connections it makes for each order.
	conns int
}

func (h *hostile) About() exam.About { return exam.About{Name: "hostile"} }

func (h *hostile) Can() map[exam.Capability]bool {
	can := map[exam.Capability]bool{}
	for _, c := range client.All {
		for _, need := range c.Needs {
			can[need] = true
		}
	}
	delete(can, client.ClearH2)
	return can
}

func (h *hostile) Do(ctx context.Context, orders []client.Order) []client.Report {
	var reports []client.Report
	for _, o := range orders {
		u, err := url.Parse(o.URL)
		if err != nil {
			continue
		}
		var acting sync.WaitGroup
		for range h.conns {
			var d net.Dialer
			nc, err := d.DialContext(ctx, "tcp", u.Host)
			if err != nil {
				continue
			}
			stop := context.AfterFunc(ctx, func() { nc.Close() })
			acting.Go(func() {
				defer stop()
				defer nc.Close()
				conn := nc
				if u.Scheme == "https" {
					conn = tls.Client(nc, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2", "http/1.1"}})
				}
				h.act(ctx, conn, u)
			})
		}
		<-ctx.Done()
		acting.Wait()
		reports = append(reports, client.Report{Late: true, Err: &client.Error{Kind: client.ErrTimeout, Message: "on purpose"}})
	}
	return reports
}

// A client that hangs, floods or never reads costs each case its time limit and
// nothing else, whatever the case stages: no port stays open, no goroutine runs
// on, no file is left.
func TestHostileClients(t *testing.T) {
	request := func(u *url.URL) string { return "GET " + u.RequestURI() + " HTTP/1.1\r\nHost: " + u.Host + "\r\n\r\n" }
	for _, kind := range []struct {
		name    string
		conns   int
		pattern string
		act     func(context.Context, net.Conn, *url.URL)
	}{
		{"half a head, and silence", 1, "*", func(ctx context.Context, nc net.Conn, u *url.URL) {
			io.WriteString(nc, strings.TrimSuffix(request(u), "\r\n"))
			<-ctx.Done()
		}},
		{"requests without end, answers unread", 1, "1xx-*", func(_ context.Context, nc net.Conn, u *url.URL) {
			for {
				if _, err := io.WriteString(nc, strings.Repeat(request(u), 100)); err != nil {
					return
				}
			}
		}},
		{"a head without end", 1, "redirect-3*", func(_ context.Context, nc net.Conn, u *url.URL) {
			io.WriteString(nc, strings.TrimSuffix(request(u), "\r\n"))
			for {
				if _, err := fmt.Fprintf(nc, "X-Leaf: %s\r\n", strings.Repeat("tea", 1000)); err != nil {
					return
				}
			}
		}},
		{"content without end", 1, "expect-*", func(_ context.Context, nc net.Conn, u *url.URL) {
			fmt.Fprintf(nc, "POST %s HTTP/1.1\r\nHost: %s\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", u.RequestURI(), u.Host, int64(1)<<40)
			for {
				if _, err := io.WriteString(nc, strings.Repeat("tea", 1000)); err != nil {
					return
				}
			}
		}},
		{"asks again and again", 4, "42*", func(_ context.Context, nc net.Conn, u *url.URL) {
			for r := bufio.NewReader(nc); ; {
				if _, err := io.WriteString(nc, request(u)); err != nil {
					return
				}
				if _, err := r.ReadString('\n'); err != nil {
					return
				}
			}
		}},
		{"hundred connections", 100, "204-*", func(ctx context.Context, nc net.Conn, u *url.URL) {
			io.WriteString(nc, request(u))
			<-ctx.Done()
		}},
	} {
		t.Run(kind.name, func(t *testing.T) {
			folder := t.TempDir()
			t.Setenv("TMPDIR", folder)
			before, open := runtime.NumGoroutine(), sockets(t)
			cases, err := exam.Choice{Names: []string{kind.pattern}, Slow: true}.Of(client.All)
			if err != nil {
				t.Fatal(err)
			}
			h := &hostile{act: kind.act, conns: kind.conns}
			places := make(chan struct{}, 24)
			var asking sync.WaitGroup
			for _, c := range cases {
				c.Proves = "" // or a baseline would keep it from being staged
				for _, over := range c.Over {
					places <- struct{}{}
					asking.Go(func() {
						defer func() { <-places }()
						plan := exam.Plan{Cases: []exam.Case{c}, Over: []wire.Protocol{over}, Subject: h, Can: h.Can(), Scale: 0.01}
						for _, r := range exam.Run(t.Context(), plan) {
							if r.Outcome == exam.Void {
								t.Errorf("%s over %s: %s", c.Name, over, r.Detail.En)
							}
						}
					})
				}
			}
			asking.Wait()
			settled(t, before)
			if now := sockets(t); now > open {
				t.Errorf("%d sockets are open, %d before", now, open)
			}
			if left, _ := filepath.Glob(filepath.Join(folder, "*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// sockets is how many this process has open; where there is no /proc, none.
func sockets(t *testing.T) int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Logf("open sockets are not counted: %v", err)
		return 0
	}
	n := 0
	for _, e := range entries {
		if to, err := os.Readlink(filepath.Join("/proc/self/fd", e.Name())); err == nil && strings.HasPrefix(to, "socket:") {
			n++
		}
	}
	return n
}

// settled waits until there are no more goroutines than before.
func settled(t *testing.T, before int) {
	t.Helper()
	settle, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for runtime.NumGoroutine() > before {
		select {
		case <-settle.Done():
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Nothing that a command has started outlives its order, whether it hangs or
// ends by itself.
func TestNoProcessIsLeft(t *testing.T) {
	if runtime.GOOS != "linux" {
		needs.Missing(t, "processes are looked for in /proc")
	}
	needs.Program(t, "sleep", "coreutils")
	cases, err := exam.Choice{Names: []string{"1xx-103-then-200"}}.Of(client.All)
	if err != nil {
		t.Fatal(err)
	}
	for i, script := range []string{"sleep 60%[1]d & sleep 60%[1]d # {url}", "sleep 60%[1]d > /dev/null 2>&1 & exit 0 # {url}"} {
		mark := os.Getpid()*10 + i
		c, err := client.NewTemplate(t.Context(), []string{"sh", "-c", fmt.Sprintf(script, mark)})
		if err != nil {
			t.Fatal(err)
		}
		exam.Run(t.Context(), exam.Plan{Cases: cases, Subject: c, Can: c.Can(), Scale: 0.02})
		ours := fmt.Sprintf("sleep\x0060%d\x00", mark)
		settle, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		for running(t, ours) {
			select {
			case <-settle.Done():
				t.Fatalf("%q: what it has started runs on", script)
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
}

// running reports whether there is a process with that command line.
func running(t *testing.T, line string) bool {
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil || len(all) == 0 {
		t.Fatalf("no processes in /proc: %v", err)
	}
	for _, file := range all {
		if octets, err := os.ReadFile(file); err == nil && string(octets) == line {
			return true
		}
	}
	return false
}
