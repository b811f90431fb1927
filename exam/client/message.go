package client

import (
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/wire"
)

// The adapter protocol, version 1: one JSON object a line. The exam writes to
// the adapter's standard input, the adapter to its standard output; what it
// writes to standard error is shown where it fails.
//
//	exam     {"hello":1}
//	adapter  {"hello":1,"subject":"python-requests","version":"2.28.1","caps":["get","redirect"],"options":{"python":"3.11.2"}}
//	exam     {"id":1,"session":"s1","over":"h1","method":"GET","url":"http://127.0.0.1:4711/ab12/","follow":true,"patience_ms":6000}
//	adapter  {"id":1,"status":200,"reason":"OK","fields":[["content-type","text/plain"]],"content":"dGVh","length":3,"url":"http://127.0.0.1:4711/ab12/"}
//	exam     {"end":"s1"}
//
// Orders of one session are carried out one after the other by one user of the
// library: with the same connections, cookies and cache, if the library has
// such, and without those of any other session. An order that the adapter cannot
// carry out is answered with "unsupported" and why; a failure with "error", whose
// kind is one of the ErrorKinds, beside whatever was got. Capabilities are those
// of this package. Content, either way, is base64; what an adapter sends need
// not be more than the first 64 KiB. The adapter ends when its input does.
const protocolVersion = 1

// toAdapter is a line to an adapter: a hello, an order or the end of a session.
type toAdapter struct {
	Hello int    `json:"hello,omitempty"`
	End   string `json:"end,omitempty"`

	ID            int           `json:"id,omitempty"`
	Session       string        `json:"session,omitempty"`
	Over          wire.Protocol `json:"over,omitempty"`
	Method        string        `json:"method,omitempty"`
	URL           string        `json:"url,omitempty"`
	Fields        [][2]string   `json:"fields,omitempty"`
	Content       *contentOrder `json:"content,omitempty"`
	Follow        bool          `json:"follow,omitempty"`
	User          string        `json:"user,omitempty"`
	Password      string        `json:"password,omitempty"`
	Proxy         string        `json:"proxy,omitempty"`
	ProxyUser     string        `json:"proxy_user,omitempty"`
	ProxyPassword string        `json:"proxy_password,omitempty"`
	Authority     string        `json:"authority,omitempty"` // file with the certificate to trust
	Expect        bool          `json:"expect,omitempty"`
	Part          []byte        `json:"part,omitempty"`
	WebSocket     bool          `json:"websocket,omitempty"`
	Navigate      bool          `json:"navigate,omitempty"`
	Retry         bool          `json:"retry,omitempty"`
	Early         bool          `json:"early,omitempty"`
	Alternate     bool          `json:"alternate,omitempty"`
	JSON          bool          `json:"json,omitempty"`
	Spans         [][2]int64    `json:"spans,omitempty"`
	Page          string        `json:"page,omitempty"` // for browsers: the page in which to do that
	Patience      int64         `json:"patience_ms,omitempty"`
	Pause         int64         `json:"pause_ms,omitempty"` // to wait before
}

// contentOrder is content to send: octets over and over until there are length.
type contentOrder struct {
	Octets   []byte `json:"octets"`
	Length   int64  `json:"length"`
	Unlength bool   `json:"unlength,omitempty"` // without saying the length
	Once     bool   `json:"once,omitempty"`     // from a stream that cannot be read again
}

// fromAdapter is a line from an adapter: a hello or a report.
type fromAdapter struct {
	Hello   int               `json:"hello,omitempty"`
	Subject string            `json:"subject,omitempty"`
	Version string            `json:"version,omitempty"`
	Caps    []exam.Capability `json:"caps,omitempty"`
	Options map[string]string `json:"options,omitempty"`
	Page    bool              `json:"page,omitempty"` // it is a page in a browser ([Loop])

	ID          int         `json:"id,omitempty"`
	Unsupported string      `json:"unsupported,omitempty"`
	Error       *Error      `json:"error,omitempty"`
	Status      int         `json:"status,omitempty"`
	Reason      string      `json:"reason,omitempty"`
	Fields      [][2]string `json:"fields,omitempty"`
	Interim     []int       `json:"interim,omitempty"`
	Content     []byte      `json:"content,omitempty"`
	Length      int64       `json:"length,omitempty"`
	URL         string      `json:"url,omitempty"`
}

func orderTo(id int, session string, o *Order) *toAdapter {
	m := &toAdapter{
		ID: id, Session: session, Over: o.Over, Method: o.Method, URL: o.URL, Fields: pairs(o.Fields), Follow: o.Follow,
		User: o.User, Password: o.Password, Proxy: o.Proxy, ProxyUser: o.ProxyUser, ProxyPassword: o.ProxyPassword,
		Authority: o.Authority, Expect: o.Expect, Part: o.Part, WebSocket: o.WebSocket, Navigate: o.Navigate, Retry: o.Retry, Early: o.Early, Alternate: o.Alternate, JSON: o.JSON, Spans: o.Spans,
		Page: o.Page, Patience: o.Patience.Milliseconds(), Pause: o.Pause.Milliseconds(),
	}
	if c := o.Content; c != nil {
		m.Content = &contentOrder{[]byte(c.Octets), c.Length, c.Unlength, c.Once}
	}
	return m
}

func (m *toAdapter) order() Order {
	o := Order{
		Over: m.Over, Method: m.Method, URL: m.URL, Fields: fieldsOf(m.Fields), Follow: m.Follow,
		User: m.User, Password: m.Password, Proxy: m.Proxy, ProxyUser: m.ProxyUser, ProxyPassword: m.ProxyPassword,
		Authority: m.Authority, Expect: m.Expect, Part: m.Part, WebSocket: m.WebSocket, Navigate: m.Navigate, Retry: m.Retry, Early: m.Early, Alternate: m.Alternate, JSON: m.JSON, Spans: m.Spans,
		Page: m.Page, Patience: time.Duration(m.Patience) * time.Millisecond, Pause: time.Duration(m.Pause) * time.Millisecond,
	}
	if c := m.Content; c != nil {
		o.Content = &Content{string(c.Octets), c.Length, c.Unlength, c.Once}
	}
	return o
}

func (m *fromAdapter) report() Report {
	return Report{
		Unsupported: m.Unsupported, Err: m.Error, Status: m.Status, Reason: m.Reason, Fields: fieldsOf(m.Fields),
		Interim: m.Interim, Content: m.Content, URL: m.URL,
	}
}

func reportTo(id int, r *Report) *fromAdapter {
	m := &fromAdapter{
		ID: id, Unsupported: r.Unsupported, Error: r.Err, Status: r.Status, Reason: r.Reason, Fields: pairs(r.Fields),
		Interim: r.Interim, Content: r.Content, Length: int64(len(r.Content)), URL: r.URL,
	}
	if m.Error == nil && r.Late {
		m.Error = &Error{ErrTimeout, "its time was over"}
	}
	return m
}

func pairs(fields wire.Fields) [][2]string {
	var p [][2]string
	for _, f := range fields {
		p = append(p, [2]string{f.Name, f.Value})
	}
	return p
}

func fieldsOf(p [][2]string) wire.Fields {
	var f wire.Fields
	for _, pair := range p {
		f = append(f, wire.Field{Name: pair[0], Value: pair[1]})
	}
	return f
}
