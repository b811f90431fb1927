package model

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/statute-http/statute/wire"
)

// A passage is one request on its way.
type passage struct {
	*Proxy
	c       net.Conn
	r       *wire.Reader
	q       wire.Request
	content []byte
	to      string // the origin's socket
	again   bool   // a POST was sent again
	closing bool   // of the client's connection, afterwards
}

// serve answers the requests of one client.
func (p *Proxy) serve(c net.Conn) {
	r := wire.NewTolerantReader(c, wire.Limits{Target: 64 << 10, Head: 2 << 20, Fields: 4096})
	if !p.has("takes-anything") {
		r = wire.NewTolerantReader(c, wire.Limits{})
	}
	for {
		var head wire.Head
		if err := r.ReadRequest(&head); err != nil {
			if _, ok := err.(*wire.Fault); ok {
				fmt.Fprintf(c, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			}
			return
		}
		a := &passage{Proxy: p, c: c, r: r, q: head.Request("http"), to: p.To}
		framing, length := head.Framing()
		a.closing = a.q.Version.Minor == 0 || a.q.Fields.HasMember("Connection", "close") || p.has("closes-always")
		if p.has("smuggles-on") {
			a.closing = false
		}
		if !a.admit() || !a.take(r.Body(framing, length)) {
			return
		}
		if a.q.Method == "CONNECT" {
			a.tunnel()
			return
		}
		if !a.answer() || a.closing {
			return
		}
	}
}

// say answers for the proxy itself, and closes.
func (a *passage) say(code int, fields ...string) bool {
	text := fmt.Sprintf("HTTP/1.1 %d Status\r\nDate: %s\r\nContent-Length: 0\r\nConnection: close\r\n", code, time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"))
	for _, f := range fields {
		text += f + "\r\n"
	}
	io.WriteString(a.c, text+"\r\n")
	return false
}

// fails is the answer where the origin gave none: RFC 9110 §15.6.3.
func (a *passage) fails(kind string) bool {
	switch {
	case a.has("hides-failures"):
		return a.say(200)
	case a.has("says-no-proxy-status"):
		return a.say(502)
	}
	return a.say(502, "Proxy-Status: model; error="+kind)
}

// admit refuses what is malformed and what is not to be passed on.
func (a *passage) admit() bool {
	q := &a.q
	if a.has("takes-anything") && len(q.Octets) > 512<<10 {
		return a.say(200)
	}
	for _, f := range q.Faults {
		// RFC 9112 §3.2, §5.1, §6.1, §6.3: what nobody may guess about.
		if !a.has("takes-anything") && !a.has("smuggles") && !a.has("smuggles-on") && !a.has("opens-any-tunnel") {
			return a.say(400, "X-Fault: "+string(f.Kind))
		}
	}
	if q.Fields.Count("Host") != 1 && q.Version.Minor > 0 && !a.has("takes-anything") {
		return a.say(400)
	}
	switch {
	case a.has("refuses-http10") && q.Version.Minor == 0, a.has("refuses-http12") && q.Version.Minor == 2:
		return a.say(505)
	case a.has("knows-few-methods") && !slices.Contains([]string{"GET", "HEAD", "POST"}, q.Method):
		if q.Method == "OPTIONS" {
			return a.say(501)
		}
		return a.say(200)
	case a.has("answers-itself"):
		return a.say(200)
	case q.Method == "CONNECT" && a.To != "":
		if a.has("accepts-connect") {
			return a.say(200)
		}
		return a.say(501)
	}
	if a.Login != "" && q.Fields.Get("Proxy-Authorization") != a.Login {
		if a.has("asks-without-challenge") {
			return a.say(407)
		}
		return a.say(407, `Proxy-Authenticate: Basic realm="model"`)
	}
	return true
}

// take reads the content and finds the origin.
func (a *passage) take(body *wire.Body) bool {
	q := &a.q
	if q.Fields.HasMember("Expect", "100-continue") && (q.Version.Minor > 0 || a.has("interim-to-http10")) && !a.has("expect-unheard") {
		io.WriteString(a.c, "HTTP/1.1 100 Continue\r\n\r\n")
	}
	if a.has("expect-strands") && q.Fields.Has("Expect") {
		io.Copy(io.Discard, a.c)
		return false
	}
	a.c.SetReadDeadline(time.Now().Add(10 * time.Second))
	var err error
	a.content, err = io.ReadAll(io.LimitReader(body, 4<<20))
	a.c.SetReadDeadline(time.Time{})
	if err != nil && !a.has("completes-requests") {
		return a.say(400)
	}
	if a.has("loses-content") {
		a.content = nil
	}
	if a.To == "" && q.Method != "CONNECT" {
		u, err := url.Parse(q.Target)
		if err != nil || u.Host == "" {
			return a.say(400)
		}
		a.to = u.Host
	}
	return true
}

// tunnel connects the client with whom CONNECT names (RFC 9110 §9.3.6).
func (a *passage) tunnel() {
	_, port, err := net.SplitHostPort(a.q.Target)
	n, bad := strconv.ParseUint(port, 10, 16)
	if a.has("opens-any-tunnel") {
		a.say(200)
		return
	}
	if err != nil || bad != nil || n == 0 {
		a.say(400)
		return
	}
	if a.has("opens-no-tunnel") {
		a.say(500)
		return
	}
	to, err := net.DialTimeout("tcp", a.q.Target, patience)
	if err != nil {
		a.fails("connection_refused")
		return
	}
	defer a.drop(a.hold(to))
	framing := ""
	if a.has("frames-connect") {
		framing = "Content-Length: 0\r\n"
	}
	io.WriteString(a.c, "HTTP/1.1 200 OK\r\n"+framing+"\r\n")
	a.both(a.r, to, to)
}

// both carries octets both ways until one side ends.
func (a *passage) both(fromClient io.Reader, fromOrigin io.Reader, to net.Conn) {
	a.conns.Go(func() {
		if !a.has("deafens-sockets") {
			io.Copy(to, fromClient)
		}
	})
	io.Copy(a.c, fromOrigin)
	a.c.Close()
}

// onward writes the request as it goes on.
func (a *passage) onward() []byte {
	q := wire.Request{Method: a.q.Method, Target: a.q.Target}
	if a.has("passes-version") {
		q.Version = a.q.Version
	}
	if a.has("shouts-methods") {
		q.Method = strings.ToUpper(q.Method)
	}
	host := a.q.Fields.Get("Host")
	if a.To == "" {
		u, _ := url.Parse(a.q.Target)
		if !a.has("keeps-absolute-form") {
			q.Target = strings.TrimPrefix(a.q.Target, "http://"+u.Host)
		}
		if !a.has("keeps-host") {
			host = u.Host
		}
	}
	if a.has("tidies-paths") {
		q.Target, _ = url.QueryUnescape(strings.ReplaceAll(q.Target, "&&", "&"))
	}
	q.Fields = wire.Fields{{Name: "Host", Value: host}}
	// RFC 9110 §7.6.1.
	for _, f := range a.passing(a.q.Fields) {
		name := strings.ToLower(f.Name)
		switch {
		case name == "host", name == "via", name == "max-forwards", name == "content-length", name == "transfer-encoding":
			continue
		case name == "expect" && (strings.EqualFold(f.Value, "100-continue") || a.has("expect-dropped")):
			continue
		case name == "proxy-authorization" && !a.has("passes-login-on"),
			name == "x-tea-leaf" && a.has("drops-unknown-fields"), name == "authorization" && a.has("drops-authorization"),
			(name == "cdn-loop" || name == "early-data") && a.has("drops-cdn-loop"):
			continue
		}
		q.Fields = append(q.Fields, f)
	}
	if a.has("smuggles") {
		for _, name := range []string{"Content-Length", "Transfer-Encoding"} {
			for v := range a.q.Fields.Values(name) {
				q.Fields = append(q.Fields, wire.Field{Name: name, Value: v})
			}
		}
	}
	if n, err := strconv.Atoi(a.q.Fields.Get("Max-Forwards")); err == nil {
		if !a.has("ignores-max-forwards") {
			n--
		}
		q.Fields = append(q.Fields, wire.Field{Name: "Max-Forwards", Value: strconv.Itoa(n)})
	} else if a.has("invents-max-forwards") {
		q.Fields = append(q.Fields, wire.Field{Name: "Max-Forwards", Value: "9"})
	}
	if !a.has("no-via") {
		via := append(slices.Collect(a.q.Fields.Values("Via")), "1.1 model")
		q.Fields = append(q.Fields, wire.Field{Name: "Via", Value: strings.Join(via, ", ")})
	}
	if a.switches() {
		q.Fields = append(q.Fields, wire.Field{Name: "Connection", Value: "Upgrade"}, wire.Field{Name: "Upgrade", Value: "websocket"})
	}
	if len(a.content) > 0 && !a.has("smuggles") {
		q.Fields = append(q.Fields, wire.Field{Name: "Content-Length", Value: strconv.Itoa(len(a.content))})
	}
	return append(wire.AppendRequest(nil, &q), a.content...)
}

// switches reports whether the client offers a protocol that is carried through.
func (a *passage) switches() bool {
	return a.q.Fields.HasMember("Connection", "Upgrade") && a.q.Fields.Get("Upgrade") == "websocket" && !a.has("upgrades-nothing")
}

// passing returns fields without those of one connection (RFC 9110 §7.6.1).
func (a *passage) passing(fields wire.Fields) wire.Fields {
	if a.has("passes-connection-fields") {
		return fields
	}
	return slices.DeleteFunc(slices.Clone(fields), func(f wire.Field) bool {
		return fields.HasMember("Connection", f.Name) || slices.ContainsFunc([]string{"Connection", "Keep-Alive", "Proxy-Connection", "TE", "Upgrade", "Trailer"}, func(n string) bool { return strings.EqualFold(n, f.Name) })
	})
}

// loops reports whether the request was here before.
func (a *passage) loops() bool {
	return bytes.Contains([]byte(a.q.Fields.Get("Via")), []byte("model")) && !a.has("goes-in-circles")
}
