package lint

import (
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// 226
var manipulation = []Rule{
	{
		Name: "delta-of-unnamed-base", Level: Definition, About: OfExchange,
		Spec: "RFC 3229 §10.3", Codes: []status.Code{226}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: deltaOfUnnamedBase,
	},
	{
		Name: "manipulation-not-asked", Level: Must, About: OfCause,
		Spec: "RFC 3229 §10.4.1", Codes: []status.Code{226}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: func(x *wire.Exchange, r *Report) { unasked(x, r, "A-IM") },
	},
	{
		Name: "manipulation-of-other-method", Level: Definition, About: OfExchange,
		Spec: "RFC 3229 §10.4.1", Codes: []status.Code{226}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: manipulationOfOtherMethod,
	},
	{
		Name: "manipulation-without-etag", Level: Must, About: OfMessage,
		Spec: "RFC 3229 §10.4.1", Codes: []status.Code{226}, Who: Server, Needs: wire.ShowsResponse,
		In: Both, Check: manipulationWithoutETag,
	},
	{
		Name: "manipulation-unnamed", Level: Definition, About: OfMessage,
		Spec: "RFC 3229 §10.5.2", Codes: []status.Code{226}, Who: Server, Needs: wire.ShowsResponse,
		In: Both, Check: manipulationUnnamed,
	},
	{
		Name: "manipulation-not-offered", Level: Must, About: OfExchange,
		Spec: "RFC 3229 §10.5.3", Codes: []status.Code{226}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: manipulationNotOffered,
	},
	{
		Name: "manipulation-of-other-code", Level: Must, About: OfMessage,
		Spec: "RFC 3229 §10.5.2", Codes: []status.Code{200, 203, 206}, Who: Server, Needs: wire.ShowsResponse,
		Check: manipulationOfOtherCode,
	},
	{
		Name: "delta-without-base", Level: Must, About: OfExchange,
		Spec: "RFC 3229 §10.5.1", Codes: []status.Code{226}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: deltaWithoutBase,
	},
	{
		Name: "manipulation-out-of-order", Level: Must, About: OfExchange,
		Spec: "RFC 3229 §10.5.3", Codes: []status.Code{226}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Check: manipulationOutOfOrder,
	},
}

// RFC 3229 §10.4.1: a 226 is the outcome of a GET.
func manipulationOfOtherMethod(x *wire.Exchange, r *Report) {
	if m := x.Request.Method; m != "GET" && m != "HEAD" {
		r.Final("", lang.Text{
			En:   "A %s request was answered with 226, which is for GET.",
			ZhTW: "%s 請求得到 226，但 226 只用於 GET。"}, m)
	}
}

// RFC 3229 §10.4.1: a 226 gives the entity tag of the current instance.
func manipulationWithoutETag(x *wire.Exchange, r *Report) {
	if absent(r, &x.Answer().Message, "ETag") {
		r.Final("ETag", lang.Text{
			En:   "The 226 does not say which instance it leads to: it has no ETag.",
			ZhTW: "226 沒有 ETag，無法得知套用後是哪個版本。"})
	}
}

// RFC 3229 §10.5.2: IM names what was applied to the instance; a 226 without it
// cannot be undone.
func manipulationUnnamed(x *wire.Exchange, r *Report) {
	if absent(r, &x.Answer().Message, "IM") {
		r.Final("IM", lang.Text{
			En:   "The 226 does not say what was applied: it has no IM.",
			ZhTW: "226 沒有 IM，無法得知套用了什麼操作。"})
	}
}

// RFC 3229 §10.5.3: only manipulations that A-IM lists, with a weight above 0,
// are used.
func manipulationNotOffered(x *wire.Exchange, r *Report) {
	offered, used, ok := askedAndTold(x, r, "A-IM", "IM")
	if !ok {
		return
	}
	for _, name := range manipulations(used) {
		if !accepts(offered, name) {
			r.Final("IM", lang.Text{
				En:   "IM says %q; the request offered A-IM: %s.",
				ZhTW: "IM 寫著 %q；請求提出的是 A-IM: %s。"}, name, offered)
			return
		}
	}
}

// manipulations returns the names in A-IM or IM, in lower case and without
// identity, which changes nothing.
func manipulations(list string) []string {
	var names []string
	for member := range wire.Members(list) {
		if name := strings.ToLower(unparameterized(member)); name != "identity" {
			names = append(names, name)
		}
	}
	return names
}

// accepts reports whether a list of names with weights has the name, with a
// weight above 0.
func accepts(list, name string) bool {
	for member := range wire.Members(list) {
		offered, params, _ := strings.Cut(member, ";")
		if strings.EqualFold(strings.TrimSpace(offered), name) && !weightless(params) {
			return true
		}
	}
	return false
}

// RFC 3229 §10.5.2: an answer with IM has the code 226, so that no cache that
// does not know of manipulations takes it for the whole.
func manipulationOfOtherCode(x *wire.Exchange, r *Report) {
	if p := x.Answer(); present(r, &p.Message, "IM") {
		r.Final("IM", lang.Text{
			En:   "IM: %s says that the content was manipulated, and the answer is %d.",
			ZhTW: "IM: %s 表示內容經過操作，回應卻是 %d。"}, p.Fields.Get("IM"), int(p.Status))
	}
}

// RFC 3229 §10.5.1: where the request named several instances, the answer says
// which of them the delta starts from.
func deltaWithoutBase(x *wire.Exchange, r *Report) {
	known, used, ok := askedAndTold(x, r, "If-None-Match", "IM")
	if !ok || !accepts(used, "vcdiff") && !accepts(used, "diffe") && !accepts(used, "gdiff") {
		return
	}
	n := 0
	for range wire.Members(known) {
		n++
	}
	if n > 1 && absent(r, &x.Answer().Message, "Delta-Base") {
		r.Final("Delta-Base", lang.Text{
			En:   "The client has %d instances, and the delta does not say which of them it changes.",
			ZhTW: "用戶端有 %d 個版本，差異卻沒有說明它改的是哪一個。"}, n)
	}
}

// RFC 3229 §10.3: a delta starts from an instance that the client has, which
// If-None-Match lists.
func deltaOfUnnamedBase(x *wire.Exchange, r *Report) {
	known, base, ok := askedAndTold(x, r, "If-None-Match", "Delta-Base")
	if ok && misses(known, base, weakly) {
		r.Final("Delta-Base", lang.Text{
			En:   "The delta starts from Delta-Base: %s; the client has %s.",
			ZhTW: "差異的起點是 Delta-Base: %s；用戶端有的是 %s。"}, base, known)
	}
}

// RFC 3229 §10.5.3: manipulations are applied in the order of A-IM, and IM names
// them in the order in which they were applied (§10.5.2).
func manipulationOutOfOrder(x *wire.Exchange, r *Report) {
	offered, used, ok := askedAndTold(x, r, "A-IM", "IM")
	if !ok {
		return
	}
	all := manipulations(offered)
	rest := all
	for _, name := range manipulations(used) {
		if at := slices.Index(rest, name); at >= 0 {
			rest = rest[at:]
		} else if slices.Contains(all, name) {
			r.Final("IM", lang.Text{
				En:   "IM says %s; the request has them in another order: A-IM: %s.",
				ZhTW: "IM 寫著 %s；請求中的順序不同：A-IM: %s。"}, used, offered)
			return
		}
	}
}
