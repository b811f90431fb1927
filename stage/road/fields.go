package road

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// ofConnection are fields that concern one connection. RFC 9110 §7.6.1: an
// intermediary removes them before it forwards, whether Connection names them or
// not. Framing and Trailer are this hop's to write anew.
var ofConnection = []string{
	"Connection", "Keep-Alive", "Proxy-Connection", "TE", "Transfer-Encoding", "Upgrade", "Trailer", "Content-Length",
}

// forwarded returns the fields without those of the connection and those that
// Connection nominates (RFC 9110 §7.6.1).
func forwarded(fields wire.Fields) wire.Fields {
	nominated := slices.Collect(fields.Members("Connection"))
	drop := func(name string) bool {
		same := func(other string) bool { return strings.EqualFold(name, other) }
		return slices.ContainsFunc(ofConnection, same) || slices.ContainsFunc(nominated, same)
	}
	var kept wire.Fields
	for _, f := range fields {
		if !drop(f.Name) {
			kept = append(kept, f)
		}
	}
	return kept
}

// onward returns the fields of the request as it goes on, those of its framing
// aside.
func (h *Hop) onward(r *http.Request, to Onward) wire.Fields {
	var all wire.Fields
	for _, name := range sortedNames(r.Header) {
		for _, value := range r.Header[name] {
			all = append(all, wire.Field{Name: name, Value: value})
		}
	}
	// RFC 9110 §7.2: Host comes first, and is the target's, whatever came.
	fields := wire.Fields{{Name: "Host", Value: to.Authority}}
	for _, f := range forwarded(all) {
		switch f.Name {
		case "Host", "Max-Forwards":
			continue
		// RFC 9110 §11.7.2: the credentials are for this proxy, which has consumed
		// them; the servers behind it learn nothing of them.
		case "Proxy-Authorization":
			continue
		case "Via", "Cdn-Loop":
			continue
		}
		fields = append(fields, f)
	}
	// RFC 9110 §7.6.2: the updated value is the lesser by one.
	if n, ok := maxForwards(r); ok {
		fields = append(fields, wire.Field{Name: "Max-Forwards", Value: strconv.FormatUint(n-1, 10)})
	} else if v := r.Header.Get("Max-Forwards"); v != "" {
		fields = append(fields, wire.Field{Name: "Max-Forwards", Value: v})
	}
	// RFC 9110 §7.6.3: one member for each who forwards, in order, with the
	// version in which the message came.
	came := fmt.Sprintf("%d.%d %s", r.ProtoMajor, r.ProtoMinor, h.Name)
	fields = append(fields, wire.Field{Name: "Via", Value: listed(r.Header["Via"], came)})
	// RFC 8586 §2: those that stand for origins add themselves, and nobody who
	// forwards removes it.
	if h.Surrogate {
		fields = append(fields, wire.Field{Name: "CDN-Loop", Value: listed(r.Header["Cdn-Loop"], h.Name)})
	} else if loop := r.Header["Cdn-Loop"]; len(loop) > 0 {
		fields = append(fields, wire.Field{Name: "CDN-Loop", Value: strings.Join(loop, ", ")})
	}
	// RFC 8470 §5.1: what came in early data is marked, so that whoever carries
	// it out can refuse a replay.
	if facts := wire.ConnOf(r.Context()); facts != nil && facts.EarlyData && !fields.Has("Early-Data") {
		fields = append(fields, wire.Field{Name: "Early-Data", Value: "1"})
	}
	// RFC 9110 §10.1.4: TE is for this connection, and we can pass trailers on to
	// a client that can take them.
	if takesTrailers(r) {
		return append(fields, wire.Field{Name: "TE", Value: "trailers"}, wire.Field{Name: "Connection", Value: "close, TE"})
	}
	return append(fields, wire.Field{Name: "Connection", Value: "close"})
}

// listed returns a list field with one more member at its end.
func listed(lines []string, member string) string {
	return strings.Join(append(slices.Clone(lines), member), ", ")
}

func sortedNames(h http.Header) []string {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// takesTrailers: RFC 9110 §6.5.1, trailers are generated for those who say that
// they take them.
func takesTrailers(r *http.Request) bool {
	for _, line := range r.Header["Te"] {
		for member := range wire.Members(line) {
			if strings.EqualFold(member, "trailers") {
				return true
			}
		}
	}
	return false
}

// maxForwards returns how often the request may still be forwarded. RFC 9110
// §7.6.2 defines it for TRACE and OPTIONS; with other methods it is passed over.
func maxForwards(r *http.Request) (uint64, bool) {
	if r.Method != http.MethodTrace && r.Method != http.MethodOptions {
		return 0, false
	}
	n, err := strconv.ParseUint(r.Header.Get("Max-Forwards"), 10, 32)
	return n, err == nil
}

// lastStop answers a request that must not be forwarded any more: one that has
// come round, TRACE or OPTIONS whose last forward this was, and CONNECT, which
// is for whoever reads it.
func (h *Hop) lastStop(w http.ResponseWriter, r *http.Request) (answered bool, err error) {
	// RFC 9110 §9.3.6: its target is a host and a port; what quic-go hands over as
	// CONNECT with a path is the extended one of RFC 9220, which would be none any
	// more behind us.
	if r.Method == http.MethodConnect {
		return false, &wire.Refusal{Status: 501, Gate: 2, Reason: "connect-at-gateway", Spec: "RFC 9110 §15.6.2",
			Detail: lang.Text{
				En:   "A gateway opens no tunnels, and it speaks no protocol over extended CONNECT. Send CONNECT to a forward proxy, or ask for the resource itself.",
				ZhTW: "閘道不開通道，也不支援以擴充 CONNECT 進行的協定。請把 CONNECT 送給正向代理伺服器，或直接請求資源。"}}
	}
	if n, ok := maxForwards(r); ok && n == 0 {
		h.answerHere(w, r)
		return true, nil
	}
	return false, h.loop(r)
}

// loop finds out whether the request was here before.
func (h *Hop) loop(r *http.Request) error {
	for _, line := range r.Header["Via"] {
		for member := range wire.Members(line) {
			// received-protocol, then received-by, then perhaps a comment.
			if words := strings.Fields(member); len(words) > 1 && strings.EqualFold(words[1], h.Name) {
				return h.failed(loopDetected, "Via: "+member)
			}
		}
	}
	// RFC 8586 §2: cdn-id, then perhaps parameters.
	for _, line := range r.Header["Cdn-Loop"] {
		for member := range wire.Members(line) {
			id, _, _ := strings.Cut(member, ";")
			if h.Surrogate && strings.EqualFold(strings.TrimSpace(id), h.Name) {
				return h.failed(loopDetected, "CDN-Loop: "+member)
			}
		}
	}
	return nil
}

// answerHere speaks as the final recipient of TRACE or OPTIONS.
func (h *Hop) answerHere(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	if r.Method == http.MethodOptions {
		head.Set("Allow", "CONNECT, DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY, TRACE")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	// RFC 9110 §9.3.8: the request as it came, without what is likely to be
	// secret, as message/http.
	text := wire.AppendRequestLine(nil, r.Method, r.RequestURI, wire.Version{Major: r.ProtoMajor, Minor: r.ProtoMinor})
	text = wire.AppendField(text, "Host", r.Host)
	for _, name := range sortedNames(r.Header) {
		if name == "Authorization" || name == "Proxy-Authorization" || name == "Cookie" {
			continue
		}
		for _, value := range r.Header[name] {
			text = wire.AppendField(text, name, value)
		}
	}
	head.Set("Content-Type", "message/http")
	w.Write(append(text, '\r', '\n'))
}
