package stage

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/statute-http/statute/origin"
)

// Tokens makes and reads bearer tokens (RFC 6750). A token says whose it is and
// until when, under the seal of the lab.
type tokens struct {
	seal *seal
	now  func() time.Time
}

// What a token says.
type token struct {
	User  string    `json:"user"`
	Until time.Time `json:"until"`
}

// What of a token can be wrong, in the words of error_description.
const (
	tokenForged  = "The token is not one of this server."
	tokenExpired = "The token has expired."
)

// issue returns a token for a user.
func (t *tokens) issue(ctx context.Context, user string, life time.Duration) (string, error) {
	says, err := json.Marshal(token{user, t.now().Add(life)})
	if err != nil {
		return "", fmt.Errorf("write a token: %w", err)
	}
	text := base64.RawURLEncoding.EncodeToString(says)
	signature, err := t.seal.sign(ctx, text)
	if err != nil {
		return "", err
	}
	return text + "." + signature, nil
}

// read returns whose token it is, or what is wrong with it.
func (t *tokens) read(ctx context.Context, text string) (user, wrong string, err error) {
	says, signature, _ := strings.Cut(text, ".")
	want, err := t.seal.sign(ctx, says)
	if err != nil {
		return "", "", err
	}
	if !hmac.Equal([]byte(signature), []byte(want)) {
		return "", tokenForged, nil
	}
	var its token
	octets, err := base64.RawURLEncoding.DecodeString(says)
	if err == nil {
		err = json.Unmarshal(octets, &its)
	}
	if err != nil {
		return "", "", fmt.Errorf("read a token that we have signed: %w", err)
	}
	if !t.now().Before(its.Until) {
		return "", tokenExpired, nil
	}
	return its.User, "", nil
}

// How long a token can live, and lives unless less is asked for.
const (
	mostTokenLife = time.Hour
	tokenLife     = 10 * time.Minute
)

// tokenWish is what POST to /tokens takes.
type tokenWish struct {
	Seconds *float64 `json:"seconds"`
}

func (w tokenWish) life() time.Duration {
	if w.Seconds == nil {
		return tokenLife
	}
	return time.Duration(*w.Seconds * float64(time.Second))
}

// counter is where a user who has proved a password gets a token.
func (p *plan) counter() *origin.Node {
	return &origin.Node{
		Policy: origin.Policy{Allow: taking, Takes: []string{"application/json"}, Most: 4 << 10, Valid: validTokenWish},
		Act: func(ctx context.Context, r *http.Request, content []byte) (*origin.Outcome, error) {
			var wish tokenWish
			if len(content) > 0 {
				json.Unmarshal(content, &wish) // Valid has read it
			}
			user := origin.UserOf(ctx)
			text, err := p.tokens.issue(ctx, user, wish.life())
			if err != nil {
				return nil, err
			}
			return origin.Done("application/json", asJSON(map[string]any{
				"access_token": text, "token_type": "Bearer",
				"expires_in": wish.life().Seconds(), "scope": strings.Join(userNamed(user).may, " "),
			})), nil
		},
	}
}

func validTokenWish(_ string, content []byte) *origin.Invalid {
	var wish tokenWish
	if len(content) == 0 {
		return nil
	}
	if err := json.Unmarshal(content, &wish); err != nil {
		return notJSON(err)
	}
	if s := wish.Seconds; s != nil && (*s <= 0 || *s > mostTokenLife.Seconds()) {
		return &origin.Invalid{Member: "seconds", Why: "more than 0, at most 3600", WhyZhTW: "要大於 0，最多 3600"}
	}
	return nil
}
