package house_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/statute-http/statute/house"
)

// A customer buys by the draft's words, without the scenes' helpers.
type customer struct {
	t  *testing.T
	at string // of the world
}

func newCustomer(t *testing.T, h *house.House) *customer {
	c := &customer{t, "http://" + h.Address()}
	answer, _ := c.send("POST", "/worlds", "", "{}", "application/json")
	c.at += answer.Header.Get("Location")
	return c
}

func (c *customer) send(method, path, authorization, content, mediaType string) (*http.Response, string) {
	c.t.Helper()
	q, err := http.NewRequestWithContext(c.t.Context(), method, c.at+path, strings.NewReader(content))
	if err != nil {
		c.t.Fatal(err)
	}
	if content != "" {
		q.Header.Set("Content-Type", mediaType)
	}
	if authorization != "" {
		q.Header.Set("Authorization", authorization)
	}
	answer, err := http.DefaultTransport.RoundTrip(q)
	if err != nil {
		c.t.Error(err)
		return &http.Response{}, ""
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Error(err)
	}
	return answer, string(got)
}

// challenge asks for the recipe without paying.
func (c *customer) challenge() string {
	c.t.Helper()
	answer, _ := c.send("GET", "premium/recipe", "", "", "")
	if answer.StatusCode != 402 {
		c.t.Fatalf("the recipe without payment: got %d", answer.StatusCode)
	}
	return answer.Header.Get("WWW-Authenticate")
}

// pay pays for a challenge and returns the token.
func (c *customer) pay(purse, challenge string) string {
	c.t.Helper()
	answer, content := c.send("POST", "purses/"+purse, "", challenge, "text/plain")
	var given struct{ Credentials string }
	if err := json.Unmarshal([]byte(content), &given); err != nil || answer.StatusCode != 200 {
		c.t.Fatalf("pay: got %d %s", answer.StatusCode, content)
	}
	octets, _ := base64.RawURLEncoding.DecodeString(given.Credentials)
	var credentials struct{ Payload struct{ Token string } }
	json.Unmarshal(octets, &credentials)
	return credentials.Payload.Token
}

// credentials writes what Authorization has, from the challenge as it came.
func credentialsFor(challenge, token string) string {
	params := map[string]string{}
	for _, m := range regexp.MustCompile(`(\w+)="([^"]*)"`).FindAllStringSubmatch(challenge, -1) {
		params[m[1]] = m[2]
	}
	octets, _ := json.Marshal(map[string]any{"challenge": params, "payload": map[string]string{"token": token}})
	return "Payment " + base64.RawURLEncoding.EncodeToString(octets)
}

func (c *customer) ledger(want string) {
	c.t.Helper()
	if _, got := c.send("GET", "ledger", "", "", ""); strings.TrimSpace(got) != want {
		c.t.Errorf("the ledger says %s want %s", got, want)
	}
}

