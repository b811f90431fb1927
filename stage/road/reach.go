package road

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A Reach says which servers may be reached: those of the lab, and what an
// operator has allowed besides.
type Reach struct {
	Lab   []string // host and port of sockets that are the lab's; the first is its origin
	Names []string // host names that are the lab's origin, whatever the port
	More  []Pattern
}

// A Pattern allows servers: HOST:PORT, *.DOMAIN:PORT or *:PORT; * as the port
// is any port.
type Pattern struct{ host, port string }

// ParsePattern reads a pattern as an operator writes it.
func ParsePattern(text string) (Pattern, error) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return Pattern{}, fmt.Errorf("%q is not HOST:PORT: %w", text, err)
	}
	host = strings.ToLower(host)
	rest := strings.TrimSuffix(strings.TrimPrefix(host, "*."), ".")
	if host != "*" && (rest == "" || strings.Contains(rest, "*")) {
		return Pattern{}, fmt.Errorf("the host of %q is no name, no address, no *.DOMAIN and not *", text)
	}
	if n, err := strconv.ParseUint(port, 10, 16); port != "*" && (err != nil || n == 0) {
		return Pattern{}, fmt.Errorf("the port of %q is no number from 1 to 65535 and not *", text)
	}
	return Pattern{strings.TrimSuffix(host, "."), port}, nil
}

func (p Pattern) allows(host, port string) bool {
	if p.port != "*" && p.port != port {
		return false
	}
	domain, wild := strings.CutPrefix(p.host, "*")
	return host == p.host || wild && strings.HasSuffix(host, domain)
}

// find returns where a server is; not ok if it may not be reached. Here is the
// address of this machine by which the client has reached it: the lab's, too.
func (r *Reach) find(host, port, here string) (to Onward, ok bool) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if slices.Contains(r.Names, host) {
		return Onward{Address: r.Lab[0]}, true
	}
	for _, lab := range r.Lab {
		h, p, _ := net.SplitHostPort(lab)
		if p == port && (host == h || host == "localhost" || host == here) {
			return Onward{Address: lab}, true
		}
	}
	to.Address = net.JoinHostPort(host, port)
	for _, p := range r.More {
		if p.allows(host, port) {
			// An exact host is meant as it stands; a pattern is not meant to open
			// the operator's own network.
			if p.host == host {
				return Onward{Address: to.Address}, true
			}
			to.Guarded, ok = true, true
		}
	}
	return to, ok
}

var errProhibited = errors.New("an address of a private network")

// nobodys are addresses that look like anybody's and lead into a network: shared
// address space (RFC 6598), this network (RFC 1122 §3.2.1.3), protocol
// assignments and benchmarking (RFC 6890), reserved ones; and those of IPv6 that
// have an IPv4 address within, behind a translator (RFC 6052, RFC 8215), by 6to4
// (RFC 3056), or compatible, and what was site-local (RFC 3879). All unverified.
var nobodys = []netip.Prefix{
	netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("::/96"), netip.MustParsePrefix("fec0::/10"),
}

// inner reports whether an address may be of this machine or of a network that
// only its neighbours should reach.
func inner(a netip.Addr) bool {
	return !a.IsGlobalUnicast() || a.IsPrivate() || slices.ContainsFunc(nobodys, func(p netip.Prefix) bool { return p.Contains(a) })
}

// dial connects to the server ahead.
func (h *Hop) dial(ctx context.Context, to Onward) (net.Conn, error) {
	d := net.Dialer{Timeout: h.patience(), KeepAlive: 30 * time.Second}
	if to.Guarded {
		d.Control = func(_, address string, _ syscall.RawConn) error {
			ap, err := netip.ParseAddrPort(address)
			if err != nil {
				return err
			}
			if inner(ap.Addr().Unmap()) {
				return errProhibited
			}
			return nil
		}
	}
	return d.DialContext(ctx, "tcp", to.Address)
}
