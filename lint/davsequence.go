package lint

import (
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// What WebDAV's methods did, held against what the client was told just before.
var davSequence = []Rule{
	{
		Name: "made-without-parent", Level: Must, About: OfSequence,
		Spec: "RFC 4918 §9.3", Codes: []status.Code{201}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsTimes,
		Follow: madeWithoutParent,
	},
	{
		Name: "overwritten-though-forbidden", Level: Must, About: OfSequence,
		Spec: "RFC 4918 §9.8.4; RFC 4918 §10.6", Codes: []status.Code{201, 204}, Who: Server,
		Needs:  wire.ShowsRequest | wire.ShowsResponse | wire.ShowsTimes,
		Follow: overwrittenThoughForbidden,
	},
	{
		Name: "copied-told-as-other", Level: Definition, About: OfSequence,
		Spec: "RFC 4918 §9.8.5; RFC 4918 §9.9.4", Codes: []status.Code{201, 204}, Who: Server,
		Needs:  wire.ShowsRequest | wire.ShowsResponse | wire.ShowsTimes,
		Follow: copiedToldAsOther,
	},
}

// propfound returns the PROPFIND of the URI that the client sent a moment ago, with
// the same credentials, if it asked for the URI no more and nothing was changed
// since. Other methods do not show what is mapped: GET may get a page that stands
// for all that is not there, a variant under another name, or 404 for a collection
// that has no page.
func propfound(h *History, x *wire.Exchange, uri string) *Past {
	for _, p := range h.Client {
		if p.URI == uri {
			if p.Request.Method == "PROPFIND" && p.JustBefore(x) && p.Alike(x) && !h.Changed(p) {
				return p
			}
			return nil
		}
	}
	return nil
}

// parent returns the URI of the collection that holds the one of the URI; empty
// for the root.
func parent(uri string) string {
	uri = strings.TrimSuffix(uri, "/")
	last := strings.LastIndexByte(uri, '/')
	if last < 0 || strings.HasSuffix(uri[:last+1], "//") {
		return ""
	}
	return uri[:last+1]
}

// RFC 4918 §9.3: MKCOL makes one collection, and no parent that is missing: that
// gets 409. PROPFIND was told just before that the parent is not there.
func madeWithoutParent(h *History, x *wire.Exchange, r *Report) {
	if x.Request.Method != "MKCOL" {
		return
	}
	above := parent(h.URI)
	if above == "" {
		return
	}
	p := propfound(h, x, above)
	if p == nil {
		p = propfound(h, x, strings.TrimSuffix(above, "/"))
	}
	if p != nil && p.Answer().Status == 404 {
		r.Against(p).Final("", lang.Text{
			En:   "The collection was made though its parent %s was not there: 409 is due.",
			ZhTW: "上層集合 %s 並不存在，卻仍建立了這個集合：應回應 409。"}, above)
	}
}

// toDestination returns the PROPFIND that told the client just before what is
// where a COPY or MOVE leads to. Where names differ in case alone, both may be of
// one resource, which gets another name.
func toDestination(h *History, x *wire.Exchange, r *Report) *Past {
	if x.Request.Method != "COPY" && x.Request.Method != "MOVE" {
		return nil
	}
	v, ok := value(r, &x.Request.Message, "Destination")
	if !ok {
		return nil
	}
	own := Past{Exchange: *x, URI: h.URI}
	to := own.resolve(v)
	if strings.HasPrefix(h.URI, "//") { // the recording knows no schemes
		to = to[max(strings.Index(to, "//"), 0):]
	}
	if strings.EqualFold(to, h.URI) {
		return nil
	}
	return propfound(h, x, to)
}

// RFC 4918 §9.8.4 and §10.6: with Overwrite: F nothing is written over; what is
// there gets 412.
func overwrittenThoughForbidden(h *History, x *wire.Exchange, r *Report) {
	v, ok := value(r, &x.Request.Message, "Overwrite")
	if !ok || !strings.EqualFold(v, "F") {
		return
	}
	p := toDestination(h, x, r)
	if p != nil && p.Answer().Status == 207 {
		r.Against(p).Final("", lang.Text{
			En:   "%s with Overwrite: F was done, and there was something at %s.",
			ZhTW: "帶有 Overwrite: F 的 %s 完成了，但 %s 原本就有東西。"}, x.Request.Method, p.URI)
	}
}

// RFC 4918 §9.8.5 and §9.9.4: 201 where nothing was before, 204 where something
// was written over.
func copiedToldAsOther(h *History, x *wire.Exchange, r *Report) {
	if x.Request.Fields.Has("Overwrite") && !strings.EqualFold(x.Request.Fields.Get("Overwrite"), "T") {
		return // overwritten-though-forbidden speaks
	}
	p := toDestination(h, x, r)
	if p == nil {
		return
	}
	code, due := x.Answer().Status, status.Code(0)
	switch told := p.Answer().Status; {
	case told == 404 && code == 204:
		due = 201
	case told == 207 && code == 201:
		due = 204
	default:
		return
	}
	r.Against(p).Final("", lang.Text{
		En:   "The %s was answered with %d, and %s had got %d before: %d is due.",
		ZhTW: "%s 得到 %d，但 %s 先前是 %d：應回應 %d。"}, x.Request.Method, int(code), p.URI, int(p.Answer().Status), int(due))
}
