package stage

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// Why scenes of the forward proxy and of the interceptor are not for every
// protocol.
var (
	notProxiedH3 = lang.Text{
		En:   "The lab's proxy waits at a TCP port, where any client can be pointed at it; HTTP/3 runs over QUIC (RFC 9114 §3).",
		ZhTW: "實驗室的代理伺服器開在 TCP 連接埠，任何用戶端都能指向它；HTTP/3 走的是 QUIC（RFC 9114 §3）。"}
	notIntercepted = lang.Text{
		En:   "What a network can answer in another's name is what it can read: HTTP in the clear. HTTP/3 is never in the clear (RFC 9114 §3.2), and its handshake would fail instead.",
		ZhTW: "網路能冒名回應的，只有它讀得懂的明文 HTTP。HTTP/3 沒有明文連線（RFC 9114 §3.2），攔截只會讓交握失敗。"}
	onlyProxyForm = lang.Text{
		En:   "Over HTTP/1.1 a request for a proxy is told by its absolute-form (RFC 9112 §3.2.2). In HTTP/2 it looks like any other (RFC 9113 §8.3.1), and an interceptor cannot tell whom it was meant for.",
		ZhTW: "在 HTTP/1.1，給代理伺服器的請求可以從絕對形式認出來（RFC 9112 §3.2.2）。在 HTTP/2 它與其他請求沒有兩樣（RFC 9113 §8.3.1），攔截者分辨不出原本要送給誰。"}
	onlyTunnelH1 = lang.Text{
		En:   "A WebSocket begins with an upgrade, which only a connection of HTTP/1.1 has (RFC 9113 §8.6); in an HTTP/2 tunnel it would be one within a stream.",
		ZhTW: "WebSocket 從 Upgrade 開始，而只有 HTTP/1.1 的連線有這個機制（RFC 9113 §8.6）；在 HTTP/2 的通道裡，它只是串流中的一條。"}
)

// proxied is what happens at the lab's forward proxy.
var proxied = []Scene{
	{
		Code: 407, Name: "no-word-to-the-proxy",
		Cause: lang.Text{
			En:   "The proxy passes on for people it knows, and the request does not say to it who asks. The origin never sees it.",
			ZhTW: "代理伺服器只替認得的人轉送，而請求沒有向它表明是誰。來源伺服器根本沒收到。"},
		Cue: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Door: Proxy, Content: "tea", Status: 407,
				Evidence: []Evidence{because(2, "proxy-credentials-missing"), proxyChallenge}},
			{Method: "GET", Path: "/lab/depot/{nonce}", Status: 404},
		},
		Control: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Door: Proxy, Fields: toProxy("guest"), Content: "tea", Status: 201, Evidence: []Evidence{has("Via")}},
			{Method: "GET", Path: "/lab/depot/{nonce}", Status: 200, Evidence: []Evidence{content("tea")}},
		},
		Differs: lang.Text{En: "The request says so, in Proxy-Authorization.", ZhTW: "請求以 Proxy-Authorization 表明了身分。"},
		Over:    over(wire.H1, wire.H2), Only: notProxiedH3,
	},
	{
		Code: 407, Name: "no-tunnel-for-strangers",
		Cause: lang.Text{
			En:   "A stranger asks the proxy for a tunnel. No connection is made for it.",
			ZhTW: "陌生人向代理伺服器要求通道。代理伺服器不會為他建立連線。"},
		Cue: []Step{{Method: "CONNECT", Path: "{host}", Door: Proxy, Status: 407,
			Evidence: []Evidence{because(2, "proxy-credentials-missing"), proxyChallenge}}},
		Control: []Step{{Method: "CONNECT", Path: "{host}", Door: Proxy, Fields: toProxy("guest"), Status: 200,
			Frames: socketRequest(socketOffer+socketVersion+socketNonce) + switched.Frames,
			Echo: "HTTP/1.1 101 Switching Protocols\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: *\r\n" +
				"Connection: Upgrade\r\nSec-WebSocket-Accept: " + posedAcceptKey(socketKey) + "\r\nUpgrade: websocket\r\n\r\n" + switched.Echo,
			Evidence: []Evidence{tunnelled}}},
		Differs: lang.Text{
			En:   "It says who it is. The tunnel is open, and a WebSocket is spoken through it.",
			ZhTW: "表明了身分。通道打開，並透過它使用 WebSocket。"},
		Over: over(wire.H1), Only: onlyTunnelH1,
	},
	{
		Code: 403, Name: "not-through-this-proxy",
		Cause: lang.Text{
			En:   "The proxy passes on to the lab only, and the target is somewhere else.",
			ZhTW: "代理伺服器只轉送到實驗室，而目標在別的地方。"},
		Cue: []Step{{Method: "GET", Path: "/", Door: Proxy, Host: "elsewhere.test", Fields: toProxy("guest"), Status: 403,
			Evidence: []Evidence{because(2, "not-through-here"), names("elsewhere.test"), proxyError("http_request_denied")}}},
		Control: []Step{{Method: "GET", Path: "/lab/page", Door: Proxy, Fields: toProxy("guest"), Status: 200}},
		Differs: lang.Text{En: "The target is the lab.", ZhTW: "目標是實驗室。"},
		Over:    over(wire.H1, wire.H2), Only: notProxiedH3,
	},
	{
		Code: 401, Name: "behind-the-proxy",
		Cause: lang.Text{
			En:   "The proxy knows who asks, and the origin does not: its credentials are other ones. First 407, then 401.",
			ZhTW: "代理伺服器知道是誰，來源伺服器卻不知道：兩邊的憑證各不相干。先 407，再 401。"},
		Cue: []Step{
			{Method: "GET", Path: "/lab/cellar/list", Door: Proxy, Status: 407, Evidence: []Evidence{because(2, "proxy-credentials-missing")}},
			{Method: "GET", Path: "/lab/cellar/list", Door: Proxy, Fields: toProxy("guest"), Status: 401, Evidence: []Evidence{because(7, "credentials-missing")}},
		},
		Control: []Step{{Method: "GET", Path: "/lab/cellar/list", Door: Proxy, Fields: append(toProxy("guest"), basic("guest", "guest")...), Status: 200}},
		Differs: lang.Text{En: "The origin is told as well.", ZhTW: "也向來源伺服器表明了身分。"},
		Over:    over(wire.H1, wire.H2), Only: notProxiedH3,
	},
	{
		Code: 203, Name: "made-smaller-on-the-way",
		Cause: lang.Text{
			En:   "This user of the proxy has pages made smaller on the way. What comes is not what the origin has sent, and says so.",
			ZhTW: "代理伺服器的這位使用者，要求在途中把網頁縮小。送來的不是來源原本的內容，回應也這麼說。"},
		Cue: []Step{{Method: "GET", Path: "/lab/page", Door: Proxy, Fields: toProxy("thrifty"), Status: 203,
			Evidence: []Evidence{smaller, weakened, has("Via")}}},
		Control: []Step{
			{Method: "GET", Path: "/lab/page", Door: Proxy, Fields: toProxy("guest"), Status: 200, Evidence: []Evidence{content(pageText), has("Via")}},
			{Method: "GET", Path: "/lab/page", Door: Proxy, Fields: append(toProxy("thrifty"), field("Cache-Control", "no-transform")...), Status: 200,
				Evidence: []Evidence{content(pageText)}},
			{Method: "GET", Path: "/lab/gateway/sealed", Door: Proxy, Fields: toProxy("thrifty"), Status: 200, Evidence: []Evidence{carries("Cache-Control", "no-transform")}},
			{Method: "GET", Path: "/lab/page", Status: 200, Evidence: []Evidence{content(pageText)}},
		},
		Differs: lang.Text{
			En:   "The user does not want that; then the request forbids it; then the origin does; and last there is no proxy.",
			ZhTW: "依序是：使用者沒有這項要求；請求禁止轉換；來源禁止轉換；沒有經過代理伺服器。"},
		Over: over(wire.H1, wire.H2), Only: notProxiedH3,
	},
}

