package serve

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"runtime/debug"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// An answer is what contain needs to know of a response: whether another one
// can still take its place.
type answer interface {
	http.ResponseWriter
	takeBack() bool
}

// contain runs the handler and catches its panic. If nothing of the answer was
// sent, the client gets a 500 with an incident id, under which the log has the
// cause; the client learns nothing of it (RFC 9110 §15.6.1). contain reports
// false if the answer is to be cut: it was on its way already, or the handler
// asked for that with http.ErrAbortHandler.
func (s *Server) contain(w answer, r *http.Request, h http.Handler) (whole bool) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		whole = false
		if cause == http.ErrAbortHandler {
			return
		}
		incident := newIncident()
		s.Log.Error("handler panicked", "incident", incident,
			"method", r.Method, "target", r.RequestURI, "cause", cause, "stack", string(debug.Stack()))
		if !w.takeBack() {
			return
		}
		fault(incident).Answer(w, r, s.Lang)
		whole = true
	}()
	h.ServeHTTP(w, r)
	return true
}

func newIncident() string {
	var id [8]byte
	rand.Read(id[:])
	return hex.EncodeToString(id[:])
}

func fault(incident string) *wire.Refusal {
	return &wire.Refusal{
		Status: 500, Gate: 15, Reason: "fault", Spec: "RFC 9110 §15.6.1", Incident: incident, Close: true,
		Detail: lang.Text{
			En:   "Something in the server went wrong that it did not expect. Nothing was wrong with the request. Tell the operator the incident's id.",
			ZhTW: "伺服器內部發生了預料之外的錯誤，請求本身沒有問題。請把事件代號告訴管理者。"},
	}
}
