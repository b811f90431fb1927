// Command server is the server that bench/peers.sh and bench/idle.sh measure:
// package serve with an ordinary handler, its tap open into a bounded queue as
// in the real program, and limits that the load may reach.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	_ "net/http/pprof" // on the address of -pprof, and only there
	"os"
	"os/signal"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/wire"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench/server:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	var s serve.Server
	flags := flag.NewFlagSet("server", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:8080", "`address` to serve on")
	profile := flags.String("pprof", "", "`address` to serve profiles on; none if empty")
	flags.IntVar(&s.Limits.Connections, "connections", 0, "most connections at once; 0: the default")
	flags.IntVar(&s.Limits.ConnectionsPerAddress, "per-address", 0, "most connections of one address; 0: the default")
	flags.DurationVar(&s.Limits.Head, "head", 0, "longest time for a head; 0: the default")
	flags.DurationVar(&s.Limits.Idle, "idle", 0, "longest time between requests; 0: the default")
	gc := flags.Int("gc", 400, "garbage that may gather before it is collected, in percent of what lives")
	memory := flags.Int64("memory", 256, "`MiB` above which it is collected sooner all the same")
	if err := flags.Parse(args); err != nil {
		return err
	}
	// What lives is small and what each request leaves behind is not: the
	// default of 100 would collect tens of times a second under load. The limit
	// keeps a server with many connections as small as the default would.
	debug.SetGCPercent(*gc)
	debug.SetMemoryLimit(*memory << 20)

	seen := make(chan *wire.Exchange, 1024)
	var lost atomic.Int64
	go read(seen)
	s.Handler = handler()
	s.Tap = func(x *wire.Exchange) {
		select {
		case seen <- x:
		default:
			lost.Add(1) // the queue is full: no request waits for it
		}
	}
	if err := s.Listen(*listen); err != nil {
		return err
	}
	fmt.Fprintln(out, s.Addr())
	if *profile != "" {
		go func() { fmt.Fprintln(os.Stderr, http.ListenAndServe(*profile, nil)) }()
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		limit, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		stopped <- s.Shutdown(limit)
	}()
	if err := s.Serve(); err != nil {
		return err
	}
	err := <-stopped
	close(seen)
	fmt.Fprintln(out, "exchanges that the tap's queue had no room for:", lost.Load())
	return err
}

// handler answers as nginx is told to by peers.sh, with a 204 and a 200 of 13
// octets, and poses any other code as the real program does.
func handler() http.Handler {
	posed := stage.NewPosed(stage.PosedConfig{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/204":
			w.WriteHeader(http.StatusNoContent)
		case "/200":
			w.Header().Set("Content-Type", "text/plain")
			io.WriteString(w, "Hello, World!")
		default:
			posed.ServeHTTP(w, r)
		}
	})
}

// read stands for the program's reader of exchanges: it takes each one and keeps
// the last hundred, as a page of recent traffic does. It rests when it has taken
// what was there: woken for every single exchange, it would cost a busy server
// one request in twenty-five. In 2 ms no one core fills the queue.
func read(seen <-chan *wire.Exchange) {
	var recent [100]*wire.Exchange
	n := 0
	for x := range seen {
		recent[n%len(recent)] = x
		n++
		if len(seen) == 0 {
			time.Sleep(2 * time.Millisecond)
		}
	}
}
