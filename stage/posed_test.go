package stage

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"slices"
	"strings"
	"testing"

	"github.com/statute-http/statute/status"
)

// posedServers run the handler on each protocol that httptest has.
func posedServers(t *testing.T, c PosedConfig) map[string]*httptest.Server {
	mux := http.NewServeMux()
	mux.Handle("/status/", NewPosed(c))
	h1 := httptest.NewServer(mux)
	h2 := httptest.NewUnstartedServer(mux)
	h2.EnableHTTP2 = true
	h2.StartTLS()
	t.Cleanup(h1.Close)
	t.Cleanup(h2.Close)
	for _, s := range []*httptest.Server{h1, h2} {
		s.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		s.Client().Transport.(*http.Transport).DisableCompression = true
	}
	return map[string]*httptest.Server{"HTTP/1.1": h1, "HTTP/2.0": h2}
}

// A posedSeen is what a client saw of one request.
type posedSeen struct {
	*http.Response
	content string
	interim []int
	hints   []http.Header // of the interim responses
}

func posedAskFor(t *testing.T, s *httptest.Server, method, target string, fields ...string) posedSeen {
	t.Helper()
	var seen posedSeen
	r, err := http.NewRequest(method, s.URL+target, nil)
	if err != nil {
		t.Fatal(err)
	}
	for pair := range slices.Chunk(fields, 2) {
		r.Header.Add(pair[0], pair[1])
	}
	r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
			seen.interim = append(seen.interim, code)
			seen.hints = append(seen.hints, http.Header(h).Clone())
			return nil
		},
	}))
	seen.Response, err = s.Client().Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, target, err)
	}
	defer seen.Body.Close()
	content, err := io.ReadAll(seen.Body)
	if err != nil {
		t.Fatalf("%s %s: reading the content: %v", method, target, err)
	}
	seen.content = string(content)
	return seen
}

// posedCause has the fields that a request needs for a code that is sent to
// matching requests only.
var posedCause = map[status.Code][]string{
	104: {"Upload-Draft-Interop-Version", "8"},
	206: {"Range", "bytes=5-9"},
	226: {"A-IM", "gzip"},
	304: {"If-None-Match", `W/"a", "b"`},
}

// Every code comes as asked for on every protocol, or is refused as posedKinds
// has it; what its definition demands is there, and no content where none may be.
func TestPosedEveryCode(t *testing.T) {
	codes := []status.Code{600, 783, 999}
	for c := status.Code(100); c <= 599; c++ {
		codes = append(codes, c)
	}
	for protocol, server := range posedServers(t, PosedConfig{}) {
		ok := posedAskFor(t, server, "GET", "/status/200")
		for _, code := range codes {
			t.Run(fmt.Sprintf("%s/%d", protocol, code), func(t *testing.T) {
				seen := posedAskFor(t, server, "GET", fmt.Sprintf("/status/%d", code), posedCause[code]...)
				if seen.Proto != protocol {
					t.Fatalf("answered over %s", seen.Proto)
				}
				want := int(code)
				switch {
				case code == 305, code == 306, code == 101, code == 426 && protocol != "HTTP/1.1":
					if seen.StatusCode != 400 || seen.Header.Get(posedMark) != "" || seen.Header.Get("Content-Type") != "application/problem+json" {
						t.Errorf("got %d, marked %q, of type %q; want a 400 problem without the mark", seen.StatusCode, seen.Header.Get(posedMark), seen.Header.Get("Content-Type"))
					}
					return
				case code == 208, code == 424:
					want = 207
				case code < 200:
					want = 200
					if !slices.Equal(seen.interim, []int{int(code)}) {
						t.Errorf("interim responses %v, want %d", seen.interim, code)
					} else if seen.hints[0].Get(posedMark) != "1" || seen.hints[0].Get("Content-Type") != "" {
						t.Errorf("fields of the interim response: %v", seen.hints[0])
					}
				}
				if seen.StatusCode != want {
					t.Fatalf("got %d, want %d: %s", seen.StatusCode, want, seen.content)
				}
				if seen.Header.Get(posedMark) != "1" {
					t.Errorf("no %s", posedMark)
				}
				checkPosedNeeds(t, code, seen, ok.Header)
				checkPosedContent(t, code, seen)
				head := posedAskFor(t, server, "HEAD", fmt.Sprintf("/status/%d", code), posedCause[code]...)
				if code == 206 || code == 226 {
					if head.StatusCode != 400 {
						t.Errorf("HEAD got %d, but the code is for GET", head.StatusCode)
					}
				} else if head.StatusCode != want || head.content != "" || head.Header.Get("Content-Length") != seen.Header.Get("Content-Length") {
					t.Errorf("HEAD got %d with Content-Length %q, GET %d with %q", head.StatusCode, head.Header.Get("Content-Length"), want, seen.Header.Get("Content-Length"))
				}
			})
		}
	}
}

