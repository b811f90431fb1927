package lint

import (
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// What an API description says of an operation as a whole. Of its answers one by
// one, the rules speak that judge answers which were seen.
var described = []Rule{
	{
		Name: "described-key-unreadable", Level: Definition, About: OfMessage,
		Spec: "RFC 9110 §15", Who: Server, In: Descriptions,
		Check: describedKeyUnreadable,
	},
	{
		Name: "described-without-success", Level: Advice, About: OfMessage,
		Spec: "RFC 9110 §15.3", Who: Server, In: Descriptions,
		Check: describedWithoutSuccess,
	},
	{
		Name: "described-without-refusal", Level: Advice, About: OfMessage,
		Spec: "RFC 9110 §11.4", Who: Server, In: Descriptions,
		Check: describedWithoutRefusal,
	},
	{
		Name: "described-switching-with-success", Level: Advice, About: OfMessage,
		Spec: "RFC 9110 §15.2.2", Who: Server, In: Descriptions,
		Check: describedSwitchingWithSuccess,
	},
}

// operation returns the description if the exchange stands for the operation.
func operation(x *wire.Exchange) *wire.Description {
	if x.Final != nil || len(x.Interim) > 0 {
		return nil
	}
	return x.Described
}

// promises reports whether the operation documents an answer of the class, or
// one with the code.
func promises(d *wire.Description, class status.Class, codes ...string) bool {
	for _, key := range d.Responses {
		for _, code := range codes {
			if key == code {
				return true
			}
		}
		if class != 0 && len(key) == 3 && key[0] == byte('0'+class) {
			return true
		}
	}
	return false
}

// RFC 9110 §15: a code is a number from 100 to 599. The keys of a description are
// codes, the five ranges 1XX to 5XX, default, and extensions that begin with x-.
func describedKeyUnreadable(x *wire.Exchange, r *Report) {
	d := operation(x)
	if d == nil {
		return
	}
	for _, key := range d.Responses {
		if key == "default" || strings.HasPrefix(key, "x-") {
			continue
		}
		if len(key) == 3 && '1' <= key[0] && key[0] <= '5' && (digits(key) || key[1:] == "XX") {
			continue
		}
		r.Request("", lang.Text{
			En:   "%q is neither a status code nor a range of them.",
			ZhTW: "%q 既不是狀態碼，也不是狀態碼範圍。"}, key)
		return
	}
}

// RFC 9110 §15.3: what a client gets when all goes well is the first thing that
// it needs to know. An operation may only redirect, or only switch.
func describedWithoutSuccess(x *wire.Exchange, r *Report) {
	if d := operation(x); d != nil && !promises(d, status.Successful, "default", "101") && !promises(d, status.Redirection) {
		r.Request("", lang.Text{
			En:   "%s %s documents no answer that means success.",
			ZhTW: "%s %s 沒有記載任何表示成功的回應。"}, x.Request.Method, x.Request.Target)
	}
}

// RFC 9110 §11.4: who sends no credentials, or wrong ones, gets 401, or 403 where
// the right ones do not suffice.
func describedWithoutRefusal(x *wire.Exchange, r *Report) {
	if d := operation(x); d != nil && d.Secured && !promises(d, 0, "401", "403", "4XX", "default") {
		r.Request("", lang.Text{
			En:   "%s %s asks for credentials and documents neither 401 nor 403.",
			ZhTW: "%s %s 要求憑證，卻沒有記載 401 或 403。"}, x.Request.Method, x.Request.Target)
	}
}

// RFC 9110 §15.2.2: after 101 the connection speaks another protocol; an operation
// that answers in HTTP with a success is another one.
func describedSwitchingWithSuccess(x *wire.Exchange, r *Report) {
	if d := operation(x); d != nil && promises(d, 0, "101") && promises(d, status.Successful) {
		r.Request("", lang.Text{
			En:   "%s %s documents 101 beside a success.",
			ZhTW: "%s %s 同時記載了 101 與成功的回應。"}, x.Request.Method, x.Request.Target)
	}
}

// contentDescribed judges a description that gives content to an answer that has
// none whatever it says. It reports whether the exchange is of a description.
func contentDescribed(x *wire.Exchange, r *Report) bool {
	if x.Described == nil {
		return false
	}
	for i := range answers(x) {
		if p := answer(x, i); p.Content.Length > 0 {
			r.Answer(x, i, "", lang.Text{
				En:   "The description gives content to the %d, which never has any.",
				ZhTW: "描述替 %d 記載了內容，但它從不帶內容。"}, int(p.Status))
			break
		}
	}
	return true
}
