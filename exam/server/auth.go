package server

import (
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

func (s *Subject) basic() string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(s.User+":"+s.Pass))
}

var unauthorized = may("It asks for credentials.", "要求身分憑證。", 401).and(has("WWW-Authenticate"), challenged)

// challenged asks for a challenge: a scheme, and for Basic a realm that is a
// quoted string (RFC 7617 §2, RFC 9110 §11.5).
func challenged(_ *setting, x *wire.Exchange) lang.Text {
	for v := range x.Final.Fields.Values("WWW-Authenticate") {
		scheme, params, _ := strings.Cut(strings.TrimSpace(v), " ")
		switch {
		case scheme == "" || strings.ContainsAny(scheme, `=",`):
			return say("the challenge has no scheme: %q", "質詢沒有方案：%q", v)
		case strings.EqualFold(scheme, "Basic") && !strings.Contains(strings.ToLower(params), `realm="`):
			return say("the Basic challenge has no realm in quotation marks: %q", "Basic 質詢沒有加引號的 realm：%q", v)
		}
	}
	return lang.Text{}
}

// guarded makes a case of a request for the path that wants credentials.
func guarded(name string, level exam.Level, spec, fault, en, zhTW string, q func(*setting) *peer.Request, lawful ...answer) exam.Case {
	return ask(exam.Case{Name: name, Level: level, Spec: spec, Over: all, Needs: needs(Guards), Fault: fault, Stages: both(en, zhTW)}, q, lawful...)
}

func guardedGet(fields ...string) func(*setting) *peer.Request {
	return func(s *setting) *peer.Request { return get(s.subject.Auth, fields...) }
}

var auth = []exam.Case{
	// A111
	guarded("auth-missing", exam.Must, "RFC 9110 §15.5.2", "no-challenge", "No credentials where they are wanted.", "該有身分憑證卻沒有。", guardedGet(), unauthorized),
	guarded("auth-wrong-password", exam.Must, "RFC 9110 §15.5.2", "no-challenge", "A wrong password.", "密碼錯誤。", func(s *setting) *peer.Request {
		return get(s.subject.Auth, "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(s.subject.User+":statute-wrong")))
	}, unauthorized),
	guarded("auth-unknown-scheme", exam.Must, "RFC 9110 §11.4", "no-challenge", "Credentials of a scheme that nobody knows.", "沒有人認得的方案。", guardedGet("Authorization", "Froth oolong"), unauthorized, malformed),
	guarded("auth-malformed", exam.Must, "RFC 9110 §11.4", "no-challenge", "Basic credentials that are no base64.", "不是 base64 的 Basic 憑證。", guardedGet("Authorization", "Basic ====="), unauthorized, malformed),
	guarded("auth-empty", exam.Must, "RFC 9110 §11.4", "no-challenge", "An empty Authorization.", "空的 Authorization。", guardedGet("Authorization", ""), unauthorized, malformed),
	guarded("auth-without-colon", exam.Must, "RFC 7617 §2", "no-challenge", "Basic credentials without a colon.", "沒有冒號的 Basic 憑證。", guardedGet("Authorization", "Basic c3RhdHV0ZQ=="), unauthorized, malformed),
	guarded("auth-scheme-in-lower-case", exam.Must, "RFC 9110 §11.1", "no-challenge", "The right credentials, the scheme written basic; its case makes no difference.", "正確的憑證，方案寫成 basic；大小寫沒有差別。", func(s *setting) *peer.Request {
		return get(s.subject.Auth, "Authorization", "b"+s.subject.basic()[1:])
	}, may("They are accepted.", "接受。", 200, 204)),
	guarded("auth-in-proxy-field", exam.Must, "RFC 9110 §11.7.2", "accepts-anything", "The right credentials in Proxy-Authorization.", "正確的憑證放在 Proxy-Authorization。", func(s *setting) *peer.Request {
		return get(s.subject.Auth, "Proxy-Authorization", s.subject.basic())
	}, unauthorized),
	guarded("auth-head", exam.Must, "RFC 9110 §9.3.2", "no-challenge", "HEAD without credentials.", "沒有憑證的 HEAD。", func(s *setting) *peer.Request { return request("HEAD", s.subject.Auth) }, unauthorized.and(empty)),
	guarded("auth-never-407", exam.Must, "RFC 9110 §15.5.8", "407-for-401", "No credentials.", "沒有憑證。", guardedGet(), unauthorized),
	guarded("auth-before-condition", exam.Must, "RFC 9110 §13.2.1", "412-always", "No credentials, and a false If-Match.", "沒有憑證，If-Match 也不成立。", guardedGet("If-Match", `"statute"`), unauthorized),
	guarded("auth-before-range", exam.Must, "RFC 9110 §14.2", "breaks", "No credentials, and a Range.", "沒有憑證，帶著 Range。", guardedGet("Range", "bytes=0-0"), unauthorized),
	guarded("auth-unknown-method", exam.Must, "RFC 9110 §15.5.2", "breaks", "No credentials, and a method that nobody knows.", "沒有憑證，方法也沒有人認得。", func(s *setting) *peer.Request { return request("FROTH", s.subject.Auth) }, unauthorized, unknownMethod, notAllowed, malformedMethod()),
	guarded("auth-has-content", exam.Should, "RFC 9110 §15.5", "empty-errors", "No credentials.", "沒有憑證。", guardedGet(), may("An explanation comes with it.", "附上說明。", 401).and(filled)),
	guarded("auth-no-secret-told", exam.DeFacto, "RFC 9110 §17.16.3", "tells-password", "A wrong password, which must not come back.", "錯誤的密碼，不該送回。", func(s *setting) *peer.Request {
		return get(s.subject.Auth, "Authorization", "Basic c3RhdHV0ZTpzdGF0dXRlLXdyb25n")
	}, may("It is refused, and nothing of it comes back.", "拒絕，且沒有把它送回來。", 401, 403).and(lacks("c3RhdHV0ZTpzdGF0dXRlLXdyb25n"), lacks("statute-wrong"))),
}

// reference asks that Location is a URI reference without userinfo. RFC 9110
// §10.2.2, §4.2.4.
func reference(_ *setting, x *wire.Exchange) lang.Text {
	v := x.Final.Fields.Get("Location")
	u, err := url.Parse(v)
	if err != nil || v == "" || strings.ContainsAny(v, " <>\"\\") || u.User != nil {
		return say("Location is %q", "Location 是 %q", v)
	}
	return lang.Text{}
}
