package origin

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// How far down a method goes (RFC 4918 §10.2).
const (
	depthInfinity = iota // the resource and all its members: what no Depth means to all methods here
	depthZero            // the resource
	depthOne             // and its internal members
)

// A destination is where COPY and MOVE lead.
type destination struct {
	rel     string // within the world
	existed bool   // something was there when the request was decided upon
}

// announcedDAV is the part of gate 10 for the fields that steer methods of
// WebDAV.
func (d *decision) announcedDAV() error {
	if !d.ofDAV() && d.r.Method != http.MethodDelete || !d.authored() {
		return nil
	}
	if err := d.readDepth(); err != nil {
		return err
	}
	switch d.r.Method {
	case copying, move:
		if err := d.readDestination(); err != nil {
			return err
		}
		fallthrough
	case bind, rebind:
		// RFC 4918 §10.6: T or F, and T if it is not there.
		switch value := strings.Join(d.r.Header["Overwrite"], ","); value {
		case "", "T":
			d.keep = false
		case "F":
			d.keep = true
		default:
			return badField("Overwrite", "RFC 4918 §10.6", lang.Text{En: "It is T or F.", ZhTW: "值是 T 或 F。"})
		}
	case unlock:
		token, ok := codedURL(d.r.Header["Lock-Token"])
		if !ok { // RFC 4918 §9.11.1
			return badField("Lock-Token", "RFC 4918 §9.11.1", lang.Text{
				En: "UNLOCK needs it, with one token in <>.", ZhTW: "UNLOCK 需要這個欄位，值是 <> 內的一個權杖。"})
		}
		d.token = token
	}
	if d.hasNoContent() && d.r.ContentLength > 0 {
		return d.contentWithoutMeaning(10)
	}
	return nil
}

// hasNoContent reports whether the method is one of WebDAV's without content.
func (d *decision) hasNoContent() bool { return d.ofDAV() && !d.hasXML() && d.authored() }

// noContent is the part of gate 14 that looks whether content comes that was not
// announced. Over HTTP/3 none of no length is told from none at all otherwise.
func (d *decision) noContent() error {
	if d.r.ContentLength == 0 || d.r.Body == nil {
		return nil
	}
	var one [1]byte
	if n, _ := io.ReadFull(d.r.Body, one[:]); n > 0 {
		return d.contentWithoutMeaning(14)
	}
	return nil
}

// contentWithoutMeaning: RFC 4918 §8.4, content that would be ignored is refused.
func (d *decision) contentWithoutMeaning(gate int) *wire.Refusal {
	return &wire.Refusal{
		Status: 415, Gate: gate, Reason: "content-without-meaning", Spec: "RFC 4918 §8.4",
		Detail: lang.Text{
			En:   d.r.Method + " has no content that would be understood here. Send it without content.",
			ZhTW: d.r.Method + " 在這裡沒有任何看得懂的內容。請不要附上內容。"},
	}
}

// readDepth reads Depth, and holds it to what the method allows (RFC 4918 §9). Where a
// resource has no members it counts for nothing (§10.2), but not as nonsense.
func (d *decision) readDepth() error {
	allowed := "infinity"
	switch d.r.Method {
	case propfind:
		allowed = "0, 1, infinity"
	case copying, lock:
		allowed = "0, infinity"
	case move, http.MethodDelete:
		if !d.node.Collection {
			return nil
		}
	default:
		return nil
	}
	d.depth = depthInfinity
	values := d.r.Header["Depth"]
	if values == nil {
		return nil
	}
	value := strings.ToLower(strings.Join(values, ","))
	if !slices.Contains(strings.Split(allowed, ", "), value) {
		return badField("Depth", "RFC 4918 §10.2", lang.Text{
			En: "With " + d.r.Method + " it is one of: " + allowed + ".", ZhTW: d.r.Method + " 允許的值：" + allowed + "。"})
	}
	switch value {
	case "0":
		d.depth = depthZero
	case "1":
		d.depth = depthOne
	}
	return nil
}

// readDestination reads Destination (RFC 4918 §10.3), which has to be in the same
// world: a change of two worlds could not be done as a whole.
func (d *decision) readDestination() error {
	values := d.r.Header["Destination"]
	bad := badField("Destination", "RFC 4918 §10.3", lang.Text{
		En: "It is one URI, absolute or a path from the root.", ZhTW: "值是一個 URI：絕對 URI，或從根開始的路徑。"})
	if len(values) != 1 {
		return bad
	}
	u, err := url.Parse(values[0])
	if err != nil || !strings.HasPrefix(u.Path, "/") || u.Fragment != "" || u.RawQuery != "" || slices.ContainsFunc(strings.Split(u.Path, "/"), isDots) {
		return bad
	}
	v, err := d.space()
	if err != nil {
		return err
	}
	rel, ok := v.rel(u.Path)
	if !ok || u.Host != "" && !d.sameServer(u) {
		return &wire.Refusal{
			Status: 502, Gate: 10, Reason: "other-namespace", Spec: "RFC 4918 §9.8.5",
			Detail: lang.Text{
				En:   "The destination is on another server, or in another world of this one. GET the resource and PUT it there.",
				ZhTW: "目的地在另一台伺服器，或本伺服器的另一個世界。請 GET 資源，再 PUT 到那裡。"},
		}
	}
	d.dest = &destination{rel: rel}
	return nil
}

func isDots(segment string) bool { return segment == "." || segment == ".." }

// codedURL reads <URI> (RFC 4918 §10.1), once.
func codedURL(values []string) (uri string, ok bool) {
	if len(values) != 1 {
		return "", false
	}
	rest, opens := strings.CutPrefix(strings.TrimSpace(values[0]), "<")
	uri, closes := strings.CutSuffix(rest, ">")
	return uri, opens && closes && uri != "" && !strings.ContainsAny(uri, "<> \t")
}

// How long locks last. In the shared world nobody keeps anybody out for long.
const (
	lockDefault = 10 * time.Minute
	lockMost    = time.Hour
	lockShared  = time.Minute
)

// lockTime is how long a lock lasts: what the first readable member of Timeout
// asks for, within bounds (RFC 4918 §6.6, §10.7).
func (d *decision) lockTime(v *View) time.Duration {
	most := lockMost
	if v.w.Idle > 0 {
		most = lockShared
	}
	for _, value := range d.r.Header["Timeout"] {
		for member := range wire.Members(value) {
			if strings.EqualFold(member, "infinite") {
				return most
			}
			name, seconds, _ := strings.Cut(member, "-")
			if n, err := strconv.ParseUint(seconds, 10, 32); err == nil && strings.EqualFold(name, "second") && n > 0 {
				return min(time.Duration(n)*time.Second, most)
			}
		}
	}
	return min(lockDefault, most)
}
