package proxy

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// A Setting is what one trial needs: the subject, and the scripts of the origin
// behind it.
type Setting struct {
	trial   *exam.Trial
	subject *Subject

	mu      sync.Mutex
	scripts map[string]func(*Turn)
	came    []*Asked
	broken  error
	waits   time.Duration // for the subject, instead of patience
}

const plainContent = "what there is to say"

// plain is the answer in which nothing is odd.
func plain(t *Turn) {
	t.Content()
	t.Answer(200, plainContent, "Content-Type: text/plain", "Cache-Control: no-store")
}

// stage makes a case's Run of a function that stages it. Of one that is asked
// alone no connection is left, or its control would be answered by what it left
// there.
func stage(f func(*Setting) exam.Verdict) func(*exam.Trial) exam.Verdict {
	return func(t *exam.Trial) exam.Verdict {
		s := &Setting{trial: t, subject: t.Subject.(*Subject), scripts: map[string]func(*Turn){}}
		s.subject.Origin.enter(s)
		defer s.subject.Origin.leave(s)
		verdict := f(s)
		if t.Case.Alone {
			s.clear()
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.broken != nil {
			return exam.Voided(say("The case could not be staged: %v", "無法布置這一題：%v", s.broken))
		}
		return verdict
	}
}

// clear resets the subject's connections to the origin, and asks for plain things
// until two in a row come as they ought to: some gateways wait a while before
// they look for an origin again that was not there.
func (s *Setting) clear() {
	s.subject.Origin.reset()
	trial := *s.trial
	trial.Nonce, trial.Record = exam.NewNonce(), exam.NewTranscript()
	after := &Setting{trial: &trial, subject: s.subject, scripts: map[string]func(*Turn){}}
	s.subject.Origin.enter(after)
	defer s.subject.Origin.leave(after)
	for right, tries := 0, 0; right < 2 && tries < 20; tries++ {
		if right++; after.Do(after.Request("/clear")).plain().Outcome != exam.Pass {
			right = 0
			after.sleep(lookAfter)
		}
	}
}

// A staging is a case of one request: what is sent, what the origin answers, and
// what that makes of the verdict. In its control request and answer are plain.
type staging struct {
	send   func(*Setting, *peer.Request) // makes the request what it is to be; nil: a plain GET
	answer func(*Turn)                   // nil: plain
	judge  func(*Setting, *Seen) exam.Verdict
}

func (g staging) run() func(*exam.Trial) exam.Verdict {
	return stage(func(s *Setting) exam.Verdict {
		tested := exam.Either(s.trial, true, false)
		q, answer := s.Request("/start"), plain
		if tested && g.send != nil {
			g.send(s, q)
		}
		if tested && g.answer != nil {
			answer = g.answer
		}
		s.On("/start", answer)
		seen := s.Do(q)
		for tries := 1; g.kept(s, seen, tested) && tries < 4; tries++ {
			s.sleep(lookAfter)
			seen = s.Do(q)
		}
		switch {
		case !tested:
			return seen.plain()
		case g.kept(s, seen, tested):
			return exam.NotAsked(say("It answered %d, and nothing had come to the origin.", "它回 %d，而源伺服器什麼也沒收到。", seen.Code()))
		}
		return g.judge(s, seen)
	})
}

// kept reports whether a request with nothing odd got an error of the proxy's own
// and did not come to the origin, so that nothing of the case was tried: what
// another case left on the proxy's connections was in the way.
func (g staging) kept(s *Setting, seen *Seen, tested bool) bool {
	return (g.send == nil || !tested) && seen.Code().Class() == status.ServerError && s.Came("/start") == 0
}

// On gives the script of a path.
func (s *Setting) On(path string, script func(*Turn)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[path] = script
}

// script returns what answers a path. What nobody scripted is answered plainly:
// that it came at all is kept.
func (s *Setting) script(path string) func(*Turn) {
	path, _, _ = strings.Cut(path, "?")
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.scripts[path]; f != nil {
		return f
	}
	return plain
}

func (s *Setting) asked(a *Asked) {
	s.mu.Lock()
	s.came = append(s.came, a)
	s.mu.Unlock()
	s.trial.Record.Note(fmt.Sprintf("origin%d", a.Conn), ">", "%s", a.Request.Octets)
}

// Asked returns the requests that came to the origin for a path, or all.
func (s *Setting) Asked(path string) []*Asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	var those []*Asked
	for _, a := range s.came {
		own, _, _ := strings.Cut(a.Path, "?")
		if path == "" || own == path {
			copied := *a
			those = append(those, &copied)
		}
	}
	return those
}

// Came returns how many came.
func (s *Setting) Came(path string) int { return len(s.Asked(path)) }

func (s *Setting) fail(doing string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = fmt.Errorf("%s: %w", doing, err)
}

// forward reports whether the subject is a forward proxy.
func (s *Setting) forward() bool { return s.subject.Mode == Forward }

// Host is what requests name: the origin, or the gateway.
func (s *Setting) Host() string {
	switch {
	case s.forward():
		return s.subject.Origin.Addr()
	case s.subject.Host != "":
		return s.subject.Host
	}
	return s.subject.Address
}

// Target is a path as it is written in a request line.
func (s *Setting) Target(path string) string {
	target := "/" + s.trial.Nonce + path
	if s.forward() && s.trial.Over == wire.H1 {
		return "http://" + s.Host() + target
	}
	return target
}

// Request is a GET of a path through the subject.
func (s *Setting) Request(path string) *peer.Request {
	q := &peer.Request{Method: "GET", Path: s.Target(path), Authority: s.Host()}
	if s.forward() {
		q.Scheme = "http"
	}
	if s.subject.Login != "" {
		q.Fields = wire.Fields{{Name: "Proxy-Authorization", Value: s.subject.Login}}
	}
	return q
}

