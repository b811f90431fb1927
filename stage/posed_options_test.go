package stage

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestPosedOptions(t *testing.T) {
	server := posedServers(t, PosedConfig{Hosts: []string{"mirror.example"}})["HTTP/1.1"]
	host, _ := url.Parse(server.URL)
	for _, test := range []struct {
		target string
		want   int
		field  string // and its lines
		lines  []string
	}{
		{"/status/503?retry-after=7", 503, "Retry-After", []string{"7"}},
		{"/status/418?retry-after=Fri,%2031%20Dec%202027%2023:59:59%20GMT", 418, "Retry-After", []string{"Fri, 31 Dec 2027 23:59:59 GMT"}},
		{"/status/302?location=/other%3Fa=b", 302, "Location", []string{"/other?a=b"}},
		{"/status/302?location=../up", 302, "Location", []string{"../up"}},
		{"/status/302?location=https://mirror.example/x", 302, "Location", []string{"https://mirror.example/x"}},
		{"/status/302?location=//mirror.example/x", 302, "Location", []string{"//mirror.example/x"}},
		{"/status/302?location=http://" + host.Host + "/x", 302, "Location", []string{"http://" + host.Host + "/x"}},
		{"/status/302?field=Location:/by-field", 302, "Location", []string{"/by-field"}},
		{"/status/401?field=WWW-Authenticate:Bearer&field=www-authenticate:%20Digest%20realm=x", 401, "WWW-Authenticate", []string{"Bearer", "Digest realm=x"}},
		{"/status/405?field=Allow:", 405, "Allow", []string{""}},
		{"/status/301?field=Cache-Control:max-age=60", 301, "Cache-Control", []string{"max-age=60"}},
		{"/status/200?field=Vary:Cookie", 200, "Vary", []string{"Cookie", "Accept, Accept-Language"}},
		{"/status/200?body=%3Cscript%3E&type=text/html&field=Content-Security-Policy:x&field=X-Content-Type-Options:x", 200, "Content-Security-Policy", []string{"x", posedPolicy}},
		{"/status/200?body=%3Cscript%3E&type=text/html&field=X-Content-Type-Options:x", 200, "X-Content-Type-Options", []string{"nosniff"}},
		{"/status/200?body=%7B%7D&type=application/problem%2Bjson", 200, "Content-Type", []string{"application/problem+json"}},
		{"/status/200?body=x", 200, "Content-Type", []string{"text/plain; charset=utf-8"}},
		{"/status/500?size=10485760", 500, "Content-Length", []string{"10485760"}},
		{"/status/500?size=0", 500, "Content-Length", []string{"0"}},
		{"/status/103?field=Link:%3C/x.css%3E;rel=preload;as=style", 200, "Link", []string{"</x.css>;rel=preload;as=style"}},
		{"/status/102?final=503", 503, "Retry-After", []string{"1"}},
		{"/status/100?final=204", 204, "Content-Length", nil},
		{"/status/404?", 404, posedMark, []string{"1"}},
		{"/status/404?&key=a&", 404, posedMark, []string{"1"}},
		{"/status/200%2C200", 200, posedMark, []string{"1"}},
	} {
		seen := posedAskFor(t, server, "GET", test.target)
		if seen.StatusCode != test.want || !slices.Equal(seen.Header[http.CanonicalHeaderKey(test.field)], test.lines) {
			t.Errorf("%s: got %d with %s: %q, want %d with %q\n%.300s", test.target, seen.StatusCode, test.field, seen.Header.Values(test.field), test.want, test.lines, seen.content)
		}
	}
	if seen := posedAskFor(t, server, "GET", "/status/200?body=a%20b+c%26%E8%8C%B6"); seen.content != "a b c&茶" {
		t.Errorf("body: %q", seen.content)
	}
	hinted := posedAskFor(t, server, "GET", "/status/103?field=Link:%3C/x.css%3E;rel=preload;as=style&field=X-A:1")
	if h := hinted.hints[0]; h.Get("Link") != "</x.css>;rel=preload;as=style" || h.Get("X-A") != "" {
		t.Errorf("103 hints at %v", h)
	}
}

