package stage

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

// A posedDuty is what a code's definition asks of an answer with the code, and
// what a reader should know about it here.
type posedDuty struct {
	fields func(h http.Header, r *http.Request)
	note   lang.Text   // a sentence besides the one that says that the answer is posed
	links  []posedLink // what the content points to
	xml    func(r *http.Request, sentence string) string
}

type posedLink struct {
	Rel  string `json:"rel"`
	Href string `json:"href"`
	Type string `json:"type,omitempty"`
}

// posedDuties has the codes whose answers carry more than the sentence. What is
// computed from the request's ranges and conditions is in posed_partial.go.
func posedDuties(c PosedConfig) map[status.Code]posedDuty {
	return map[status.Code]posedDuty{
		// RFC 8297 §2: the hints are fields that the final answer is likely to have.
		103: {fields: posedSets("Link", "<"+posedLocation+">; rel=preload; as=fetch; crossorigin")},
		// RFC 9110 §9.3.7
		200: {fields: posedOffers},
		204: {fields: posedOffers},
		// RFC 9110 §15.3.2
		201: {fields: posedSets("Location", posedLocation)},
		207: {xml: posedMultistatus},
		208: {xml: posedReported},
		// RFC 3229 §5.5: a cache that does not know 226 would give the delta to
		// clients that did not ask for one.
		226: {fields: posedSets("Cache-Control", "no-store")},
		// RFC 9110 §15.4.1: a list of alternatives, and Location for the preferred one.
		300: {
			fields: posedSets("Location", posedLocation),
			links: []posedLink{
				{Rel: "alternate", Href: posedLocation, Type: "text/html"},
				{Rel: "alternate", Href: "/300", Type: "text/html"},
			},
		},
		// RFC 9110 §15.4.2, §15.4.3, §15.4.4, §15.4.8, §15.4.9
		301: {fields: posedSets("Location", posedLocation)},
		302: {fields: posedSets("Location", posedLocation)},
		303: {fields: posedSets("Location", posedLocation)},
		307: {fields: posedSets("Location", posedLocation)},
		308: {fields: posedSets("Location", posedLocation)},
		// RFC 9110 §15.5.2
		401: {
			fields: posedSets("WWW-Authenticate", `Basic realm="posed", charset="UTF-8"`),
			note:   lang.Text{En: "No credentials change a posed answer.", ZhTW: "無論送出什麼憑證，示範回應都不會改變。"},
		},
		402: {note: lang.Text{
			En:   "No payment scheme is named, because RFC 9110 §15.5.3 defines none; paying changes nothing.",
			ZhTW: "這裡不指定付款方式，因為 RFC 9110 §15.5.3 沒有定義；付款也不會改變結果。",
		}},
		// RFC 9110 §15.5.6
		405: {fields: func(h http.Header, r *http.Request) { h.Set("Allow", posedAllow(r.Method)) }},
		// RFC 9110 §15.5.7: what there is to choose from.
		406: {links: []posedLink{
			{Rel: "alternate", Href: "/406", Type: "text/html"},
			{Rel: "alternate", Href: "/406", Type: "application/json"},
		}},
		// RFC 9110 §15.5.8
		407: {
			fields: posedSets("Proxy-Authenticate", `Basic realm="posed", charset="UTF-8"`),
			note:   lang.Text{En: "There is no proxy here that wants credentials.", ZhTW: "這裡並沒有要求憑證的代理伺服器。"},
		},
		// RFC 9110 §15.5.14
		413: {fields: posedSets("Retry-After", "1")},
		415: {fields: posedAccepts},
		// RFC 9110 §15.5.17, §14.4: no range fits into a representation of no octets.
		416: {fields: posedSets("Content-Range", "bytes */0")},
		423: {xml: posedLocked},
		424: {xml: posedDependency},
		// RFC 9110 §15.5.22, §7.8; both protocols are those of a posed 101.
		426: {fields: func(h http.Header, r *http.Request) {
			h.Set("Upgrade", "websocket, echo")
			h.Set("Connection", "Upgrade")
		}},
		// RFC 6585 §3: how to send the request right, and no storing.
		428: {
			fields: posedSets("Cache-Control", "no-store"),
			note: lang.Text{
				En:   "A real one would go away once the request carries If-Match with the current ETag.",
				ZhTW: "若是真的 428，請求帶上目前 ETag 的 If-Match 就不會再出現。",
			},
		},
		// RFC 6585 §4
		429: {
			fields: posedSets("Cache-Control", "no-store", "Retry-After", "1"),
			note:   lang.Text{En: "Nobody is counting your requests.", ZhTW: "這裡並沒有人在計算你的請求次數。"},
		},
		// RFC 6585 §5
		431: {
			fields: posedSets("Cache-Control", "no-store"),
			note:   lang.Text{En: "No field of your request is too large.", ZhTW: "你的請求沒有任何欄位過大。"},
		},
		// RFC 7725 §3, §4: the blocking entity names itself, the content explains.
		451: {
			fields: posedSets("Link", `</>; rel="blocked-by"`),
			note:   lang.Text{En: "No law and no authority demands it.", ZhTW: "沒有任何法律或機關要求封鎖。"},
		},
		// RFC 9110 §15.6.4
		503: {fields: posedSets("Cache-Control", "no-store", "Retry-After", "1")},
		// RFC 9110 §15.6.6: which versions are supported.
		505: {note: lang.Text{
			En:   "This server speaks HTTP/1.1, HTTP/2 and HTTP/3.",
			ZhTW: "本伺服器支援 HTTP/1.1、HTTP/2 與 HTTP/3。",
		}},
		506: {links: []posedLink{{Rel: "alternate", Href: posedLocation, Type: "text/html"}}},
		507: {xml: posedQuota},
		// RFC 6585 §6: a link to where one logs in, not the form itself.
		511: {
			fields: posedSets("Cache-Control", "no-store"),
			note:   lang.Text{En: "No network asks you to log in.", ZhTW: "並沒有任何網路要求你登入。"},
			links:  []posedLink{{Rel: "login", Href: c.Portal, Type: "text/html"}},
		},
	}
}

