package stage

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// Sceneless says of codes for which the lab has no scene why it has none. Each
// can be seen as a replay.
var Sceneless = map[status.Code]lang.Text{
	104: {
		En:   "104 was registered for a time, for a draft about resumable uploads. Its listed term ended on 13 November 2026, and whether it was extended could not be checked; until it is an RFC no answer of ours is a 104. A replay shows what clients make of one.",
		ZhTW: "104 是為一份續傳草案暫時登記的，表列期限到 2026 年 11 月 13 日為止，是否再延長無法查證；在成為 RFC 之前，本伺服器不會以 104 回應。重播可以看看用戶端收到它會怎麼做。"},
	305: {
		En:   "305 is deprecated and never sent as an answer of ours: a server that names a proxy could insert itself anywhere (RFC 9110 §15.4.6, RFC 7231 Appendix B). A replay shows what clients make of one.",
		ZhTW: "305 已被廢棄，本伺服器絕不以它回應：伺服器若能指定代理伺服器，就能把自己插入任何地方（RFC 9110 §15.4.6、RFC 7231 Appendix B）。重播可以看看用戶端收到它會怎麼做。"},
	306: {
		En:   "306 is reserved and means nothing, so nothing can cause it (RFC 9110 §15.4.7). A replay shows what clients make of one.",
		ZhTW: "306 是保留的，沒有意義，也就沒有任何原因能引發它（RFC 9110 §15.4.7）。重播可以看看用戶端收到它會怎麼做。"},
}

// A fixture is an answer as servers of other times, or no servers at all, have
// sent it. It is not ours and says so.
type fixture struct {
	code   status.Code // of the final answer, or interim
	fields wire.Fields // {decoy} stands for the absolute URI of the decoy
	says   lang.Text
}

// The decoy is where answers lead that are not to be followed.
const decoyPath = "/replay/decoy"

var fixtures = []fixture{
	{104, wire.Fields{{Name: uploadInterop, Value: uploadInteropVersion}, {Name: "Upload-Offset", Value: "0"}}, lang.Text{
		En:   "Before this answer came a 104. A client that knows no 104 passes over it, like any interim answer (RFC 9110 §15.2).",
		ZhTW: "這個回應之前有一個 104。不認得 104 的用戶端會略過它，就像對待任何過渡回應（RFC 9110 §15.2）。"}},
	{305, field("Location", "{decoy}"), lang.Text{
		En:   "305, as RFC 2616 §10.3.6 had it: repeat this request through the proxy in Location. A client takes it for 300 and does not go there.",
		ZhTW: "RFC 2616 §10.3.6 時代的 305：要用戶端改經 Location 的代理伺服器重送。用戶端應當成 300，不會真的過去。"}},
	{306, wire.Fields{{Name: "Location", Value: "{decoy}"}, {Name: "Set-Proxy", Value: `SET; proxyURI="{decoy}"; scope="/"; seconds=60`}}, lang.Text{
		En:   "306 with Set-Proxy, as a draft of 1996 had it (unverified): use this proxy from now on. A client takes it for 300 and does not go there.",
		ZhTW: "1996 年一份草案裡帶有 Set-Proxy 的 306（未經查證）：要用戶端從此改用這個代理伺服器。用戶端應當成 300，不會真的過去。"}},
	{302, field("Location", "{decoy}"), lang.Text{
		En:   "302 to the same place, for comparison: this one is followed.",
		ZhTW: "指向同一處的 302，作為對照：這個會跟過去。"}},
	{299, nil, unknownCode("2xx", "200")},
	{399, field("Location", "{decoy}"), unknownCode("3xx", "300")},
	{499, nil, unknownCode("4xx", "400")},
	{599, nil, unknownCode("5xx", "500")},
	{999, nil, lang.Text{
		En:   "999 is outside of 100 to 599: a client takes it for a 5xx (RFC 9110 §15).",
		ZhTW: "999 不在 100 到 599 之間：用戶端應當成 5xx（RFC 9110 §15）。"}},
}

func unknownCode(class, as string) lang.Text {
	return lang.Text{
		En:   "No specification knows this code. A client takes a " + class + " that it does not know for " + as + " (RFC 9110 §15).",
		ZhTW: "沒有規格認得這個狀態碼。不認得的 " + class + "，用戶端應當成 " + as + "（RFC 9110 §15）。"}
}

// Replayed returns the codes that can be seen as a replay.
func Replayed() []status.Code {
	var all []status.Code
	for _, f := range fixtures {
		all = append(all, f.code)
	}
	return all
}

// replayMark is in every answer that is a replay.
const replayMark = "Statute-Replay"

// NewFixtures returns the handler of /replay/: answers that no server should
// send, sent so that clients can be tested, each marked Statute-Replay: 1. They
// are recordings, not decisions: no scene uses them.
func NewFixtures(otherwise lang.Tag) http.Handler {
	m := &mechanism{allow: []string{http.MethodGet, http.MethodHead, http.MethodOptions}}
	m.handle = func(w http.ResponseWriter, r *http.Request) error {
		says, code := decoySays, http.StatusOK
		if r.URL.Path != decoyPath {
			at := slices.IndexFunc(fixtures, func(f fixture) bool { return r.URL.Path == "/replay/"+f.code.String() })
			if at < 0 {
				return noFixture()
			}
			says, code = fixtures[at].says, fixtures[at].begin(w, r)
		}
		l := lang.OfRequest(r, otherwise)
		h, text := w.Header(), says.In(l)+"\n"
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("Content-Language", string(l))
		h.Set("Vary", "Accept-Language")
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Length", strconv.Itoa(len(text)))
		wire.Decide(w, wire.Decision{Reason: "replay"})
		w.WriteHeader(code)
		io.WriteString(w, text)
		return nil
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if crossOrigin(w, r) {
			return
		}
		if err := m.decide(w, r); err != nil {
			refused(w, r, err, otherwise)
		}
	})
}

var decoySays = lang.Text{
	En:   "This is the decoy: your client has followed an answer to here.",
	ZhTW: "這裡是誘餌：你的用戶端跟著某個回應過來了。"}

// begin sets the fields of a fixture, and sends it if it is an interim answer. It
// returns the code of the final one.
func (f fixture) begin(w http.ResponseWriter, r *http.Request) int {
	h := w.Header()
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	for _, field := range f.fields {
		h.Set(field.Name, strings.ReplaceAll(field.Value, "{decoy}", scheme+r.Host+decoyPath))
	}
	h.Set(replayMark, "1")
	if !f.code.Interim() {
		return int(f.code)
	}
	if r.ProtoAtLeast(1, 1) { // RFC 9110 §15.2: no 1xx to HTTP/1.0
		w.WriteHeader(int(f.code))
	}
	for _, field := range f.fields {
		h.Del(field.Name)
	}
	return http.StatusOK
}

func noFixture() *wire.Refusal {
	var known []string
	for _, c := range Replayed() {
		known = append(known, c.String())
	}
	return &wire.Refusal{
		Status: 404, Gate: 8, Reason: "no-such-replay", Spec: "RFC 9110 §15.5.5",
		Detail: lang.Text{
			En:   fmt.Sprintf("There is a replay of %s only. Other codes are posed at /status/, or happen in the lab.", strings.Join(known, ", ")),
			ZhTW: fmt.Sprintf("只有 %s 有重播。其他狀態碼請用 /status/ 的示範回應，或在實驗室裡讓它發生。", strings.Join(known, "、"))},
	}
}
