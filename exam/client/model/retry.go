package model

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/statute-http/statute/wire"
)

// mostWait is the longest that the client waits for a Retry-After; beyond it
// gives up.
const mostWait = 5 * time.Second

// again reports whether the hop is to be repeated after its answer, having
// waited as long as the answer asks for.
func (s *session) again(ctx context.Context, h *hop, x *wire.Exchange) bool {
	code := x.Final.Status
	if s.repeatsWrongly(h, int(code)) {
		h.repeats++
		return h.repeats <= 1 || s.has("repeats-at-304") && h.repeats < 5
	}
	if s.changesWrongly(h, int(code)) {
		h.repeats++
		return h.repeats <= 1
	}
	// RFC 9110 §15.5.20: nothing of a misdirected request was done, so it may be
	// sent again, on another connection; once, or it could go on for ever.
	if code == 421 && !s.has("leaves-421") && (h.repeats == 0 || s.has("421-without-end") && h.repeats < 8) {
		h.repeats++
		h.elsewhere = !s.has("421-on-same-connection")
		return true
	}
	// RFC 8470 §5.2: what came too early is sent again after the handshake, and
	// never in early data.
	if code == 425 && (h.early && !s.has("leaves-425") && h.repeats == 0 || s.has("425-without-end") && h.repeats < 8) {
		h.repeats++
		h.early, h.elsewhere = s.has("425-early-again"), true
		return true
	}
	// RFC 9110 §9.2.2: what is not idempotent is not repeated by itself.
	if !h.order.Retry || h.method == "POST" || h.method == "PATCH" || h.repeats >= 2 && !s.has("garbage-is-zero") {
		return false
	}
	switch code {
	case 413, 429, 503:
	default:
		return false
	}
	wait, ok := s.retryAfter(x)
	switch {
	case s.has("garbage-is-zero") && h.repeats < 10:
		wait = 0
	case s.has("garbage-is-zero"), !ok, wait > mostWait:
		return false
	}
	h.repeats++
	select {
	case <-time.After(wait):
		return true
	case <-ctx.Done():
		return false
	}
}

// retryAfter: RFC 9110 §10.2.3, seconds or a date, in any of the three forms
// (§5.6.7); what is neither says nothing, and then it waits for a second.
func (s *session) retryAfter(x *wire.Exchange) (time.Duration, bool) {
	if s.has("retries-at-once") {
		return 0, true
	}
	if !x.Final.Fields.Has("Retry-After") {
		return 0, false
	}
	v := x.Final.Fields.Get("Retry-After")
	if n, err := strconv.ParseUint(v, 10, 31); err == nil {
		return time.Duration(n) * time.Second, true
	}
	if at, err := http.ParseTime(v); err == nil {
		if s.has("imf-dates-only") && !strings.HasPrefix(v[3:], ", ") {
			return 0, true
		}
		return max(0, time.Until(at)) + time.Second/10, true
	}
	return time.Second, true
}

func (s *session) repeatsWrongly(h *hop, code int) bool {
	switch {
	case s.has("repeats-202"):
		return code == 202
	case s.has("repeats-505"):
		return code == 505
	case s.has("repeats-post-at-429"):
		return code == 429 && h.method == "POST"
	case s.has("repeats-post-at-408"):
		return code == 408 && h.method == "POST"
	case s.has("repeats-get-at-408"):
		return code == 408
	case s.has("repeats-at-304"):
		return code == 304
	case s.has("repeats-at-414"):
		return code == 414
	case s.has("repeats-post-at-5xx"):
		return code >= 500 && h.method == "POST"
	case s.has("repeats-get-at-5xx"):
		return code >= 500 && h.method == "GET"
	}
	return false
}

// changesWrongly makes of a refused request another one, as clients with these
// faults do.
func (s *session) changesWrongly(h *hop, code int) bool {
	without := func(name string) {
		h.fields = slices.DeleteFunc(slices.Clone(h.fields), func(f wire.Field) bool { return f.Name == name })
	}
	switch {
	case code == 411 && s.has("repeats-with-length"):
		h.length = true
	case code == 412 && s.has("repeats-without-condition"):
		without("If-Match")
	case code == 415 && s.has("repeats-uncoded"):
		without("Content-Encoding")
	default:
		return false
	}
	return true
}
