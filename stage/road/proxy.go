package road

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// A Proxy is a forward proxy: clients choose it, say who they are, and send it
// the whole URI or CONNECT.
type Proxy struct {
	Hop   *Hop
	Reach *Reach
	Users map[string]User // by name
	Lang  lang.Tag

	// Self is the proxy's own host and port. Over HTTP/2 nothing else shows that a
	// request is for the proxy itself and not to be passed on (RFC 9113 §8.3.1).
	Self string
}

// A User is somebody whom the proxy serves.
type User struct {
	Password  string
	Transform bool // the answers may be made smaller on the way
}

// ServeHTTP passes a request on, or says why not.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := p.serve(w, r); err != nil {
		answerWith(w, r, err, p.Lang)
	}
}

// answerWith is the one place in which errors of a road become answers.
func answerWith(w http.ResponseWriter, r *http.Request, err error, otherwise lang.Tag) {
	refusal, ok := err.(*wire.Refusal)
	if !ok {
		panic(err)
	}
	refusal.Answer(w, r, otherwise)
}

// serve asks in the order of gate 2: login, loop, policy, the server ahead.
func (p *Proxy) serve(w http.ResponseWriter, r *http.Request) error {
	if !p.meant(r) {
		if err := p.Hop.loop(r); err != nil {
			return err
		}
		return notForProxy()
	}
	user, err := p.login(r)
	if err != nil {
		return err
	}
	to, err := p.way(r)
	if err != nil {
		return err
	}
	if r.Method == http.MethodConnect {
		if err := p.Hop.loop(r); err != nil {
			return err
		}
		return p.Hop.tunnel(w, r, to)
	}
	if user.Transform {
		return p.Hop.PassTransformed(w, r, to)
	}
	return p.Hop.Pass(w, r, to)
}

// meant reports whether the request asks the proxy to pass it on. RFC 9112 §3.2:
// a proxy is sent the whole URI, or an authority with CONNECT; a path alone is
// for an origin.
func (p *Proxy) meant(r *http.Request) bool {
	if r.ProtoMajor == 1 {
		return r.Method == http.MethodConnect || r.URL.Scheme != ""
	}
	return !isHere(r.Host, p.Self)
}

func notForProxy() *wire.Refusal {
	return &wire.Refusal{
		Status: 400, Gate: Gate, Reason: "no-proxy-request", Spec: "RFC 9112 §3.2.2",
		Detail: lang.Text{
			En:   "This is a forward proxy, and the request asks it for something of its own, of which there is nothing. Send the whole URI, or CONNECT; with curl: -x and this address.",
			ZhTW: "這裡是正向代理伺服器，而請求要的是它自己的資源，可是它沒有。請送出完整的 URI，或使用 CONNECT；用 curl 的話就是 -x 加上這個位址。"},
	}
}

// proxyRealm is the protection space of the proxy (RFC 9110 §11.5).
const proxyRealm = "statute-proxy"

// login finds out who asks (RFC 9110 §11.7).
func (p *Proxy) login(r *http.Request) (User, error) {
	given := r.Header["Proxy-Authorization"]
	if len(given) == 0 {
		return User{}, loginNeeded("proxy-credentials-missing", lang.Text{
			En:   "Say who you are to the proxy, in Proxy-Authorization: guest with the password guest. It is no business of the server behind it.",
			ZhTW: "請以 Proxy-Authorization 向代理伺服器表明身分：guest，密碼 guest。這與它後面的伺服器無關。"})
	}
	if len(given) == 1 {
		if scheme, token, ok := strings.Cut(given[0], " "); ok && strings.EqualFold(scheme, "Basic") {
			text, err := base64.StdEncoding.DecodeString(strings.TrimLeft(token, " "))
			name, password, ok := strings.Cut(string(text), ":")
			if user, known := p.Users[name]; err == nil && ok && same(password, user.Password) && known {
				return user, nil
			}
		}
	}
	return User{}, loginNeeded("proxy-credentials-wrong", lang.Text{
		En:   "The proxy knows no such user with that password, or cannot read the credentials. It knows guest with the password guest.",
		ZhTW: "代理伺服器不認得這組使用者與密碼，或無法解讀憑證。可以用 guest，密碼 guest。"})
}

