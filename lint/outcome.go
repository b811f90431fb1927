package lint

import (
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// What a success says of the target, held against what the target showed before
// or shows afterwards.
var outcome = []Rule{
	{
		Name: "created-told-as-ok", Level: Must, About: OfSequence,
		Spec: "RFC 9110 §9.3.4", Codes: []status.Code{200, 204}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: createdToldAsOK,
	},
	{
		Name: "replaced-told-as-created", Level: Must, About: OfSequence,
		Spec: "RFC 9110 §9.3.4", Codes: []status.Code{201}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: replacedToldAsCreated,
	},
	{
		Name: "created-and-not-there", Level: Definition, About: OfSequence,
		Spec: "RFC 9110 §15.3.2", Codes: []status.Code{404, 410}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: createdAndNotThere,
	},
	{
		Name: "validator-of-other-content", Level: Must, About: OfSequence,
		Spec: "RFC 9110 §9.3.4", Codes: []status.Code{200}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Follow: validatorOfOtherContent,
	},
	{
		Name: "done-though-if-match-is-stale", Level: Must, About: OfSequence,
		Spec: "RFC 9110 §13.1.1", Codes: []status.Code{200, 201, 204}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: doneThoughIfMatchIsStale,
	},
	{
		Name: "done-though-if-unmodified-since-is-stale", Level: Must, About: OfSequence,
		Spec: "RFC 9110 §13.1.4", Codes: []status.Code{200, 201, 204}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: doneThoughIfUnmodifiedSinceIsStale,
	},
	{
		Name: "overwritten-though-none-match", Level: Must, About: OfSequence,
		Spec: "RFC 9110 §13.1.2", Codes: []status.Code{200, 201, 204}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: overwrittenThoughNoneMatch,
	},
	{
		Name: "answer-in-older-version", Level: Should, About: OfSequence,
		Spec: "RFC 9110 §6.2", Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsVersion,
		Follow: answerInOlderVersion,
	},
}

// state returns the last exchange that shows what the target is, to whoever sent
// x: a GET or HEAD, if nothing may have changed it since.
func state(h *History, x *wire.Exchange) *Past {
	for _, p := range h.Resource {
		if m := p.Request.Method; m != "GET" && m != "HEAD" || p.Final == nil {
			continue
		}
		if p.Alike(x) && p.Before(x) && !h.Changed(p) {
			return p
		}
		return nil
	}
	return nil
}

// RFC 9110 §9.3.4: a PUT that makes what was not there is answered with 201.
func createdToldAsOK(h *History, x *wire.Exchange, r *Report) {
	if x.Request.Method != "PUT" {
		return
	}
	if p := state(h, x); p != nil && (p.Final.Status == 404 || p.Final.Status == 410) {
		r.Against(p).Final("", lang.Text{
			En:   "The target was not there (%d), and the PUT that made it is answered with %d, not 201.",
			ZhTW: "目標原本不存在（%d），建立它的 PUT 得到的卻是 %d 而非 201。"}, int(p.Final.Status), int(x.Final.Status))
	}
}

// RFC 9110 §9.3.4: a PUT that replaces what was there is answered with 200 or
// 204.
func replacedToldAsCreated(h *History, x *wire.Exchange, r *Report) {
	if x.Request.Method != "PUT" {
		return
	}
	if p := state(h, x); p != nil && p.Final.Status == 200 {
		r.Against(p).Final("", lang.Text{
			En:   "The target was there already (200), and the PUT that replaced it is answered with 201.",
			ZhTW: "目標原本就存在（200），取代它的 PUT 得到的卻是 201。"})
	}
}

// RFC 9110 §15.3.2: after a 201 the resource is at its Location, or else at the
// target of the request that made it.
func createdAndNotThere(h *History, x *wire.Exchange, r *Report) {
	if x.Request.Method != "GET" && x.Request.Method != "HEAD" {
		return
	}
	for _, p := range h.Client {
		if p.Answer().Status == 201 && p.created() == h.URI {
			if p.Alike(x) && p.Before(x) && !h.Changed(p) {
				r.Against(p).Final("", lang.Text{
					En:   "201 said that this was created, and it is answered with %d.",
					ZhTW: "201 說這裡建立了資源，現在得到的卻是 %d。"}, int(x.Final.Status))
			}
			return
		}
	}
}

// created returns the URI of what a 201 says was created, in the form of
// [Past.URI]; empty if it does not say.
func (p *Past) created() string {
	switch p.Final.Has("Location") {
	case wire.Absent:
		if p.Request.Method == "PUT" {
			return p.URI
		}
		return ""
	case wire.Unobservable:
		return ""
	}
	return p.resolve(p.Final.Fields.Get("Location"))
}

// RFC 9110 §9.3.4: a PUT is answered with a validator only if what was sent was
// stored as it is, and the validator is that of what was stored.
func validatorOfOtherContent(h *History, x *wire.Exchange, r *Report) {
	p := x.Answer()
	if x.Request.Method != "GET" || !p.Content.Whole() || p.Content.Length == 0 || p.Fields.Has("Content-Encoding") {
		return
	}
	tag, ok := value(r, &p.Message, "ETag")
	if !ok {
		return
	}
	for _, put := range h.Resource {
		if put.Request.Method != "PUT" || put.Answer().Status.Class() != status.Successful {
			continue
		}
		if put.ETag() == tag && put.Sent != 0 && put.Sent != Digest(p.Content.Data) && put.Before(x) && !h.Changed(put) {
			r.Against(put).Final("ETag", lang.Text{
				En:   "The PUT was answered with ETag: %s, and what has that tag now is not what was sent.",
				ZhTW: "PUT 得到 ETag: %s，如今帶有此標籤的內容卻不是當初送出的。"}, tag)
		}
		return
	}
}

// RFC 9110 §13.1.1: a change that names a tag which is not the current one is
// not made; unless it has been made already, which the content shows.
func doneThoughIfMatchIsStale(h *History, x *wire.Exchange, r *Report) {
	if safe(x.Request.Method) || !x.Request.Fields.Has("If-Match") {
		return
	}
	asked, ok := value(r, &x.Request.Message, "If-Match")
	if !ok {
		return
	}
	p := state(h, x)
	if p == nil || p.Final.Status != 200 || p.ETag() == "" || !misses(asked, p.ETag(), strongly) {
		return
	}
	if q := &x.Request; q.Content.Whole() && p.Got != 0 && Digest(q.Content.Data) == p.Got {
		return
	}
	r.Against(p).Final("", lang.Text{
		En:   "If-Match: %s does not hold for ETag: %s, which the target had, and the answer is %d, not 412.",
		ZhTW: "If-Match: %s 對目標的 ETag: %s 不成立，回應卻是 %d 而非 412。"}, asked, p.ETag(), int(x.Final.Status))
}

// RFC 9110 §13.1.4: a change that names a date before that of the current version
// is not made; unless it has been made already. With If-Match the date is
// ignored.
func doneThoughIfUnmodifiedSinceIsStale(h *History, x *wire.Exchange, r *Report) {
	if safe(x.Request.Method) || !x.Request.Fields.Has("If-Unmodified-Since") || !absent(r, &x.Request.Message, "If-Match") {
		return
	}
	asked, ok := value(r, &x.Request.Message, "If-Unmodified-Since")
	if !ok {
		return
	}
	p := state(h, x)
	if p == nil || p.Final.Status != 200 || !told(&p.Final.Message, "Last-Modified") {
		return
	}
	if q := &x.Request; q.Content.Whole() && p.Got != 0 && Digest(q.Content.Data) == p.Got {
		return
	}
	modified := p.Final.Fields.Get("Last-Modified")
	limit, good := date(asked)
	m, fine := date(modified)
	if good && fine && m.After(limit) {
		r.Against(p).Final("", lang.Text{
			En:   "If-Unmodified-Since: %s does not hold for Last-Modified: %s, which the target had, and the answer is %d, not 412.",
			ZhTW: "If-Unmodified-Since: %s 對目標的 Last-Modified: %s 不成立，回應卻是 %d 而非 412。"},
			asked, modified, int(x.Final.Status))
	}
}

// RFC 9110 §13.1.2: If-None-Match: * forbids to change what is there.
func overwrittenThoughNoneMatch(h *History, x *wire.Exchange, r *Report) {
	if safe(x.Request.Method) || !x.Request.Fields.Has("If-None-Match") {
		return
	}
	asked, ok := value(r, &x.Request.Message, "If-None-Match")
	if !ok {
		return
	}
	p := state(h, x)
	if p == nil || p.Final.Status != 200 || strings.TrimSpace(asked) != "*" && (p.ETag() == "" || !matches(asked, p.ETag(), weakly)) {
		return
	}
	r.Against(p).Final("", lang.Text{
		En:   "If-None-Match: %s does not hold, for the target was there, and the answer is %d, not 412.",
		ZhTW: "目標已經存在，If-None-Match: %s 不成立，回應卻是 %d 而非 412。"}, asked, int(x.Final.Status))
}

// RFC 9110 §6.2: a server should answer in the highest version that it conforms
// to. HTTP/1.0 from an origin that has shown HTTP/1.1 costs the connection.
func answerInOlderVersion(h *History, x *wire.Exchange, r *Report) {
	older := wire.Version{Major: 1, Minor: 0}
	if x.Conn.Protocol != wire.H1 || x.Final == nil || x.Final.Version != older || !x.Request.Version.AtLeast(1, 1) {
		return
	}
	for _, p := range h.Origin {
		if p.Conn.Protocol == wire.H1 && p.Final != nil && p.Shows(wire.ShowsVersion) && p.Final.Version.AtLeast(1, 1) {
			r.Against(p).Final("", lang.Text{
				En:   "The answer %d is in HTTP/1.0, and the origin speaks HTTP/1.1.",
				ZhTW: "回應 %d 使用 HTTP/1.0，而這個來源會說 HTTP/1.1。"}, int(x.Final.Status))
			return
		}
	}
}
