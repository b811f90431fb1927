package capture

import (
	"strconv"
	"strings"

	"github.com/statute-http/statute/wire"
)

// A dialect is what is known of the program that wrote a HAR: which parts of its
// entries are not what crossed the wire.
type dialect struct {
	names    []string // how the creator's name begins, in lower case
	browser  bool     // what stands there is what the page was given
	made     bool     // the request is listed as it was asked for, not as it was sent
	firefox  bool
	noReason bool // the phrase is the program's own
}

// trusted is the dialect of proxies, which see both sides of a connection, and
// of everybody who is not known.
var trusted = &dialect{}

// Chromium's DevTools call themselves WebInspector, as Safari's did once.
var dialects = []dialect{
	{names: []string{"webinspector", "chrom", "google chrome", "microsoft edge", "edge", "playwright", "puppeteer", "browsertime", "sitespeed"}, browser: true},
	{names: []string{"firefox", "browser: firefox", "waterfox"}, browser: true, firefox: true},
	{names: []string{"webkit", "safari"}, browser: true, made: true},
	{names: []string{"postman", "insomnia", "hoppscotch", "bruno", "paw", "rapidapi", "k6"}, made: true, noReason: true},
}

func dialectOf(creator string) *dialect {
	creator = strings.ToLower(creator)
	for i := range dialects {
		for _, name := range dialects[i].names {
			if strings.HasPrefix(creator, name) {
				return &dialects[i]
			}
		}
	}
	return nil
}

// Fields that a recording may lack although they were sent.
var (
	cleaned = []string{"Cookie", "Authorization", "Proxy-Authorization"} // DevTools leave them out unless told otherwise
	setting = []string{"Set-Cookie"}
	// What the network stack adds after a request has been listed.
	added = []string{
		"Cookie", "Authorization", "Proxy-Authorization", "Host", "Content-Length", "Transfer-Encoding",
		"Content-Type", "Connection", "Proxy-Connection", "Accept", "Accept-Encoding", "User-Agent", "TE", "Expect",
		"If-None-Match", "If-Modified-Since", "If-Range", "Range", "Upgrade", "Sec-WebSocket-Key", "Sec-WebSocket-Version",
	}
)

// judge says what the entry shows. It takes back what the recorder only seems to
// show.
func (d *dialect) judge(e *harEntry, x *wire.Exchange, asked, answered string) {
	x.Seen = wire.ShowsRequest | wire.ShowsFraming | wire.ShowsConnection
	if !x.Started.IsZero() {
		x.Seen |= wire.ShowsTimes
	}
	d.versions(x, asked, answered)
	q := &x.Request
	switch {
	case d.made || d.browser && x.Conn.Protocol != "" && !q.Fields.Has("Host") && !e.request.pseudo:
		// DevTools warn of "provisional headers" where they have only these.
		q.Hidden = added
	case d.browser:
		q.Hidden = cleaned
	}
	if requestContent(e, x) {
		x.Seen |= wire.ShowsRequestContent
	}
	p := x.Final
	if p == nil {
		return
	}
	if d.browser {
		p.Hidden = setting
	}
	switch {
	case e.fromCache, d.browser && e.transferred == 0:
		// What came from a cache or a service worker did not cross the wire now.
		x.Seen = 0
		return
	case len(p.Fields) == 0 && (d.browser || d.made):
		// A page may not read another origin's fields, and so they are missing.
		return
	}
	x.Seen |= wire.ShowsResponse
	if d.content(e, x) {
		x.Seen |= wire.ShowsContent
	} else {
		p.Content = wire.Content{}
	}
}

// versions reads what both messages say of their versions.
func (d *dialect) versions(x *wire.Exchange, asked, answered string) {
	protocol, answer, known := versionOf(answered)
	before, request, both := versionOf(asked)
	if !known {
		protocol, answer = before, request
	}
	x.Conn.Protocol = protocol
	x.Request.Version = request
	if protocol == wire.H1 && d.browser && request == (wire.Version{Major: 1}) {
		// Browsers ask with 1.1 and list the version of the answer for both.
		x.Request.Version = wire.Version{Major: 1, Minor: 1}
	}
	if x.Final != nil {
		x.Final.Version = answer
		x.Final.Framing = framing(protocol, x.Final.Fields)
	}
	x.Request.Framing = framing(protocol, x.Request.Fields)
	if known && both {
		x.Seen |= wire.ShowsVersion
	}
	if known && protocol == wire.H1 && !d.noReason {
		x.Seen |= wire.ShowsReason
	}
}

// versionOf reads "HTTP/1.1", "h2", "http/2.0", "h3-29" and their kin.
func versionOf(s string) (wire.Protocol, wire.Version, bool) {
	lower := strings.ToLower(s)
	switch {
	case lower == "http/1.1":
		return wire.H1, wire.Version{Major: 1, Minor: 1}, true
	case lower == "http/1.0":
		return wire.H1, wire.Version{Major: 1}, true
	case strings.HasPrefix(lower, "h2"), strings.HasPrefix(lower, "http/2") && !strings.Contains(lower, "quic"):
		return wire.H2, wire.Version{Major: 2}, true
	case strings.HasPrefix(lower, "h3"), strings.HasPrefix(lower, "http/3"):
		return wire.H3, wire.Version{Major: 3}, true
	}
	return "", wire.Version{}, false
}

// framing is how a message says that its content is framed.
func framing(protocol wire.Protocol, fields wire.Fields) wire.Framing {
	switch {
	case protocol == wire.H2 || protocol == wire.H3:
		return wire.FramedStream
	case fields.HasMember("Transfer-Encoding", "chunked"):
		return wire.FramedChunked
	case fields.Has("Content-Length"):
		return wire.FramedLength
	}
	return wire.Unframed
}

// requestContent reports whether the request's content is there as it was sent:
// in whole, or as none.
func requestContent(e *harEntry, x *wire.Exchange) bool {
	q, m := &x.Request, &e.request
	length := q.Fields.Get("Content-Length")
	switch {
	case m.hasText && m.total > 0:
		// A form with files, or text that was misread: not what was sent.
		return length == "" || length == strconv.FormatInt(q.Content.Length, 10)
	case length != "" && length != "0":
		return false
	}
	return m.bodySize == 0 || m.bodySize < 0 && length == "" && !q.Fields.Has("Transfer-Encoding") &&
		(q.Method == "GET" || q.Method == "HEAD")
}

// content reports whether the answer's content, or that there was none, can be
// believed.
func (d *dialect) content(e *harEntry, x *wire.Exchange) bool {
	m, p := &e.response, x.Final
	switch {
	case e.failed, x.Request.Method == "HEAD", p.Status == 304:
		// A 304 is listed with the content of the stored answer that it renewed.
		return false
	case d.browser && p.Status.Class() == 3:
		return false // nobody keeps the content of a redirection that is followed
	case m.hasText && m.total > 0:
		return true
	case m.size > 0:
		return false // too large to keep, or thrown away since
	}
	length := p.Fields.Get("Content-Length")
	none := length == "" || length == "0" || p.Status == 204
	return none && m.size == 0 && (d.firefox || m.bodySize <= 0) && !p.Fields.Has("Content-Encoding")
}