// loginNeeded: RFC 9110 §15.5.8, with a challenge.
func loginNeeded(reason string, detail lang.Text) *wire.Refusal {
	return &wire.Refusal{
		Status: 407, Gate: Gate, Reason: reason, Spec: "RFC 9110 §15.5.8", Detail: detail,
		// RFC 7617 §2.1: user and password are expected in UTF-8.
		Fields: wire.Fields{{Name: "Proxy-Authenticate", Value: fmt.Sprintf(`Basic realm="%s", charset="UTF-8"`, proxyRealm)}},
	}
}

// way finds where the request is to go, and whether it may.
func (p *Proxy) way(r *http.Request) (Onward, error) {
	if strings.EqualFold(r.URL.Scheme, "https") {
		return Onward{}, &wire.Refusal{
			Status: 501, Gate: Gate, Reason: "https-needs-tunnel", Spec: "RFC 9110 §9.3.6",
			Detail: lang.Text{
				En:   "The proxy does not speak TLS for its clients. Ask for a tunnel with CONNECT and speak TLS through it.",
				ZhTW: "代理伺服器不代替用戶端進行 TLS。請以 CONNECT 要求通道，再透過通道進行 TLS。"},
		}
	}
	return p.Reach.way(r, p.Hop)
}

// way finds where a request is to go by its target URI.
func (reach *Reach) way(r *http.Request, hop *Hop) (Onward, error) {
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		host, port = strings.Trim(r.Host, "[]"), "80"
	}
	// RFC 9110 §9.3.6: the port of CONNECT is not optional, and 0 is none.
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || host == "" {
		return Onward{}, &wire.Refusal{
			Status: 400, Gate: Gate, Reason: "no-such-port", Spec: "RFC 9110 §9.3.6",
			Detail: lang.Text{
				En:   "The target names no host, or no port from 1 to 65535.",
				ZhTW: "目標沒有主機名稱，或連接埠不在 1 到 65535 之間。"},
		}
	}
	here, _, _ := net.SplitHostPort(addressOf(r))
	to, ok := reach.find(host, port, here)
	if !ok {
		// RFC 9209 §2.3.17 recommends 403.
		return Onward{}, &wire.Refusal{
			Status: 403, Gate: Gate, Reason: "not-through-here", Spec: "RFC 9110 §15.5.4",
			Detail: lang.Text{
				En:   "Requests are passed on to the lab's own servers only, and " + net.JoinHostPort(host, port) + " is none. Whoever runs this server can allow it with --allow-upstream.",
				ZhTW: "這裡只轉送到實驗室自己的伺服器，而 " + net.JoinHostPort(host, port) + " 不是。執行伺服器的人可以用 --allow-upstream 允許它。"},
			Fields: wire.Fields{{Name: "Proxy-Status", Value: hop.status("error", "http_request_denied", "")}},
		}
	}
	to.Authority, to.Target = r.Host, originForm(r)
	return to, nil
}

// originForm returns the target as an origin is sent it (RFC 9112 §3.2.1).
func originForm(r *http.Request) string {
	target := r.RequestURI
	if _, rest, ok := strings.Cut(target, "://"); ok && target[0] != '/' {
		target = ""
		if i := strings.IndexAny(rest, "/?"); i >= 0 {
			target = rest[i:]
		}
	}
	switch {
	// RFC 9112 §3.2.4: OPTIONS for a URI without a path is about the server.
	case target == "" && r.Method == http.MethodOptions:
		return "*"
	case target == "" || target[0] == '?':
		return "/" + target
	}
	return target
}

// same compares secrets in constant time.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
