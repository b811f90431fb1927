// Package ask asks a server about one resource, so that the linter has what
// answers can be held against one another: the resource itself, then the same
// with HEAD, OPTIONS, conditions, ranges and negotiation. It is lint's live
// reading of a URL.
//
// Every request is safe (RFC 9110 §9.2.1), goes to the host that was named and to
// no other, and says in User-Agent who asks. They go one after the other on as
// few connections as the server allows. [wire/peer] speaks, so that what is
// recorded is what crossed the wire.
package ask

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"iter"
	"net"
	"net/url"

	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// An Asker asks. Its zero value asks over HTTP/1.1 and trusts the system's
// authorities.
type Asker struct {
	Protocols []wire.Protocol // h1 if empty
	TLS       *tls.Config
	Agent     string // value of User-Agent
}

const (
	maxHops     = 5         // redirects that are followed
	keptContent = 256 << 10 // octets of each answer's content
)

// Ask yields what the server at the address answers, or an error where a
// protocol is not to be had; the next protocol follows then.
func (a *Asker) Ask(ctx context.Context, address string) iter.Seq2[*wire.Exchange, error] {
	return func(yield func(*wire.Exchange, error) bool) {
		u, err := parse(address)
		if err != nil {
			yield(nil, err)
			return
		}
		protocols := a.Protocols
		if len(protocols) == 0 {
			protocols = []wire.Protocol{wire.H1}
		}
		for _, p := range protocols {
			c := &asking{asker: a, ctx: ctx, protocol: p, host: u.Hostname(), yield: yield}
			err := c.all(u)
			c.close()
			switch {
			case errors.Is(err, errStop) || ctx.Err() != nil:
				return
			case err != nil && !yield(nil, fmt.Errorf("ask over %s: %w", p, err)):
				return
			}
		}
	}
}

// parse reads an address that can be asked.
func parse(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, err
	case u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return nil, fmt.Errorf("%q is no http or https address", address)
	case u.User != nil:
		return nil, errors.New("an address with a user name in it is not asked")
	}
	u.Fragment = ""
	return u, nil
}

var errStop = errors.New("no more is wanted")

// asking is the asking over one protocol.
type asking struct {
	asker    *Asker
	ctx      context.Context
	protocol wire.Protocol
	host     string // that was named
	yield    func(*wire.Exchange, error) bool

	conn   *peer.Conn
	origin string // scheme and authority that conn is for
}

func (c *asking) close() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

// all asks everything about the resource, or about what it redirects to.
func (c *asking) all(u *url.URL) error {
	x, err := c.do(u, "GET", nil)
	for range maxHops {
		next := c.next(u, x)
		if err != nil || next == nil {
			break
		}
		u = next
		x, err = c.do(u, "GET", nil)
	}
	if err != nil {
		return err
	}
	for _, q := range questions(x) {
		if _, err := c.do(q.target(u), q.method, q.fields); err != nil {
			return err
		}
	}
	return nil
}

// next returns where a redirect leads, if that is on the host that was named.
func (c *asking) next(from *url.URL, x *wire.Exchange) *url.URL {
	if x == nil || x.Final == nil {
		return nil
	}
	switch x.Final.Status {
	case 301, 302, 303, 307, 308:
	default:
		return nil
	}
	location, err := from.Parse(x.Final.Fields.Get("Location"))
	if err != nil || location.User != nil || !x.Final.Fields.Has("Location") {
		return nil
	}
	if location.Hostname() != c.host || location.Scheme != "http" && location.Scheme != "https" {
		return nil
	}
	location.Fragment = ""
	return location
}

// do makes one exchange, on a new connection if the one before cannot carry it.
func (c *asking) do(u *url.URL, method string, fields wire.Fields) (*wire.Exchange, error) {
	q := &peer.Request{
		Method: method, Authority: u.Host, Path: u.RequestURI(), Keep: keptContent,
		Fields: append(wire.Fields{{Name: "User-Agent", Value: c.asker.Agent}, {Name: "Accept", Value: "*/*"}}, fields...),
	}
	for _, f := range fields {
		if f.Name == "Accept" {
			q.Fields = append(wire.Fields{q.Fields[0]}, fields...)
		}
	}
	if u.Path == "*" {
		q.Path = "*"
	}
	fresh, err := c.reach(u)
	if err != nil {
		return nil, err
	}
	x, err := c.conn.Do(c.ctx, q)
	// A connection that was kept may have been closed in the meantime.
	if !fresh && (errors.Is(err, peer.ErrOver) || err == nil && x.Final == nil && len(x.Interim) == 0) {
		c.close()
		if _, err := c.reach(u); err != nil {
			return nil, err
		}
		x, err = c.conn.Do(c.ctx, q)
	}
	if err != nil {
		return nil, err
	}
	if x.Final == nil || x.End != wire.EndKept {
		c.close()
	}
	if !c.yield(x, nil) {
		return nil, errStop
	}
	return x, nil
}

// reach sees to a connection for the address; fresh says that it is a new one.
func (c *asking) reach(u *url.URL) (fresh bool, err error) {
	origin := u.Scheme + "://" + u.Host
	if c.conn != nil && c.origin == origin {
		return false, nil
	}
	c.close()
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	to := peer.Target{Protocol: c.protocol, Address: net.JoinHostPort(u.Hostname(), port)}
	switch {
	case u.Scheme == "https":
		if to.TLS = c.asker.TLS.Clone(); to.TLS == nil {
			to.TLS = &tls.Config{}
		}
	case c.protocol == wire.H3:
		return false, errors.New("HTTP/3 needs an https address")
	}
	if c.conn, err = peer.Dial(c.ctx, to); err != nil {
		return false, err
	}
	c.origin = origin
	return true, nil
}
