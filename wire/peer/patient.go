package peer

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// A signal is given once and seen by all.
type signal struct {
	ch   chan struct{}
	once *sync.Once
}

func newSignal() signal { return signal{make(chan struct{}), new(sync.Once)} }

func (s signal) give() { s.once.Do(func() { close(s.ch) }) }

func (s signal) given() bool {
	select {
	case <-s.ch:
		return true
	default:
		return false
	}
}

// A source is what can be read with a deadline: a TCP or TLS connection, a QUIC
// stream.
type source interface {
	io.Reader
	SetReadDeadline(time.Time) error
}

// A patient reader gives up when neither side has done anything for some time,
// when the context ends, or when a limit is reached. A time-out that it returns
// is final for the exchange.
type patient struct {
	src    source
	active atomic.Int64 // when octets last went either way, in Unix nanoseconds
	last   atomic.Int64 // when octets last came

	mu        sync.Mutex // guards what follows
	patience  time.Duration
	limit     time.Time
	cancelled bool
}

// begin starts an exchange; the function that it returns ends it.
func (p *patient) begin(ctx context.Context, patience time.Duration) (end func()) {
	limit := time.Now().Add(longest)
	if d, ok := ctx.Deadline(); ok {
		limit = d
	}
	p.wait(patience, limit)
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.cancelled = true
		p.src.SetReadDeadline(time.Unix(1, 0))
	})
	return func() {
		if !stop() {
			<-ended
		}
	}
}

// wait sets how long reads wait from now on, and until when at most.
func (p *patient) wait(patience time.Duration, limit time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.patience, p.limit, p.cancelled = patience, limit, false
	p.touch()
}

// touch says that this side has done something.
func (p *patient) touch() { p.active.Store(time.Now().UnixNano()) }

// lastOctet returns when octets last came.
func (p *patient) lastOctet() time.Time { return time.Unix(0, p.last.Load()) }

func (p *patient) Read(b []byte) (int, error) {
	for {
		if err := p.arm(); err != nil {
			return 0, err
		}
		n, err := p.src.Read(b)
		if n > 0 {
			p.touch()
			p.last.Store(p.active.Load())
			return n, err
		}
		// A deadline that passed may have been set before we sent something.
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return 0, err
		}
	}
}

// arm sets the deadline of the next read, or says that there is no time left.
func (p *patient) arm() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	deadline := time.Unix(0, p.active.Load()).Add(p.patience)
	if p.limit.Before(deadline) {
		deadline = p.limit
	}
	if p.cancelled || !time.Now().Before(deadline) {
		return os.ErrDeadlineExceeded
	}
	return p.src.SetReadDeadline(deadline)
}

func timedOut(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}
