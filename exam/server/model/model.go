// Package model spoils a right server's answers: it stands before the server,
// passes each request on exactly as it came, and changes what comes back as a
// [Fault] says. It proves of each case of the exam for servers that it can fail.
package model

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// A Front is where the spoilt server is reached.
type Front struct {
	fault  Fault
	behind func(wire.Protocol) peer.Target
	server *peer.Server
	plain  *regexp.Regexp
}

// Open opens a front in one protocol before the server that behind leads to. Over
// h1 it speaks TLS if there is a configuration, over h3 it always does.
func Open(p wire.Protocol, config *tls.Config, fault, file string, behind func(wire.Protocol) peer.Target) (*Front, error) {
	f := &Front{behind: behind}
	for _, known := range Faults {
		if known.Name == fault {
			f.fault = known
		}
	}
	if f.fault.Name == "" {
		return nil, fmt.Errorf("there is no fault %q", fault)
	}
	if p == wire.H3 {
		var err error
		f.server, err = peer.ServeH3("127.0.0.1:0", config, f.h3)
		if err == nil {
			f.plain = plainGet(file, f.Addr())
		}
		return f, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	if config != nil && !strings.HasPrefix(f.fault.Do, "clear ") {
		ln = tls.NewListener(ln, config)
	}
	f.plain = plainGet(file, ln.Addr().String())
	f.server = peer.Serve(ln, map[wire.Protocol]func(*peer.ServerConn){wire.H1: f.h1, wire.H2: f.h2}[p])
	return f, nil
}

// Addr is its address, Close closes it.
func (f *Front) Addr() string { return f.server.Addr() }
func (f *Front) Close() error { return f.server.Close() }

// An answer is what goes back, and how.
type answer struct {
	status  status.Code
	fields  wire.Fields
	content []byte
	tail    string // octets behind a message that has no content

	version                                     string
	bare, close, keep, goOn, never, twice, wait bool
}

// spoil does the steps of a fault: on= (only if the right server answered so),
// status=, drop=, set=, add= (~ is a space),
// content=, tail=, and words that the writers below obey.
func (a *answer) spoil(do string) {
	for step := range strings.FieldsSeq(do) {
		verb, value, _ := strings.Cut(step, "=")
		value = strings.ReplaceAll(value, "~", " ")
		name, v, _ := strings.Cut(value, ":")
		switch verb {
		case "on":
			if value != strconv.Itoa(int(a.status)) {
				return
			}
		case "status":
			n, _ := strconv.Atoi(value)
			a.status = status.Code(n)
		case "drop":
			a.drop(value)
		case "set":
			a.drop(name)
			a.fields = append(a.fields, wire.Field{Name: name, Value: v})
		case "add":
			a.fields = append(a.fields, wire.Field{Name: name, Value: v})
		case "content":
			a.content = []byte(value)
			a.drop("Content-Length")
		case "tail":
			a.tail = value
		case "amplify":
			a.content = []byte(strings.Repeat("oolong", 20000))
			a.drop("Content-Length")
		case "version":
			a.version = value
		case "bare-line":
			a.bare = true
		case "close":
			a.close = true
		case "keep":
			a.keep = true
		case "continue":
			a.goOn = true
		case "never":
			a.never = true
		case "twice":
			a.twice = true
		case "wait":
			a.wait = true
		}
	}
}

func (a *answer) drop(name string) {
	var kept wire.Fields
	for _, l := range a.fields {
		if !strings.EqualFold(l.Name, name) {
			kept = append(kept, l)
		}
	}
	a.fields = kept
}

// plainGet matches the head of the plain GET of the file.
func plainGet(file, host string) *regexp.Regexp {
	return regexp.MustCompile(`^GET ` + regexp.QuoteMeta(file) + ` HTTP/(1\.1|2|3)\r\nHost: ` + regexp.QuoteMeta(host) + `\r\n(?i:user-agent): [^\r]*\r\n\r\n$`)
}

// setup matches requests that make, look at and remove what a case needs.
var setup = regexp.MustCompile(`(?i)^(PUT|MKCOL|LOCK|UNLOCK|DELETE|GET) \S+/statute-[0-9a-f]+(/|/tea|/cup)? HTTP/[0-9.]+\r\n((host|user-agent|content-length|timeout|lock-token): [^\r]*\r\n|content-type: (text/plain|application/xml)\r\n|accept: \*/\*\r\n)*\r\n$`)

func (f *Front) befalls(head, octets string) bool {
	if f.fault.When == nil {
		return !f.plain.MatchString(head) && !setup.MatchString(head)
	}
	return f.fault.When.MatchString(octets)
}

// answerOf takes over what the right server said; where it reset the stream or
// said nothing, there is an answer without a status.
func answerOf(x *wire.Exchange) *answer {
	a := &answer{version: "HTTP/1.1"}
	if x.Final != nil {
		a.status, a.fields, a.content = x.Final.Status, append(wire.Fields(nil), x.Final.Fields...), x.Final.Content.Data
	}
	return a
}

// behindDo asks the right server.
func (f *Front) behindDo(p wire.Protocol, q *peer.Request) (*wire.Exchange, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	c, err := peer.Dial(ctx, f.behind(p))
	if err != nil {
		return nil, err
	}
	defer c.Close()
	c.Patience = time.Second
	return c.Do(ctx, q)
}

// longer is how long a server waits that waits too long: more than the exam does.
const longer = 5 * time.Second

// h1 serves a connection: each piece of octets that comes is one request, since
// the exam sends requests whole.
func (f *Front) h1(c *peer.ServerConn) {
	buf := make([]byte, 2<<20)
	for served := 0; ; served++ {
		n := 0
		for {
			wait := 5 * time.Second
			if n > 0 {
				wait = 30 * time.Millisecond
			}
			c.SetReadDeadline(time.Now().Add(wait))
			m, err := c.Conn.Read(buf[n:])
			if n += m; err != nil || n == len(buf) {
				break
			}
		}
		if n == 0 || served > 0 && strings.Contains(f.fault.Do, "once") {
			return
		}
		octets := append([]byte(nil), buf[:n]...)
		head, _, _ := strings.Cut(string(octets), "\r\n\r\n")
		method, _, _ := strings.Cut(strings.TrimLeft(head, "\r\n"), " ")
		x, err := f.behindDo(wire.H1, &peer.Request{Method: method, Octets: octets})
		if err != nil {
			return
		}
		a := answerOf(x)
		if f.befalls(head+"\r\n\r\n", string(octets)) {
			a.spoil(f.fault.Do)
		}
		if a.never {
			c.Send("HTTP/1.1 100 Continue\r\n\r\n")
		}
		if a.wait || a.never {
			c.Wait(longer)
			return
		}
		if a.status == 0 {
			return
		}
		c.Send(a.h1(method))
		ends := a.close || !a.keep && x.End != wire.EndKept && x.End != wire.EndTunnel
		if a.twice {
			c.Send(a.h1(method))
		}
		if ends {
			return
		}
	}
}

// h1 writes the answer.
func (a *answer) h1(method string) string {
	var b strings.Builder
	if a.goOn {
		b.WriteString("HTTP/1.1 100 Continue\r\n\r\n")
	}
	fmt.Fprintf(&b, "%s %d ", a.version, a.status)
	line := strings.TrimSuffix(b.String(), " ")
	b.Reset()
	b.WriteString(line)
	if !a.bare {
		b.WriteString(" Model")
	}
	b.WriteString("\r\n")
	chunked := a.fieldsHas("Transfer-Encoding")
	for _, l := range a.fields {
		fmt.Fprintf(&b, "%s: %s\r\n", l.Name, l.Value)
	}
	none := method == "HEAD" || a.status == 204 || a.status == 304 || a.status == 101
	if !chunked && !a.fieldsHas("Content-Length") && !none {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(a.content))
	}
	b.WriteString("\r\n")
	switch {
	case none:
		b.WriteString(a.tail)
	case chunked:
		b.Write(wire.AppendLastChunk(wire.AppendChunk(nil, a.content), nil))
	default:
		b.Write(a.content)
	}
	return b.String()
}

func (a *answer) fieldsHas(name string) bool { return a.fields.Has(name) }

// head is a framed request's head as that of HTTP/1.1, for the faults' patterns.
func head(q *wire.Request) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/%d\r\n", q.Method, q.Target, q.Version.Major)
	if q.Authority != "" && !q.Fields.Has("Host") {
		fmt.Fprintf(&b, "Host: %s\r\n", q.Authority)
	}
	for _, l := range q.Fields {
		fmt.Fprintf(&b, "%s: %s\r\n", l.Name, l.Value)
	}
	return b.String() + "\r\n"
}

// lines are the answer as field lines.
func (a *answer) lines() []wire.Field {
	all := []wire.Field{{Name: ":status", Value: strconv.Itoa(int(a.status))}}
	for _, l := range a.fields {
		all = append(all, wire.Field{Name: strings.ToLower(l.Name), Value: l.Value})
	}
	return all
}
