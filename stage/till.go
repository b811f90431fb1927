package stage

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
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

// token is the proof of payment for a challenge: only the mint can make it.
func (t *till) token(ctx context.Context, id string) (string, error) {
	return t.seal.sign(ctx, "paid\n"+id)
}

// proves reports whether the mint gave the credentials' token for their challenge.
func (t *till) proves(ctx context.Context, p payCredentials) (bool, error) {
	token, err := t.token(ctx, p.Challenge.ID)
	return hmac.Equal([]byte(p.Payload.Token), []byte(token)), err
}

// customer returns the user to whom the challenge was made out that was paid for:
// only that user was given it.
func (t *till) customer(r *http.Request, c credentials) (string, error) {
	p, ok := readPayment(c)
	if !ok {
		return "", nil
	}
	i, _, ok, err := t.read(r.Context(), p.Challenge)
	if err != nil || !ok || i.Resource != r.URL.Path {
		return "", err
	}
	if ok, err = t.proves(r.Context(), p); !ok || err != nil {
		return "", err
	}
	return i.Customer, nil
}

// Due asks for the money where something on the shelf is asked for (the draft:
// nobody is asked to pay for what is not there, and who has to log in does so
// first). Other methods than those that deliver it cost nothing.
func (t *till) Due(ctx context.Context, r *http.Request, user string) (origin.Payment, error) {
	d, err := t.demand(ctx, r, user)
	if d == nil || err != nil {
		return nil, err
	}
	value := r.Header.Get("Authorization")
	given, ok := readCredentials(value)
	if value == "" || ok && given.scheme != "payment" {
		purses := d.at.Prefix + "/purses/"
		return nil, d.refuse(ctx, "payment-required", lang.Text{
			En:   fmt.Sprintf("This costs %d units. Send the value of WWW-Authenticate as text/plain with POST to %s and any name: a new purse holds %d units. It answers with credentials for Authorization.", d.units, purses, newPurse),
			ZhTW: fmt.Sprintf("這裡要價 %d 單位。請把 WWW-Authenticate 的值以 text/plain 用 POST 送到 %s 加上任意名稱：新錢包有 %d 單位。回應裡有可用於 Authorization 的憑證。", d.units, purses, newPurse)})
	}
	p, ok := readPayment(given)
	if !ok {
		return nil, d.refuse(ctx, "malformed-credential", lang.Text{
			En:   "The Payment credentials are not JSON in base64url without padding. Send what the purse answered.",
			ZhTW: "Payment 憑證不是以 base64url（不補 =）寫成的 JSON。請原樣送出錢包回應的憑證。"})
	}
	if err := d.verify(ctx, p); err != nil {
		return nil, err
	}
	l, err := t.ledgerOf(ctx, d.at)
	if err != nil {
		return nil, err
	}
	if _, err := l.held(p.Challenge.ID); err != nil {
		return nil, d.used(ctx)
	}
	return &readyPayment{d, p.Challenge.ID}, nil
}

// A demand is that something on the shelf be paid for.
type demand struct {
	*till
	offer
	at       *origin.World
	resource string
	user     string
}

// demand returns what has to be paid for the request; nil if nothing has.
func (t *till) demand(ctx context.Context, r *http.Request, user string) (*demand, error) {
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
	return &demand{t, o, w, r.URL.Path, user}, nil
}

// verify refuses a payment for another challenge than one of ours that still
// holds, or without the mint's proof.
func (d *demand) verify(ctx context.Context, p payCredentials) error {
	i, until, ok, err := d.read(ctx, p.Challenge)
	if err != nil {
		return err
	}
	if !ok || i.Resource != d.resource || i.Customer != d.user {
		return d.refuse(ctx, "invalid-challenge", lang.Text{
			En:   "These credentials are for a challenge that was not made for this resource and this user. Pay for the new one in WWW-Authenticate.",
			ZhTW: "這份憑證對應的質詢不是為這個資源與這位使用者開立的。請改付 WWW-Authenticate 裡的新質詢。"})
	}
	if !d.now().Before(until) {
		return d.refuse(ctx, "invalid-challenge", lang.Text{
			En:   "The challenge has expired; what was paid for it goes back to the purse. Pay for the new one in WWW-Authenticate.",
			ZhTW: "質詢已經過期，付過的單位會退回錢包。請改付 WWW-Authenticate 裡的新質詢。"})
	}
	if ok, err = d.proves(ctx, p); err != nil {
		return err
	}
	if !ok {
		return d.refuse(ctx, "verification-failed", lang.Text{
			En:   "The token is not the one that the mint gives for this challenge. Pay for the new one in WWW-Authenticate.",
			ZhTW: "權杖不是鑄幣處為這份質詢開立的。請改付 WWW-Authenticate 裡的新質詢。"})
	}
	return nil
}

func (d *demand) used(ctx context.Context) error {
	return d.refuse(ctx, "payment-used", lang.Text{
		En:   "This payment was used before, or was never made: it opens the resource once. Pay for the new challenge in WWW-Authenticate.",
		ZhTW: "這筆付款已經用過，或從未付過；一筆付款只能開啟一次。請改付 WWW-Authenticate 裡的新質詢。"})
}

// refuse: the draft asks for a new challenge with each 402.
func (d *demand) refuse(ctx context.Context, reason string, detail lang.Text) error {
	fresh, err := d.challenge(ctx, d.offer, d.resource, d.user)
	if err != nil {
		return err
	}
	return &wire.Refusal{
		Status: 402, Gate: 7, Reason: reason, Spec: "RFC 9110 §15.5.3", Detail: detail,
		Fields: field("WWW-Authenticate", fresh.String()),
	}
}

// A readyPayment is a sale that is paid for.
type readyPayment struct {
	*demand
	id string
}

// Take moves the money; of many who come with one payment one gets here first.
func (p *readyPayment) Take(ctx context.Context) (wire.Fields, error) {
	err := p.book(ctx, p.demand.at, func(l *ledger) error { return l.take(p.id) })
	if errors.Is(err, errTaken) || errors.Is(err, errUnpaid) {
		return nil, p.used(ctx)
	}
	if err != nil {
		return nil, err
	}
	receipt := asJSON(map[string]string{
		"status": "success", "method": payMethod, "reference": p.id,
		"timestamp": p.now().UTC().Format(time.RFC3339),
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
