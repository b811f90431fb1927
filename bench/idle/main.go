// Command idle is the load of bench/idle.sh: many connections that ask for
// nothing, many that send a head one octet a second, and a few clients that want
// to be served meanwhile. It runs beside the server, in a process of its own, and
// reports how much memory the server needs and how fast the few are served. It
// fails if the memory is too much or if the server has dropped a connection.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// perAddress is how many connections share one address of ours, 127.0.1.1 and up.
const perAddress = 1000

const request = "GET /200 HTTP/1.1\r\nHost: idle.test\r\nUser-Agent: idle/1.0\r\nAccept: */*\r\n\r\n"

// drip is a head that takes two hours to send.
var drip = "GET /200 HTTP/1.1\r\nHost: idle.test\r\nX-Drip: " + strings.Repeat("d", 7200)

type load struct {
	server                string
	pid                   int
	idle, drips, ordinary int
	lasts                 time.Duration
	most                  float64 // MB that the server may need

	dialled int
}

func main() {
	var l load
	flag.StringVar(&l.server, "server", "127.0.0.1:8080", "`address` of the server")
	flag.IntVar(&l.pid, "pid", 0, "process id of the server")
	flag.IntVar(&l.idle, "idle", 10_000, "connections that are idle after one request")
	flag.IntVar(&l.drips, "drips", 1_000, "connections that send one octet of a head each second")
	flag.IntVar(&l.ordinary, "ordinary", 8, "clients that ask as fast as they are answered")
	flag.DurationVar(&l.lasts, "for", 15*time.Second, "time for which the clients ask")
	flag.Float64Var(&l.most, "most", 400, "memory that the server may need, in `MB`")
	flag.Parse()
	if err := l.run(); err != nil {
		fmt.Fprintln(os.Stderr, "idle:", err)
		os.Exit(1)
	}
}

func (l *load) run() error {
	if _, err := l.memory("VmRSS"); err != nil {
		return err
	}
	idle, err := l.dialAll(l.idle)
	if err != nil {
		return err
	}
	buf := make([]byte, 4<<10)
	for _, c := range idle {
		if err := ask(c, buf); err != nil {
			return fmt.Errorf("first request of an idle connection: %w", err)
		}
	}
	drips, err := l.dialAll(l.drips)
	if err != nil {
		return err
	}
	stop, dripped := make(chan struct{}), make(chan error, 1)
	go func() { dripped <- dripAll(drips, stop) }()
	rss, err := l.memory("VmRSS")
	if err != nil {
		return err
	}
	fmt.Printf("held: %d idle, %d dripping; the server's memory: %.0f MB\n", len(idle), len(drips), rss)

	took, err := l.serveFew()
	if err != nil {
		return err
	}
	at := func(share float64) time.Duration { return took[int(share*float64(len(took)-1))] }
	fmt.Printf("served meanwhile: %.0f requests/s to %d clients; latency median %v, 99%% %v, 99.9%% %v, worst %v\n",
		float64(len(took))/l.lasts.Seconds(), l.ordinary, at(0.5), at(0.99), at(0.999), at(1))

	close(stop)
	if err := <-dripped; err != nil {
		return err
	}
	for _, c := range drips {
		if err := stillHeld(c); err != nil {
			return err
		}
	}
	for _, c := range idle {
		if err := ask(c, buf); err != nil {
			return fmt.Errorf("second request of an idle connection: %w", err)
		}
	}
	peak, err := l.memory("VmHWM")
	if err != nil {
		return err
	}
	fmt.Printf("all of them were still held at the end; the server's memory at its highest: %.0f MB\n", peak)
	if peak > l.most {
		return fmt.Errorf("the server needed %.0f MB, more than %.0f", peak, l.most)
	}
	return nil
}

// dialAll opens n connections, spread over as many addresses as it takes.
func (l *load) dialAll(n int) ([]net.Conn, error) {
	conns := make([]net.Conn, n)
	for i := range conns {
		from := net.IPv4(127, 0, 1, byte(1+l.dialled/perAddress))
		l.dialled++
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: from}, Timeout: 10 * time.Second}
		c, err := d.Dial("tcp", l.server)
		if err != nil {
			return nil, fmt.Errorf("connection %d from %s: %w (raise ulimit -n?)", l.dialled, from, err)
		}
		conns[i] = c
	}
	return conns, nil
}

// ask sends one request and reads its answer.
func ask(c net.Conn, buf []byte) error {
	c.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(c, request); err != nil {
		return err
	}
	n, err := c.Read(buf)
	if err != nil {
		return err
	}
	if got := string(buf[:n]); !strings.HasPrefix(got, "HTTP/1.1 200 ") || !strings.HasSuffix(got, "\r\n\r\nHello, World!") {
		return fmt.Errorf("answered %q", got)
	}
	return nil
}

// dripAll sends one octet a second on each connection, spread over the second.
func dripAll(conns []net.Conn, stop <-chan struct{}) error {
	const parts = 20
	tick := time.NewTicker(time.Second / parts)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-stop:
			return nil
		case <-tick.C:
		}
		octet := n / parts % len(drip)
		for i := n % parts; i < len(conns); i += parts {
			conns[i].SetDeadline(time.Now().Add(5 * time.Second))
			if _, err := io.WriteString(conns[i], drip[octet:octet+1]); err != nil {
				return fmt.Errorf("octet %d of dripping connection %d: %w", octet, i, err)
			}
		}
	}
}

// stillHeld reports an error if the server has answered or closed.
func stillHeld(c net.Conn) error {
	c.SetDeadline(time.Now().Add(time.Millisecond))
	var got [512]byte
	n, err := c.Read(got[:])
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("a dripping connection got %q (%v), want silence", got[:n], err)
	}
	return nil
}

// serveFew lets the clients ask and returns how long each answer took, in order.
func (l *load) serveFew() ([]time.Duration, error) {
	conns, err := l.dialAll(l.ordinary)
	if err != nil {
		return nil, err
	}
	took, errs := make([][]time.Duration, len(conns)), make([]error, len(conns))
	var all sync.WaitGroup
	begin := time.Now()
	for i, c := range conns {
		all.Go(func() {
			buf := make([]byte, 4<<10)
			for now := time.Now(); now.Sub(begin) < l.lasts && errs[i] == nil; {
				errs[i] = ask(c, buf)
				asked := now
				now = time.Now()
				took[i] = append(took[i], now.Sub(asked))
			}
			c.Close()
		})
	}
	all.Wait()
	sorted := slices.Concat(took...)
	slices.Sort(sorted)
	return sorted, errors.Join(errs...)
}

// memory reads one of the server's figures from /proc: VmRSS is what it needs
// now, VmHWM the most that it has needed; in MB of a million octets.
func (l *load) memory(figure string) (float64, error) {
	file := fmt.Sprintf("/proc/%d/status", l.pid)
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, fmt.Errorf("the server's memory: %w (set -pid; this needs Linux)", err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, figure+":"); ok {
			kib, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
			return kib * 1024 / 1e6, err
		}
	}
	return 0, fmt.Errorf("%s has no %s", file, figure)
}