// checkPosedNeeds holds the answer against the catalogue. Conditional needs
// count where the condition is true of a posed answer.
func checkPosedNeeds(t *testing.T, code status.Code, seen posedSeen, ok http.Header) {
	entry, _ := status.Get(code)
	h := seen.Header
	if code < 200 {
		h = seen.hints[0]
	}
	for _, need := range entry.Needs {
		switch need.When {
		case "the 200 would carry it":
			if len(ok[http.CanonicalHeaderKey(need.Field)]) == 0 {
				continue
			}
		case "several parts", "a delta, and the request named several entity tags",
			"a list of transparent negotiation", "the content coding is unsupported",
			"an answer to PATCH, the patch format is unsupported",
			"an answer to GET or HEAD, if the server has one":
			continue
		}
		if h.Get(need.Field) == "" {
			t.Errorf("no %s, which a %d %s carry %s", need.Field, code, need.Level, need.When)
		}
	}
	if entry.Store == status.Forbidden && h.Get("Cache-Control") != "no-store" {
		t.Errorf("Cache-Control %q, but this code is never stored", h.Get("Cache-Control"))
	}
	if location := h.Get("Location"); location != "" && !strings.HasPrefix(location, "/") {
		t.Errorf("Location leads away by default: %s", location)
	}
}

func checkPosedContent(t *testing.T, code status.Code, seen posedSeen) {
	switch code {
	case 204, 304:
		if seen.content != "" || seen.Header.Get("Content-Length") != "" {
			t.Errorf("content %q, Content-Length %q", seen.content, seen.Header.Get("Content-Length"))
		}
	case 205:
		if seen.content != "" || seen.ContentLength != 0 {
			t.Errorf("content %q of length %d, want a framed nothing", seen.content, seen.ContentLength)
		}
	case 206:
		if whole := "This 206 Partial Content is posed"; seen.content != whole[5:10] || !strings.HasPrefix(seen.Header.Get("Content-Range"), "bytes 5-9/") {
			t.Errorf("slice %q of %s", seen.content, seen.Header.Get("Content-Range"))
		}
	case 226:
		z, err := gzip.NewReader(strings.NewReader(seen.content))
		if err != nil {
			t.Fatal(err)
		}
		if octets, err := io.ReadAll(z); err != nil || !bytes.Contains(octets, []byte("226 IM Used is posed")) || seen.Header.Get("IM") != "gzip" {
			t.Errorf("IM %q of %q (%v)", seen.Header.Get("IM"), octets, err)
		}
	case 207, 208, 423, 424, 507:
		decoder := xml.NewDecoder(strings.NewReader(seen.content))
		for {
			if _, err := decoder.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%v in %s", err, seen.content)
			}
		}
		if code < 400 && !strings.Contains(seen.content, fmt.Sprintf("HTTP/1.1 %d ", map[status.Code]int{207: 200, 208: 208}[code])) ||
			code == 424 && !strings.Contains(seen.content, "HTTP/1.1 424 ") || !strings.Contains(seen.content, "is posed") {
			t.Error(seen.content)
		}
	default:
		if !strings.Contains(seen.content, "is posed") || !strings.Contains(seen.content, fmt.Sprintf("/%d\n", code)) {
			t.Errorf("the content does not say that it is posed, with a link: %q", seen.content)
		}
		if vary := seen.Header.Get("Vary"); vary != "Accept, Accept-Language" {
			t.Errorf("Vary: %s", vary)
		}
	}
}

