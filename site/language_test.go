package site

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/statute-http/statute/lang"
)

func TestLanguage(t *testing.T) {
	for _, test := range []struct {
		otherwise                     lang.Tag
		query, cookie, accepts, wants string
	}{
		{"", "", "", "", "en"},
		{lang.ZhTW, "", "", "", "zh-TW"},
		{"", "", "", "zh-TW,zh;q=0.9,en;q=0.8", "zh-TW"},
		{lang.ZhTW, "", "", "en", "en"},
		{"", "", "zh-TW", "en", "zh-TW"},
		{"", "?lang=en", "zh-TW", "zh-TW", "en"},
		{"", "?lang=zh-TW", "", "en", "zh-TW"},
		{"", "?lang=tlh", "zh-TW", "en", "zh-TW"},
		{"", "", "tlh", "fr", "en"},
	} {
		r := httptest.NewRequest("GET", "/404"+test.query, nil)
		if test.cookie != "" {
			r.AddCookie(&http.Cookie{Name: lang.Cookie, Value: test.cookie})
		}
		if test.accepts != "" {
			r.Header.Set("Accept-Language", test.accepts)
		}
		w := httptest.NewRecorder()
		New(Config{Lang: test.otherwise}).ServeHTTP(w, r)
		if got := w.Header().Get("Content-Language"); got != test.wants || !strings.Contains(w.Body.String(), `<html lang="`+got+`">`) {
			t.Errorf("%+v: got %q", test, got)
		}
	}
}

func TestSwitch(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	for _, test := range []struct {
		method, target, content string
		status                  int
		to                      string
	}{
		{"POST", "/lang", "lang=zh-TW&back=/404", 303, "/404"},
		{"GET", "/lang?lang=zh-TW&back=/404", "", 303, "/404"},
		{"HEAD", "/lang?lang=zh-TW&back=/404", "", 303, "/404"},
		{"POST", "/lang", "lang=zh-TW", 303, "/"},
		{"POST", "/lang", "lang=zh-TW&back=%2F%3Fq%3Drange%26lang%3Den", 303, "/?q=range"},
		{"POST", "/lang", "lang=zh-TW&back=https://evil.test/", 303, "/"},
		{"POST", "/lang", "lang=klingon&back=/404", 400, ""},
		{"GET", "/lang", "", 400, ""},
		{"POST", "/lang", "lang=%zz", 400, ""},
		{"POST", "/lang", "lang=en&back=/" + strings.Repeat("x", maxForm), 413, ""},
	} {
		resp := ask(t, test.method, test.target, test.content, "Content-Type", form)
		if resp.StatusCode != test.status || resp.Header.Get("Location") != test.to {
			t.Errorf("%s %s %.60s: %d to %q, want %d to %q", test.method, test.target, test.content,
				resp.StatusCode, resp.Header.Get("Location"), test.status, test.to)
		}
		if test.status != 303 {
			continue
		}
		cookies := resp.Cookies()
		if len(cookies) != 1 || cookies[0].Name != lang.Cookie || cookies[0].Value != "zh-TW" ||
			cookies[0].SameSite != http.SameSiteLaxMode || cookies[0].Path != "/" {
			t.Errorf("%s %s sets %v", test.method, test.target, cookies)
		}
		if resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s: Cache-Control is %q", test.method, test.target, resp.Header.Get("Cache-Control"))
		}
	}
}

// TestWayBack: the switch on a page leads back to the page, the search kept and
// the language of the URI dropped.
func TestWayBack(t *testing.T) {
	for target, want := range map[string]string{
		"/404":              `value="/404"`,
		"/?q=a%26b&lang=en": `value="/?q=a%26b"`,
		"/404?lang=zh-TW":   `value="/404"`,
	} {
		if content := contentOf(t, get(t, target)); !strings.Contains(content, `name="back" `+want) {
			t.Errorf("%s: the switch does not lead back by %s", target, want)
		}
	}
}

func FuzzLocalPath(f *testing.F) {
	for _, back := range []string{"/404", "/?q=x&lang=en", "//", "//evil.test", "/\\evil.test", "/\t/evil.test", "/%2fevil.test",
		"https:evil.test", "javascript:alert(1)", "/..//evil.test", "/a?b#c", "/%5c%5cevil.test", "", "/\r\nSet-Cookie: a=b"} {
		f.Add(back)
	}
	ours, _ := url.Parse("https://ours.test/lang")
	f.Fuzz(func(t *testing.T, back string) {
		to := localPath(back)
		if strings.ContainsAny(to, "\r\n\t\\ ") || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
			t.Fatalf("%q leads to %q", back, to)
		}
		u, err := ours.Parse(to)
		if err != nil || u.Host != ours.Host || u.Scheme != ours.Scheme || u.User != nil {
			t.Fatalf("%q leads to %v (%v)", back, u, err)
		}
	})
}
