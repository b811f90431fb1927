// Package play performs scenes against a running server and says whether they
// came true: whether each step of cue and control got the status, the interim
// answers and the evidence that the scene states. It adds nothing of its own to
// a request, and keeps every exchange so that a person can look at both
// messages as they crossed the wire.
package play

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// A Player plays scenes against one server.
type Player struct {
	Address  string        // host and port, the same for TCP and UDP
	TLS      *tls.Config   // with the roots to trust; HTTP/3 needs it, HTTP/1.1 and HTTP/2 use it if Secure
	Secure   bool          // HTTP/1.1 and HTTP/2 over TLS, not in the clear
	Patience time.Duration // longest silence of the server; has to outlast its time limits. 45 s if zero
}

// A Performance is what became of one scene over one protocol.
type Performance struct {
	Scene   *stage.Scene
	Over    wire.Protocol
	Allowed bool // false: the protocol does not allow the scene, Scene.Only says why
	Cue     []*wire.Exchange
	Control []*wire.Exchange
	Err     error // the first thing that was not as stated; nil if all came true
}

// True reports whether the scene came true.
func (p *Performance) True() bool { return p.Allowed && p.Err == nil }

// Statuses returns the statuses of all answers in order, interim ones too.
func Statuses(exchanges []*wire.Exchange) []status.Code {
	codes := []status.Code{}
	for _, x := range exchanges {
		codes = append(codes, x.Statuses()...)
	}
	return codes
}

// Play performs the scene's cue, then its control.
func (p *Player) Play(ctx context.Context, scene *stage.Scene, over wire.Protocol) *Performance {
	result := &Performance{Scene: scene, Over: over, Allowed: scene.Plays(over)}
	if !result.Allowed {
		return result
	}
	act := &act{player: p, over: over, fill: strings.NewReplacer("{nonce}", nonce(), "{host}", p.Address)}
	defer act.close()
	result.Cue, result.Err = act.perform(ctx, "cue", scene.Cue)
	if result.Err == nil {
		result.Control, result.Err = act.perform(ctx, "control", scene.Control)
	}
	return result
}

// An act is one scene while it is played: its fresh name, and the connection of
// the step before.
type act struct {
	player *Player
	over   wire.Protocol
	fill   *strings.Replacer
	conn   *peer.Conn
}

func (a *act) close() {
	if a.conn != nil {
		a.conn.Close()
		a.conn = nil
	}
}

func (a *act) perform(ctx context.Context, part string, steps []stage.Step) ([]*wire.Exchange, error) {
	var done []*wire.Exchange
	for i := range steps {
		x, err := a.step(ctx, &steps[i])
		if x != nil {
			done = append(done, x)
		}
		if err == nil {
			err = judge(&steps[i], x, a.over)
		}
		if err != nil {
			return done, fmt.Errorf("%s, step %d: %w", part, i+1, err)
		}
	}
	return done, nil
}

func (a *act) step(ctx context.Context, step *stage.Step) (*wire.Exchange, error) {
	if !step.Again || a.conn == nil {
		a.close()
		target := peer.Target{Protocol: a.over, Address: a.player.Address}
		if a.over == wire.H3 || a.player.Secure {
			target.TLS = a.player.TLS
		}
		conn, err := peer.Dial(ctx, target)
		if err != nil {
			return nil, fmt.Errorf("connect to %s over %s: %w", a.player.Address, a.over, err)
		}
		a.conn = conn
		a.conn.Patience = a.player.Patience
		if a.conn.Patience == 0 {
			a.conn.Patience = 45 * time.Second
		}
	}
	return a.conn.Do(ctx, a.request(step))
}

// request says to the peer what the step says.
func (a *act) request(step *stage.Step) *peer.Request {
	q := &peer.Request{
		Method: step.Method, Path: a.fill.Replace(step.Path), Authority: a.player.Address,
		Linger: 50 * time.Millisecond,
	}
	for _, f := range step.Fields {
		q.Fields = append(q.Fields, wire.Field{Name: f.Name, Value: a.fill.Replace(f.Value)})
	}
	if step.Content != "" {
		q.Content = []byte(a.fill.Replace(step.Content))
	}
	switch step.Manner {
	case stage.Unlength:
		q.Chunked, q.NoLength = a.over == wire.H1, a.over != wire.H1
	case stage.Hold:
		q.Hold, q.HoldFor = true, a.conn.Patience
	case stage.Stall:
		q.Stop = peer.Stop{In: peer.InContent, After: len(q.Content)}
	}
	if step.Octets != "" || step.Method == "" {
		q.Octets = []byte(a.fill.Replace(step.Octets))
		q.Stop = peer.Stop{}
	}
	return q
}

// judge says what of the exchange is not as the step states.
func judge(step *stage.Step, x *wire.Exchange, over wire.Protocol) error {
	if x.Final == nil {
		return fmt.Errorf("no final answer (the exchange ended: %s), want %d", x.End, step.Status)
	}
	if x.Final.Status != step.Status {
		return fmt.Errorf("the answer is %d, want %d", x.Final.Status, step.Status)
	}
	var interim []status.Code
	for i := range x.Interim {
		interim = append(interim, x.Interim[i].Status)
	}
	if !slices.Equal(interim, step.Interim) {
		return fmt.Errorf("the interim answers are %v, want %v", interim, step.Interim)
	}
	if len(x.Final.Faults) > 0 {
		return fmt.Errorf("the answer is malformed: %w", &x.Final.Faults[0])
	}
	for _, e := range step.Evidence {
		if len(e.Needs) > 0 && !slices.Contains(e.Needs, over) {
			continue
		}
		if err := e.Check(x); err != nil {
			return err
		}
	}
	return nil
}

// nonce is a name that nobody has used before.
func nonce() string {
	var octets [8]byte
	rand.Read(octets[:])
	return hex.EncodeToString(octets[:])
}
