package wire

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/statute-http/statute/lang"
)

// A person gets a page and a program the details, as their Accept says.
func TestRefusalForPeople(t *testing.T) {
	refusal := Refusal{
		Status: 503, Gate: 3, Reason: "not-now", Spec: "RFC 9110 §15.6.4", Incident: "a1b2c3d4",
		Detail: lang.Text{En: "<script>busy</script>", ZhTW: "太忙了"},
		Fields: Fields{{Name: "Retry-After", Value: "3"}},
	}
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, test := range []struct {
		accept, language, mediaType string
		says                        []string
	}{
		{"", "", "application/problem+json", []string{`"reason": "not-now"`}},
		{"*/*", "", "application/problem+json", nil},
		{"application/json", "", "application/problem+json", nil},
		{"text/html, application/problem+json", "", "application/problem+json", nil},
		{"text/html;q=0.5, */*", "", "application/problem+json", nil},
		{"image/png", "", "application/problem+json", nil},
		{"text/*", "", "text/html; charset=utf-8", nil},
		{browser, "", "text/html; charset=utf-8", []string{
			`<html lang="en">`, "<h1>503 Service Unavailable</h1>", "&lt;script&gt;busy", "in 3 s", "a1b2c3d4", `<a href="/503#not-now">`, "RFC 9110 §15.6.4"}},
		{browser, "zh-TW", "text/html; charset=utf-8", []string{`<html lang="zh-TW">`, "太忙了", "3 秒後再試", "事件代號：a1b2c3d4"}},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept", test.accept)
		r.Header.Set("Accept-Language", test.language)
		w := httptest.NewRecorder()
		w.Header().Set("Content-Security-Policy", "of the answer that was begun")
		refusal.Answer(w, r, lang.En)
		h := w.Header()
		if got := h.Get("Content-Type"); got != test.mediaType {
			t.Errorf("Accept %q: %q, want %q", test.accept, got, test.mediaType)
		}
		page := strings.HasPrefix(test.mediaType, "text/html")
		if policy := h.Get("Content-Security-Policy"); page != (policy == "default-src 'none'") {
			t.Errorf("Accept %q: the policy is %q", test.accept, policy)
		}
		if h.Get("Vary") != "Accept, Accept-Language" || h.Get("Cache-Control") != "no-store" || h.Get("Retry-After") != "3" {
			t.Errorf("Accept %q: fields are %v", test.accept, h)
		}
		for _, want := range test.says {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("Accept %q in %q does not say %s:\n%s", test.accept, test.language, want, w.Body)
			}
		}
		if strings.Contains(w.Body.String(), "<script>") && page {
			t.Error("what came from the request is not escaped")
		}
	}
}
