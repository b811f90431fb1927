package stage

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/origin"
	"github.com/statute-http/statute/wire"
)

// A guard stands before the cellar, and before the counter where tokens are
// given out. It knows people by Basic, Digest and Bearer credentials. It also
// keeps the register of legal orders, which are asked about last.
type guard struct {
	nonces *nonces
	tokens *tokens
	till   *till
}

func newGuard(t *tokens, till *till) *guard { return &guard{newNonces(time.Now), t, till} }

// realm is the protection space of the cellar (RFC 9110 §11.5).
const realm = "cellar"

// A user of the lab. The passwords are in the manual: nothing here is worth
// hiding, and everybody is meant to try.
type user struct {
	name, password string
	may            []string // rooms of the cellar
}

var users = []user{
	{"guest", "guest", []string{"list", "reserve"}},
	{"keeper", "keeper", []string{"list", "vault", "secret", "reserve"}},
}

// hidden are rooms whose existence is not admitted to those who may not enter.
var hidden = []string{"secret"}

func userNamed(name string) user {
	for _, u := range users {
		if u.name == name {
			return u
		}
	}
	return user{}
}

// guarded returns the room of the cellar that a path leads to, or what is
// guarded like one; rooms that do not exist are guarded like the others. At the
// counter a password is needed.
func guarded(path string) (room string, counter, ok bool) {
	_, rel, _ := worldOf(path)
	if rel == "/tokens" {
		return "", true, true
	}
	if rel == "/cellar" {
		return "", false, true
	}
	if rel == "/premium/reserve" {
		return "reserve", false, true
	}
	room, ok = strings.CutPrefix(rel, "/cellar/")
	return room, false, ok
}

// Authenticate finds out who asks (RFC 9110 §11.4).
func (g *guard) Authenticate(r *http.Request) (string, error) {
	_, counter, ok := guarded(r.URL.Path)
	if !ok {
		return "", nil
	}
	given := r.Header.Values("Authorization")
	if len(given) == 0 {
		return "", g.unauthorized("credentials-missing", lang.Text{
			En:   "Say who you are, in one of the ways of WWW-Authenticate: guest with the password guest, or keeper with keeper. Bearer tokens are given out at tokens, beside the cellar.",
			ZhTW: "請以 WWW-Authenticate 列出的其中一種方式表明身分：guest，密碼 guest；或 keeper，密碼 keeper。Bearer 權杖可以在酒窖旁的 tokens 取得。"}, challenge{counter: counter})
	}
	c, ok := readCredentials(given[0])
	switch {
	case !ok || len(given) > 1:
	case c.scheme == "basic":
		if name, password, ok := c.userPass(); ok && knows(name, password) {
			return name, nil
		}
	case c.scheme == "digest":
		return g.digest(r, c, counter)
	case c.scheme == "bearer" && !counter:
		return g.bearer(r, c)
	case c.scheme == "payment" && !counter:
		// Authorization has room for one credential. Who was known when the
		// challenge was made out need not say so again.
		if name, err := g.till.customer(r, c); err != nil || name != "" {
			return name, err
		}
	}
	return "", g.wrong(challenge{counter: counter})
}

// knows reports whether there is such a user with that password. It takes as
// long whether there is or not.
func knows(name, password string) bool {
	known := 0
	for _, u := range users {
		known |= same(name, u.name) & same(password, u.password)
	}
	return known == 1
}

func same(a, b string) int {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:])
}

func (g *guard) digest(r *http.Request, c credentials, counter bool) (string, error) {
	a, ok := c.digestAnswer()
	if !ok {
		return "", g.wrong(challenge{counter: counter})
	}
	if !a.fits(r) {
		// RFC 7616 §3.4.6: not the same resource as the request's target.
		return "", &wire.Refusal{
			Status: 400, Gate: 7, Reason: "digest-uri", Spec: "RFC 7616 §3.4.6",
			Detail: lang.Text{
				En:   "The Digest credentials are for another target: their uri has to be the request's.",
				ZhTW: "Digest 憑證是給別的目標用的：其中的 uri 必須與請求的目標相同。"},
		}
	}
	name := ""
	for _, u := range users {
		if a.names(u.name) && a.proves(r.Method, u.name, u.password) {
			name = u.name
		}
	}
	if name == "" {
		return "", g.wrong(challenge{counter: counter})
	}
	// RFC 7616 §3.3: the password is right, so the client may go on with the new
	// nonce without asking its user again.
	switch g.nonces.use(a.nonce, a.count) {
	case nonceOld:
		return "", g.unauthorized("credentials-expired", lang.Text{
			En:   "The nonce of these Digest credentials is too old. Repeat the request with the new one.",
			ZhTW: "這份 Digest 憑證的 nonce 太舊了。請改用新的 nonce 重送。"}, challenge{counter: counter, stale: true})
	case nonceUsed:
		return "", g.unauthorized("credentials-used", lang.Text{
			En:   "This nonce came with the same count before, so this may be a replay. Count up, or use the new nonce.",
			ZhTW: "這個 nonce 已經搭配同樣的計數出現過，可能是重放。請把計數加一，或改用新的 nonce。"}, challenge{counter: counter, stale: true})
	}
	return name, nil
}

