package server

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// A setting is what one trial of a case has: the subject, the protocol, and the
// connections that it has opened.
type setting struct {
	*exam.Trial
	subject  *Subject
	conns    []*peer.Conn
	patience time.Duration // silence that is taken for no answer
}

// broken stops a trial that cannot be staged.
type broken struct{ why lang.Text }

// unasked stops a trial that the subject gives no occasion for.
type unasked struct{ why lang.Text }

// stage makes a case's Run of a function that stages it.
func stage(f func(*setting) exam.Verdict) func(*exam.Trial) exam.Verdict {
	return func(t *exam.Trial) (verdict exam.Verdict) {
		s := &setting{Trial: t, subject: t.Subject.(*Subject), patience: patience}
		defer s.takeTurn()()
		defer func() {
			for _, c := range s.conns {
				c.Close()
			}
			switch fault := recover().(type) {
			case nil:
			case broken:
				verdict = exam.Voided(fault.why)
			case unasked:
				verdict = exam.NotAsked(fault.why)
			default:
				panic(fault)
			}
		}()
		return f(s)
	}
}

// takeTurn lets a case that locks something be alone with the folder for writing:
// a server whose processes share a file of locks may lose one when several write
// at once, which is not the question.
func (s *setting) takeTurn() (end func()) {
	needs := s.Case.Needs
	switch {
	case s.Case.Slow:
	case slices.Contains(needs, Locks):
		s.subject.locks.Lock()
		return s.subject.locks.Unlock
	case slices.Contains(needs, Stores), slices.Contains(needs, Writes), slices.Contains(needs, DAV), slices.Contains(needs, Binds):
		s.subject.locks.RLock()
		return s.subject.locks.RUnlock
	}
	return func() {}
}

// dial opens a connection to the subject in the trial's protocol; without one
// the case cannot be staged.
func (s *setting) dial() *peer.Conn { return s.dialTo(s.subject.target(s.Over)) }

func (s *setting) dialTo(target peer.Target) *peer.Conn {
	if err := s.subject.wait(s.Context); err != nil {
		panic(broken{say("No request was made in time: %v", "來不及送出請求：%v", err)})
	}
	c, err := peer.Dial(s.Context, target)
	if err != nil {
		panic(broken{say("No connection to the subject: %v", "無法連上受測對象：%v", err)})
	}
	c.Patience = s.patience
	s.conns = append(s.conns, c)
	return c
}

// secureTarget is where the subject speaks HTTP/1.1 over TLS.
func (s *setting) secureTarget(config func(*tls.Config)) peer.Target {
	target := s.subject.secureTarget()
	if config != nil {
		config(target.TLS)
	}
	return target
}

// do makes one exchange on the connection and writes it down.
func (s *setting) do(c *peer.Conn, q *peer.Request) *wire.Exchange {
	s.sign(q)
	x, err := c.Do(s.Context, q)
	if err != nil {
		panic(broken{say("The request could not be sent: %v", "無法送出請求：%v", err)})
	}
	s.note(q, x)
	return x
}

// ask makes one exchange on a connection of its own.
func (s *setting) ask(q *peer.Request) *wire.Exchange { return s.do(s.dial(), q) }

// sign adds who asks, which given octets and sections say themselves.
func (s *setting) sign(q *peer.Request) {
	if q.Octets != nil || q.Section != nil {
		return
	}
	if q.Authority == "" {
		q.Authority = s.subject.host(s.Over)
	}
	if !q.Fields.Has("User-Agent") {
		q.Fields = append(wire.Fields{{Name: "User-Agent", Value: Agent}}, q.Fields...)
	}
}

// note writes an exchange down.
func (s *setting) note(q *peer.Request, x *wire.Exchange) {
	if x.Request.Octets != nil {
		s.Record.Note("subject", "<", "%s", x.Request.Octets)
	} else {
		s.Record.Note("subject", "<", "%s %s\r\n%s", x.Request.Method, x.Request.Target, lines(x.Request.Fields))
	}
	for i := range x.Interim {
		s.Record.Note("subject", ">", "%d %s\r\n%s", x.Interim[i].Status, x.Interim[i].Reason, lines(x.Interim[i].Fields))
	}
	if p := x.Final; p != nil {
		s.Record.Note("subject", ">", "%d %s\r\n%s(%d octets of content)", p.Status, p.Reason, lines(p.Fields), p.Content.Length)
	}
	s.Record.Note("subject", "*", "the exchange ended: %s", string(x.End))
}

func lines(f wire.Fields) string {
	var b strings.Builder
	for _, l := range f {
		fmt.Fprintf(&b, "%s: %s\r\n", l.Name, l.Value)
	}
	return b.String()
}

// get is the plain request for a path.
func get(path string, fields ...string) *peer.Request { return request("GET", path, fields...) }

// request is a request with the fields given by name and value in turn.
func request(method, path string, fields ...string) *peer.Request {
	q := &peer.Request{Method: method, Path: path}
	for i := 0; i+1 < len(fields); i += 2 {
		q.Fields = append(q.Fields, wire.Field{Name: fields[i], Value: fields[i+1]})
	}
	return q
}

func with(q *peer.Request, content string) *peer.Request {
	q.Content = []byte(content)
	return q
}

// file is the subject's own answer to the plain GET, which every question about
// the file is compared with. Where it has none the case cannot be asked.
func (s *setting) file() *wire.Response {
	x := s.ask(get(s.subject.File))
	if x.Final == nil || x.Final.Status != 200 {
		panic(broken{say("The plain GET of the file was not answered with 200 this time.", "這次對檔案的單純 GET 沒有得到 200。")})
	}
	return x.Final
}

// raw returns octets with what they name filled in: {file}, {missing}, {host},
// {me}, which is the User-Agent's line, and {nonce}.
func (s *setting) raw(octets string) []byte {
	return []byte(strings.NewReplacer(
		"{file}", s.subject.File, "{missing}", s.subject.missing(s.Nonce), "{host}", s.subject.host(s.Over),
		"{me}", "User-Agent: "+Agent+"\r\n", "{nonce}", s.Nonce, "{write}", s.subject.Write, "{socket}", s.subject.Socket,
	).Replace(octets))
}
