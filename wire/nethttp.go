package wire

import (
	"crypto/tls"
	"net/http"
	"slices"
	"strings"

	"github.com/statute-http/statute/status"
)

// FromHTTP makes an exchange of net/http's values, without their contents: it
// reads no body. See [FromHTTPContents] for what the exchange can show.
func FromHTTP(req *http.Request, resp *http.Response) *Exchange {
	return FromHTTPContents(req, resp, nil, nil)
}

// FromHTTPContents makes an exchange of net/http's values and of the contents
// that the caller has read, nil for one that it has not. If the answer's content
// was read to its end before the call, its trailers are there too.
//
// A nil req stands for resp.Request; a nil resp for an exchange whose answer is
// not known. Three kinds of values are told apart:
//
//   - a request that a client sent and the answer that came (resp.Request is
//     set): the answer is what crossed the wire, the request is what the
//     Transport was asked to send;
//   - a request that a server received (req.RequestURI is set): that one
//     crossed the wire;
//   - an answer of httptest's recorder, or one made by hand (resp.Request is
//     nil): it never crossed a wire, and a server would have added fields.
//
// net/http takes out, joins or adds some fields. They are named in Hidden, so
// that their absence is never taken for evidence. It shows no interim answers,
// no octets, no framing fields as sent, no connection fields, no times, and not
// how the connection ended; Seen says so.
func FromHTTPContents(req *http.Request, resp *http.Response, sent, got *Content) *Exchange {
	if req == nil && resp != nil {
		req = resp.Request
	}
	if req == nil {
		req = &http.Request{}
	}
	x := &Exchange{Seen: ShowsRequest}
	received := req.RequestURI != ""
	crossed := resp != nil && resp.Request != nil
	x.Conn.Peer = req.RemoteAddr
	switch {
	case crossed:
		x.Conn.Protocol, x.Conn.TLS = protocolOf(resp.ProtoMajor), factsOf(resp.TLS)
	case received:
		x.Conn.Protocol, x.Conn.TLS = protocolOf(req.ProtoMajor), factsOf(req.TLS)
	default:
		x.Conn.Protocol = H1
	}
	if received {
		x.Request = requestReceived(req)
	} else {
		x.Request = requestSent(req, x.Conn.Protocol)
	}
	switch {
	case sent != nil:
		x.Request.Content = *sent
		x.Seen |= ShowsRequestContent
	case req.Body == nil || req.Body == http.NoBody:
		x.Request.Content.Complete = true
		x.Seen |= ShowsRequestContent
	}
	if resp == nil {
		return x
	}
	x.Seen |= ShowsResponse
	answer := response(resp, x.Conn.Protocol, crossed)
	switch {
	case resp.Uncompressed:
		// What the caller read is not what crossed the wire.
	case got != nil:
		answer.Content = *got
		x.Seen |= ShowsContent
		if got.Complete && crossed {
			x.Seen |= ShowsTrailers
		}
	case resp.Body == nil || resp.Body == http.NoBody:
		answer.Content.Complete = true
		x.Seen |= ShowsContent
	}
	if crossed {
		x.Seen |= ShowsVersion
		if x.Conn.Protocol == H1 {
			x.Seen |= ShowsReason
		}
	}
	x.Final = &answer
	return x
}

// byTransport are fields that net/http's client writes by itself, whatever the
// request's header says of them.
var byTransport = []string{"Host", "Content-Length", "Transfer-Encoding", "Trailer"}

// requestSent is a request as a client asked the Transport to send it.
func requestSent(req *http.Request, protocol Protocol) Request {
	q := Request{Method: req.Method, Authority: req.Host}
	if q.Method == "" {
		q.Method = http.MethodGet
	}
	q.Version = Version{1, 1} // what the Transport writes, whatever req.Proto says
	if protocol != H1 {
		q.Version = versionIn(protocol)
	}
	if u := req.URL; u != nil {
		q.Scheme, q.Target = u.Scheme, u.RequestURI()
		if q.Authority == "" {
			q.Authority = u.Host
		}
		if q.Method == http.MethodConnect && u.Path == "" {
			q.Target = q.Authority
		}
	}
	q.Fields = fieldsOf(req.Header, byTransport)
	q.Trailers = fieldsOf(req.Trailer, nil)
	q.Hidden = append(slices.Clone(byTransport),
		"User-Agent", "Accept-Encoding", "Connection", "Authorization", "Proxy-Authorization")
	if protocol != H1 {
		q.Framing = FramedStream
	}
	return q
}

