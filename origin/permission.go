package origin

import (
	"context"
	"errors"
	"net/http"
)

// A Permission decides who may do what.
type Permission interface {
	// Authenticate finds out who asks: the user's name, "" where nobody has to
	// say. Where good credentials are needed and missing it refuses with 401.
	Authenticate(r *http.Request) (user string, err error)

	// Authorize decides whether that user may do this here. It refuses with 403
	// or 451, or returns ErrHidden: to this user the resource does not exist.
	Authorize(r *http.Request, user string) error
}

// ErrHidden says that the resource is not to be admitted. The decision goes on
// as if nothing were there, so that no part of the answer tells the difference.
var ErrHidden = errors.New("the resource is hidden from this user")

// permission is gate 7, with its questions in order: who asks, how often, what
// it costs, and with what right. It is passed once: credentials and quotas are used up.
func (d *decision) permission() (bool, error) {
	if d.permitted {
		return false, nil
	}
	user := ""
	if d.Permission != nil {
		var err error
		if user, err = d.Permission.Authenticate(d.r); err != nil {
			return false, err
		}
	}
	if err := d.limit(); err != nil {
		return false, err
	}
	if d.Cashier != nil {
		var err error
		if d.payment, err = d.Cashier.Due(d.ctx, d.r, user); err != nil {
			return false, err
		}
	}
	if d.Permission != nil {
		switch err := d.Permission.Authorize(d.r, user); {
		case errors.Is(err, ErrHidden):
			d.hidden = true
		case err != nil:
			return false, err
		}
	}
	if user != "" {
		d.ctx = context.WithValue(d.ctx, userKey{}, user)
	}
	d.permitted = true
	return false, nil
}

type userKey struct{}

// UserOf returns the authenticated user on whose behalf a node acts; "" if the
// request had none.
func UserOf(ctx context.Context) string {
	user, _ := ctx.Value(userKey{}).(string)
	return user
}