func (g *guard) bearer(r *http.Request, c credentials) (string, error) {
	name, wrong, err := g.tokens.read(r.Context(), c.token68)
	switch {
	case err != nil:
		return "", err
	case wrong == tokenExpired:
		return "", g.unauthorized("credentials-expired", lang.Text{
			En:   "The token has expired. Get a new one.",
			ZhTW: "權杖已經過期。請重新取得。"}, challenge{token: wrong})
	case wrong != "":
		return "", g.wrong(challenge{token: wrong})
	}
	return name, nil
}

func (g *guard) wrong(c challenge) error {
	return g.unauthorized("credentials-wrong", lang.Text{
		En:   "There is no such user with that password, or no such token, or the credentials cannot be read. Others may help: guest with the password guest, or keeper with keeper.",
		ZhTW: "沒有這組使用者與密碼、沒有這個權杖，或憑證無法解讀。可以換一組再試：guest，密碼 guest；或 keeper，密碼 keeper。"}, c)
}

// A challenge is what a 401 says of the ways to be known.
type challenge struct {
	counter bool   // a password is needed: no tokens
	stale   bool   // only the nonce was wrong
	token   string // what was wrong with the token
}

// unauthorized: RFC 9110 §15.5.2, with a challenge for each scheme, on a line of
// its own since some clients read only one a line (§11.6.1).
func (g *guard) unauthorized(reason string, detail lang.Text, c challenge) error {
	// RFC 7617 §2.1: user and password are expected in UTF-8.
	basic := fmt.Sprintf(`Basic realm="%s", charset="UTF-8"`, realm)
	// RFC 7616 §3.3 says which values are quoted.
	digest := fmt.Sprintf(`Digest realm="%s", qop="auth", nonce="%s", algorithm=SHA-256, charset=UTF-8, userhash=true`, realm, g.nonces.next())
	if c.stale {
		digest += ", stale=true"
	}
	fields := wire.Fields{{Name: "WWW-Authenticate", Value: basic}, {Name: "WWW-Authenticate", Value: digest}}
	if !c.counter {
		bearer := fmt.Sprintf(`Bearer realm="%s"`, realm)
		// RFC 6750 §3.1: no error is named to those who sent no token.
		if c.token != "" {
			bearer += fmt.Sprintf(`, error="invalid_token", error_description="%s"`, c.token)
		}
		fields = append(fields, wire.Field{Name: "WWW-Authenticate", Value: bearer})
	}
	return &wire.Refusal{Status: 401, Gate: 7, Reason: reason, Spec: "RFC 9110 §15.5.2", Detail: detail, Fields: fields}
}

// Authorize decides whether the user may enter the room, and whether the law
// lets anybody.
func (g *guard) Authorize(r *http.Request, name string) error {
	room, counter, ok := guarded(r.URL.Path)
	if !ok || counter {
		return outlawed(r)
	}
	switch {
	case slices.Contains(userNamed(name).may, room):
		return nil
	case slices.Contains(hidden, room):
		return origin.ErrHidden
	case !slices.Contains(rooms, room):
		return nil // nothing is there, and that may be said
	}
	return forbidden(r, room)
}

// forbidden: RFC 9110 §15.5.4, the user is known and has not the right. A token
// is told which scope is missing (RFC 6750 §3.1).
func forbidden(r *http.Request, room string) error {
	refusal := &wire.Refusal{
		Status: 403, Gate: 7, Reason: "not-permitted", Spec: "RFC 9110 §15.5.4",
		Detail: lang.Text{
			En:   "You are known, and you may not enter here. Repeating the request changes nothing; the keeper may.",
			ZhTW: "你的身分已確認，但無權進入這裡。重送也不會改變結果；keeper 才可以。"},
	}
	if c, _ := readCredentials(r.Header.Get("Authorization")); c.scheme == "bearer" {
		refusal.Fields = wire.Fields{{Name: "WWW-Authenticate",
			Value: fmt.Sprintf(`Bearer realm="%s", error="insufficient_scope", scope="%s"`, realm, room)}}
	}
	return refusal
}
