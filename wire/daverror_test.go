package wire

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/statute-http/statute/lang"
)

// A refusal that names a condition of WebDAV says the same in every form.
func TestConditionForms(t *testing.T) {
	r := &Refusal{
		Status: 423, Gate: 12, Reason: "locked", Spec: "RFC 4918 §11.3", Detail: lang.Text{En: "a < b", ZhTW: "甲 < 乙"},
		Condition: "<D:lock-token-submitted><D:href>/a&amp;b</D:href></D:lock-token-submitted>",
	}
	for accept, mediaType := range map[string]string{
		"": "application/xml; charset=utf-8", "*/*": "application/xml; charset=utf-8", "application/xml, application/json;q=0.5": "application/xml; charset=utf-8",
		"application/json": "application/problem+json", "application/problem+json, */*;q=0.1": "application/problem+json",
		"text/html, */*;q=0.1": "text/html; charset=utf-8",
	} {
		req := httptest.NewRequest("PUT", "/a", nil)
		if accept != "" {
			req.Header.Set("Accept", accept)
		}
		w := httptest.NewRecorder()
		r.Answer(w, req, lang.En)
		got := w.Body.String()
		if w.Header().Get("Content-Type") != mediaType || !strings.Contains(got, "lock-token-submitted") {
			t.Errorf("Accept: %s gets %s: %s", accept, w.Header().Get("Content-Type"), got)
		}
		if strings.HasPrefix(mediaType, "text/html") {
			continue
		}
		m := &Message{Fields: Fields{{Name: "Content-Type", Value: mediaType}}, Content: Content{Data: w.Body.Bytes()}}
		if p, err := ReadProblem(m); err != nil || p != r.Problem(lang.En) {
			t.Errorf("Accept: %s reads back as %+v (%v), want %+v", accept, p, err, r.Problem(lang.En))
		}
	}
	if _, err := ReadProblem(&Message{Fields: Fields{{Name: "Content-Type", Value: "text/plain"}}}); err == nil {
		t.Error("text is no problem")
	}
	if _, err := ReadProblem(&Message{Fields: Fields{{Name: "Content-Type", Value: davErrorType}}, Content: Content{Data: []byte("<")}}); err == nil {
		t.Error("half an element is no problem")
	}
}
