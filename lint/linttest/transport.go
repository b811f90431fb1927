package linttest

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"sync"
	"time"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// Transport returns a RoundTripper that passes requests on to rt, to
// [http.DefaultTransport] if it is nil, and fails the test for what the answers,
// or the client, break. An exchange is judged when its answer's content has been
// read or closed; at the end of the test if neither happens.
func Transport(t TB, rt http.RoundTripper, options ...Option) http.RoundTripper {
	t.Helper()
	if rt == nil {
		rt = http.DefaultTransport
	}
	return &transport{rt: rt, judge: newJudge(t, options)}
}

type transport struct {
	rt    http.RoundTripper
	judge *judge
}

func (t *transport) RoundTrip(q *http.Request) (*http.Response, error) {
	k := &kept{judge: t.judge, request: q, started: time.Now()}
	trace := &httptrace.ClientTrace{Got1xxResponse: k.interim}
	passed := q.WithContext(httptrace.WithClientTrace(q.Context(), trace))
	if q.Body != nil && q.Body != http.NoBody {
		k.sent = &content{ReadCloser: q.Body}
		passed.Body = k.sent
	}
	p, err := t.rt.RoundTrip(passed)
	if err != nil {
		return p, err
	}
	p.Request = q
	k.answer, k.came = *p, p
	k.body = p.Body
	t.judge.mu.Lock()
	t.judge.open[k] = true
	t.judge.mu.Unlock()
	switch {
	case p.StatusCode == http.StatusSwitchingProtocols:
		k.finish() // what follows is no content, and is to be written to as well
	case p.Body == nil || p.Body == http.NoBody:
		k.got.Complete = true
		k.finish()
	default:
		p.Body = k
	}
	return p, nil
}

// CloseIdleConnections lets http.Client.CloseIdleConnections through.
func (t *transport) CloseIdleConnections() {
	if c, ok := t.rt.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// kept is an exchange while its answer's content is read; it is that content.
type kept struct {
	judge    *judge
	request  *http.Request
	answer   http.Response  // as it came
	came     *http.Response // the client's, where trailers appear
	body     io.ReadCloser
	sent     *content
	started  time.Time
	finished sync.Once

	mu       sync.Mutex // guards the rest
	got      wire.Content
	interims []wire.Response
}

func (k *kept) interim(code int, header textproto.MIMEHeader) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	p := wire.Response{Status: status.Code(code)}
	p.Version, p.Framing = wire.Version{Major: 1, Minor: 1}, wire.FramedNone
	for name, values := range header {
		for _, value := range values {
			p.Fields = append(p.Fields, wire.Field{Name: name, Value: value})
		}
	}
	k.interims = append(k.interims, p)
	return nil
}

func (k *kept) Read(p []byte) (int, error) {
	n, err := k.body.Read(p)
	k.mu.Lock()
	take(&k.got, p[:n])
	k.got.Complete = errors.Is(err, io.EOF)
	k.mu.Unlock()
	if err != nil {
		k.finish()
	}
	return n, err
}

func (k *kept) Close() error {
	k.finish()
	return k.body.Close()
}

// finish judges the exchange, once.
func (k *kept) finish() { k.finished.Do(k.judged) }

func (k *kept) judged() {
	k.judge.mu.Lock()
	delete(k.judge.open, k)
	k.judge.mu.Unlock()
	k.mu.Lock()
	got := k.got
	interims := k.interims
	k.mu.Unlock()
	var sent *wire.Content
	if k.sent != nil {
		if c := k.sent.copy(); c.Complete {
			sent = &c
		}
	}
	read := &got
	if !got.Complete {
		read = nil // the client did not want the rest: that is nobody's fault
	}
	k.answer.Trailer = k.came.Trailer
	x := wire.FromHTTPContents(k.request, &k.answer, sent, read)
	x.Interim = interims
	x.Started, x.Took = k.started, time.Since(k.started)
	x.Seen |= wire.ShowsTimes
	k.judge.exchange(x)
}

// A content is a request's, while it is sent.
type content struct {
	io.ReadCloser
	mu sync.Mutex
	c  wire.Content
}

func (c *content) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	take(&c.c, p[:n])
	c.c.Complete = errors.Is(err, io.EOF)
	return n, err
}

func (c *content) copy() wire.Content {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.c
}
