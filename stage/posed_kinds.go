package stage

import (
	"net/http"
	"net/textproto"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A posedKind says to which requests a code is sent when it is posed. A code
// without a row in [posedKinds] is sent to any request.
type posedKind int

const (
	posedMatching posedKind = iota // sent to a request that the answer fits, else a 400 that says what to send
	posedProtocol                  // refused on other protocols than the one that has the code
	posedInside                    // sent inside a 207 only, as its definition has it
	posedNone                      // never sent
)

// posedKinds are the rules, in the order in which they are asked; a code may be
// under several.
var posedKinds = []struct {
	from, to status.Code
	kind     posedKind
	fits     func(*http.Request) bool // matching and protocol: whether the code may be sent
	say      lang.Text                // what to send instead, or why the code is never sent; not for inside
}{
	{
		// No 1xx goes to an HTTP/1.0 client (RFC 9110 §15.2).
		from: 100, to: 199, kind: posedMatching,
		fits: func(r *http.Request) bool { return r.ProtoAtLeast(1, 1) },
		say: lang.Text{
			En:   "HTTP/1.0 has no interim responses. Send the request over HTTP/1.1 or later.",
			ZhTW: "HTTP/1.0 沒有中間回應。請改用 HTTP/1.1 或更新的版本送出請求。",
		},
	},
	{
		// RFC 9113 §8.6 and RFC 9114 §4.5 leave 101 out of HTTP/2 and HTTP/3.
		from: 101, to: 101, kind: posedProtocol,
		fits: posedIsHTTP11,
		say: lang.Text{
			En:   "Only HTTP/1.1 can switch protocols with 101. Send the request over HTTP/1.1; over HTTP/2 and HTTP/3 an extended CONNECT opens a WebSocket, answered with 200.",
			ZhTW: "只有 HTTP/1.1 能以 101 切換協定。請改用 HTTP/1.1；在 HTTP/2 與 HTTP/3 上，WebSocket 以擴充的 CONNECT 開啟，回應是 200。",
		},
	},
	{
		// The client must have offered the protocol (RFC 9110 §7.8).
		from: 101, to: 101, kind: posedMatching,
		fits: func(r *http.Request) bool { return posedOffer(r) != "" },
		say: lang.Text{
			En:   "A 101 needs an offer. Send GET without content, with Connection: Upgrade and either Upgrade: echo, or Upgrade: websocket with Sec-WebSocket-Version: 13 and a Sec-WebSocket-Key.",
			ZhTW: "101 需要用戶端先提出協定。請送出沒有內容的 GET，帶上 Connection: Upgrade 以及 Upgrade: echo，或 Upgrade: websocket 加上 Sec-WebSocket-Version: 13 與 Sec-WebSocket-Key。",
		},
	},
	{
		// draft-ietf-httpbis-resumable-upload (unverified): drafts send 104 only
		// to clients of the same interoperability version.
		from: 104, to: 104, kind: posedMatching,
		fits: func(r *http.Request) bool { return r.Header.Get(uploadInterop) == uploadInteropVersion },
		say: lang.Text{
			En:   "104 belongs to a draft and goes only to clients of the same draft. Send Upload-Draft-Interop-Version: 8.",
			ZhTW: "104 屬於一份草案，只送給採用同一版草案的用戶端。請送出 Upload-Draft-Interop-Version: 8。",
		},
	},
	{
		// After a 2xx to CONNECT the connection is a tunnel (RFC 9110 §9.3.6).
		from: 200, to: 299, kind: posedMatching,
		fits: func(r *http.Request) bool { return r.Method != http.MethodConnect },
		say: lang.Text{
			En:   "Success answers CONNECT with a tunnel, and there is none here. Send any other method.",
			ZhTW: "CONNECT 成功就表示通道已建立，而這裡沒有通道。請改用其他方法。",
		},
	},
	{
		// Range is defined for GET only (RFC 9110 §14.2).
		from: 206, to: 206, kind: posedMatching,
		fits: func(r *http.Request) bool {
			_, _, ok := posedRange(r.Header, 1<<62)
			return r.Method == http.MethodGet && ok
		},
		say: posedRangeAdvice,
	},
	{
		// A status of a propstat element (RFC 5842 §7.1).
		from: 208, to: 208, kind: posedInside,
	},
	{
		// The request must have listed a manipulation in A-IM (RFC 3229 §10.4.1).
		from: 226, to: 226, kind: posedMatching,
		fits: func(r *http.Request) bool { return r.Method == http.MethodGet && posedAcceptsGzip(r.Header) },
		say: lang.Text{
			En:   "A 226 needs a GET that names a manipulation which the server can apply. Send GET with A-IM: gzip.",
			ZhTW: "226 需要 GET 請求指名伺服器做得到的處理方式。請送出帶有 A-IM: gzip 的 GET。",
		},
	},
	{
		// A condition on GET or HEAD, and one that a server may not ignore
		// (RFC 9110 §13.1.2, §13.1.3, §15.4.5).
		from: 304, to: 304, kind: posedMatching,
		fits: func(r *http.Request) bool {
			_, _, ok := posedValidator(r.Header)
			return (r.Method == http.MethodGet || r.Method == http.MethodHead) && ok
		},
		say: lang.Text{
			En:   `A 304 speaks of a copy that the client has. Send GET or HEAD with If-None-Match: "any-tag", or with If-Modified-Since and an HTTP date.`,
			ZhTW: `304 說的是用戶端手上的那一份。請送出 GET 或 HEAD，帶上 If-None-Match: "any-tag"，或 If-Modified-Since 加上 HTTP 日期。`,
		},
	},
	{
		// RFC 9110 §15.4.6
		from: 305, to: 305, kind: posedNone,
		say: lang.Text{
			En:   "305 is deprecated and never sent here: a server that names a proxy in its answer could insert itself anywhere. /305 has the story",
			ZhTW: "305 已被廢棄，這裡一律不送：伺服器若能在回應中指定代理伺服器，就能把自己插入任何連線。詳情見 /305",
		},
	},
	{
		// RFC 9110 §15.4.7
		from: 306, to: 306, kind: posedNone,
		say: lang.Text{
			En:   "306 is reserved and has no meaning, so it is never sent here. /306 has the story",
			ZhTW: "306 是保留號碼，沒有任何意義，這裡一律不送。詳情見 /306",
		},
	},
	{
		// A status of the parts that were not tried (RFC 4918 §9.2.1, §11.4).
		from: 424, to: 424, kind: posedInside,
	},
	{
		// Its Upgrade and Connection fields make a message malformed in HTTP/2
		// (RFC 9113 §8.2.2) and HTTP/3 (RFC 9114 §4.2).
		from: 426, to: 426, kind: posedProtocol,
		fits: posedIsHTTP11,
		say: lang.Text{
			En:   "A 426 must carry Upgrade, which only HTTP/1.1 has. Send the request over HTTP/1.1.",
			ZhTW: "426 必須帶有 Upgrade 欄位，而這個欄位只有 HTTP/1.1 才有。請改用 HTTP/1.1 送出請求。",
		},
	},
}

func posedIsHTTP11(r *http.Request) bool { return r.ProtoMajor == 1 && r.ProtoMinor >= 1 }

// posedMatch refuses to send a code to a request that the answer does not fit.
func posedMatch(code status.Code, r *http.Request) *wire.Refusal {
	for i := range posedKinds {
		if k := &posedKinds[i]; k.from <= code && code <= k.to && k.fits != nil && !k.fits(r) {
			return posedUnfit(code, k.kind, k.say)
		}
	}
	return nil
}

func posedUnfit(code status.Code, kind posedKind, say lang.Text) *wire.Refusal {
	reason := "posed-request"
	if kind == posedProtocol {
		reason = "posed-protocol"
	}
	return &wire.Refusal{
		Status: http.StatusBadRequest,
		Reason: reason,
		Spec:   posedSpec(code),
		Detail: posedText("A posed %s does not fit this request. %s", "示範的 %s 與這個請求不符。%s", code, say),
	}
}

// posedNever reports whether a code is never sent, and why.
func posedNever(code status.Code) (lang.Text, bool) {
	for i := range posedKinds {
		if k := &posedKinds[i]; k.from <= code && code <= k.to && k.kind == posedNone {
			return k.say, true
		}
	}
	return lang.Text{}, false
}

// posedOuter returns the code of the status line: 207 for one that appears only
// inside a multistatus.
func posedOuter(code status.Code) status.Code {
	for i := range posedKinds {
		if k := &posedKinds[i]; k.from <= code && code <= k.to && k.kind == posedInside {
			return http.StatusMultiStatus
		}
	}
	return code
}

// posedSpec names the section that defines a code.
func posedSpec(code status.Code) string {
	if entry, ok := status.Get(code); ok && len(entry.Specs) > 0 {
		return entry.Specs[0]
	}
	return "RFC 9110 §15"
}

// posedHasMember reports whether a list field has a member, without regard to case
// or parameters.
func posedHasMember(h http.Header, name, member string) bool {
	for _, value := range h[textproto.CanonicalMIMEHeaderKey(name)] {
		for m := range wire.Members(value) {
			m, _, _ = strings.Cut(m, ";")
			if strings.EqualFold(strings.TrimSpace(m), member) {
				return true
			}
		}
	}
	return false
}
