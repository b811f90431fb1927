package stage

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/statute-http/statute/wire"
)

// upstreams are the servers behind the lab's gateway: one port of the loopback
// interface, opened when it is first needed. What they say is octets, by the
// path of the request: some of them are no good servers, and none is a stub of
// one. What the gateway makes of them is its own finding.
type upstreams struct {
	over context.Context // ends when the lab closes
	at   func() string   // where the lab itself is

	mu     sync.Mutex
	ln     net.Listener
	holder net.Conn      // its local port is one at which nobody listens
	places chan struct{} // for connections
}

const (
	mostUpstream = 256              // connections at a time
	upstreamStay = 30 * time.Second // of one connection
	mostContent  = 1 << 20          // octets of a request that are read
)

// open returns the address of the servers, and one at which connections are
// refused: the local port of a connection of ours, so that nobody else gets it.
func (u *upstreams) open() (servers, refusing string, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ln == nil {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", "", fmt.Errorf("open the servers behind the gateway: %w", err)
		}
		holder, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			ln.Close()
			return "", "", fmt.Errorf("reach the servers behind the gateway: %w", err)
		}
		other, err := ln.Accept()
		if err != nil {
			ln.Close()
			return "", "", fmt.Errorf("open the servers behind the gateway: %w", err)
		}
		context.AfterFunc(u.over, func() { ln.Close(); holder.Close(); other.Close() })
		u.ln, u.holder, u.places = ln, holder, make(chan struct{}, mostUpstream)
		go u.accept(ln)
	}
	return u.ln.Addr().String(), u.holder.LocalAddr().String(), nil
}

func (u *upstreams) accept(ln net.Listener) {
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		u.places <- struct{}{}
		go func() {
			defer func() { <-u.places }()
			defer c.Close()
			defer context.AfterFunc(u.over, func() { c.Close() })()
			c.SetDeadline(time.Now().Add(upstreamStay))
			u.speak(c)
		}()
	}
}

// speak reads a request and says what its path is known for.
func (u *upstreams) speak(c net.Conn) {
	r := wire.NewReader(bufio.NewReader(c), wire.Limits{})
	var head wire.Head
	if r.ReadRequest(&head) != nil {
		return
	}
	q := head.Request("http")
	path, _, _ := strings.Cut(q.Target, "?")
	// To close on content that was not read would reset the connection, and the
	// answer could be lost (RFC 9112 §9.6).
	io.Copy(io.Discard, io.LimitReader(r.Body(head.Framing()), mostContent))
	switch path {
	case "/silent":
		io.Copy(io.Discard, c)
	case "/forgetful":
		u.forgetful(c, &q)
	case "/steeped":
		fmt.Fprintf(c, steeped, date(time.Now()))
	default:
		io.WriteString(c, said[path])
	}
}

// said is what servers say, whatever they are asked.
var said = map[string]string{
	"/healthy": well("Content-Type: text/plain\r\n", "tea\n"),
	"/hinting": "HTTP/1.1 103 Early Hints\r\nLink: </lab/hints.css>; rel=preload; as=style\r\n\r\n" +
		well("Content-Type: text/plain\r\n", "tea\n"),
	"/sealed": well("Content-Type: text/html\r\nCache-Control: no-transform\r\n",
		"<!doctype html>\n<title>Tea</title>\n<!-- hot -->\n<p>Tea.</p>\n"),
	"/faulty":      "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain\r\nContent-Length: 17\r\n\r\nthe kettle broke\n",
	"/garbled":     "oolong, hot, one pot\r\n\r\n",
	"/cut":         "HTTP/1.1 200 OK\r\nContent-Type: text/pl",
	"/mute":        "",
	"/two-lengths": "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\ntea\n\n",
}

func well(fields, content string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s", fields, len(content), content)
}

// steeped is an answer that is good for a minute.
const steeped = "HTTP/1.1 200 OK\r\nDate: %s\r\nContent-Type: text/plain\r\nCache-Control: max-age=60\r\n" +
	"ETag: \"first-infusion\"\r\nContent-Length: 9\r\n\r\nsteeped.\n"

func date(t time.Time) string { return t.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT") }

// forgetful sends a request back to where it came from and, unlike an honest
// intermediary, forgets Via.
func (u *upstreams) forgetful(c net.Conn, q *wire.Request) {
	back, err := net.DialTimeout("tcp", u.at(), time.Second)
	if err != nil {
		return
	}
	defer back.Close()
	back.SetDeadline(time.Now().Add(upstreamStay))
	again := wire.Request{Method: q.Method, Target: q.Fields.Get("Statute-Target")}
	again.Fields = wire.Fields{{Name: "Host", Value: u.at()}, {Name: "Connection", Value: "close"}}
	if v := q.Fields.Get("CDN-Loop"); v != "" {
		again.Fields = append(again.Fields, wire.Field{Name: "CDN-Loop", Value: v})
	}
	back.Write(wire.AppendRequest(nil, &again))
	io.Copy(c, back)
}
