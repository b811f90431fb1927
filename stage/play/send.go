package play

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// connect makes the connection for a step, unless it goes on with the one before.
func (a *act) connect(ctx context.Context, step *stage.Step) error {
	if step.Again && a.conn != nil {
		return nil
	}
	a.close()
	conn, err := a.dial(ctx, step)
	a.conn = conn
	return err
}

func (a *act) send(ctx context.Context, step *stage.Step) (*wire.Exchange, error) {
	x, err := a.conn.Do(ctx, a.request(step))
	if x != nil {
		a.learn(step, x)
	}
	if err == nil && x.Final != nil && x.End == wire.EndTunnel && step.Frames != "" {
		err = a.converse(ctx, step)
	}
	return x, err
}

// dial makes the connection for a step, through its door.
func (a *act) dial(ctx context.Context, step *stage.Step) (*peer.Conn, error) {
	target := peer.Target{Protocol: a.over, Address: a.address(step.Door), From: a.fill(step.From)}
	if target.Address == "" {
		return nil, fmt.Errorf("this server has no %s: it runs with --%[1]s-listen off", door(step.Door))
	}
	// The proxy and the interceptor are spoken to in the clear, as most are.
	if a.over == wire.H3 || a.player.Secure && step.Door == stage.Straight || step.ServerName != "" {
		target.TLS, target.ServerName = a.player.TLS, step.ServerName
	}
	if step.Early {
		if err := a.resume(ctx, &target); err != nil {
			return nil, err
		}
	}
	conn, err := peer.Dial(ctx, target)
	// A server that many come to at once may turn connections away. Nothing was
	// asked yet, so it does no harm to come again.
	for try := 0; err != nil && try < 3 && pause(ctx, dialAgain<<try) == nil; try++ {
		conn, err = peer.Dial(ctx, target)
	}
	if err != nil {
		if step.From != "" {
			err = fmt.Errorf("%w; the scene is played from %s, which needs a server on this machine's loopback network", err, target.From)
		}
		return nil, fmt.Errorf("connect to %s over %s: %w", target.Address, a.over, err)
	}
	conn.Patience = a.patience()
	return conn, nil
}

// door returns the name of the server behind a door.
func door(d stage.Door) string {
	if d == stage.Proxy {
		return "proxy"
	}
	return "portal"
}

// address returns where a door is; empty if the server does not have it.
func (a *act) address(door stage.Door) string {
	switch door {
	case stage.Proxy:
		return a.player.Proxy
	case stage.Portal, stage.AtPortal, stage.Detour:
		return a.player.Portal
	}
	return a.player.Address
}

func (a *act) patience() time.Duration { return cmp.Or(a.player.Patience, 45*time.Second) }

// dialAgain is how long the first time; then twice as long, and again.
const dialAgain = 100 * time.Millisecond

// converse speaks the protocol to which the connection has gone over: it sends
// the step's frames, and has to get back its echo and the end.
func (a *act) converse(ctx context.Context, step *stage.Step) error {
	conn := a.conn
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	after := "after the " + step.Status.String()
	if _, err := conn.Write([]byte(a.fill(step.Frames))); err != nil {
		return fmt.Errorf("%s: send frames: %w", after, err)
	}
	got, err := io.ReadAll(io.LimitReader(conn, int64(len(step.Echo))+1))
	if string(got) != step.Echo {
		return fmt.Errorf("%s: %q came back (%v), want %q", after, got, err, step.Echo)
	}
	if err != nil {
		return fmt.Errorf("%s: the server did not end the connection: %w", after, err)
	}
	return nil
}

// request says to the peer what the step says.
func (a *act) request(step *stage.Step) *peer.Request {
	q := &peer.Request{
		Method: step.Method, Path: a.fill(step.Path), Authority: a.authority(step),
		Linger: 50 * time.Millisecond,
	}
	// RFC 9112 §3.2.2: over HTTP/1.1 a proxy is sent the whole URI.
	if (step.Door == stage.Proxy || step.Door == stage.Detour) && a.over == wire.H1 && strings.HasPrefix(q.Path, "/") {
		q.Path = "http://" + q.Authority + q.Path
	}
	for _, f := range step.Fields {
		q.Fields = append(q.Fields, wire.Field{Name: f.Name, Value: a.fill(f.Value)})
	}
	if step.Content != "" {
		q.Content = []byte(a.fill(step.Content))
	}
	switch step.Manner {
	case stage.Hold, stage.Pour, stage.Balk:
		q.Hold, q.HoldFor = true, a.conn.Patience
	}
	switch step.Manner {
	case stage.Unlength, stage.Pour:
		q.Chunked, q.NoLength = a.over == wire.H1, a.over != wire.H1
	case stage.Stall, stage.Balk:
		q.Stop = peer.Stop{In: peer.InContent, After: len(q.Content)}
	}
	if step.Octets != "" || step.Method == "" {
		q.Octets = []byte(a.fill(step.Octets))
		q.Stop = peer.Stop{}
	}
	return q
}

// authority is the server's, under another name where the step has one.
func (a *act) authority(step *stage.Step) string {
	switch {
	case step.Door == stage.AtPortal:
		return a.player.Portal
	case step.Host == "":
		return a.player.Address
	}
	_, port, _ := net.SplitHostPort(a.player.Address)
	return net.JoinHostPort(step.Host, port)
}
