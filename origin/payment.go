package origin

import (
	"context"
	"net/http"

	"github.com/statute-http/statute/wire"
)

// A Cashier knows what costs something.
type Cashier interface {
	// Due returns the payment that came with the request, found good and not
	// taken yet; nil where nothing is to be paid. Where something is and no good
	// payment came, it refuses with 402. It must not ask for money for what does
	// not exist or cannot be delivered to anybody. user is who Authenticate found.
	Due(ctx context.Context, r *http.Request, user string) (Payment, error)
}

// A Payment is money that is ready to be taken.
type Payment interface {
	// Take takes it, once: of two who bring the same payment one is refused. The
	// fields go with the answer: the receipt.
	Take(ctx context.Context) (wire.Fields, error)
}

// settle takes the payment, if there is one, when everything else is decided and
// content will be sent: nobody pays for a refusal, a 304 or a HEAD.
func (d *decision) settle() error {
	if d.payment == nil || d.r.Method == http.MethodHead {
		return nil
	}
	receipt, err := d.payment.Take(d.ctx)
	for _, f := range receipt {
		d.w.Header().Set(f.Name, f.Value)
	}
	return err
}
