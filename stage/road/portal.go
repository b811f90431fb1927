package road

import (
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// A Portal is an interceptor, as in a hotel's network: connections to anybody
// come to it. Until a client has agreed to the terms at /login it answers for
// everybody with 511 (RFC 6585 §6); afterwards it passes requests on. What it
// knows of clients is their address. /api is the captive-portal API (RFC 8908).
type Portal struct {
	Hop   *Hop
	Reach *Reach
	Proxy http.Handler // to which requests go that were meant for a proxy
	Stay  time.Duration
	Lang  lang.Tag

	mu    sync.Mutex
	until map[netip.Prefix]time.Time // when the time of each client is over
}

// mostClients is how many clients a portal knows at a time. Those who come when
// it knows as many have to wait for another's time to end.
const mostClients = 10_000

// ServeHTTP intercepts a request, or passes it on.
func (p *Portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := p.serve(w, r); err != nil {
		answerWith(w, r, err, p.Lang)
	}
}

func (p *Portal) serve(w http.ResponseWriter, r *http.Request) error {
	here := addressOf(r)
	forProxy := r.Method == http.MethodConnect || r.ProtoMajor == 1 && r.URL.Scheme != ""
	switch {
	case isHere(r.Host, here) && !forProxy:
		return p.own(w, r, here)
	case p.left(r) <= 0:
		p.intercept(w, r, here)
		return nil
	case forProxy:
		p.Proxy.ServeHTTP(w, r)
		return nil
	}
	to, err := p.Reach.way(r, p.Hop)
	if err != nil {
		return err
	}
	return p.Hop.Pass(w, r, to)
}

// addressOf returns the address at which the client has reached us, whomever it
// meant to reach.
func addressOf(r *http.Request) string {
	if a, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		return a.String()
	}
	return ""
}

func isHere(authority, here string) bool {
	_, port, _ := net.SplitHostPort(here)
	return authority == here || authority == "localhost:"+port
}

// clientOf returns what counts as one client: an IPv4 address, or the /64 of an
// IPv6 host.
func clientOf(r *http.Request) netip.Prefix {
	ap, _ := netip.ParseAddrPort(r.RemoteAddr)
	addr := ap.Addr().Unmap().WithZone("")
	bits := 64
	if addr.Is4() {
		bits = 32
	}
	prefix, _ := addr.Prefix(bits)
	return prefix
}

// left returns how long the client may still pass.
func (p *Portal) left(r *http.Request) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Until(p.until[clientOf(r)])
}

// admit lets the client pass for a time, or no longer. It reports false where
// there is no room.
func (p *Portal) admit(r *http.Request, stay time.Duration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	client, now := clientOf(r), time.Now()
	if len(p.until) >= mostClients {
		for c, until := range p.until {
			if until.Before(now) {
				delete(p.until, c)
			}
		}
	}
	switch {
	case stay <= 0:
		delete(p.until, client)
	case p.until == nil:
		p.until = map[netip.Prefix]time.Time{client: now.Add(stay)}
	case len(p.until) >= mostClients && p.until[client].IsZero():
		return false
	default:
		p.until[client] = now.Add(stay)
	}
	return true
}