// What does not open the recipe, and leaves the money where it is.
func TestBadPayments(t *testing.T) {
	h := open(t)
	c, elsewhere := newCustomer(t, h), newCustomer(t, h)
	challenge := c.challenge()
	token := c.pay("tea", challenge)
	other := c.challenge()
	foreign := elsewhere.challenge()
	for _, q := range []struct{ name, authorization, reason string }{
		{"another scheme", "Basic Z3Vlc3Q6Z3Vlc3Q=", "payment-required"},
		{"no credentials after the scheme", "Payment", "malformed-credential"},
		{"no JSON", "Payment dGVh", "malformed-credential"},
		{"a token of one's own", credentialsFor(challenge, "tea"), "verification-failed"},
		{"a token for another challenge", credentialsFor(other, token), "verification-failed"},
		{"a price of one's own", credentialsFor(strings.Replace(challenge, `request="`, `request="x`, 1), token), "invalid-challenge"},
		{"a longer life", credentialsFor(strings.Replace(challenge, `expires="2`, `expires="3`, 1), token), "invalid-challenge"},
		{"a challenge of another world", credentialsFor(foreign, elsewhere.pay("tea", foreign)), "invalid-challenge"},
	} {
		answer, content := c.send("GET", "premium/recipe", q.authorization, "", "")
		if answer.StatusCode != 402 || !strings.Contains(content, `"reason": "`+q.reason+`"`) {
			t.Errorf("%s: got %d, want 402 %s: %s", q.name, answer.StatusCode, q.reason, content)
		}
		if fresh := answer.Header.Get("WWW-Authenticate"); fresh == challenge || !strings.HasPrefix(fresh, "Payment ") {
			t.Errorf("%s: the challenge is %q", q.name, fresh)
		}
	}
	for _, q := range []struct {
		name, content string
		want          int
	}{
		{"pay twice for one challenge", challenge, 409},
		{"pay for a challenge of another world", elsewhere.challenge(), 422},
		{"pay for a changed challenge", strings.Replace(other, "lab", "bal", 1), 422},
		{"pay for nothing", "tea", 400},
	} {
		if answer, content := c.send("POST", "purses/tea", "", q.content, "text/plain"); answer.StatusCode != q.want {
			t.Errorf("%s: got %d, want %d: %s", q.name, answer.StatusCode, q.want, content)
		}
	}
	c.ledger(`{"outstanding":4,"shop":0}`)

	// The guest's challenge makes nobody the guest; the payment for it does.
	answer, _ := c.send("GET", "premium/reserve", "Basic Z3Vlc3Q6Z3Vlc3Q=", "", "")
	reserved := answer.Header.Get("WWW-Authenticate")
	if answer, content := c.send("GET", "premium/reserve", credentialsFor(reserved, "tea"), "", ""); answer.StatusCode != 401 {
		t.Errorf("the reserve with a token of one's own: got %d %s", answer.StatusCode, content)
	}

	// What delivers nothing takes nothing.
	good := credentialsFor(challenge, token)
	for _, q := range []struct {
		method, field, value string
		want                 int
	}{
		{"HEAD", "X", "", 200},
		{"GET", "If-None-Match", "*", 304},
		{"GET", "If-Match", `"stale"`, 412},
		{"GET", "Range", "bytes=5000-", 416},
		{"DELETE", "X", "", 405},
		{"OPTIONS", "X", "", 204},
	} {
		r, _ := http.NewRequestWithContext(t.Context(), q.method, c.at+"premium/recipe", nil)
		r.Header.Set("Authorization", good)
		r.Header.Set(q.field, q.value)
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != q.want {
			t.Errorf("%s with %s: got %d, want %d", q.method, q.field, answer.StatusCode, q.want)
		}
	}
	c.ledger(`{"outstanding":4,"shop":0}`)
	if answer, content := c.send("GET", "premium/recipe", good, "", ""); answer.StatusCode != 200 {
		t.Errorf("the good payment: got %d %s", answer.StatusCode, content)
	}
	c.ledger(`{"outstanding":0,"shop":4}`)
}

// Of parallel uses of one payment, over servers that share a state and across a
// restart, one opens the recipe; of parallel payments from one purse, as many go
// through as it holds units for.
func TestOnePaymentOpensOnce(t *testing.T) {
	data := t.TempDir()
	h, served := openAt(t, data)
	c := newCustomer(t, h)
	challenge := c.challenge()
	authorization := credentialsFor(challenge, c.pay("tea", challenge))

	shutdown(t, h, served)
	h, served = openAt(t, data)
	defer func() { shutdown(t, h, served) }()
	world := c.at[strings.Index(c.at, "/w/"):]
	c.at = "http://" + h.Address() + world
	c.ledger(`{"outstanding":4,"shop":0}`)

	const uses = 32
	if got := inParallel(uses, func(int) int {
		answer, _ := c.send("GET", "premium/recipe", authorization, "", "")
		return answer.StatusCode
	}); got[200] != 1 || got[402] != uses-1 {
		t.Errorf("of %d uses of one payment: %v", uses, got)
	}
	c.ledger(`{"outstanding":0,"shop":4}`)

	challenges := make([]string, uses)
	for i := range challenges {
		challenges[i] = c.challenge()
	}
	if got := inParallel(uses, func(i int) int {
		answer, _ := c.send("POST", "purses/coffee", "", challenges[i], "text/plain")
		return answer.StatusCode
	}); got[200] != 2 || got[409] != uses-2 {
		t.Errorf("of %d payments of 4 from a purse of 10: %v", uses, got)
	}
	c.ledger(`{"outstanding":8,"shop":4}`)
}

// inParallel counts the statuses that come of n calls at once.
func inParallel(n int, call func(int) int) map[int]int {
	var calls sync.WaitGroup
	codes := make(chan int, n)
	for i := range n {
		calls.Go(func() { codes <- call(i) })
	}
	calls.Wait()
	close(codes)
	got := map[int]int{}
	for code := range codes {
		got[code]++
	}
	return got
}
