package serve

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/statute-http/statute/wire"
)

// A requestContext is the context of an HTTP/1.1 request. It ends when the
// handler returns or when the client leaves. Only a handler that asks (by Done)
// makes the connection watch for the latter: most never do, and the watch costs
// a goroutine and a read.
type requestContext struct {
	x *exchange

	mu       sync.Mutex
	inner    context.Context // nil until somebody asks
	cancel   context.CancelFunc
	watching chan struct{} // closed when the watch has ended; nil if there is none
	over     bool          // the handler has returned
}

func (c *requestContext) Deadline() (time.Time, bool) { return time.Time{}, false }

func (c *requestContext) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.begin()
	c.watch()
	return c.inner.Done()
}

func (c *requestContext) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.inner == nil {
		if c.over {
			return context.Canceled
		}
		return nil
	}
	return c.inner.Err()
}

func (c *requestContext) Value(key any) any {
	switch key {
	case http.LocalAddrContextKey:
		return c.x.c.local
	case wire.ConnKey:
		return &c.x.c.facts
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.inner == nil {
		return nil
	}
	return c.inner.Value(key)
}

func (c *requestContext) begin() {
	if c.inner == nil {
		c.inner, c.cancel = context.WithCancel(context.Background())
		if c.over {
			c.cancel()
		}
	}
}

// watchIfAsked begins the watch that could not begin before the content was
// read.
func (c *requestContext) watchIfAsked() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.inner != nil {
		c.watch()
	}
}

// watch reads ahead into the reader's buffer while the handler runs, to learn
// whether the client leaves. What comes instead is the next request and stays
// in the buffer. It cannot run while content is unread, which may still be the
// handler's to read.
func (c *requestContext) watch() {
	conn := c.x.c
	unread := c.x.body != nil && !c.x.body.done.Load()
	if c.over || c.watching != nil || unread || conn.r.Buffered() > 0 || c.x.hijacked {
		return
	}
	c.watching = make(chan struct{})
	conn.waiting = forNothing
	conn.setReadDeadline(time.Time{})
	go func() {
		defer close(c.watching)
		if err := conn.r.Fill(); err != nil && !isTimeout(err) {
			c.cancel()
		}
	}()
}

// end ends the watch, if there is one, and unless the connection is taken over
// the context as well.
func (c *requestContext) end() {
	c.mu.Lock()
	c.over = true
	watching := c.watching
	c.mu.Unlock()
	if watching != nil {
		c.x.c.raw.SetReadDeadline(time.Unix(1, 0))
		<-watching
		c.x.c.readBy = time.Unix(1, 0)
	}
	if c.cancel != nil {
		c.cancel()
	}
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}
