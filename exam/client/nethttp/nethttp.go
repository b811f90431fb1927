// Package nethttp examines Go's own HTTP client: it makes a subject of the exam
// of a [net/http.Client], the standard one with nothing set or somebody's own. It
// does the same for quic-go's transport, which gives that client HTTP/3.
package nethttp

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/quic-go/quic-go/http3"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/wire"
)

// A Subject drives clients of net/http.
type Subject struct {
	name string
	base *http.Client // nil: the standard one
	quic bool         // over HTTP/3, and that alone

	mu       sync.Mutex
	sessions map[string]*session
	made     int
}

// New returns the subject that the standard client is.
func New() *Subject { return &Subject{name: "go-net-http", sessions: map[string]*session{}} }

// NewQUIC returns the subject that the standard client is with quic-go's HTTP/3
// for its transport.
func NewQUIC() *Subject {
	return &Subject{name: "go-quic-go", quic: true, sessions: map[string]*session{}}
}

// Of returns the subject that a client of somebody's own is. It is used as it
// is: with its transport, unless an order needs another one and it is an
// [net/http.Transport] that can be copied, with its jar and its timeout.
func Of(c *http.Client) *Subject {
	return &Subject{name: "http.Client", base: c, sessions: map[string]*session{}}
}

// About says who it is.
func (s *Subject) About() exam.About {
	about := exam.About{Name: s.name, Version: strings.TrimPrefix(runtime.Version(), "go"), Options: map[string]string{
		"use": "(&http.Client{Transport: http.DefaultTransport.Clone(), Jar: jar}).Do(request)", "auth": "Request.SetBasicAuth, sent unasked"}}
	if s.base != nil {
		about.Options["use"] = "a client of the caller's own"
	}
	if s.quic {
		about.Options["use"] = "(&http.Client{Transport: new(http3.Transport), Jar: jar}).Do(request)"
		if info, ok := debug.ReadBuildInfo(); ok {
			for _, m := range info.Deps {
				if m.Path == "github.com/quic-go/quic-go" {
					about.Version = strings.TrimPrefix(m.Version, "v") + ", Go " + about.Version
				}
			}
		}
	}
	return about
}

// Can says what a net/http client can do.
func (s *Subject) Can() map[exam.Capability]bool {
	can := map[exam.Capability]bool{}
	for _, c := range []exam.Capability{
		client.Gets, client.Follows, client.Sends, client.Fields, client.Reuses, client.Reports, client.Shows,
		client.ShowsHead, client.Fails, client.Heads, client.Waits, client.Basic, client.Proxied, client.Tunnels,
		client.Secure, client.Cookies, client.ClearH2, client.Locates,
	} {
		can[c] = true
	}
	if s.quic {
		for _, c := range []exam.Capability{client.Proxied, client.Tunnels, client.ClearH2, client.Waits} {
			can[c] = false
		}
	}
	if s.base != nil {
		_, plain := s.base.Transport.(*http.Transport)
		for _, c := range []exam.Capability{client.Proxied, client.Tunnels, client.Secure} {
			can[c] = plain || s.base.Transport == nil
		}
		can[client.Cookies] = s.base.Jar != nil
	}
	return can
}

// A session is one user: transports by what orders ask of them, and a jar.
type session struct {
	jar        http.CookieJar
	transports map[string]http.RoundTripper
}

// Do carries orders out in a session of their own.
func (s *Subject) Do(ctx context.Context, orders []client.Order) []client.Report {
	s.mu.Lock()
	s.made++
	name := "own" + strconv.Itoa(s.made)
	s.mu.Unlock()
	defer s.End(name)
	var reports []client.Report
	for i := range orders {
		reports = append(reports, s.Continue(ctx, name, &orders[i]))
	}
	return reports
}

// End ends a session.
func (s *Subject) End(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if own := s.sessions[name]; own != nil {
		for _, t := range own.transports {
			switch t := t.(type) {
			case *http3.Transport:
				t.Close()
			case interface{ CloseIdleConnections() }:
				t.CloseIdleConnections()
			}
		}
	}
	delete(s.sessions, name)
}

// Continue carries one order out in a session.
func (s *Subject) Continue(ctx context.Context, name string, o *client.Order) client.Report {
	switch {
	case o.WebSocket:
		return client.Report{Unsupported: "net/http speaks no WebSocket"}
	case o.Part != nil:
		return client.Report{Unsupported: "net/http completes no parts"}
	case (o.Over == wire.H3) != s.quic:
		return client.Report{Unsupported: "this transport does not speak " + string(o.Over)}
	}
	c, err := s.client(name, o)
	if err != nil {
		return client.Report{Unsupported: err.Error()}
	}
	time.Sleep(o.Pause)
	if o.Patience > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.Patience)
		defer cancel()
	}
	return do(ctx, c, o)
}

