// Package play performs scenes against a running server and says whether they
// came true: whether each step of cue and control got the status, the interim
// answers and the evidence that the scene states. It adds nothing of its own to
// a request, and keeps every exchange so that a person can look at both
// messages as they crossed the wire.
package play

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// A Player plays scenes against one server.
type Player struct {
	Address  string        // host and port, the same for TCP and UDP
	Proxy    string        // host and port of the forward proxy; empty: there is none
	Portal   string        // host and port of the interceptor; empty: there is none
	TLS      *tls.Config   // with the roots to trust; HTTP/3 needs it, HTTP/1.1 and HTTP/2 use it if Secure
	Secure   bool          // HTTP/1.1 and HTTP/2 over TLS, not in the clear
	Patience time.Duration // longest silence of the server; has to outlast its time limits. 45 s if zero

	// Intermission, if set, is called between cue and control, when the play has
	// no connection open.
	Intermission func()
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
	act := &act{player: p, over: over, nonce: nonce(), client: client()}
	defer act.close()
	result.Cue, result.Err = act.perform(ctx, "cue", scene.Cue)
	if p.Intermission != nil {
		act.close()
		p.Intermission()
	}
	if result.Err == nil {
		result.Control, result.Err = act.perform(ctx, "control", scene.Control)
	}
	return result
}

// An act is one scene while it is played: its fresh name, what the answers so
// far have said, and the connection of the step before.
type act struct {
	player   *Player
	over     wire.Protocol
	nonce    string
	location string        // the last Location, as a path
	token    string        // the last access token, or the last credentials for a payment
	pay      string        // the last Payment challenge
	lock     string        // the last Lock-Token
	retry    time.Duration // the last Retry-After
	client   string        // the address of this play's own
	conn     *peer.Conn
}

// fill puts the play's own names in the place of placeholders.
func (a *act) fill(text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	return strings.NewReplacer("{nonce}", a.nonce, "{host}", a.player.Address, "{location}", a.location, "{token}", a.token, "{challenge}", a.pay, "{lock}", a.lock,
		"{client}", a.client).Replace(text)
}

// learn keeps what the answer says for later steps.
func (a *act) learn(step *stage.Step, x *wire.Exchange) {
	fields := x.Answer().Fields
	if l := fields.Get("Location"); l != "" && step.GivesLocation() {
		a.location = l
	}
	if l := fields.Get("Lock-Token"); l != "" {
		a.lock = l
	}
	if seconds, err := strconv.Atoi(fields.Get("Retry-After")); err == nil {
		a.retry = time.Duration(seconds) * time.Second
	}
	for challenge := range fields.Values("WWW-Authenticate") {
		if strings.HasPrefix(challenge, "Payment ") {
			a.pay = challenge
		}
	}
	// RFC 6750 §4: how a token is given out. The lab's mint has another name for
	// what it gives.
	var given struct {
		Token       string `json:"access_token"`
		Credentials string `json:"credentials"`
	}
	if content := &x.Answer().Content; fields.Get("Content-Type") == "application/json" && json.Unmarshal(content.Data, &given) == nil {
		a.token = cmp.Or(given.Token, given.Credentials, a.token)
	}
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
			err = a.judge(&steps[i], x)
		}
		if err != nil {
			return done, fmt.Errorf("%s, step %d: %w", part, i+1, err)
		}
	}
	return done, nil
}

// step sends one request, with those beside it, and returns its exchange.
func (a *act) step(ctx context.Context, step *stage.Step) (*wire.Exchange, error) {
	wait := step.Wait
	if step.Retry {
		wait = a.retry
	}
	if err := pause(ctx, wait); err != nil {
		return nil, err
	}
	if err := a.connect(ctx, step); err != nil {
		return nil, err
	}
	if len(step.Beside) == 0 {
		return a.send(ctx, step)
	}
	// All connections are there before the first request is sent: only the
	// requests themselves count for which is before which.
	others := make([]*act, len(step.Beside))
	for i := range step.Beside {
		others[i] = &act{player: a.player, over: a.over, nonce: a.nonce, client: a.client, location: a.location, token: a.token, pay: a.pay, lock: a.lock}
		defer others[i].close()
		if err := others[i].connect(ctx, &step.Beside[i]); err != nil {
			return nil, fmt.Errorf("request beside it: %w", err)
		}
	}
	var beside sync.WaitGroup
	failed := make(chan error, len(step.Beside))
	for i, other := range others {
		beside.Go(func() {
			x, err := other.send(ctx, &step.Beside[i])
			if err == nil {
				err = other.judge(&step.Beside[i], x)
			}
			if err != nil {
				failed <- fmt.Errorf("request beside it: %w", err)
			}
		})
	}
	err := pause(ctx, headStart)
	var x *wire.Exchange
	if err == nil {
		x, err = a.send(ctx, step)
	}
	beside.Wait()
	close(failed)
	if other := <-failed; err == nil {
		err = other
	}
	return x, err
}

// headStart is how long before a step the requests beside it are begun.
const headStart = 500 * time.Millisecond

func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// judge says what of the exchange is not as the step states.
func (a *act) judge(step *stage.Step, x *wire.Exchange) error {
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
	// How many signs of life there are depends on how long the work really took.
	interim = slices.CompactFunc(interim, func(a, b status.Code) bool { return a == 102 && b == 102 })
	if !slices.Equal(interim, step.Interim) {
		return fmt.Errorf("the interim answers are %v, want %v", interim, step.Interim)
	}
	if len(x.Final.Faults) > 0 {
		return fmt.Errorf("the answer is malformed: %w", &x.Final.Faults[0])
	}
	for _, f := range step.Carries {
		if got, want := x.Final.Fields.Get(f.Name), a.fill(f.Value); got != want {
			return fmt.Errorf("%s is %q, want %q", f.Name, got, want)
		}
	}
	if step.Reports != nil {
		var want []stage.Report
		for _, r := range step.Reports {
			want = append(want, stage.Report{Path: a.fill(r.Path), Status: r.Status})
		}
		if err := stage.CheckReports(x.Final.Content.Data, want); err != nil {
			return err
		}
	}
	for _, e := range step.Evidence {
		if len(e.Needs) > 0 && !slices.Contains(e.Needs, a.over) {
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

// client is a loopback address that hardly anybody has used before.
func client() string {
	var octets [3]byte
	rand.Read(octets[:])
	return fmt.Sprintf("127.%d.%d.%d", octets[0]|0x40, octets[1], octets[2])
}