// intercepted is what happens in the network of the lab's captive portal. Each
// play comes from an address of its own.
var intercepted = []Scene{
	{
		Code: 511, Name: "not-logged-in",
		Cause: lang.Text{
			En:   "The network on the way wants its terms agreed to first, and answers in the origin's place, which never sees the request.",
			ZhTW: "途中的網路要求先同意條款，並代替來源伺服器回應；來源根本沒收到請求。"},
		Cue: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Door: Portal, From: "{client}", Content: "tea", Status: 511,
				Evidence: []Evidence{because(2, "not-logged-in"), names("/login"), carries("Cache-Control", "no-store")}},
			{Method: "GET", Path: "/api", Door: AtPortal, From: "{client}", Status: 200, Evidence: []Evidence{captive(true)}},
			{Method: "GET", Path: "/lab/depot/{nonce}", Status: 404},
		},
		Control: []Step{
			{Method: "POST", Path: "/login", Door: AtPortal, From: "{client}", Fields: formType, Content: "terms=agree", Status: 303},
			{Method: "GET", Path: "/api", Door: AtPortal, From: "{client}", Status: 200, Evidence: []Evidence{captive(false)}},
			{Method: "PUT", Path: "/lab/depot/{nonce}", Door: Portal, From: "{client}", Content: "tea", Status: 201, Evidence: []Evidence{has("Via")}},
			{Method: "GET", Path: "/lab/depot/{nonce}", Status: 200, Evidence: []Evidence{content("tea")}},
		},
		Differs: lang.Text{En: "The client has agreed to the terms.", ZhTW: "用戶端已經同意條款。"},
		Over:    over(wire.H1, wire.H2), Only: notIntercepted,
	},
	{
		Code: 511, Name: "captive-again",
		Cause: lang.Text{
			En:   "The client was let pass, and its time is over: it has left.",
			ZhTW: "用戶端原本可以通行，但時間到了：它已經離開。"},
		Cue: []Step{
			{Method: "POST", Path: "/login", Door: AtPortal, From: "{client}", Fields: formType, Content: "terms=agree", Status: 303},
			{Method: "GET", Path: "/lab/page", Door: Portal, From: "{client}", Status: 200},
			{Method: "POST", Path: "/login", Door: AtPortal, From: "{client}", Fields: formType, Content: "terms=leave", Status: 303},
			{Method: "GET", Path: "/lab/page", Door: Portal, From: "{client}", Status: 511, Evidence: []Evidence{because(2, "not-logged-in")}},
		},
		Control: []Step{
			{Method: "POST", Path: "/login", Door: AtPortal, From: "{client}", Fields: formType, Content: "terms=agree", Status: 303},
			{Method: "GET", Path: "/lab/page", Door: Portal, From: "{client}", Status: 200, Evidence: []Evidence{content(pageText)}},
		},
		Differs: lang.Text{En: "It has not left.", ZhTW: "它還沒有離開。"},
		Over:    over(wire.H1, wire.H2), Only: notIntercepted,
	},
	{
		Code: 511, Name: "nearer-than-the-proxy",
		Cause: lang.Text{
			En:   "The client is captive, and says nothing to its proxy either. The interceptor is nearer, so it speaks.",
			ZhTW: "用戶端被攔截，也沒有向代理伺服器表明身分。攔截者離得比較近，由它發言。"},
		Cue: []Step{{Method: "GET", Path: "/lab/page", Door: Detour, From: "{client}", Status: 511,
			Evidence: []Evidence{because(2, "not-logged-in")}}},
		Control: []Step{
			{Method: "POST", Path: "/login", Door: AtPortal, From: "{client}", Fields: formType, Content: "terms=agree", Status: 303},
			{Method: "GET", Path: "/lab/page", Door: Detour, From: "{client}", Status: 407,
				Evidence: []Evidence{because(2, "proxy-credentials-missing")}},
		},
		Differs: lang.Text{En: "The network is content, and the proxy is not yet.", ZhTW: "網路放行了，代理伺服器還沒有。"},
		Over:    over(wire.H1), Only: onlyProxyForm,
	},
}

