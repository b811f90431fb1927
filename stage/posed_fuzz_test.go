package stage

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/statute-http/statute/status"
	"golang.org/x/net/http/httpguts"
)

// Whatever the URL, the answer is either posed and marked or a 400 without the
// mark, its fields can be sent, and Location stays on the host.
func FuzzPosedURL(f *testing.F) {
	for _, seed := range [][2]string{
		{"503", ""}, {"200:0.9,500:0.1", "lang=zh-TW"}, {"503x2/429/200", "key=a&retry-after=5"},
		{"302", "location=/x&field=X-A:b"}, {"103", "final=404&field=Link:%3C/a%3E"},
		{"200", "body=%E8%8C%B6&type=text/html&delay=0"}, {"206", "size=70"}, {"999", "size=1"},
	} {
		f.Add(seed[0], seed[1])
	}
	handler := NewPosed(PosedConfig{MaxDelay: 1, MaxSize: 1 << 12, Rand: func() float64 { return 0.5 }})
	f.Fuzz(func(t *testing.T, codes, query string) {
		r := httptest.NewRequest("GET", "/status/200", nil)
		r.URL = &url.URL{Path: "/status/" + codes, RawQuery: query}
		r.Header.Set("Range", "bytes=0-0")
		r.Header.Set("A-IM", "gzip")
		r.Header.Set("If-None-Match", `"a"`)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		answer := w.Result()
		if marked := answer.Header.Get(posedMark) == "1"; !marked && answer.StatusCode != http.StatusBadRequest {
			t.Errorf("%d without the mark", answer.StatusCode)
		}
		for name, lines := range answer.Header {
			for _, line := range lines {
				if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(line) {
					t.Errorf("field %q: %q", name, line)
				}
			}
		}
		if location := answer.Header.Get("Location"); location != "" {
			base := url.URL{Scheme: "http", Host: "example.com", Path: "/status/x"}
			u, err := base.Parse(strings.ReplaceAll(location, `\`, "/"))
			if err != nil || u.Host != "example.com" {
				t.Errorf("Location %q leads to %v (%v)", location, u, err)
			}
		}
	})
}

func FuzzPosedCodes(f *testing.F) {
	for _, seed := range []string{"503", "200,404", "200:0.9,500:0.1", "503x2/200", "1/2", "200:,x", "//", "200x", "x1/200"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		codes, mistake := parsePosedCodes(s)
		if mistake != nil {
			if mistake.at < 0 || mistake.at > len(s) || !strings.HasPrefix(s[mistake.at:], mistake.what) || mistake.why.En == "" || mistake.why.ZhTW == "" {
				t.Errorf("%q: %+v points nowhere", s, mistake)
			}
			return
		}
		for n := range 40 {
			for _, x := range []float64{0, 0.5, 0.9999999999999999} {
				code := codes.at(n).choose(func() float64 { return x })
				if !strings.Contains(s, code.String()) || code < 100 || code > 999 {
					t.Errorf("%q gave %d", s, code)
				}
			}
		}
		if !codes.any(func(c status.Code) bool { return c >= 100 }) {
			t.Errorf("%q has no code", s)
		}
	})
}