// posedSets returns a function that sets the fields, names and values in turn.
// Answers share the values, see posedAnything.
func posedSets(pairs ...string) func(http.Header, *http.Request) {
	fields := make(http.Header)
	for pair := range slices.Chunk(pairs, 2) {
		fields.Set(pair[0], pair[1])
	}
	return func(h http.Header, _ *http.Request) { maps.Copy(h, fields) }
}

// posedOffers tells who asks with OPTIONS that any method will do.
func posedOffers(h http.Header, r *http.Request) {
	if r.Method == http.MethodOptions {
		h.Set("Allow", posedAllow(""))
	}
}

// posedAllow lists methods other than the one that was just refused; HEAD goes
// with GET.
func posedAllow(refused string) string {
	methods := []string{"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
	return strings.Join(slices.DeleteFunc(methods, func(m string) bool {
		return m == refused || refused == "GET" && m == "HEAD" || refused == "HEAD" && m == "GET"
	}), ", ")
}

// posedAccepts names a type that the request did not have, for a 415 is about
// the type here: Accept-Encoding would say that the coding was at fault
// (RFC 9110 §12.5.1, §12.5.3, §15.5.16; for PATCH RFC 5789 §2.2).
func posedAccepts(h http.Header, r *http.Request) {
	wanted := "application/json"
	if strings.HasPrefix(strings.ToLower(r.Header.Get("Content-Type")), "application/json") {
		wanted = "text/plain"
	}
	h.Set("Accept", wanted)
	if r.Method == http.MethodPatch {
		h.Set("Accept-Patch", wanted)
	}
}

// posedHasContent reports whether a posed answer with the code has content; for
// an interim code it is the final answer that has.
func posedHasContent(code, final status.Code) bool {
	if posedHasFinal(code) {
		code = final
	}
	entry := status.Lookup(code).Entry
	return code != http.StatusSwitchingProtocols &&
		(entry == nil || entry.Content != status.NoContent && entry.Content != status.ZeroContent)
}

func posedHasFinal(code status.Code) bool {
	return code.Interim() && code != http.StatusSwitchingProtocols
}
