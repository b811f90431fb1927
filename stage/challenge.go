package stage

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// The draft has no more to say of what these hold than that they are lower-case
// letters.
const (
	payMethod = "lab"
	payIntent = "charge"
	payRealm  = "premium"
)

// An invoice is the request parameter of a challenge: what is to be paid, for
// what, and by whom if that is known.
type invoice struct {
	Amount    string `json:"amount"`
	Currency  string `json:"currency"`
	Recipient string `json:"recipient"`
	Resource  string `json:"resource"`
	Customer  string `json:"customer,omitempty"`
	Nonce     string `json:"nonce"` // no two challenges are the same
}

// payChallenge is a challenge, as WWW-Authenticate has it and as credentials
// give it back.
type payChallenge struct {
	ID      string `json:"id"`
	Realm   string `json:"realm"`
	Method  string `json:"method"`
	Intent  string `json:"intent"`
	Request string `json:"request"` // an invoice, as base64url
	Expires string `json:"expires"`
}

// payCredentials are what Authorization has, as base64url.
type payCredentials struct {
	Challenge payChallenge `json:"challenge"`
	Payload   struct {
		Token string `json:"token"`
	} `json:"payload"`
}

// String writes the challenge as a field value.
func (c payChallenge) String() string {
	return fmt.Sprintf(`Payment id="%s", realm="%s", method="%s", intent="%s", expires="%s", request="%s"`,
		c.ID, c.Realm, c.Method, c.Intent, c.Expires, c.Request)
}

// text is all of the challenge that its id is bound to.
func (c payChallenge) text() string {
	return strings.Join([]string{"payment", c.Realm, c.Method, c.Intent, c.Request, c.Expires}, "\n")
}

// challenge makes a new challenge for a resource.
func (t *till) challenge(ctx context.Context, o offer, resource, customer string) (payChallenge, error) {
	var nonce [9]byte
	rand.Read(nonce[:])
	request, err := json.Marshal(invoice{
		Amount: fmt.Sprint(o.units), Currency: payMethod, Recipient: "shop",
		Resource: resource, Customer: customer, Nonce: base64.RawURLEncoding.EncodeToString(nonce[:]),
	})
	if err != nil {
		return payChallenge{}, fmt.Errorf("write an invoice: %w", err)
	}
	c := payChallenge{
		Realm: payRealm, Method: payMethod, Intent: payIntent,
		Request: base64.RawURLEncoding.EncodeToString(request),
		Expires: t.now().Add(o.life).UTC().Format(time.RFC3339Nano),
	}
	c.ID, err = t.seal.sign(ctx, c.text())
	return c, err
}

// read returns what a challenge of ours asks for, and until when; ok is false if
// it is none of ours.
func (t *till) read(ctx context.Context, c payChallenge) (i invoice, until time.Time, ok bool, err error) {
	want, err := t.seal.sign(ctx, c.text())
	if err != nil || !hmac.Equal([]byte(c.ID), []byte(want)) {
		return i, until, false, err
	}
	octets, err := base64.RawURLEncoding.DecodeString(c.Request)
	if err == nil {
		err = json.Unmarshal(octets, &i)
	}
	if err == nil {
		until, err = time.Parse(time.RFC3339Nano, c.Expires)
	}
	if err != nil {
		return i, until, false, fmt.Errorf("read a challenge that we have signed: %w", err)
	}
	return i, until, true, nil
}

// readPayment reads the value of an Authorization field with the scheme.
func readPayment(c credentials) (payCredentials, bool) {
	var p payCredentials
	octets, err := base64.RawURLEncoding.DecodeString(c.token68)
	return p, err == nil && json.Unmarshal(octets, &p) == nil
}

// readChallenge reads a challenge as it stands in WWW-Authenticate.
func readChallenge(content []byte) (payChallenge, bool) {
	c, ok := readCredentials(strings.TrimSpace(string(content)))
	return payChallenge{
		ID: c.params["id"], Realm: c.params["realm"], Method: c.params["method"], Intent: c.params["intent"],
		Request: c.params["request"], Expires: c.params["expires"],
	}, ok && c.scheme == "payment"
}
