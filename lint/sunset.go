package lint

import (
	"strconv"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// When a resource is going to end: Sunset (RFC 8594) and Deprecation (RFC 9745).
// Both texts are unverified.
var sunset = []Rule{
	{
		Name: "sunset-before-deprecation", Level: Must, About: OfMessage,
		Spec: "RFC 9745 §4", Who: Server, Needs: wire.ShowsResponse,
		Check: sunsetBeforeDeprecation,
	},
	{
		Name: "sunset-passed", Level: Advice, About: OfMessage,
		Spec: "RFC 8594 §3", Codes: []status.Code{200, 201, 202, 203, 204, 205, 206}, Who: Server, Needs: wire.ShowsResponse,
		Check: sunsetPassed,
	},
	{
		Name: "gone-before-sunset", Level: Advice, About: OfSequence,
		Spec: "RFC 8594 §3", Codes: []status.Code{404, 410}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse,
		Follow: goneBeforeSunset,
	},
}

// dateOf returns the date in a field of the message, if it has one that can be
// read.
func dateOf(m *wire.Message, r *Report, name string) (time.Time, bool) {
	if !m.Fields.Has(name) {
		return time.Time{}, false
	}
	v, ok := value(r, m, name)
	if !ok {
		return time.Time{}, false
	}
	return date(v)
}

// RFC 9745 §4 (unverified): nothing ends before it was deprecated.
func sunsetBeforeDeprecation(x *wire.Exchange, r *Report) {
	if x.Final == nil || !x.Final.Fields.Has("Deprecation") {
		return
	}
	ends, ok := dateOf(&x.Final.Message, r, "Sunset")
	if !ok {
		return
	}
	v, ok := value(r, &x.Final.Message, "Deprecation")
	seconds, dated := strings.CutPrefix(v, "@")
	if !ok || !dated {
		return
	}
	since, err := strconv.ParseInt(seconds, 10, 64)
	if err == nil && ends.Before(time.Unix(since, 0)) {
		r.Final("Sunset", lang.Text{
			En:   "The resource ends (Sunset: %s) before it is deprecated (%s).",
			ZhTW: "資源在標示棄用（%[2]s）之前就已終止（Sunset: %[1]s）。"},
			x.Final.Fields.Get("Sunset"), time.Unix(since, 0).UTC().Format(imfFixdate))
	}
}

// RFC 8594 §3 (unverified): after Sunset the resource is expected to be gone.
func sunsetPassed(x *wire.Exchange, r *Report) {
	m := &x.Answer().Message
	ends, ok := dateOf(m, r, "Sunset")
	if !ok {
		return
	}
	if now, ok := dateOf(m, r, "Date"); ok && ends.Before(now) {
		r.Final("Sunset", lang.Text{
			En:   "Sunset: %s is over, and the answer is %d.",
			ZhTW: "Sunset: %s 已過，回應卻是 %d。"}, m.Fields.Get("Sunset"), int(x.Answer().Status))
	}
}

// RFC 8594 §3 (unverified): until Sunset, clients count on the resource.
func goneBeforeSunset(h *History, x *wire.Exchange, r *Report) {
	if x.Request.Method != "GET" && x.Request.Method != "HEAD" {
		return
	}
	now, ok := dateOf(&x.Answer().Message, r, "Date")
	if !ok {
		return
	}
	for _, p := range h.Resource {
		if p.Answer().Status.Class() != status.Successful || !p.Alike(x) || h.Changed(p) {
			continue
		}
		if ends, ok := dateOf(&p.Final.Message, r, "Sunset"); ok && now.Before(ends) {
			r.Against(p).Final("", lang.Text{
				En:   "The resource is gone before its Sunset: %s.",
				ZhTW: "資源在它的 Sunset 之前就不見了：%s。"}, p.Final.Fields.Get("Sunset"))
			return
		}
	}
}