func TestPosedNegotiation(t *testing.T) {
	server := posedServers(t, PosedConfig{})["HTTP/1.1"]
	for _, test := range []struct {
		accept, language, target string
		wantType, wantContent    string
	}{
		{"", "", "/status/503", "text/plain; charset=utf-8", "503 Service Unavailable is posed"},
		{"*/*", "", "/status/503", "text/plain; charset=utf-8", "is posed"},
		{"text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "", "/status/503", "text/html; charset=utf-8", `<a href="/503">`},
		{"application/json", "", "/status/503", "application/json", `"posed": true`},
		{"text/*;q=0.5, application/json;q=0.6", "", "/status/503", "application/json", `"status": 503`},
		{"text/plain;q=0, */*;q=0.1", "", "/status/503", "text/html; charset=utf-8", "is posed"},
		{"image/png", "", "/status/406", "text/plain; charset=utf-8", "/406 (application/json)"},
		{"text/html;q=nonsense, application/json;q=0.1", "", "/status/200", "application/json", "posed"},
		{"", "zh-TW", "/status/503", "text/plain; charset=utf-8", "示範回應"},
		{"text/html", "zh-TW,en;q=0.5", "/status/511", "text/html; charset=utf-8", `<html lang="zh-TW">`},
		{"", "zh", "/status/503?lang=en", "text/plain; charset=utf-8", "is posed"},
		{"", "", "/status/418?lang=zh-TW", "text/plain; charset=utf-8", "這個「418 （未使用）」"},
		{"", "", "/status/499", "text/plain; charset=utf-8", "clients treat it as 400"},
		{"", "", "/status/999?lang=zh-TW", "text/plain; charset=utf-8", "當作 500"},
		{"", "", "/status/103?final=404", "text/plain; charset=utf-8", "It follows a posed interim response, 103 Early Hints."},
		{"text/html", "", "/status/423", posedXMLType, "lock-token-submitted"},
	} {
		seen := posedAskFor(t, server, "GET", test.target, "Accept", test.accept, "Accept-Language", test.language)
		if got := seen.Header.Get("Content-Type"); got != test.wantType {
			t.Errorf("%s with Accept: %s: type %s, want %s", test.target, test.accept, got, test.wantType)
		}
		if !strings.Contains(seen.content, test.wantContent) {
			t.Errorf("%s with Accept: %s, Accept-Language: %s: no %q in %s", test.target, test.accept, test.language, test.wantContent, seen.content)
		}
	}
}

// What fits some requests only is refused to the others, with the way to ask.
func TestPosedMatching(t *testing.T) {
	server := posedServers(t, PosedConfig{})["HTTP/1.1"]
	for _, test := range []struct {
		method, target string
		fields         []string
		want           int
		wantSaid       string // in the content, or for a success in the fields
	}{
		{"GET", "/status/206", nil, 400, "Range: bytes=0-9"},
		{"POST", "/status/206", []string{"Range", "bytes=0-9"}, 400, "GET"},
		{"GET", "/status/206", []string{"Range", "lines=0-9"}, 400, "Range"},
		{"GET", "/status/206", []string{"Range", "bytes=0-1,3-4"}, 400, "one range"},
		{"GET", "/status/206", []string{"Range", "bytes=9-5"}, 400, "Range"},
		{"GET", "/status/206", []string{"Range", "bytes=-0"}, 400, "Range"},
		{"GET", "/status/206?size=5", []string{"Range", "bytes=5-"}, 400, "lies in the content"},
		{"GET", "/status/206?size=5", []string{"Range", "bytes=4-"}, 206, "bytes 4-4/5"},
		{"GET", "/status/206?body=0123456789", []string{"Range", "bytes=-4"}, 206, "bytes 6-9/10"},
		{"GET", "/status/206?body=0123456789", []string{"Range", "bytes=-40"}, 206, "bytes 0-9/10"},
		{"GET", "/status/206?body=0123456789", []string{"Range", "bytes=2-40"}, 206, "bytes 2-9/10"},
		{"GET", "/status/206?body=0123456789", []string{"Range", "bytes=2-4", "If-Range", `"other"`}, 400, "If-Range"},
		{"GET", "/status/226", nil, 400, "A-IM: gzip"},
		{"GET", "/status/226", []string{"A-IM", "vcdiff, gzip;q=0"}, 400, "A-IM: gzip"},
		{"GET", "/status/226", []string{"A-IM", "vcdiff, gzip;q=0.5"}, 226, "no-store"},
		{"GET", "/status/304", nil, 400, "If-None-Match"},
		{"POST", "/status/304", []string{"If-None-Match", `"a"`}, 400, "GET or HEAD"},
		{"GET", "/status/304", []string{"If-None-Match", `unquoted`}, 400, "If-None-Match"},
		{"GET", "/status/304", []string{"If-None-Match", `unquoted`, "If-Modified-Since", "Mon, 01 Jun 2026 00:00:00 GMT"}, 400, "If-None-Match"},
		{"GET", "/status/304", []string{"If-Modified-Since", "yesterday"}, 400, "HTTP date"},
		{"GET", "/status/304", []string{"If-Modified-Since", "Mon, 01 Jun 2026 00:00:00 GMT"}, 304, "Mon, 01 Jun 2026 00:00:00 GMT"},
		{"HEAD", "/status/304", []string{"If-None-Match", `W/"a,b", "c"`}, 304, `W/"a,b"`},
		{"GET", "/status/304", []string{"If-None-Match", "*"}, 304, `"posed"`},
		{"GET", "/status/104", nil, 400, "Upload-Draft-Interop-Version: 8"},
		{"GET", "/status/103?final=206", nil, 400, "Range"},
		{"GET", "/status/101", nil, 400, "Upgrade: websocket"},
		{"GET", "/status/200,305", nil, 400, "305"},
		{"POST", "/status/405", nil, 405, "GET, HEAD, OPTIONS, PUT, PATCH, DELETE"},
		{"GET", "/status/405", nil, 405, "OPTIONS, POST"},
		{"POST", "/status/415", []string{"Content-Type", "application/json"}, 415, "text/plain"},
		{"PATCH", "/status/415", []string{"Content-Type", "text/plain"}, 415, "Accept-Patch:[application/json]"},
		{"GET", "/status/426", nil, 426, "Connection:[Upgrade]"},
	} {
		seen := posedAskFor(t, server, test.method, test.target, test.fields...)
		said := seen.content
		if test.want != 400 {
			said = fmt.Sprint(seen.Header)
		}
		if seen.StatusCode != test.want || !strings.Contains(said, test.wantSaid) {
			t.Errorf("%s %s %q: got %d, want %d with %q in:\n%s", test.method, test.target, test.fields, seen.StatusCode, test.want, test.wantSaid, said)
		}
		if marked := seen.Header.Get(posedMark) == "1"; marked != (test.want != 400) {
			t.Errorf("%s %s %q: marked %v", test.method, test.target, test.fields, marked)
		}
	}
}

// Two parts under one entity tag make up the whole.
func TestPosedPartsJoin(t *testing.T) {
	for protocol, server := range posedServers(t, PosedConfig{}) {
		target := "/status/206?size=200000"
		whole := posedAskFor(t, server, "GET", "/status/200?size=200000")
		first := posedAskFor(t, server, "GET", target, "Range", "bytes=0-77776")
		rest := posedAskFor(t, server, "GET", target, "Range", "bytes=77777-", "If-Range", first.Header.Get("ETag"))
		if rest.StatusCode != 206 || first.content+rest.content != whole.content || len(whole.content) != 200000 {
			t.Errorf("%s: %d and %d octets with %d do not make up %d", protocol, len(first.content), len(rest.content), rest.StatusCode, len(whole.content))
		}
	}
}

func TestPosedPreflight(t *testing.T) {
	for protocol, server := range posedServers(t, PosedConfig{}) {
		seen := posedAskFor(t, server, "OPTIONS", "/status/401", "Origin", "https://a.example",
			"Access-Control-Request-Method", "DELETE", "Access-Control-Request-Headers", "authorization")
		h := seen.Header
		if seen.StatusCode != 204 || h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Access-Control-Allow-Methods") != "DELETE" ||
			h.Get("Access-Control-Allow-Headers") != "authorization" || h.Get(posedMark) != "" {
			t.Errorf("%s: preflight: %d %v", protocol, seen.StatusCode, h)
		}
		plain := posedAskFor(t, server, "OPTIONS", "/status/401", "Origin", "https://a.example")
		if plain.StatusCode != 401 || plain.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: OPTIONS: %d %v", protocol, plain.StatusCode, plain.Header)
		}
	}
}

// An interim response never reaches an HTTP/1.0 client, nor does Upgrade.
func TestPosedHTTP10(t *testing.T) {
	for _, code := range []int{100, 101, 102, 103, 199, 426} {
		r := httptest.NewRequest("GET", fmt.Sprintf("/status/%d", code), nil)
		r.ProtoMinor, r.Proto = 0, "HTTP/1.0"
		r.Header.Set("Connection", "Upgrade")
		r.Header.Set("Upgrade", "echo")
		w := httptest.NewRecorder()
		NewPosed(PosedConfig{}).ServeHTTP(w, r)
		if w.Code != 400 || w.Header().Get(posedMark) != "" {
			t.Errorf("%d to HTTP/1.0: %d %v", code, w.Code, w.Header())
		}
	}
}
