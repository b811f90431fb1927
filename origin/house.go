package origin

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// A House decides whether it can take one more request at all.
type House interface {
	// Enter takes a place. It refuses with the time after which it is worth
	// asking again. The place is given back with leave.
	Enter(r *http.Request) (leave func(), retry time.Duration, ok bool)
}

// A Limiter decides how often each user may ask.
type Limiter interface {
	// Allow counts one request. policy is nil where nobody is limited.
	Allow(ctx context.Context, r *http.Request) (quota *Quota, err error)
}

// A Quota is how a user stands under a limit, after the request was counted.
type Quota struct {
	Policy    string // name of the policy
	Limit     int    // requests in a window
	Window    time.Duration
	Remaining int           // negative: the request is one too many
	Reset     time.Duration // until there are requests again
}

// house is gate 3: RFC 9110 §15.6.4, temporary overload or maintenance. Where
// the end is known, Retry-After says it.
func (d *decision) house() (bool, error) {
	if d.House == nil || d.leave != nil {
		return false, nil
	}
	leave, retry, ok := d.House.Enter(d.r)
	if !ok {
		return false, NotNow(retry)
	}
	d.leave = leave
	return false, nil
}

// NotNow: RFC 9110 §15.6.4, until a time that is known.
func NotNow(retry time.Duration) *wire.Refusal {
	return &wire.Refusal{
		Status: 503, Gate: 3, Reason: "not-now", Spec: "RFC 9110 §15.6.4",
		Detail: lang.Text{
			En:   "The server cannot take the request now. Try again after the time in Retry-After.",
			ZhTW: "伺服器現在無法處理這個請求。請在 Retry-After 所說的時間之後再試。"},
		Fields: wire.Fields{{Name: "Retry-After", Value: seconds(retry)}},
	}
}

// busy ends a decision that was taken again and again because others were
// faster each time.
func busy() *wire.Refusal {
	r := NotNow(time.Second)
	r.Gate, r.Reason = 15, "contended"
	return r
}

// seconds writes a time to wait as Retry-After has it: whole seconds, rounded
// up, so that it comes true (RFC 9110 §10.2.3).
func seconds(d time.Duration) string {
	return strconv.FormatInt(int64(max(0, d+time.Second-1)/time.Second), 10)
}

// limit is the part of gate 7 that counts.
func (d *decision) limit() error {
	if d.Users == nil {
		return nil
	}
	quota, err := d.Users.Allow(d.ctx, d.r)
	if err != nil || quota == nil {
		return err
	}
	if quota.Remaining < 0 {
		return quota.Refusal()
	}
	for _, f := range quota.fields() {
		d.w.Header().Set(f.Name, f.Value)
	}
	return nil
}

// fields tell how the user stands, as in draft-ietf-httpapi-ratelimit-headers
// (unverified against its latest version).
func (q *Quota) fields() wire.Fields {
	return wire.Fields{
		{Name: "RateLimit-Policy", Value: fmt.Sprintf("%q;q=%d;w=%d", q.Policy, q.Limit, int(q.Window/time.Second))},
		{Name: "RateLimit", Value: fmt.Sprintf("%q;r=%d;t=%s", q.Policy, max(0, q.Remaining), seconds(q.Reset))},
	}
}

// Refusal: RFC 6585 §4, too many requests in a time.
func (q *Quota) Refusal() *wire.Refusal {
	return &wire.Refusal{
		Status: 429, Gate: 7, Reason: "too-many-requests", Spec: "RFC 6585 §4",
		Detail: lang.Text{
			En:   fmt.Sprintf("More than %d requests came in %s seconds. Wait as long as Retry-After says.", q.Limit, seconds(q.Window)),
			ZhTW: fmt.Sprintf("%s 秒內的請求超過 %d 個。請等到 Retry-After 所說的時間之後。", seconds(q.Window), q.Limit)},
		Fields: append(q.fields(), wire.Field{Name: "Retry-After", Value: seconds(q.Reset)}),
	}
}
