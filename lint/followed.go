package lint

import (
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// What clients do with a redirect or a refusal, and what servers do in spite of
// one.
var followed = []Rule{
	{
		Name: "moved-followed-by-other-method", Level: Should, About: OfSequence,
		Spec: "RFC 9110 §15.4; RFC 9110 §15.4.2; RFC 9110 §15.4.3", Who: Client, Needs: wire.ShowsRequest | wire.ShowsTimes,
		Follow: movedFollowedByOtherMethod,
	},
	{
		Name: "content-fields-after-redirect", Level: Should, About: OfSequence,
		Spec: "RFC 9110 §15.4", Who: Client, Needs: wire.ShowsRequest | wire.ShowsRequestContent,
		Follow: contentFieldsAfterRedirect,
	},
	{
		Name: "forbidden-repeated", Level: Advice, About: OfSequence,
		Spec: "RFC 9110 §15.5.4", Who: Client, Needs: wire.ShowsRequest | wire.ShowsTimes,
		Follow: forbiddenRepeated,
	},
	{
		Name: "done-though-refused", Level: Must, About: OfSequence,
		Spec: "RFC 9110 §13.1.1; RFC 9110 §13.1.2; RFC 9110 §13.1.4", Codes: []status.Code{200}, Who: Server,
		Needs:  wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent | wire.ShowsTimes,
		Follow: doneThoughRefused,
	},
}

// RFC 9110 §15.4 item 4: the method changes as the code lets it. 301 and 302 let
// POST become GET, by history, and no other method. Who does not follow by itself
// may still look at the new place: it is taken for the program that follows at
// once and asks for the same.
func movedFollowedByOtherMethod(h *History, x *wire.Exchange, r *Report) {
	if m := x.Request.Method; m != "GET" && m != "HEAD" {
		return
	}
	p := led(h, x)
	if p == nil || p.Final.Status != 301 && p.Final.Status != 302 || safe(p.Request.Method) || p.Request.Method == "POST" ||
		!p.JustBefore(x) || !accepting(p, x) {
		return
	}
	r.Against(p).Request("", lang.Text{
		En:   "The client followed the %d to a %s request with %s; only POST may become GET.",
		ZhTW: "%[2]s 請求得到 %[1]d，用戶端卻以 %[3]s 跟進；只有 POST 可以變成 GET。"}, int(p.Final.Status), p.Request.Method, x.Request.Method)
}

// RFC 9110 §15.4 item 5: who follows a redirect with GET instead leaves out the
// fields of the content that is no longer sent. That the field was carried over
// shows in its value, unless the client sends it with every GET.
func contentFieldsAfterRedirect(h *History, x *wire.Exchange, r *Report) {
	if m := x.Request.Method; m != "GET" && m != "HEAD" || !x.Request.Fields.Has("Content-Type") || sendsContent(&x.Request) {
		return
	}
	p := led(h, x)
	if p == nil || safe(p.Request.Method) || p.Request.Content.Length == 0 || alwaysTyped(h.Client) {
		return
	}
	v, ok := value(r, &x.Request.Message, "Content-Type")
	if ok && p.Request.Fields.Has("Content-Type") && p.Request.Fields.Get("Content-Type") == v {
		r.Against(p).Request("Content-Type", lang.Text{
			En:   "The client followed the %d with %s and kept Content-Type: %s of the content that it left out.",
			ZhTW: "用戶端以 %[2]s 跟進 %[1]d，不再送內容，卻留著內容的 Content-Type: %[3]s。"}, int(p.Final.Status), x.Request.Method, v)
	}
}

// alwaysTyped reports whether a GET of the client had Content-Type that followed
// no redirect.
func alwaysTyped(client []*Past) bool {
	for i, p := range client {
		follows := i+1 < len(client) && client[i+1].Answer().Status.Class() == status.Redirection
		if p.Request.Method == "GET" && p.Request.Fields.Has("Content-Type") && !follows {
			return true
		}
	}
	return false
}

// RFC 9110 §15.5.4: a request that got 403 is not repeated automatically with the
// same credentials. No user repeats it within a second. Who did something else in
// between may have fetched what was wanting, a token against forgery, say; who is
// told by Retry-After to come back may.
func forbiddenRepeated(h *History, x *wire.Exchange, r *Report) {
	if !x.Request.Fields.Has("Authorization") {
		return
	}
	if _, ok := value(r, &x.Request.Message, "Authorization"); !ok || len(h.Client) == 0 {
		return
	}
	p := h.Client[0]
	if p.URI != h.URI || p.Request.Method != x.Request.Method || p.Answer().Status != 403 || p.Final.Fields.Has("Retry-After") ||
		!p.Alike(x) || p.Sent != Digest(x.Request.Content.Data) {
		return
	}
	if since, known := p.Elapsed(x); known && since >= 0 && since <= time.Second {
		r.Against(p).Request("Authorization", lang.Text{
			En:   "The %s comes again %s after its 403, with the same credentials.",
			ZhTW: "%[1]s 得到 403 之後才過 %[2]s，又帶著同樣的憑證再來。"}, x.Request.Method, since.String())
	}
}

// RFC 9110 §13.1.1, §13.1.2 and §13.1.4: what got 412 was not done. Here the
// resource is afterwards what the refused PUT brought, and was something else just
// before, of which the condition was false. Where it was true, somebody unseen
// wrote first, perhaps the same: a PUT that is sent twice gets 412 for the second.
func doneThoughRefused(h *History, x *wire.Exchange, r *Report) {
	p := x.Final
	if x.Request.Method != "GET" || !p.Content.Whole() || p.Content.Length == 0 || coded(&p.Message) || aged(p) {
		return
	}
	got := uint64(0)
	for _, put := range h.Resource {
		if put.Request.Method != "PUT" || put.Answer().Status != 412 || put.Sent == 0 || h.Changed(put) || !put.Before(x) {
			continue
		}
		if got == 0 {
			got = Digest(p.Content.Data)
		}
		if put.Sent != got {
			continue
		}
		for _, before := range h.Resource {
			if before.Request.Method == "GET" && before.Number < put.Number && before.Answer().Status == 200 && before.Got != 0 && before.Got != got &&
				!h.Changed(before) && before.JustBefore(x) && negotiated(before, x) && !aged(before.Final) && failed(&put.Request, before.Final) {
				r.Against(put).Final("", lang.Text{
					En:   "The resource now has the content of the PUT that was refused with 412.",
					ZhTW: "資源現在的內容，正是先前以 412 拒絕的那個 PUT 所帶的內容。"})
				return
			}
		}
	}
}
