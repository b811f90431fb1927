package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// An Origin is the server behind the subject, for all trials at once.
type Origin struct {
	server *peer.Server

	mu       sync.Mutex
	settings map[string]*Setting // by nonce
	conns    int
	open     map[*peer.ServerConn]bool
}

// Listen opens the origin; port 0 chooses a free one.
func Listen(address string) (*Origin, error) {
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("open the origin behind the proxy: %w", err)
	}
	o := &Origin{settings: map[string]*Setting{}, open: map[*peer.ServerConn]bool{}}
	o.server = peer.Serve(ln, o.serve)
	return o, nil
}

// Addr returns host and port.
func (o *Origin) Addr() string { return o.server.Addr() }

// Close ends the origin and waits for its connections.
func (o *Origin) Close() error { return o.server.Close() }

func (o *Origin) enter(s *Setting) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.settings[s.trial.Nonce] = s
}

func (o *Origin) leave(s *Setting) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.settings, s.trial.Nonce)
}

// reset resets all connections.
func (o *Origin) reset() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for c := range o.open {
		c.Reset()
	}
}

// away closes the origin's port, and whatever is connected to it, until it is
// back.
func (o *Origin) away() error { return o.server.Close() }

// back opens the port again.
func (o *Origin) back(ctx context.Context) error {
	for {
		ln, err := net.Listen("tcp", o.Addr())
		if err == nil {
			o.server = peer.Serve(ln, o.serve)
			return nil
		}
		select { // somebody may hold it for a moment
		case <-ctx.Done():
			return err
		case <-time.After(lookAfter / 2):
		}
	}
}

// setting finds the trial of a target and the path within it; nil if it is
// nobody's.
func (o *Origin) setting(target string) (*Setting, string) {
	path := target
	if _, rest, ok := strings.Cut(target, "://"); ok {
		_, path, _ = strings.Cut(rest, "/")
		path = "/" + path
	}
	nonce, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.settings[nonce], "/" + rest
}

// Limits of a request that comes through the subject.
var limits = wire.Limits{Target: 64 << 10, Field: 256 << 10, Fields: 2048, Head: 512 << 10, Chunk: 4 << 10}

const (
	idle        = time.Minute     // of a connection that the subject keeps
	patience    = 3 * time.Second // of a silence that ends nothing
	mostContent = 4 << 20
)

// serve answers the requests of one connection by their scripts.
func (o *Origin) serve(c *peer.ServerConn) {
	o.mu.Lock()
	o.conns++
	conn := o.conns
	o.open[c] = true
	o.mu.Unlock()
	defer func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.open, c)
	}()
	r := wire.NewTolerantReader(c.Conn, limits)
	for number := 1; ; number++ {
		var head wire.Head
		c.SetReadDeadline(time.Now().Add(idle))
		if err := r.ReadRequest(&head); err != nil {
			return
		}
		q := head.Request("http")
		framing, length := head.Framing()
		s, path := o.setting(q.Target)
		if s == nil {
			// A health check, or a trial that is over.
			c.Send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			return
		}
		c.SetReadDeadline(time.Now().Add(patience))
		t := &Turn{Asked: &Asked{Conn: conn, Number: number, Path: path, Request: &q, At: time.Now()}, s: s, c: c, r: r}
		t.body = r.Body(framing, length)
		s.asked(t.Asked)
		s.script(path)(t)
		t.Content()
		if t.over || q.Version == (wire.Version{Major: 1, Minor: 0}) || q.Fields.HasMember("Connection", "close") {
			return
		}
	}
}

// An Asked is one request as it came to the origin.
type Asked struct {
	Conn, Number int // of the connection, and of the request on it
	Path         string
	Request      *wire.Request
	At           time.Time
	Cut          error // why its content could not be read to its end
	Left         bool  // the connection ended while the origin was silent
}

// A Turn is the origin's turn to answer one request.
type Turn struct {
	*Asked
	s    *Setting
	c    *peer.ServerConn
	r    *wire.Reader
	body *wire.Body
	read bool
	over bool
}

func (t *Turn) note(dir, format string, args ...any) {
	t.s.trial.Record.Note(fmt.Sprintf("origin%d", t.Conn), dir, format, args...)
}

// Send sends octets as they are.
func (t *Turn) Send(octets string) {
	if t.over {
		return
	}
	t.note("<", "%s", octets)
	if err := t.c.Send(octets); err != nil {
		t.note("*", "could not be sent: %v", err)
		t.over = true
	}
}

// Answer sends a final answer that is in order.
func (t *Turn) Answer(code status.Code, content string, fields ...string) {
	t.Send(t.message(code, content, fields...))
}

// message is such an answer.
func (t *Turn) message(code status.Code, content string, fields ...string) string {
	b := wire.AppendStatusLine(nil, wire.Version{Major: 1, Minor: 1}, code, reasonOf(code))
	text := string(b) + "Date: " + date(0) + "\r\n"
	for _, f := range fields {
		text += f + "\r\n"
	}
	if code != 204 && code != 304 {
		text += "Content-Length: " + strconv.Itoa(len(content)) + "\r\n"
	}
	if t.Request.Method == "HEAD" || code == 204 || code == 304 {
		content = ""
	}
	return text + "\r\n" + content
}

func reasonOf(code status.Code) string {
	if name := wire.ReasonPhrase(code); name != "" {
		return name
	}
	return "Status"
}

// date is a field value for a moment from now.
func date(from time.Duration) string {
	return time.Now().Add(from).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
}

// Content reads the request's content to its end.
func (t *Turn) Content() []byte {
	if t.read || t.over {
		return t.Request.Content.Data
	}
	t.read = true
	t.c.SetReadDeadline(time.Now().Add(patience))
	data, err := io.ReadAll(io.LimitReader(t.body, mostContent))
	t.s.mu.Lock()
	t.Request.Content.Data, t.Request.Content.Length = data, int64(len(data))
	t.Request.Content.Complete = t.body.Done()
	t.Request.Trailers = t.body.Trailers
	if err != nil {
		t.Cut, t.over = err, true
	}
	t.s.mu.Unlock()
	if len(data) > 0 || err != nil {
		t.note(">", "%d octets of content, %.80q, error %v", len(data), data, err)
	}
	return data
}

// Wait is silence until the subject closes or the time is over.
func (t *Turn) Wait(d time.Duration) {
	if t.over {
		return
	}
	t.c.SetReadDeadline(time.Now().Add(d))
	var one [1]byte
	_, err := t.c.Conn.Read(one[:])
	var timeout net.Error
	left := err != nil && !(errors.As(err, &timeout) && timeout.Timeout())
	t.s.mu.Lock()
	t.Left = left
	t.s.mu.Unlock()
	t.note("*", "silence; the proxy left: %v", left)
	t.over = true
}

// Close ends the connection after what was sent.
func (t *Turn) Close() {
	if t.over {
		return
	}
	t.note("*", "closed by us")
	t.over = true
	t.c.CloseWrite()
	t.c.SetReadDeadline(time.Now().Add(time.Second))
	io.Copy(io.Discard, io.LimitReader(t.c.Conn, 1<<20))
}

// Reset resets the connection.
func (t *Turn) Reset() {
	t.note("*", "reset by us")
	t.over = true
	t.c.Reset()
}
