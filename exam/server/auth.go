package server

import (
	"encoding/base64"
	"net/url"
	"strings"
	"time"

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
		scheme = strings.TrimSuffix(scheme, ",") // a challenge without parameters, and another behind it
		switch {
		case scheme == "" || strings.ContainsAny(scheme, `=",`):
			return say("the challenge has no scheme: %q", "質詢沒有方案：%q", v)
		case strings.EqualFold(scheme, "Basic") && !strings.Contains(strings.ToLower(params), `realm="`):
			return say("the Basic challenge has no realm in quotation marks: %q", "Basic 質詢沒有加引號的 realm：%q", v)
		}
	}
	return lang.Text{}
}

// hidden: that a refusal for want of credentials is a 401 is a SHOULD (RFC 9110
// §11.4), which auth-rejects-with-401 asks for.
var hidden = may("It is refused, or not even shown (RFC 9110 §15.5.4).", "拒絕，或連有沒有都不說（RFC 9110 §15.5.4）。", 403, 404)

// keptOut is a refusal for want of credentials, where the question is another.
var keptOut = may("Credentials are decided first.", "先判斷身分憑證。", 401, 403, 404)

// guarded makes a case of a request for the path that wants credentials. A
// password takes some servers seconds to check, by intent.
func guarded(name string, level exam.Level, spec, fault, en, zhTW string, q func(*setting) *peer.Request, lawful ...answer) exam.Case {
	return against(ask(exam.Case{Name: name, Level: level, Spec: spec, Over: all, Needs: needs(Guards), Fault: fault, Limit: passwordTime, Stages: both(en, zhTW)},
		func(s *setting) *peer.Request {
			s.patience = passwordTime / 2
			return q(s)
		}, lawful...), guardedGet(), keptOut)
}

const passwordTime = 30 * time.Second

func guardedGet(fields ...string) func(*setting) *peer.Request {
	return func(s *setting) *peer.Request { return get(s.subject.Auth, fields...) }
}

var auth = []exam.Case{
	// A111
	guarded("auth-missing", exam.Must, "RFC 9110 §15.5.2; RFC 9110 §11.6.1", "no-challenge", "No credentials where they are wanted.", "該有身分憑證卻沒有。", guardedGet(), unauthorized, hidden),
	guarded("auth-rejects-with-401", exam.Should, "RFC 9110 §11.4", "403-for-401", "No credentials where they are wanted.", "該有身分憑證卻沒有。", guardedGet(), may("It asks for credentials.", "要求身分憑證。", 401)),
	guarded("auth-wrong-password", exam.Must, "RFC 9110 §15.5.2; RFC 9110 §11.6.1", "no-challenge", "A wrong password.", "密碼錯誤。", func(s *setting) *peer.Request {
		return get(s.subject.Auth, "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(s.subject.User+":statute-wrong")))
	}, unauthorized, hidden, may("Too many guesses.", "猜太多次。", 429)),
	guarded("auth-unknown-scheme", exam.Must, "RFC 9110 §15.5.2; RFC 9110 §11.6.1", "no-challenge", "Credentials of a scheme that nobody knows.", "沒有人認得的方案。", guardedGet("Authorization", "Froth oolong"), unauthorized, hidden, malformed),
	guarded("auth-malformed", exam.Must, "RFC 9110 §15.5.2; RFC 9110 §11.6.1", "no-challenge", "Basic credentials that are no base64.", "不是 base64 的 Basic 憑證。", guardedGet("Authorization", "Basic ====="), unauthorized, hidden, malformed),
	guarded("auth-empty", exam.Must, "RFC 9110 §15.5.2; RFC 9110 §11.6.1", "no-challenge", "An empty Authorization.", "空的 Authorization。", guardedGet("Authorization", ""), unauthorized, hidden, malformed),
	guarded("auth-without-colon", exam.Must, "RFC 9110 §15.5.2; RFC 7617 §2", "no-challenge", "Basic credentials without a colon.", "沒有冒號的 Basic 憑證。", guardedGet("Authorization", "Basic c3RhdHV0ZQ=="), unauthorized, hidden, malformed),
	guarded("auth-scheme-in-lower-case", exam.Must, "RFC 9110 §11.1; RFC 7617 §2", "no-challenge", "The right credentials, the scheme written basic; its case makes no difference.", "正確的憑證，方案寫成 basic；大小寫沒有差別。", func(s *setting) *peer.Request {
		return get(s.subject.Auth, "Authorization", "b"+s.subject.basic()[1:])
	}, succeeds),
	guarded("auth-in-proxy-field", exam.DeFacto, "RFC 9110 §11.7.2", "takes-proxy-credentials", "The right credentials in Proxy-Authorization.", "正確的憑證放在 Proxy-Authorization。", func(s *setting) *peer.Request {
		return get(s.subject.Auth, "Proxy-Authorization", s.subject.basic())
	}, keptOut, malformed),
	guarded("auth-head", exam.Must, "RFC 9110 §9.3.2", "head-with-content", "HEAD without credentials.", "沒有憑證的 HEAD。", func(s *setting) *peer.Request { return request("HEAD", s.subject.Auth) },
		anythingBut("Whatever it is, without content.", "不管是什麼，都沒有內容。").and(empty)),
	guarded("auth-before-condition", exam.Must, "RFC 9110 §13.2.1", "412-always", "No credentials, and a false If-Match.", "沒有憑證，If-Match 也不成立。", guardedGet("If-Match", `"statute"`), keptOut),
	guarded("auth-before-range", exam.Must, "RFC 9110 §14.2", "416-always", "No credentials, and a Range.", "沒有憑證，帶著 Range。", guardedGet("Range", "bytes=0-0"), keptOut),
	guarded("auth-unknown-method", exam.DeFacto, "RFC 9110 §11.4", "lets-strange-methods-in", "No credentials, and a method that nobody knows.", "沒有憑證，方法也沒有人認得。", func(s *setting) *peer.Request { return request("FROTH", s.subject.Auth) }, keptOut, noSuchMethod),
	guarded("auth-has-content", exam.Should, "RFC 9110 §15.5", "empty-errors", "No credentials.", "沒有憑證。", guardedGet(), may("An explanation comes with it.", "附上說明。", 401, 403, 404).and(filled)),
	guarded("auth-no-secret-told", exam.DeFacto, "RFC 9110 §17.16.3", "tells-password", "A wrong password, which must not come back.", "錯誤的密碼，不該送回。", func(s *setting) *peer.Request {
		return get(s.subject.Auth, "Authorization", "Basic c3RhdHV0ZTpzdGF0dXRlLXdyb25n")
	}, may("It is refused, and nothing of it comes back.", "拒絕，且沒有把它送回來。", 400, 401, 403, 404, 429).and(lacks("c3RhdHV0ZTpzdGF0dXRlLXdyb25n"), lacks("statute-wrong"))),
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
