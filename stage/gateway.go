package stage

import (
	"net/http"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/stage/road"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// gateway is what happens behind the lab's gateway, at /lab/gateway/.
var gateway = []Scene{
	behind("garbled", 502, "garbled", "answer-garbled", "http_protocol_error", lang.Text{
		En:   "The server behind the gateway answers with something that is no HTTP.",
		ZhTW: "閘道後面的伺服器，回的根本不是 HTTP。"}),
	behind("cut", 502, "cut", "answer-cut", "http_response_incomplete", lang.Text{
		En:   "The server behind the gateway closes the connection in the middle of its answer's head.",
		ZhTW: "閘道後面的伺服器，回應標頭送到一半就關閉連線。"}),
	behind("mute", 502, "not-a-word", "connection-terminated", "connection_terminated", lang.Text{
		En:   "The server behind the gateway takes the request and closes the connection. The gateway does not try again: nobody knows what became of it.",
		ZhTW: "閘道後面的伺服器收下請求就關閉連線。閘道不會重試，因為沒人知道請求執行了沒有。"}),
	behind("refusing", 502, "nobody-listens", "connection-refused", "connection_refused", lang.Text{
		En:   "Nothing listens where the gateway's server should be, and the connection is refused.",
		ZhTW: "閘道要找的伺服器那裡沒有程式在監聽，連線被拒。"}),
	behind("two-lengths", 502, "two-lengths", "answer-garbled", "http_protocol_error", lang.Text{
		En:   "The answer says two lengths, so where it ends is anybody's guess; a gateway that passed it on would let two answers be made of one.",
		ZhTW: "回應寫了兩個不同的長度，結尾在哪裡各說各話；閘道如果照轉，一個回應就可能被拆成兩個。"}),
	behind("circle", 502, "in-a-circle", "loop", "proxy_loop_detected", lang.Text{
		En:   "The gateway's server is the gateway itself. At the second passing it finds its own name in Via.",
		ZhTW: "閘道後面的伺服器就是閘道自己。請求第二次經過時，它在 Via 裡看到自己的名字。"}),
	behind("forgetful", 502, "in-a-circle-without-via", "loop", "proxy_loop_detected", lang.Text{
		En:   "The request comes round through a server that forgets Via. CDN-Loop, which nobody may forget, still names the gateway.",
		ZhTW: "請求經過一台會弄丟 Via 的伺服器又繞了回來。但誰都不能拿掉的 CDN-Loop，仍記著這個閘道。"}),
	behind("silent", 504, "silent", "answer-timeout", "http_response_timeout", lang.Text{
		En:   "The server behind the gateway takes the request and says nothing for as long as the gateway waits.",
		ZhTW: "閘道後面的伺服器收下請求，卻在閘道等待的時間裡毫無回應。"}),
	{
		Code: 500, Name: "of-the-server-behind",
		Cause: lang.Text{
			En:   "The server behind the gateway has a fault, and says so properly: that is its answer, which a gateway passes on.",
			ZhTW: "閘道後面的伺服器故障，而且好好地說了出來：這是它的回應，閘道照樣轉交。"},
		Cue: []Step{{Method: "GET", Path: "/lab/gateway/faulty", Status: 500,
			Evidence: []Evidence{content("the kettle broke\n"), has("Via")}}},
		Control: []Step{{Method: "GET", Path: "/lab/gateway/garbled", Status: 502, Evidence: []Evidence{because(2, "answer-garbled")}}},
		Differs: lang.Text{
			En:   "What the server says is no answer, so that the gateway has to speak.",
			ZhTW: "伺服器說的不成回應，只好由閘道發言。"},
		Over: everywhere,
	},
	{
		Code: 103, Name: "through-a-gateway",
		Cause: lang.Text{
			En:   "The server behind the gateway gives hints, and a gateway passes interim answers on.",
			ZhTW: "閘道後面的伺服器給了提示，而閘道會轉交過渡回應。"},
		Cue: []Step{{Method: "GET", Path: "/lab/gateway/hinting", Interim: codes(103), Status: 200,
			Evidence: []Evidence{hints("Link", "</lab/hints.css>; rel=preload; as=style"), content("tea\n")}}},
		Control: []Step{{Method: "GET", Path: "/lab/gateway/healthy", Status: 200, Evidence: []Evidence{content("tea\n")}}},
		Differs: lang.Text{En: "That server gives none.", ZhTW: "那台伺服器沒有給提示。"},
		Over:    everywhere,
	},
}

// gatewayPatience is how long the gateway waits for the server behind it.
const gatewayPatience = 5 * time.Second

// behind is a scene in which a server behind the gateway, the one of this name,
// makes the gateway speak; the control is the same with one in good order. It is
// asked by POST, which may not be tried twice.
func behind(server string, code status.Code, name, why, kind string, cause lang.Text) Scene {
	at := func(server string, code status.Code, e ...Evidence) []Step {
		return []Step{{Method: "POST", Path: "/lab/gateway/" + server, Content: "one pot", Status: code, Evidence: e}}
	}
	return Scene{
		Code: code, Name: name, Cause: cause,
		Cue:     at(server, code, because(2, why), proxyError(kind)),
		Control: at("healthy", 200, content("tea\n"), has("Via")),
		Differs: lang.Text{
			En:   "The server behind the gateway is another one, in good order.",
			ZhTW: "閘道後面換成另一台一切正常的伺服器。"},
		Over: everywhere,
	}
}

// passGateway passes a request on to the server behind the gateway that its path
// names.
func (l *Lab) passGateway(w http.ResponseWriter, r *http.Request, rel string) error {
	name, _, _ := strings.Cut(strings.TrimPrefix(rel, "/gateway/"), "/")
	servers, refusing, err := l.upstreams.open()
	if err != nil {
		return err
	}
	query := ""
	if r.URL.RawQuery != "" {
		query = "?" + r.URL.RawQuery
	}
	to := road.Onward{Address: servers, Authority: "behind.test", Target: "/" + name + query}
	switch name {
	case "refusing":
		to.Address = refusing
	case "circle":
		to = road.Onward{Address: l.At, Authority: l.At, Target: r.URL.EscapedPath() + query}
	case "forgetful":
		r = r.Clone(r.Context())
		r.Header.Set("Statute-Target", r.URL.EscapedPath()+query)
	case "silent", "steeped":
	default:
		if _, known := said["/"+name]; !known {
			return notFound()
		}
	}
	if to.Address == "" {
		return notFound()
	}
	return l.gateway.Pass(w, r, to)
}

// proxyError: Proxy-Status says that this went wrong, as one member's error.
func proxyError(kind string) Evidence {
	return Evidence{
		Says: lang.Text{
			En:   "Proxy-Status says " + kind,
			ZhTW: "Proxy-Status 寫著 " + kind},
		Check: func(x *wire.Exchange) error { return paramOf(x, "Proxy-Status", "error", kind) },
	}
}
