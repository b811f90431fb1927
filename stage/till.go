package stage

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/origin"
	"github.com/statute-http/statute/wire"
)

// A till sells what is on the premium shelf, by the Payment scheme of
// draft-httpauth-payment: a 402 brings a challenge, a payment that fits it opens
// the resource once. RFC 9110 §15.5.3 reserves the code and says no more, so the
// scheme is a choice of ours, and so are its method "lab" and its intent
// "charge", which no registry has. The draft (of which not all could be read:
// unverified) forbids challenges in the clear; the lab makes them there too,
// since its units buy nothing elsewhere.
//
// A challenge is signed, not remembered. What is remembered is that it was paid:
// see ledger.
type till struct {
	seal  *seal
	world func(prefix string) *origin.World
	now   func() time.Time
}

// An offer is what something on the shelf costs, and how long a challenge for it
// is good.
type offer struct {
	units int
	life  time.Duration
}

var offers = map[string]offer{
	"/premium/recipe":  {4, 5 * time.Minute},
	"/premium/flash":   {4, 4 * time.Second},
	"/premium/reserve": {4, 5 * time.Minute}, // for those who say who they are: see guard
}

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

// token is the proof of payment for a challenge: only the mint can make it.
func (t *till) token(ctx context.Context, id string) (string, error) {
	return t.seal.sign(ctx, "paid\n"+id)
}

// readPayment reads the value of an Authorization field with the scheme.
func readPayment(c credentials) (payCredentials, bool) {
	var p payCredentials
	octets, err := base64.RawURLEncoding.DecodeString(c.token68)
	return p, err == nil && json.Unmarshal(octets, &p) == nil
}

// customer returns the user to whom the challenge was made out with which the
// credentials have been paid for: only that user was given it.
func (t *till) customer(r *http.Request, c credentials) (string, error) {
	p, ok := readPayment(c)
	if !ok {
		return "", nil
	}
	i, _, ok, err := t.read(r.Context(), p.Challenge)
	if err != nil || !ok || i.Resource != r.URL.Path {
		return "", err
	}
	return i.Customer, nil
}

// Due asks for the money where something on the shelf is asked for (the draft:
// nobody is asked to pay for what is not there, and who has to log in does so
// first). Other methods than those that deliver it cost nothing.
func (t *till) Due(ctx context.Context, r *http.Request, user string) (origin.Payment, error) {
	prefix, rel, _ := worldOf(r.URL.Path)
	o, sold := offers[rel]
	if !sold || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return nil, nil
	}
	w := t.world(prefix)
	if prefix != "/lab" {
		if begun, err := w.Begun(ctx); err != nil || !begun {
			return nil, err // there is no such world: gate 8 says so
		}
	}
	// The draft asks for a new challenge with each 402.
	refuse := func(reason string, detail lang.Text) error {
		fresh, err := t.challenge(ctx, o, r.URL.Path, user)
		if err != nil {
			return err
		}
		return &wire.Refusal{
			Status: 402, Gate: 7, Reason: reason, Spec: "RFC 9110 §15.5.3", Detail: detail,
			Fields: field("WWW-Authenticate", fresh.String()),
		}
	}
	given, ok := readCredentials(r.Header.Get("Authorization"))
	if !ok && r.Header.Get("Authorization") == "" || ok && given.scheme != "payment" {
		purse := prefix + "/purses/"
		return nil, refuse("payment-required", lang.Text{
			En:   fmt.Sprintf("This costs %d units. Send the value of WWW-Authenticate as text/plain with POST to %s and any name: a new purse holds %d units. It answers with credentials for Authorization.", o.units, purse, newPurse),
			ZhTW: fmt.Sprintf("這裡要價 %d 單位。請把 WWW-Authenticate 的值以 text/plain 用 POST 送到 %s 加上任意名稱：新錢包有 %d 單位。回應裡有可用於 Authorization 的憑證。", o.units, purse, newPurse)})
	}
	p, ok := readPayment(given)
	if !ok {
		return nil, refuse("malformed-credential", lang.Text{
			En:   "The Payment credentials are not JSON in base64url without padding. Send what the purse answered.",
			ZhTW: "Payment 憑證不是以 base64url（不補 =）寫成的 JSON。請原樣送出錢包回應的憑證。"})
	}
	i, until, ok, err := t.read(ctx, p.Challenge)
	switch {
	case err != nil:
		return nil, err
	case !ok, i.Resource != r.URL.Path, i.Customer != user:
		return nil, refuse("invalid-challenge", lang.Text{
			En:   "These credentials are for a challenge that was not made for this resource and this user. Pay for the new one in WWW-Authenticate.",
			ZhTW: "這份憑證對應的質詢不是為這個資源與這位使用者開立的。請改付 WWW-Authenticate 裡的新質詢。"})
	case !t.now().Before(until):
		return nil, refuse("invalid-challenge", lang.Text{
			En:   "The challenge has expired; what was paid for it goes back to the purse. Pay for the new one in WWW-Authenticate.",
			ZhTW: "質詢已經過期，付過的單位會退回錢包。請改付 WWW-Authenticate 裡的新質詢。"})
	}
	token, err := t.token(ctx, p.Challenge.ID)
	if err != nil {
		return nil, err
	}
	if !hmac.Equal([]byte(p.Payload.Token), []byte(token)) {
		return nil, refuse("verification-failed", lang.Text{
			En:   "The token is not the one that the mint gives for this challenge. Pay for the new one in WWW-Authenticate.",
			ZhTW: "權杖不是鑄幣處為這份質詢開立的。請改付 WWW-Authenticate 裡的新質詢。"})
	}
	ready := &readyPayment{t, w, p.Challenge.ID, func() error {
		return refuse("payment-used", lang.Text{
			En:   "This payment was used before, or was never made: it opens the resource once. Pay for the new challenge in WWW-Authenticate.",
			ZhTW: "這筆付款已經用過，或從未付過；一筆付款只能開啟一次。請改付 WWW-Authenticate 裡的新質詢。"})
	}}
	l, err := t.ledgerOf(ctx, w)
	if err != nil {
		return nil, err
	}
	if _, err := l.held(p.Challenge.ID); err != nil {
		return nil, ready.used()
	}
	return ready, nil
}

// A readyPayment is a sale that is paid for.
type readyPayment struct {
	till  *till
	world *origin.World
	id    string
	used  func() error // the refusal of one that somebody else has used
}

// Take moves the money; of many who come with one payment one gets here first.
func (p *readyPayment) Take(ctx context.Context) (wire.Fields, error) {
	err := p.till.book(ctx, p.world, func(l *ledger) error { return l.take(p.id) })
	if errors.Is(err, errTaken) || errors.Is(err, errUnpaid) {
		return nil, p.used()
	}
	if err != nil {
		return nil, err
	}
	receipt := asJSON(map[string]string{
		"status": "success", "method": payMethod, "reference": p.id,
		"timestamp": p.till.now().UTC().Format(time.RFC3339),
	})
	return field("Payment-Receipt", base64.RawURLEncoding.EncodeToString(receipt)), nil
}

// premium is the shelf: what costs something, and a sample that does not.
func (p *plan) premium(parts []string) *origin.Node {
	if len(parts) != 2 || !slices.Contains([]string{"recipe", "flash", "reserve", "sample"}, parts[1]) {
		return nothing()
	}
	n := p.fixed("text/plain; charset=utf-8", premiumText)
	n.Private = parts[1] != "sample"
	return n
}

const premiumText = "Let the leaves unfold before the second pour.\n"