// What cannot be read is refused without the mark, by name and place.
func TestPosedRefusals(t *testing.T) {
	server := posedServers(t, PosedConfig{})["HTTP/1.1"]
	for _, test := range []struct{ target, want string }{
		{"/status/", `codes, octet 0, \"\": a status code has three digits`},
		{"/status/99", `codes, octet 0, \"99\"`},
		{"/status/099", `octet 0`},
		{"/status/1000", `octet 0, \"1000\"`},
		{"/status/200,teapot", `octet 4, \"teapot\"`},
		{"/status/503x2/20", `octet 6, \"20\"`},
		{"/status/503x2", `as in 503x2/200`},
		{"/status/503x0/200", `octet 4, \"0\": times is a whole number from 1 to 1000`},
		{"/status/503x1001/200", `times`},
		{"/status/503x+1/200", `times`},
		{"/status/200:0", `more than 0`},
		{"/status/200:-1,500", `octet 4, \"-1\": a weight`},
		{"/status/200:Inf,500", `a weight`},
		{"/status/200:0x1,500", `a weight`},
		{"/status/200:9999999", `a weight`},
		{"/status/200:1:2", `a weight`},
		{"/status/" + strings.Repeat("200/", 32) + "200", `octet 128, \"200\": a sequence has at most 32 steps`},
		{"/status/" + strings.Repeat("200,", 64) + "200", `at most 64`},
		{"/status/" + strings.Repeat("2", 2001), `at most 2000`},
		{"/status/200?" + strings.Repeat("b", 8193), `at most 8192`},
		{"/status/305", `/305`},
		{"/status/200/306", `octet 4, \"306\"`},
		{"/status/200?colour=red", `option, octet 0, \"colour\": the options are delay, body-delay`},
		{"/status/200?lang=en&delay=61", `delay, octet 14, \"61\": the value is a time from 0 to 1m0s`},
		{"/status/200?delay=-1s", `delay`},
		{"/status/200?delay=1h", `delay`},
		{"/status/200?delay=soon", `delay`},
		{"/status/200?delay=", `delay`},
		{"/status/200?delay=1&delay=1", `given twice`},
		{"/status/200?body=%FF", `UTF-8`},
		{"/status/200?body=%zz", `two hexadecimal digits`},
		{"/status/200?body=x&size=1", `size, octet 12`},
		{"/status/200?size=1&body=x", `body, octet 12`},
		{"/status/200?size=10485761", `from 0 to 10485760`},
		{"/status/200?size=-1", `size`},
		{"/status/200?type=text/html", `type describes body or size`},
		{"/status/200?body=x&type=text", `a media type`},
		{"/status/200?body=x&type=text/javascript", `a media type`},
		{"/status/200?body=x&type=text/html%0D%0AX:y", `a media type`},
		{"/status/200?field=Content-Length:5", `Name:Value`},
		{"/status/200?field=connection:close", `Name:Value`},
		{"/status/200?field=Set-Cookie:a=b", `Name:Value`},
		{"/status/200?field=Statute-Posed:0", `Name:Value`},
		{"/status/200?field=X%20Y:5", `Name:Value`},
		{"/status/200?field=X:a%0D%0AY:b", `Name:Value`},
		{"/status/200?field=X", `Name:Value`},
		{"/status/200?field=Location:https://evil.example/", `Name:Value`},
		{"/status/200?" + strings.Repeat("field=A:b&", 33), `at most 32`},
		{"/status/302?location=", `a path of this server`},
		{"/status/302?location=https://evil.example/", `a path of this server`},
		{"/status/302?location=//evil.example/", `a path`},
		{"/status/302?location=///evil.example/", `a path`},
		{"/status/302?location=/%5Cevil.example/", `a path`},
		{"/status/302?location=/%09/evil.example/", `a path`},
		{"/status/302?location=https:evil.example", `a path`},
		{"/status/302?location=https:/evil.example", `a path`},
		{"/status/302?location=javascript:alert(1)", `a path`},
		{"/status/302?location=http://user@127.0.0.1/", `a path`},
		{"/status/503?retry-after=-1", `whole seconds`},
		{"/status/503?retry-after=1.5", `whole seconds`},
		{"/status/503?final=200", `needs a code from 100 to 199`},
		{"/status/103?final=103", `from 200 to 999`},
		{"/status/103?final=306", `final`},
		{"/status/200?key=", `1 to 100`},
		{"/status/200?lang=fr", `en or zh-TW`},
		{"/status/204?body=x", `no content`},
		{"/status/205?size=0", `no content`},
		{"/status/304,204?body-delay=1", `no content`},
		{"/status/103?final=204&body=x", `no content`},
	} {
		seen := posedAskFor(t, server, "GET", test.target)
		if seen.StatusCode != 400 || seen.Header.Get(posedMark) != "" || !strings.Contains(seen.content, test.want) {
			t.Errorf("%.80s: got %d, mark %q; want 400 with %q in\n%s", test.target, seen.StatusCode, seen.Header.Get(posedMark), test.want, seen.content)
		}
	}
}

// Every reason exists in both languages, and the two differ.
func TestPosedRefusalsSpeakBothLanguages(t *testing.T) {
	handler := NewPosed(PosedConfig{})
	for _, target := range []string{"/status/x", "/status/200?x", "/status/200?field=X", "/status/101", "/status/206", "/status/304"} {
		said := make(map[string]string)
		for _, language := range []string{"en", "zh-TW"} {
			r := httptest.NewRequest("GET", target, nil)
			r.Header.Set("Accept-Language", language)
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			said[language] = w.Body.String()
		}
		if said["en"] == said["zh-TW"] || strings.Contains(fmt.Sprint(said), "%!") {
			t.Errorf("%s: %s", target, said)
		}
	}
	// ?lang= wins over Accept-Language; one that is refused itself does not count.
	for _, test := range []struct{ target, accept, want string }{
		{"/status/x?lang=zh-TW", "en", "zh-TW"},
		{"/status/206?lang=zh-TW", "en", "zh-TW"},
		{"/status/200?lang=zh-TW&colour=1", "en", "zh-TW"},
		{"/status/101?lang=en", "zh-TW", "en"},
		{"/status/200?lang=fr", "zh-TW", "zh-TW"},
	} {
		w := posedAlone(handler, test.target, "Accept-Language", test.accept)
		if got := w.Header().Get("Content-Language"); w.Code != 400 || got != test.want {
			t.Errorf("%s: %d in %q, want 400 in %s", test.target, w.Code, got, test.want)
		}
	}
	for _, option := range posedOptions(PosedConfig{}) {
		if option.takes.En == "" || option.takes.ZhTW == "" {
			t.Errorf("option %s does not say what it takes", option.name)
		}
	}
	for _, kind := range posedKinds {
		if kind.kind != posedInside && (kind.say.En == "" || kind.say.ZhTW == "" || kind.kind != posedNone && kind.fits == nil) {
			t.Errorf("the rule for %d-%d says nothing", kind.from, kind.to)
		}
	}
}