// client returns the session's client for an order.
func (s *Subject) client(name string, o *client.Order) (*http.Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	own := s.sessions[name]
	if own == nil {
		own = &session{transports: map[string]http.RoundTripper{}}
		own.jar, _ = cookiejar.New(nil) // nil options cannot fail
		s.sessions[name] = own
	}
	key := fmt.Sprint(o.Over, o.Proxy, o.ProxyUser, o.Authority)
	if own.transports[key] == nil {
		t, err := s.transport(o)
		if err != nil {
			return nil, err
		}
		own.transports[key] = t
	}
	c := &http.Client{Transport: own.transports[key], Jar: own.jar}
	if s.base != nil {
		c.Jar, c.Timeout, c.CheckRedirect = s.base.Jar, s.base.Timeout, s.base.CheckRedirect
	}
	if !o.Follow {
		c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	return c, nil
}

func (s *Subject) transport(o *client.Order) (http.RoundTripper, error) {
	if s.quic {
		roots, err := trusting(o.Authority)
		return &http3.Transport{TLSClientConfig: roots}, err
	}
	var base http.RoundTripper
	if s.base != nil {
		base = s.base.Transport
	}
	if base == nil {
		base = http.DefaultTransport
	}
	plain, ok := base.(*http.Transport)
	if !ok {
		if o.Proxy != "" || o.Authority != "" || o.Over != wire.H1 {
			return nil, errors.New("this transport cannot be told to")
		}
		return base, nil
	}
	t := plain.Clone()
	t.Proxy = nil
	if o.Proxy != "" {
		u, err := url.Parse(o.Proxy)
		if err != nil {
			return nil, err
		}
		if o.ProxyUser != "" {
			u.User = url.UserPassword(o.ProxyUser, o.ProxyPassword)
		}
		t.Proxy = http.ProxyURL(u)
	}
	if o.Authority != "" {
		roots, err := trusting(o.Authority)
		if err != nil {
			return nil, err
		}
		t.TLSClientConfig = roots
	}
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(o.Over == wire.H1)
	t.Protocols.SetHTTP2(o.Over == wire.H2)
	t.Protocols.SetUnencryptedHTTP2(o.Over == wire.H2)
	return t, nil
}

// trusting is TLS that trusts the authority in a file.
func trusting(file string) (*tls.Config, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return &tls.Config{RootCAs: pool}, nil
}

// maxContent is how much content is handed over.
const maxContent = 64 << 10

func do(ctx context.Context, c *http.Client, o *client.Order) client.Report {
	var r client.Report
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{Got1xxResponse: func(code int, _ textproto.MIMEHeader) error {
		r.Interim = append(r.Interim, code)
		return nil
	}})
	q, err := request(ctx, o)
	if err != nil {
		return client.Report{Unsupported: err.Error()}
	}
	p, err := c.Do(q)
	if err != nil {
		r.Err = failure(err)
		return r
	}
	defer p.Body.Close()
	r.Status, r.URL = p.StatusCode, p.Request.URL.String()
	_, r.Reason, _ = strings.Cut(p.Status, " ")
	for name, values := range p.Header {
		for _, v := range values {
			r.Fields = append(r.Fields, wire.Field{Name: name, Value: v})
		}
	}
	if r.Content, err = io.ReadAll(io.LimitReader(p.Body, maxContent)); err == nil {
		_, err = io.Copy(io.Discard, io.LimitReader(p.Body, 64<<20))
	}
	if err != nil {
		r.Err = failure(err)
	}
	return r
}

func request(ctx context.Context, o *client.Order) (*http.Request, error) {
	var body io.Reader
	if content := o.Content; content != nil {
		body = bytes.NewReader(content.Bytes())
		if content.Once || content.Unlength {
			body = struct{ io.Reader }{body} // so that neither length nor a second reading is known of
		}
	}
	q, err := http.NewRequestWithContext(ctx, o.Method, o.URL, body)
	if err != nil {
		return nil, err
	}
	if o.Content != nil && o.Content.Once && !o.Content.Unlength {
		q.ContentLength = o.Content.Length
	}
	for _, f := range o.Fields {
		if strings.EqualFold(f.Name, "Host") {
			q.Host = f.Value
			continue
		}
		q.Header.Add(f.Name, f.Value)
	}
	if o.User != "" {
		q.SetBasicAuth(o.User, o.Password)
	}
	if o.Expect {
		q.Header.Set("Expect", "100-continue")
	}
	return q, nil
}

// failure names an error's kind, as far as net/http tells it.
func failure(err error) *client.Error {
	kind := client.ErrOther
	var op *net.OpError
	var certificate *tls.CertificateVerificationError
	switch text := err.Error(); {
	case errors.Is(err, context.DeadlineExceeded), os.IsTimeout(err):
		kind = client.ErrTimeout
	case errors.As(err, &certificate):
		kind = client.ErrTLS
	case errors.Is(err, io.ErrUnexpectedEOF):
		kind = client.ErrCut
	case strings.Contains(text, "stopped after"):
		kind = client.ErrLoop
	case strings.Contains(text, "malformed"), strings.Contains(text, "PROTOCOL_ERROR"):
		kind = client.ErrProtocol
	case errors.As(err, &op) && op.Op == "dial":
		kind = client.ErrConnect
	}
	return &client.Error{Kind: kind, Message: err.Error()}
}