// intercept answers in the name of nobody: RFC 6585 §6, with a link to the place
// where one logs in, not with the form itself.
func (p *Portal) intercept(w http.ResponseWriter, r *http.Request, here string) {
	login := "http://" + here + "/login"
	if r.Method == http.MethodGet && r.TLS == nil {
		login += "?to=" + url.QueryEscape("http://"+r.Host+r.RequestURI)
		if r.URL.Scheme != "" {
			login = "http://" + here + "/login?to=" + url.QueryEscape(r.RequestURI)
		}
	}
	refusal := &wire.Refusal{
		Status: 511, Gate: Gate, Reason: "not-logged-in", Spec: "RFC 6585 §6",
		Detail: lang.Text{
			En:   "This is not the server that you asked, but the network on the way to it. Agree to its terms at " + login + ", then ask again.",
			ZhTW: "這不是你要找的伺服器，而是途中的網路。請先到 " + login + " 同意使用條款，再送一次。"},
	}
	if !wantsPage(r) {
		refusal.Answer(w, r, p.Lang)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept, Accept-Language")
	wire.Decide(w, wire.Decision{Gate: refusal.Gate, Reason: refusal.Reason})
	p.page(w, r, 511, interceptedPage, pageFill{Link: login})
}

func wantsPage(r *http.Request) bool {
	return strings.Contains(strings.Join(r.Header["Accept"], ","), "text/html")
}

// own answers for what is the portal's own.
func (p *Portal) own(w http.ResponseWriter, r *http.Request, here string) error {
	allow := "GET, HEAD, OPTIONS"
	if r.URL.Path == "/login" {
		allow += ", POST"
	}
	switch {
	case r.URL.Path != "/login" && r.URL.Path != "/api":
		return &wire.Refusal{
			Status: 404, Gate: 8, Reason: "no-such-page", Spec: "RFC 9110 §15.5.5",
			Detail: lang.Text{
				En:   "The portal has /login and /api. To be intercepted, ask it for something of another server.",
				ZhTW: "入口網站只有 /login 與 /api。要體驗攔截，請向它要別的伺服器的資源。"},
		}
	case r.Method == http.MethodOptions:
		w.Header().Set("Allow", allow)
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodPost && r.URL.Path == "/login":
		return p.login(w, r, here)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		return &wire.Refusal{
			Status: 405, Gate: 9, Reason: "method-not-allowed", Spec: "RFC 9110 §15.5.6",
			Detail: lang.Text{En: "This place allows " + allow + ".", ZhTW: "這裡允許的有：" + allow + "。"},
			Fields: wire.Fields{{Name: "Allow", Value: allow}},
		}
	case r.URL.Path == "/login":
		w.Header().Set("Cache-Control", "no-store")
		p.page(w, r, http.StatusOK, loginPage, pageFill{To: r.URL.Query().Get("to"), Left: int(p.left(r) / time.Second)})
	default:
		p.state(w, r, here)
	}
	return nil
}

// state is the captive-portal API. RFC 8908 §5: captive is always there; how
// much time is left, only for those who are not.
func (p *Portal) state(w http.ResponseWriter, r *http.Request, here string) {
	state := map[string]any{"captive": true, "user-portal-url": "https://" + here + "/login", "can-extend-session": true}
	if left := p.left(r); left > 0 {
		state["captive"], state["seconds-remaining"] = false, int(left/time.Second)
	}
	content, err := json.Marshal(state)
	if err != nil {
		panic(err)
	}
	h := w.Header()
	h.Set("Content-Type", "application/captive+json")
	h.Set("Cache-Control", "private, no-store")
	w.Write(append(content, '\n'))
}

// login lets the client pass and sends it where it wanted to go.
func (p *Portal) login(w http.ResponseWriter, r *http.Request, here string) error {
	r.Body = http.MaxBytesReader(w, r.Body, 8<<10)
	if err := r.ParseForm(); err != nil || r.PostForm.Get("terms") == "" {
		return &wire.Refusal{
			Status: 422, Gate: 14, Reason: "terms", Spec: "RFC 9110 §15.5.21",
			Detail: lang.Text{
				En:   "Send a form with terms=agree, or with terms=leave to be captive again.",
				ZhTW: "請送出表單：terms=agree 表示同意，terms=leave 則會再度被攔截。"},
		}
	}
	stay := p.Stay
	if r.PostForm.Get("terms") == "leave" {
		stay = 0
	}
	if !p.admit(r, stay) {
		return full()
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Location", p.wanted(r.PostForm.Get("to"), here))
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// wanted returns where a client goes once it is logged in: where it wanted to,
// if that is a place to which we pass it on; we send nobody elsewhere.
func (p *Portal) wanted(to, here string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "http" || u.User != nil {
		return "/login"
	}
	port := u.Port()
	if port == "" {
		port = "80"
	}
	host, _, _ := net.SplitHostPort(here)
	if _, ok := p.Reach.find(u.Hostname(), port, host); !ok {
		return "/login"
	}
	return u.String()
}
