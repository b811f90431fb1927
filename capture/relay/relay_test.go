package relay

import (
	"context"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/statute-http/statute/wire"
)

// A recorder collects exchanges.
type recorder struct {
	mu  sync.Mutex
	all []*wire.Exchange
	new chan struct{}
}

func newRecorder() *recorder { return &recorder{new: make(chan struct{}, 1000)} }

func (r *recorder) record(x *wire.Exchange) {
	r.mu.Lock()
	r.all = append(r.all, x)
	r.mu.Unlock()
	r.new <- struct{}{}
}

// wait waits for so many exchanges and returns them.
func (r *recorder) wait(t *testing.T, n int) []*wire.Exchange {
	t.Helper()
	for range n {
		select {
		case <-r.new:
		case <-time.After(20 * time.Second):
			t.Fatalf("waited in vain for %d exchanges; %d came", n, len(r.all))
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// start runs the relay for the length of the test and returns its address.
func start(t *testing.T, r *Relay, run func(net.Listener) error) string {
	t.Helper()
	l := listen(t)
	done := make(chan error, 1)
	go func() { done <- run(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		r.Shutdown(ctx)
		if err := <-done; err != ErrEnded {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// script starts a server that gives each connection its octets once it has read
// so many, and keeps what it read.
func script(t *testing.T, reads int, sends string, then func(net.Conn)) (address string, got func() string) {
	t.Helper()
	l := listen(t)
	t.Cleanup(func() { l.Close() })
	read := make(chan string, 10)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				octets := make([]byte, reads)
				n, _ := io.ReadFull(c, octets)
				io.WriteString(c, sends)
				if then != nil {
					then(c)
				}
				read <- string(octets[:n])
			}()
		}
	}()
	return l.Addr().String(), func() string { return <-read }
}

// Nothing that goes through a reverse relay is changed, wrong octets neither, and
// what was wrong is recorded.
func TestReverseChangesNothing(t *testing.T) {
	request := "GET /a  HTTP/1.1\nHost: x\r\nODD :y\r\n\r\nPOST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;e=1\r\nabc\r\n0\r\nT: u\r\n\r\n"
	answer := "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 Fine\r\nContent-Length: 2\r\nX:  y \r\n\r\nok" +
		"HTTP/1.1 204 No Content\r\n\r\nbut here is some"
	rec := newRecorder()
	r := &Relay{Record: rec.record}
	upstream, got := script(t, len(request), answer, nil)
	address := start(t, r, func(l net.Listener) error { return r.Reverse(l, Upstream{Address: upstream}) })
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, request[:10])
	time.Sleep(20 * time.Millisecond)
	io.WriteString(c, request[10:])
	read, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	if string(read) != answer {
		t.Errorf("the client got\n%q, the server sent\n%q", read, answer)
	}
	if sent := got(); sent != request {
		t.Errorf("the server got\n%q, the client sent\n%q", sent, request)
	}
	all := rec.wait(t, 2)
	if x := all[0]; len(x.Interim) != 1 || x.Final.Status != 200 || len(x.Request.Faults) == 0 || x.End != wire.EndKept || x.Conn.Number != 1 {
		t.Errorf("first: %+v", x)
	}
	if x := all[1]; string(x.Request.Content.Data) != "abc" || x.Request.Trailers.Get("T") != "u" || string(x.After) != "but here is some" || x.Final.Status != 204 {
		t.Errorf("second: %+v", x)
	}
}

func TestEnds(t *testing.T) {
	const request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
	for _, tt := range []struct {
		name, answer string
		then         func(net.Conn)
		want         wire.End
		complete     bool
	}{
		{"closed", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", nil, wire.EndClosed, true},
		{"kept", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", func(c net.Conn) { c.Read(make([]byte, 1)) }, wire.EndKept, true},
		{"cut", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok", nil, wire.EndCut, false},
		{"by close", "HTTP/1.1 200 OK\r\n\r\nok", nil, wire.EndClosed, true},
		{"none", "", nil, wire.EndCut, false},
		{"reset", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok", func(c net.Conn) { c.(*net.TCPConn).SetLinger(0) }, wire.EndReset, false},
		{"no HTTP", "SSH-2.0-x\r\n", nil, wire.EndUnknown, false},
		{"switched", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n\x00\x01", nil, wire.EndTunnel, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rec := newRecorder()
			r := &Relay{Record: rec.record}
			upstream, _ := script(t, len(request), tt.answer, tt.then)
			address := start(t, r, func(l net.Listener) error { return r.Reverse(l, Upstream{Address: upstream}) })
			c, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			io.WriteString(c, request)
			x := rec.wait(t, 1)[0]
			if x.End != tt.want || x.Final != nil && x.Final.Content.Complete != tt.complete {
				t.Errorf("ended %q, %+v", x.End, x.Final)
			}
			if tt.answer == "" && x.Final != nil {
				t.Errorf("an answer where none came: %+v", x.Final)
			}
		})
	}
}

// A client that leaves early does not make the server look as if it had cut the
// answer.
func TestClientLeaves(t *testing.T) {
	const request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
	rec := newRecorder()
	r := &Relay{Record: rec.record}
	upstream, _ := script(t, len(request), "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok", func(c net.Conn) { io.Copy(io.Discard, c) })
	address := start(t, r, func(l net.Listener) error { return r.Reverse(l, Upstream{Address: upstream}) })
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(c, request)
	io.ReadFull(c, make([]byte, 10))
	c.Close()
	if x := rec.wait(t, 1)[0]; x.Shows(wire.ShowsEnd) || x.Shows(wire.ShowsContent) || x.Final == nil {
		t.Errorf("%+v", x)
	}
}