// Head is the head of an HTTP/1.1 request as octets, without its last line end.
func (s *Setting) Head(method, path string, lines ...string) string {
	return s.HeadOf("HTTP/1.1", method, path, append([]string{"Host: " + s.Host()}, lines...)...)
}

// HeadOf is the same for another version, and with no Host but in the lines.
func (s *Setting) HeadOf(version, method, path string, lines ...string) string {
	text := method + " " + s.Target(path) + " " + version + "\r\n"
	if s.subject.Login != "" {
		text += "Proxy-Authorization: " + s.subject.Login + "\r\n"
	}
	for _, l := range lines {
		text += l + "\r\n"
	}
	return text
}

// Dial connects to the subject. Close it.
func (s *Setting) Dial() *peer.Conn {
	return s.dial(peer.Target{Protocol: s.trial.Over, Address: s.subject.Address, TLS: s.subject.tls(s.trial.Over)})
}

func (s *Setting) dial(to peer.Target) *peer.Conn {
	c, err := peer.Dial(s.trial.Context, to)
	if err != nil {
		s.fail("connect to the proxy", err)
		return nil
	}
	c.Patience = max(patience, s.waits)
	return c
}

// Do makes one exchange on a connection of its own.
func (s *Setting) Do(q *peer.Request) *Seen { return s.doOnce(s.Dial(), q) }

// DoTo is the same on a connection that is made in another way.
func (s *Setting) DoTo(to peer.Target, q *peer.Request) *Seen { return s.doOnce(s.dial(to), q) }

func (s *Setting) doOnce(c *peer.Conn, q *peer.Request) *Seen {
	if c == nil {
		return &Seen{Exchange: &wire.Exchange{}}
	}
	defer c.Close()
	return s.DoOn(c, q)
}

// DoOn makes one exchange on a connection.
func (s *Setting) DoOn(c *peer.Conn, q *peer.Request) *Seen {
	x, err := c.Do(s.trial.Context, q)
	if err != nil && !errors.Is(err, peer.ErrOver) {
		s.fail("send the request", err)
	}
	return s.seen(x)
}

func (s *Setting) seen(x *wire.Exchange) *Seen {
	if x == nil {
		x = &wire.Exchange{}
	}
	record := s.trial.Record
	text := string(x.Request.Octets)
	if text == "" {
		text = fmt.Sprintf("%s %s %v", x.Request.Method, x.Request.Target, x.Request.Fields)
	}
	record.Note("client", ">", "%s", text)
	for i := range x.Interim {
		record.Note("client", "<", "%s", headText(&x.Interim[i]))
	}
	if x.Final != nil {
		record.Note("client", "<", "%s", headText(x.Final))
		record.Note("client", "<", "%d octets of content: %.80q", x.Final.Content.Length, x.Final.Content.Data)
	}
	record.Note("client", "*", "end: %s, %d octets after", x.End, len(x.After))
	return &Seen{Exchange: x}
}

func headText(p *wire.Response) string {
	if len(p.Octets) > 0 {
		return string(p.Octets)
	}
	return fmt.Sprintf("%d %v", p.Status, p.Fields)
}

// A Seen is what came back to the client.
type Seen struct{ *wire.Exchange }

// Code is the final status; 0 if none came.
func (x *Seen) Code() status.Code { return x.Answer().Status }

// Text is the content.
func (x *Seen) Text() string { return string(x.Answer().Content.Data) }

// Whole reports whether the answer came to its end.
func (x *Seen) Whole() bool {
	return x.Final != nil && x.End != wire.EndCut && x.End != wire.EndReset && x.End != wire.EndSilent
}

// plain grades the plain answer.
func (x *Seen) plain() exam.Verdict {
	if x.Code() != 200 || x.Text() != plainContent || !x.Whole() {
		return fail("A plain 200 came back as %d with %.40q.", "單純的 200 回來時是 %d，內容 %.40q。", x.Code(), x.Text())
	}
	return pass("A plain 200 came back as it is.", "單純的 200 原樣回來。")
}

// sleep lets time pass, no longer than the trial.
func (s *Setting) sleep(d time.Duration) {
	select {
	case <-time.After(d):
	case <-s.trial.Context.Done():
	}
}

// weighs lessens a fail where the sentence says less for a gateway than it says
// for a proxy. RFC 9110 §3.7: towards clients a gateway has an origin's duties,
// towards the origin a client's. At level info the value says what it did.
func (s *Setting) weighs(atGateway exam.Level, did string, v exam.Verdict) exam.Verdict {
	switch {
	case v.Outcome != exam.Fail || s.forward():
		return v
	case atGateway == exam.Info:
		return exam.Noted(did, v.Detail)
	}
	v.Level = atGateway
	return v
}

// atGateways is a case of whose fails that holds which are a gateway's.
func atGateways(level exam.Level, c exam.Case) exam.Case {
	run := c.Run
	c.Run = func(t *exam.Trial) exam.Verdict {
		v := run(t)
		if v.Outcome == exam.Fail && t.Subject.(*Subject).Mode == Reverse {
			v.Level = level
		}
		return v
	}
	return c
}

// lesser is a fail that weighs less than the case.
func lesser(level exam.Level, v exam.Verdict) exam.Verdict {
	v.Level = level
	return v
}

func number(n int) string { return strconv.Itoa(n) }

// plainAfterInterim grades the plain answer behind an interim one. Who does not
// understand that is asked about it elsewhere.
func (x *Seen) plainAfterInterim() exam.Verdict {
	if v := x.plain(); v.Outcome == exam.Pass {
		return v
	}
	return exam.NotAsked(say("It does not understand interim answers: the client got %d.", "它不懂過渡回應：用戶端得到 %d。", x.Code()))
}
