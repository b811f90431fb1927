package serve

import (
	"context"
	"net/http"
	"net/netip"
	"slices"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// Replay is gate 6. A request in TLS early data may be a copy that somebody
// else sends again (RFC 8470 §2), so nothing may come of it that a copy would do
// twice. Repeatable says of which resources that is true for safe methods:
// requests for these go on. For others a safe method waits until the handshake
// has shown that the request is no replay, and an unsafe one gets 425.
//
// A request that says Early-Data: 1 came early to a gateway before us. No wait
// of ours makes it safe, so it goes on or gets 425. Gateways are the networks in
// which we know such gateways. From any other address the field gets the same
// status for a reason of its own, early-data-claimed:
//
//   - RFC 8470 §5.1 has a marked request that cannot be processed safely refused
//     with 425, and does not ask who marked it.
//   - To take the mark for none would be the one unsafe choice: a gateway that
//     nobody has told us of, such as a proxy of the client's, marks what may be a
//     replay, and it would be carried out twice.
//   - To believe it costs nobody anything: who lies is refused what they could
//     have had, and nothing is kept, counted or stored for it.
//
// So the networks decide what the client is told. Behind a known gateway the
// request was early, and its user agent will send it again. From elsewhere the
// mark may be a user agent's own, which §5.1 does not mean it to send.
//
// A [Server] with EarlyData set needs this before everything that acts.
func Replay(repeatable func(*http.Request) bool, gateways []netip.Prefix, otherwise lang.Tag, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		facts := wire.ConnOf(ctx)
		early := facts != nil && facts.EarlyData
		// RFC 8470 §5.1: several or invalid values mean the same as one 1.
		marked := len(r.Header["Early-Data"]) > 0
		safe := slices.Contains(safeMethods, r.Method)
		switch {
		case !early && !marked, safe && repeatable(r):
		case marked && facts != nil && wire.AmongNetworks(gateways, facts.Peer):
			forwardedEarly().Answer(w, r, otherwise)
			return
		case marked:
			claimedEarly().Answer(w, r, otherwise)
			return
		case !safe:
			tooEarly().Answer(w, r, otherwise)
			return
		default:
			// RFC 8470 §3: to defer a request until the handshake is complete is as
			// good as to refuse it, and the client need not send it again.
			if !awaitHandshake(ctx) {
				panic(http.ErrAbortHandler) // the connection is gone, unproven
			}
		}
		next.ServeHTTP(w, r)
	})
}

// safeMethods are those that RFC 9110 §9.2.1 and the registry of methods call
// safe. A method that is not here is taken for unsafe.
var safeMethods = []string{
	http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace,
	"PROPFIND", "QUERY", "REPORT", "SEARCH",
}

// forwardedEarly: RFC 8470 §5.1.
func forwardedEarly() *wire.Refusal {
	return &wire.Refusal{
		Status: 425, Gate: 6, Reason: "early-data-forwarded", Spec: "RFC 8470 §5.1",
		Detail: lang.Text{
			En:   "Early-Data says that the request came in TLS early data on its way here, so it may be a replay, and carrying it out twice would do harm. Send it again after the handshake, without the field.",
			ZhTW: "Early-Data 表示請求在途中曾以 TLS 早期資料傳送，可能是重放，而執行兩次會造成影響。請在交握完成後、不帶這個欄位再送一次。"},
	}
}

// claimedEarly is what RFC 8470 §5.1 asks for where nobody knows who speaks.
func claimedEarly() *wire.Refusal {
	return &wire.Refusal{
		Status: 425, Gate: 6, Reason: "early-data-claimed", Spec: "RFC 8470 §5.1",
		Detail: lang.Text{
			En:   "Early-Data says that the request came in TLS early data on its way here. This server knows of no gateway at the address that it came from, but cannot rule one out, and carrying out a replay would do harm. A user agent leaves the field away; a gateway passes this answer on.",
			ZhTW: "Early-Data 表示請求在途中曾以 TLS 早期資料傳送。本伺服器不知道來源位址有閘道，但也無法排除，而執行重放的請求會造成影響。使用者代理不必帶這個欄位；若是閘道，請把這個回應轉送回去。"},
	}
}

// tooEarly: RFC 8470 §5.2.
func tooEarly() *wire.Refusal {
	return &wire.Refusal{
		Status: 425, Gate: 6, Reason: "early-data", Spec: "RFC 8470 §5.2",
		Detail: lang.Text{
			En:   "The request came in TLS early data, so it may be a replay, and carrying it out twice would do harm. Send it again after the handshake.",
			ZhTW: "請求在 TLS 早期資料中送達，可能是重放，而執行兩次會造成影響。請在交握完成後再送一次。"},
	}
}

// handshakeKey is under which the context of a request over HTTP/3 has the
// channel that is closed when its connection's handshake is complete.
type handshakeKey struct{}

// isEarly reports whether the handshake of the request's connection is still
// under way. It asks at the request's begin: that a connection has used early
// data says nothing of its later requests.
func isEarly(ctx context.Context) bool {
	complete, ok := ctx.Value(handshakeKey{}).(<-chan struct{})
	if !ok {
		return false
	}
	select {
	case <-complete:
		return false
	default:
		return true
	}
}

// asEarly returns the request with the fact that it came in early data.
func asEarly(r *http.Request) *http.Request {
	facts := *wire.ConnOf(r.Context())
	facts.EarlyData = true
	return r.WithContext(context.WithValue(r.Context(), wire.ConnKey, &facts))
}

// awaitHandshake reports whether the handshake was completed; it is given up,
// and the context with it, after Limits.Head.
func awaitHandshake(ctx context.Context) bool {
	complete, _ := ctx.Value(handshakeKey{}).(<-chan struct{})
	select {
	case <-complete:
		return true
	case <-ctx.Done():
		return false
	}
}
