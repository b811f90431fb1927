package serve

import (
	"net/http"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// Language is gate 5: it refuses a method that nothing behind it implements and
// an expectation that nobody can meet, before next is asked. It is a handler of
// its own, so that the gates before it can stand before it.
func Language(methods []string, otherwise lang.Tag, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refusal := language(methods, r); refusal != nil {
			refusal.Answer(w, r, otherwise)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func language(methods []string, r *http.Request) *wire.Refusal {
	// RFC 9110 §9.1: a method that the server does not recognise or implement
	// should be answered 501. Methods are case-sensitive.
	if !slices.Contains(methods, r.Method) {
		return &wire.Refusal{
			Status: 501, Gate: 5, Reason: "method-unknown", Spec: "RFC 9110 §9.1",
			Detail: lang.Text{
				En:   "No resource of this server implements that method. Implemented are: " + strings.Join(methods, ", ") + ".",
				ZhTW: "本伺服器沒有任何資源實作這個方法。已實作的有：" + strings.Join(methods, "、") + "。"},
		}
	}
	// RFC 9110 §10.1.1: a member other than 100-continue may be answered 417.
	for _, value := range r.Header["Expect"] {
		for member := range wire.Members(value) {
			if !strings.EqualFold(member, "100-continue") {
				return &wire.Refusal{
					Status: 417, Gate: 5, Reason: "expectation-unknown", Spec: "RFC 9110 §10.1.1",
					Detail: lang.Text{
						En:   "The only expectation that this server can meet is 100-continue. Send the request without the other one.",
						ZhTW: "本伺服器唯一做得到的期望是 100-continue。請去掉其他期望後重送。"},
				}
			}
		}
	}
	return nil
}