// requestReceived is a request as net/http's server hands it to a handler.
func requestReceived(req *http.Request) Request {
	q := Request{Method: req.Method, Target: req.RequestURI, Authority: req.Host, Scheme: "http"}
	if req.TLS != nil {
		q.Scheme = "https"
	}
	if req.URL != nil && req.URL.Scheme != "" {
		q.Scheme = strings.ToLower(req.URL.Scheme)
	}
	q.Version = Version{req.ProtoMajor, req.ProtoMinor}
	q.Hidden = []string{"Host", "Transfer-Encoding", "Trailer", "Expect", "Connection"}
	q.Fields = q.withoutInvented(req.Header)
	q.Trailers = fieldsOf(req.Trailer, nil)
	q.Framing = framingOf(req.ProtoMajor, req.TransferEncoding, req.Header)
	if q.Framing == Unframed {
		q.Framing = FramedNone // RFC 9112 §6.3: a request without both fields has no content
	}
	if q.Framing == FramedChunked {
		q.Hidden = append(q.Hidden, "Content-Length") // net/http lets Transfer-Encoding win and drops it
	}
	return q
}

// response is an answer as net/http's client read it or, if it never crossed a
// wire, as a handler made it.
func response(resp *http.Response, protocol Protocol, crossed bool) Response {
	p := Response{Status: status.Code(resp.StatusCode)}
	if !crossed {
		p.Fields = fieldsOf(resp.Header, nil)
		p.Trailers = fieldsOf(resp.Trailer, nil)
		p.Hidden = []string{"Date", "Content-Length", "Content-Type", "Transfer-Encoding", "Connection", "Trailer"}
		return p
	}
	p.Version = Version{resp.ProtoMajor, resp.ProtoMinor}
	if protocol == H1 {
		_, p.Reason, _ = strings.Cut(resp.Status, " ")
	}
	p.Hidden = []string{"Transfer-Encoding", "Connection", "Trailer"}
	if resp.Uncompressed {
		p.Hidden = append(p.Hidden, "Content-Encoding", "Content-Length")
	}
	p.Fields = p.withoutInvented(resp.Header)
	p.Trailers = fieldsOf(resp.Trailer, nil)
	p.Framing = framingOf(resp.ProtoMajor, resp.TransferEncoding, resp.Header)
	switch code := p.Status; {
	case protocol != H1:
	case code == 101, resp.Request.Method == http.MethodConnect && code.Class() == 2:
		p.Framing = FramedTunnel
	case code.Interim(), code == 204, code == 304, resp.Request.Method == http.MethodHead:
		p.Framing = FramedNone
	case p.Framing == Unframed && !resp.Uncompressed:
		p.Framing = FramedClose
	}
	if p.Framing == FramedChunked {
		p.Hidden = append(p.Hidden, "Content-Length")
	}
	return p
}

// withoutInvented returns the fields of a header that net/http read, but for the
// Cache-Control that it makes of a Pragma: that one may have crossed the wire or
// not, and goes to Hidden.
func (m *Message) withoutInvented(h http.Header) Fields {
	if slices.Equal(h["Pragma"], []string{"no-cache"}) && slices.Equal(h["Cache-Control"], []string{"no-cache"}) {
		m.Hidden = append(m.Hidden, "Cache-Control")
		return fieldsOf(h, []string{"Cache-Control"})
	}
	return fieldsOf(h, nil)
}

// fieldsOf returns the header's lines in the order of their names, since their
// own order is lost, without those of the names left out.
func fieldsOf(h http.Header, out []string) Fields {
	var fields Fields
	for name, values := range h {
		if slices.Contains(out, http.CanonicalHeaderKey(name)) {
			continue
		}
		for _, value := range values {
			fields = append(fields, Field{Name: name, Value: value})
		}
	}
	slices.SortStableFunc(fields, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	return fields
}

// framingOf is the framing as far as net/http tells; Unframed if it does not.
func framingOf(major int, codings []string, h http.Header) Framing {
	switch {
	case major > 1:
		return FramedStream
	case slices.Contains(codings, "chunked"):
		return FramedChunked
	case h["Content-Length"] != nil:
		return FramedLength
	}
	return Unframed
}

func protocolOf(major int) Protocol {
	switch major {
	case 2:
		return H2
	case 3:
		return H3
	}
	return H1
}

func versionIn(p Protocol) Version {
	if p == H3 {
		return Version{3, 0}
	}
	return Version{2, 0}
}

func factsOf(state *tls.ConnectionState) *TLS {
	if state == nil {
		return nil
	}
	return &TLS{
		Version: state.Version, ServerName: state.ServerName,
		ALPN: state.NegotiatedProtocol, Resumed: state.DidResume,
	}
}
