package stage

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/statute-http/statute/origin"
)

// Tokens makes and reads bearer tokens (RFC 6750). A token says whose it is and
// until when, signed with a key that the store keeps: one that a server gave
// out holds after its restart, and at the other servers of a cluster.
type tokens struct {
	store origin.Store
	now   func() time.Time

	mu  sync.Mutex
	key []byte // once it was read
}

// keyOfTokens is the store's key of the key.
const keyOfTokens = "secret.tokens"

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
	signature, err := t.sign(ctx, text)
	if err != nil {
		return "", err
	}
	return text + "." + signature, nil
}

// read returns whose token it is, or what is wrong with it.
func (t *tokens) read(ctx context.Context, text string) (user, wrong string, err error) {
	says, signature, _ := strings.Cut(text, ".")
	want, err := t.sign(ctx, says)
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

func (t *tokens) sign(ctx context.Context, text string) (string, error) {
	key, err := t.secret(ctx)
	if err != nil {
		return "", err
	}
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)), nil
}

// secret returns the key; the first server that needs one makes it.
func (t *tokens) secret(ctx context.Context) ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.key == nil {
		key, revision, err := t.store.Load(ctx, keyOfTokens)
		if err != nil {
			return nil, fmt.Errorf("load the key of tokens: %w", err)
		}
		if revision > 0 {
			t.key = key
			break
		}
		key = make([]byte, 32)
		rand.Read(key)
		_, ok, err := t.store.Save(ctx, keyOfTokens, key, 0)
		if err != nil {
			return nil, fmt.Errorf("save the key of tokens: %w", err)
		}
		if ok {
			t.key = key
		}
	}
	return t.key, nil
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
