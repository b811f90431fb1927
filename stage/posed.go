package stage

import (
	"cmp"
	"context"
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

const (
	posedMark     = "Statute-Posed"
	posedLocation = "/lab/page" // where a redirection leads that names no other place
	posedGate     = 15          // posing is all that the handler does, and the last gate is the one that acts
)

// PosedConfig configures [NewPosed]. A field left zero has its default.
type PosedConfig struct {
	Prefix     string        // path that the handler is mounted at; "/status/"
	MaxDelay   time.Duration // longest delay and longest body-delay; a minute
	MaxSize    int64         // greatest size, in octets; 10 MiB
	MaxWaiting int64         // requests that may wait for a delay at one time; 10000
	MaxTurns   int           // sequences remembered at one time, the least recently asked for goes first; 10000
	TurnLife   time.Duration // how long a sequence that nobody asks for is remembered; 10 minutes
	MaxIntake  int64         // octets of request content read, and thrown away, before an answer; 1 MiB
	IntakeTime time.Duration // longest time for reading them; 5 seconds
	LingerTime time.Duration // longest life of a connection after a posed 101; 10 seconds

	Hosts  []string // hosts besides the request's own to which Location may lead; none
	Portal string   // where a posed 511 says that one logs in; "/511"

	Language func(*http.Request) lang.Tag               // the reader's language; Accept-Language, else English
	Rand     func() float64                             // in [0,1), safe for parallel use; math/rand/v2
	Now      func() time.Time                           // time.Now
	Wait     func(context.Context, time.Duration) error // returns early, with an error, when the context ends
}

type posed struct {
	PosedConfig
	options []posedOption
	duties  map[status.Code]posedDuty
	turns   *posedTurns
	waiting atomic.Int64 // requests that asked for a delay and are not yet answered
}

// NewPosed returns the handler of posed answers: the quick way to a status code
// that users of httpbin-like servers expect. The URL names the code and the
// server sends it. Nothing brings the code about, so every posed answer says in
// the field Statute-Posed and in its content that it is posed; what goes wrong
// in earnest is answered without that field.
//
//	/status/503                    that code, any from 100 to 999
//	/status/200:0.9,500:0.1        one of them by chance; a weight is 1 where none is given
//	/status/503x2/200              503 twice, then 200 for as long as one asks
//	/status/503?delay=2s&body=tea  with options: see posedOptions
//
// The turn in a sequence belongs to the option key, or else to the whole URL
// and the client's address; a request that is refused has taken its turn.
//
// The handler is safe for parallel use. A server that limits the time for
// writing an answer has to allow for two delays of MaxDelay.
func NewPosed(c PosedConfig) http.Handler {
	c.Prefix = cmp.Or(c.Prefix, "/status/")
	c.MaxDelay = cmp.Or(c.MaxDelay, time.Minute)
	c.MaxSize = cmp.Or(c.MaxSize, 10<<20)
	c.MaxWaiting = cmp.Or(c.MaxWaiting, 10_000)
	c.MaxTurns = cmp.Or(c.MaxTurns, 10_000)
	c.TurnLife = cmp.Or(c.TurnLife, 10*time.Minute)
	c.MaxIntake = cmp.Or(c.MaxIntake, 1<<20)
	c.IntakeTime = cmp.Or(c.IntakeTime, 5*time.Second)
	c.LingerTime = cmp.Or(c.LingerTime, 10*time.Second)
	c.Portal = cmp.Or(c.Portal, "/511")
	if c.Language == nil {
		c.Language = func(r *http.Request) lang.Tag {
			return lang.FromAccept(r.Header.Get("Accept-Language"), lang.En)
		}
	}
	if c.Rand == nil {
		c.Rand = rand.Float64
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Wait == nil {
		c.Wait = posedWait
	}
	return &posed{
		PosedConfig: c,
		options:     posedOptions(c),
		duties:      posedDuties(c),
		turns:       newPosedTurns(c.MaxTurns, c.TurnLife),
	}
}

func (p *posed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
		posedPreflight(h, r)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	posedOpen(h)
	if refusal := p.pose(w, r); refusal != nil {
		clear(h) // of the answer that was begun
		posedOpen(h)
		refusal.Gate = posedGate
		refusal.Answer(w, r, p.Language(r))
	}
}

// pose sends the posed answer, or returns why there is none. Once it has sent
// anything it returns nil.
func (p *posed) pose(w http.ResponseWriter, r *http.Request) *wire.Refusal {
	if code, ok := p.bare(r.URL); ok {
		return p.answer(w, r, posedBare, code)
	}
	ask, refusal := p.parse(r)
	if refusal != nil {
		return refusal
	}
	if ask.delay+ask.bodyDelay > 0 {
		defer p.waiting.Add(-1)
		if p.waiting.Add(1) > p.MaxWaiting {
			return posedCrowded()
		}
	}
	step := ask.codes[0]
	if len(ask.codes) > 1 {
		step = ask.codes.at(p.turns.take(p.turnOf(ask, r), p.Now()))
	}
	return p.answer(w, r, ask, step.choose(p.Rand))
}

// answer sends the code that was drawn from what was asked for.
func (p *posed) answer(w http.ResponseWriter, r *http.Request, ask *posedAsk, code status.Code) *wire.Refusal {
	if refusal := posedMatch(code, r); refusal != nil {
		return refusal
	}
	final := code
	if posedHasFinal(code) {
		final = ask.final
		if refusal := posedMatch(final, r); refusal != nil {
			return refusal
		}
	}
	h := w.Header()
	if code == http.StatusSwitchingProtocols {
		h = make(http.Header) // its head is written by hand, see switchProtocols
	}
	reply, refusal := p.compose(h, ask, code, final, r)
	if refusal != nil {
		return refusal
	}
	wire.Decide(w, wire.Decision{Gate: posedGate, Reason: "posed"})
	if code != final {
		posedInterim(w, r, code)
	}
	p.drain(w, r, code)
	p.wait(r, ask.delay)
	if code == http.StatusSwitchingProtocols {
		return p.switchProtocols(w, r, reply)
	}
	p.write(w, r, reply, ask.bodyDelay)
	return nil
}

// write sends the answer; the content of an answer to HEAD stays unsent and is
// announced all the same (RFC 9110 §9.3.2).
func (p *posed) write(w http.ResponseWriter, r *http.Request, reply posedReply, pause time.Duration) {
	if reply.content != nil {
		reply.header.Set("Content-Length", strconv.FormatInt(reply.content.Size(), 10))
	}
	w.WriteHeader(int(reply.code))
	if reply.content == nil || r.Method == http.MethodHead {
		return
	}
	if pause > 0 {
		http.NewResponseController(w).Flush() // a server that cannot flush sends head and content together
		p.wait(r, pause)
	}
	if whole, ok := reply.content.(io.WriterTo); ok {
		whole.WriteTo(w)
		return
	}
	io.Copy(w, io.NewSectionReader(reply.content, 0, reply.content.Size()))
}

// wait lets d pass. When the client goes away or the server stops meanwhile,
// there is nobody to answer and the handler ends without one.
func (p *posed) wait(r *http.Request, d time.Duration) {
	if d > 0 && p.Wait(r.Context(), d) != nil {
		panic(http.ErrAbortHandler)
	}
}

func posedWait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// drain reads request content away, within limits, because a client that is
// still sending when an HTTP/1.1 connection closes may never see the answer.
// A client that waits for a 100 is not asked for its content by an answer that
// has no use for it (RFC 9110 §10.1.1), unless that 100 is what it posed.
func (p *posed) drain(w http.ResponseWriter, r *http.Request, code status.Code) {
	if r.Body == nil || r.Body == http.NoBody || r.Header.Get("Expect") != "" && code != http.StatusContinue {
		return
	}
	control := http.NewResponseController(w)
	if control.SetReadDeadline(time.Now().Add(p.IntakeTime)) != nil {
		return
	}
	if _, err := io.CopyN(io.Discard, r.Body, p.MaxIntake); err == io.EOF {
		control.SetReadDeadline(time.Time{})
	}
}

// turnOf names whose sequence the request continues.
func (p *posed) turnOf(ask *posedAsk, r *http.Request) [sha256.Size]byte {
	who := "key " + ask.key
	if ask.key == "" {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			host = r.RemoteAddr
		}
		who = "client " + host + " " + r.URL.RawQuery
	}
	return sha256.Sum256([]byte(r.URL.Path + "\x00" + who))
}

// posedOpen lets scripts of any origin read the answer and all its fields.
func posedOpen(h http.Header) {
	h["Access-Control-Allow-Origin"] = posedAnything
	h["Access-Control-Expose-Headers"] = posedAnything
}

// posedPreflight allows a script of any origin whatever it is about to send.
// It is no posed answer, so it carries no mark. The wildcard would not cover
// Authorization, so the fields are named as they were asked for.
func posedPreflight(h http.Header, r *http.Request) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", r.Header.Get("Access-Control-Request-Method"))
	if fields := strings.Join(r.Header.Values("Access-Control-Request-Headers"), ", "); fields != "" {
		h.Set("Access-Control-Allow-Headers", fields)
	}
	h.Set("Access-Control-Max-Age", "600")
	h.Set("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
}

func posedCrowded() *wire.Refusal {
	return &wire.Refusal{
		Status: http.StatusServiceUnavailable,
		Reason: "posed-waiting",
		Spec:   "RFC 9110 §15.6.4",
		Detail: lang.Text{
			En:   "Too many requests are waiting for a delay of their own. Ask again in a second, or without delay.",
			ZhTW: "正在等候延遲的請求太多。請一秒後再試，或不要加上 delay。",
		},
		Fields: wire.Fields{{Name: "Retry-After", Value: "1"}},
	}
}
