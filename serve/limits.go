package serve

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/statute-http/statute/wire"
)

// Limits bound what peers can take of us. Zero means the default.
type Limits struct {
	Message wire.Limits // octets and fields of a head
	Content int64       // octets of a request's content; 64 MiB

	First  time.Duration // until the first octet on a new connection; then 408. 30 s
	Head   time.Duration // from a head's first octet to its end; then 408. 10 s
	Stall  time.Duration // between two reads of content; then 408. 20 s
	Upload time.Duration // for all of a request's content; then 408. 10 min
	Idle   time.Duration // between an answer and the next request; then the connection closes. 60 s
	Write  time.Duration // for the peer to take what is written; then it is cut. 30 s
	Linger time.Duration // for the peer to read a last answer before the connection closes. 2 s

	Connections           int // at once, all protocols; 20,000
	ConnectionsPerAddress int // of one IPv4 address or IPv6 /64; 1,024
	Streams               int // at once on an HTTP/2 or HTTP/3 connection; 100

	AltSvc time.Duration // how long clients may remember HTTP/3; 1 h
}

func (l Limits) withDefaults() Limits {
	orElse(&l.Content, 64<<20)
	orElse(&l.First, 30*time.Second)
	orElse(&l.Head, 10*time.Second)
	orElse(&l.Stall, 20*time.Second)
	orElse(&l.Upload, 10*time.Minute)
	orElse(&l.Idle, 60*time.Second)
	orElse(&l.Write, 30*time.Second)
	orElse(&l.Linger, 2*time.Second)
	orElse(&l.Connections, 20_000)
	orElse(&l.ConnectionsPerAddress, 1024)
	orElse(&l.Streams, 100)
	orElse(&l.AltSvc, time.Hour)
	l.Message = l.Message.WithDefaults()
	return l
}

func orElse[T int | int64 | time.Duration](v *T, otherwise T) {
	if *v == 0 {
		*v = otherwise
	}
}

// A counter counts connections, in all and by address.
type counter struct {
	mu             sync.Mutex
	all            int
	by             map[netip.Prefix]int
	most, mostEach int
}

func (c *counter) init(most, mostEach int) {
	c.by, c.most, c.mostEach = map[netip.Prefix]int{}, most, mostEach
}

// take counts one more connection of the peer, unless there are too many. The
// release gives its place back; it may be called more than once.
func (c *counter) take(peer net.Addr) (release func(), ok bool) {
	from := wire.NetworkOf(peer.String())
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all >= c.most || c.by[from] >= c.mostEach {
		return nil, false
	}
	c.all++
	c.by[from]++
	return sync.OnceFunc(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.all--
		if c.by[from]--; c.by[from] == 0 {
			delete(c.by, from)
		}
	}), true
}
