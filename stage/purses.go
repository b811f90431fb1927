package stage

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/origin"
	"github.com/statute-http/statute/wire"
)

// purses are where the money of a world is, and its mint: GET shows how much is
// in one, POST of a challenge pays for it. Whoever names a purse may open it;
// the lab's money is to be played with.
func (p *plan) purses(w *origin.World, parts []string) *origin.Node {
	if len(parts) != 2 || parts[1] == "" || len(parts[1]) > 40 {
		return nothing()
	}
	name := parts[1]
	return &origin.Node{
		Policy: origin.Policy{
			Allow: []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions},
			Takes: []string{"text/plain"}, Most: 4 << 10, Valid: validPayment,
		},
		Look: func(ctx context.Context) (*origin.Look, error) {
			l, err := p.till.ledgerOf(ctx, w)
			if err != nil {
				return nil, err
			}
			units := newPurse
			if its := l.Purses[name]; its != nil {
				units = its.Units
			}
			return &origin.Look{Type: "application/json", Content: asJSON(map[string]int{"units": units})}, nil
		},
		Act: func(ctx context.Context, _ *http.Request, content []byte) (*origin.Outcome, error) {
			return p.till.mint(ctx, w, name, content)
		},
	}
}

// ledger shows what the shop has taken, and what is paid and not used yet.
func (p *plan) ledger(w *origin.World) *origin.Node {
	return &origin.Node{
		Policy: origin.Policy{Allow: readable},
		Look: func(ctx context.Context) (*origin.Look, error) {
			l, err := p.till.ledgerOf(ctx, w)
			if err != nil {
				return nil, err
			}
			return &origin.Look{Type: "application/json", Content: asJSON(map[string]int{"outstanding": l.outstanding(), "shop": l.Shop})}, nil
		},
	}
}

func validPayment(_ string, content []byte) *origin.Invalid {
	if _, ok := readChallenge(content); !ok {
		return &origin.Invalid{Malformed: true, Why: "it is no Payment challenge as WWW-Authenticate has it", WhyZhTW: "不是 WWW-Authenticate 裡的 Payment 質詢"}
	}
	return nil
}

// mint takes the units of a challenge out of a purse, and gives credentials that
// open the resource once.
func (t *till) mint(ctx context.Context, w *origin.World, name string, content []byte) (*origin.Outcome, error) {
	c, _ := readChallenge(content) // validPayment has read it
	i, until, ok, err := t.read(ctx, c)
	if err != nil {
		return nil, err
	}
	prefix, _, _ := worldOf(i.Resource)
	if !ok || prefix != w.Prefix {
		// RFC 9110 §15.5.21: well formed, and nothing that can be paid here.
		return nil, &wire.Refusal{
			Status: 422, Gate: 15, Reason: "challenge-unknown", Spec: "RFC 9110 §15.5.21",
			Detail: lang.Text{
				En:   "This challenge was not made in this world, or was changed since. Ask for the resource again for a new one.",
				ZhTW: "這份質詢不是這個世界開立的，或後來遭到更改。請重新請求資源以取得新的質詢。"},
		}
	}
	units, err := strconv.Atoi(i.Amount)
	if err != nil {
		return nil, fmt.Errorf("read an invoice that we have signed: %w", err)
	}
	now, left := t.now(), 0
	if !now.Before(until) {
		return nil, notPaid("challenge-expired", lang.Text{
			En:   "The challenge has expired, and nothing was paid. Ask for the resource again for a new one.",
			ZhTW: "質詢已經過期，沒有扣款。請重新請求資源以取得新的質詢。"})
	}
	err = t.book(ctx, w, func(l *ledger) error {
		err := l.pay(name, c.ID, units, now, until)
		if its := l.Purses[name]; its != nil {
			left = its.Units
		}
		return err
	})
	switch {
	case errors.Is(err, errPoor):
		return nil, notPaid("purse-too-light", lang.Text{
			En:   "The purse does not hold as much as the challenge asks for; nothing was paid. Another purse may do.",
			ZhTW: "錢包裡不夠付這份質詢，沒有扣款。可以改用別的錢包。"})
	case errors.Is(err, errPaid):
		return nil, notPaid("paid-before", lang.Text{
			En:   "This challenge was paid for before; nothing was paid again.",
			ZhTW: "這份質詢已經付過了，沒有重複扣款。"})
	case errors.Is(err, errTooMuch), errors.Is(err, origin.ErrNoRoom):
		return nil, room(origin.ErrNoRoom)
	case err != nil:
		return nil, err
	}
	paid := payCredentials{Challenge: c}
	if paid.Payload.Token, err = t.token(ctx, c.ID); err != nil {
		return nil, err
	}
	octets, err := json.Marshal(paid)
	if err != nil {
		return nil, err
	}
	return origin.Done("application/json", asJSON(map[string]any{
		"credentials": base64.RawURLEncoding.EncodeToString(octets), "units": left,
	})), nil
}

// notPaid: RFC 9110 §15.5.10, the state of the purse or of the challenge does not
// allow the payment.
func notPaid(reason string, detail lang.Text) error {
	return &wire.Refusal{Status: 409, Gate: 15, Reason: reason, Spec: "RFC 9110 §15.5.10", Detail: detail}
}
