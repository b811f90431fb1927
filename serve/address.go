package serve

import (
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// Address is gate 4: it refuses a request for an https resource that came over
// a connection which was not secured for it. The names are those that are
// served on connections of their own alone; on the others any connection over
// TLS will do, since a server on somebody's desk is reached by many names.
func Address(names []string, otherwise lang.Tag, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refusal := address(names, r); refusal != nil {
			refusal.Answer(w, r, otherwise)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func address(names []string, r *http.Request) *wire.Refusal {
	// RFC 9112 §3.3: a target in absolute-form has its own scheme; otherwise it
	// is that of the connection.
	scheme := strings.ToLower(r.URL.Scheme)
	if scheme == "http" || scheme == "" && r.TLS == nil {
		return nil
	}
	// RFC 9110 §7.4: a request for an https resource has to be rejected unless
	// the connection was secured by a certificate that is valid for its origin.
	if r.TLS == nil {
		return &wire.Refusal{
			Status: 421, Gate: 4, Reason: "connection-not-secured", Spec: "RFC 9110 §7.4",
			Detail: lang.Text{
				En:   "The target is an https URI, and this connection is in the clear. Send the request over TLS.",
				ZhTW: "目標是 https 的 URI，這條連線卻是明文。請改用 TLS 連線傳送。"},
		}
	}
	name, secured := hostName(r.Host), hostName(r.TLS.ServerName)
	if name == secured || !slices.Contains(names, name) {
		return nil
	}
	if secured == "" {
		secured = "(none)"
	}
	return &wire.Refusal{
		Status: 421, Gate: 4, Reason: "connection-for-another-name", Spec: "RFC 9110 §15.5.20",
		Detail: lang.Text{
			En:   "The request is for " + name + ", which is served on connections of its own. This one was made for another name in its TLS handshake: " + secured + ". Send the request over a new connection that asks for " + name + ".",
			ZhTW: "請求要找的是 " + name + "，它只在專屬的連線上提供服務。這條連線在 TLS 交握時要的是別的名稱：" + secured + "。請另開一條指名 " + name + " 的連線再送。"},
	}
}

// hostName returns the name in an authority in the form in which names are
// compared: without port and final dot, in lower case (RFC 9110 §4.2.3).
func hostName(authority string) string {
	if name, _, err := net.SplitHostPort(authority); err == nil {
		authority = name
	}
	return strings.ToLower(strings.TrimSuffix(authority, "."))
}