var formType = field("Content-Type", "application/x-www-form-urlencoded")

// toProxy is Proxy-Authorization for one of the proxy's users, whose passwords
// are their names.
func toProxy(name string) wire.Fields {
	return field("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(name+":"+name)))
}

var proxyChallenge = Evidence{
	Says: lang.Text{
		En:   "Proxy-Authenticate has a Basic challenge, and WWW-Authenticate is not there",
		ZhTW: "Proxy-Authenticate 有 Basic 質詢，而沒有 WWW-Authenticate"},
	Check: func(x *wire.Exchange) error {
		fields := x.Answer().Fields
		if got := fields.Get("Proxy-Authenticate"); got != `Basic realm="statute-proxy", charset="UTF-8"` || fields.Has("WWW-Authenticate") {
			return fmt.Errorf("Proxy-Authenticate is %q, WWW-Authenticate %q", got, fields.Get("WWW-Authenticate"))
		}
		return nil
	},
}

var tunnelled = Evidence{
	Says: lang.Text{
		En:   "the answer has neither Content-Length nor Transfer-Encoding, and after it the connection is a tunnel",
		ZhTW: "回應沒有 Content-Length 與 Transfer-Encoding，之後連線就是通道"},
	Check: func(x *wire.Exchange) error {
		fields := x.Answer().Fields
		if fields.Has("Content-Length") || fields.Has("Transfer-Encoding") || x.End != wire.EndTunnel {
			return fmt.Errorf("the exchange ended %s, with %v", x.End, fields)
		}
		return nil
	},
}

var smaller = Evidence{
	Says: lang.Text{
		En:   "the content is smaller than the origin's, and is still the page",
		ZhTW: "內容比來源的小，但仍然是同一頁"},
	Check: func(x *wire.Exchange) error {
		got := string(x.Answer().Content.Data)
		if len(got) == 0 || len(got) >= len(pageText) {
			return fmt.Errorf("the content has %d octets, the page %d: %q", len(got), len(pageText), got)
		}
		return nil
	},
}

var weakened = Evidence{
	Says: lang.Text{
		En:   "the entity tag is weak now, since the octets are others",
		ZhTW: "位元組已經不同，實體標籤因此變成弱標籤"},
	Check: func(x *wire.Exchange) error {
		if got := x.Answer().Fields.Get("ETag"); len(got) < 4 || got[:2] != "W/" {
			return fmt.Errorf("ETag is %q", got)
		}
		return nil
	},
}

// captive: the captive-portal API says so (RFC 8908 §5).
func captive(is bool) Evidence {
	want := fmt.Sprintf(`"captive":%t`, is)
	return Evidence{
		Says: lang.Text{
			En:   "the captive-portal API says " + want,
			ZhTW: "captive portal API 寫著 " + want},
		Check: func(x *wire.Exchange) error {
			media, said := x.Answer().Fields.Get("Content-Type"), string(x.Answer().Content.Data)
			if media != "application/captive+json" || !strings.Contains(said, want) {
				return fmt.Errorf("the API says, as %q, %s", media, said)
			}
			return nil
		},
	}
}
