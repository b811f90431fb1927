package lint

import (
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

var statusLine = []Rule{
	{
		Name: "status-out-of-range", Level: Definition, About: OfMessage,
		Spec: "RFC 9110 §15", Who: Server, Needs: wire.ShowsResponse,
		Check: statusOutOfRange,
	},
	{
		Name: "status-not-three-digits", Level: Must, About: OfMessage,
		Spec: "RFC 9112 §4", Who: Server, Needs: wire.ShowsOctets,
		Check: statusNotThreeDigits,
	},
	{
		Name: "status-line-without-space", Level: Must, About: OfMessage,
		Spec: "RFC 9112 §4", Who: Server, Needs: wire.ShowsOctets,
		Check: statusLineWithoutSpace,
	},
	{
		Name: "reason-of-another-code", Level: Advice, About: OfMessage,
		Spec: "RFC 9110 §15.1", Who: Server, Needs: wire.ShowsReason,
		Check: reasonOfAnotherCode,
	},
	{
		Name: "reason-with-control", Level: Must, About: OfMessage,
		Spec: "RFC 9112 §4", Who: Server, Needs: wire.ShowsReason,
		Check: reasonWithControl,
	},
	{
		Name: "code-not-registered", Level: Must, About: OfCause,
		Spec: "RFC 9205 §4.6", Who: Server, Needs: wire.ShowsResponse,
		In: Both, Check: codeNotRegistered,
	},
	{
		Name: "vendor-code-sent", Level: Must, About: OfCause,
		Spec: "RFC 9205 §4.6", Who: Server, Needs: wire.ShowsResponse,
		In: Both, Check: vendorCodeSent,
	},
}

// RFC 9110 §15: valid codes are 100-599. A client is to take any other as a
// server error, whatever the sender meant.
func statusOutOfRange(x *wire.Exchange, r *Report) {
	if p := x.Final; p != nil && !p.Status.Valid() && !has(&p.Message, wire.BadStatusCode) && !has(&p.Message, wire.BadStatusLine) {
		r.Final("", lang.Text{
			En:   "The status code is %d; codes go from 100 to 599.",
			ZhTW: "狀態碼是 %d；有效範圍是 100 到 599。"}, int(p.Status))
	}
}

// RFC 9112 §4: the code is three digits, no more and no fewer.
func statusNotThreeDigits(x *wire.Exchange, r *Report) {
	switch p := x.Final; {
	case p == nil:
	case has(&p.Message, wire.BadStatusLine):
		r.Final("", lang.Text{
			En:   "The answer does not begin with a status line, so it has no status code.",
			ZhTW: "回應不是以狀態列開頭，因此沒有狀態碼。"})
	case has(&p.Message, wire.BadStatusCode):
		r.Final("", lang.Text{
			En:   "The status code is not written as three digits (read as %d).",
			ZhTW: "狀態碼不是寫成三位數字（讀作 %d）。"}, int(p.Status))
	}
}

// RFC 9112 §4: the space after the code is sent even where no phrase follows.
func statusLineWithoutSpace(x *wire.Exchange, r *Report) {
	if p := x.Final; p != nil && has(&p.Message, wire.NoReasonSpace) {
		r.Final("", lang.Text{
			En:   "The status line ends right after the code %d, without the space.",
			ZhTW: "狀態列在狀態碼 %d 之後就結束，少了空格。"}, int(p.Status))
	}
}

// RFC 9110 §15.1: the phrases are only recommendations, so any wording will do
// but one that a person would take for another code.
func reasonOfAnotherCode(x *wire.Exchange, r *Report) {
	p := x.Final
	if p == nil || p.Reason == "" {
		return
	}
	own, ok := status.Get(p.Status)
	if !ok || strings.EqualFold(own.Name, p.Reason) || slices.Contains(own.OldNames, p.Reason) {
		return
	}
	for i := range status.Table {
		e := &status.Table[i]
		if e.Code == p.Status || !strings.EqualFold(e.Name, p.Reason) || e.Maturity == status.Unused {
			continue
		}
		r.Final("", lang.Text{
			En:   "%d says %q, which is the phrase of %d.",
			ZhTW: "%d 寫著 %q，那是 %d 的原因短語。"}, int(p.Status), p.Reason, int(e.Code))
		return
	}
}

// RFC 9112 §4: the phrase is tabs, spaces, visible characters and octets above
// ASCII.
func reasonWithControl(x *wire.Exchange, r *Report) {
	for i := range answers(x) {
		p := answer(x, i)
		for j := range len(p.Reason) {
			if c := p.Reason[j]; c < ' ' && c != '\t' || c == 0x7f {
				r.Answer(x, i, "", lang.Text{
					En:   "The reason phrase %q has a control character.",
					ZhTW: "原因短語 %q 含有控制字元。"}, p.Reason)
				return
			}
		}
	}
}

// RFC 9205 §4.6: applications use registered codes alone, which is how everybody
// can know them. A client treats any other as the x00 of its class (RFC 9110
// §15).
func codeNotRegistered(x *wire.Exchange, r *Report) {
	for i := range answers(x) {
		p := answer(x, i)
		if m := status.Lookup(p.Status); p.Status.Valid() && m.Entry == nil && m.Private == nil {
			r.Answer(x, i, "", lang.Text{
				En:   "%d is not registered; clients take it for %d.",
				ZhTW: "%d 沒有註冊；用戶端會當成 %d。"}, int(p.Status), int(m.TreatAs))
			return
		}
	}
}

// RFC 9205 §4.6: a code that one product uses within itself is not registered
// either, and means nothing to clients.
func vendorCodeSent(x *wire.Exchange, r *Report) {
	if p := x.Final; p != nil && p.Status.Valid() {
		if m := status.Lookup(p.Status); m.Private != nil {
			r.Final("", lang.Text{
				En:   "%d is a code of %s's own (%s); clients take it for %d.",
				ZhTW: "%d 是 %s 自用的狀態碼（%s）；用戶端會當成 %d。"},
				int(p.Status), m.Private[0].Users[0], m.Private[0].Name, int(m.TreatAs))
		}
	}
}

// has reports whether a tolerant reader found the fault.
func has(m *wire.Message, kind wire.FaultKind) bool {
	for i := range m.Faults {
		if m.Faults[i].Kind == kind {
			return true
		}
	}
	return false
}
