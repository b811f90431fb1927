package capture_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/statute-http/statute/capture"
	"github.com/statute-http/statute/wire"
)

// harBy wraps entries as a creator of the name does.
func harBy(creator string, entries ...string) string {
	return fmt.Sprintf(`{"log":{"version":"1.2","creator":{"name":%q,"version":"1"},"entries":[%s]}}`, creator, strings.Join(entries, ","))
}

// exchange is an entry of the parts of a request and of a response.
func exchange(request, response string) string {
	return `{"startedDateTime":"2026-03-03T08:00:00Z","time":3,"request":{"method":"GET","url":"https://a/x?y#z","httpVersion":"HTTP/1.1",` +
		request + `},"response":{"status":200,"statusText":"OK","httpVersion":"HTTP/1.1",` + response + `}}`
}

const (
	sent    = `"headers":[{"name":"Host","value":"a"}],"bodySize":0`
	typed   = `"headers":[{"name":"Content-Type","value":"text/plain"},{"name":"Content-Length","value":"2"}]`
	content = `"content":{"size":2,"mimeType":"text/plain","text":"ok"},"bodySize":2`
)

// What a program lists that never crossed the wire, or leaves out, is not shown
// by the recording; what it lists truly is.
func TestHARDialects(t *testing.T) {
	answer, none := wire.ShowsResponse|wire.ShowsContent, wire.Evidence(0)
	never := wire.ShowsInterim | wire.ShowsTrailers | wire.ShowsAfter | wire.ShowsEnd | wire.ShowsOctets
	whole := exchange(sent, typed+","+content)
	status := func(code int) string {
		return strings.Replace(whole, `"status":200`, fmt.Sprintf(`"status":%d`, code), 1)
	}
	for _, test := range []struct {
		name, creator, entry string
		shows, not           wire.Evidence
		request, response    string // a field that is not observable
	}{
		{"plain", "mitmproxy", whole, answer | wire.ShowsRequest | wire.ShowsRequestContent | wire.ShowsVersion | wire.ShowsReason | wire.ShowsTimes, never, "", ""},
		{"nobody known", "some program", whole, answer | wire.ShowsVersion | wire.ShowsReason, never, "", ""},
		{"cleaned by DevTools", "WebInspector", whole, answer | wire.ShowsRequest, never, "Authorization", "Set-Cookie"},
		{"provisional", "WebInspector", exchange(`"headers":[{"name":"Accept","value":"*/*"}]`, typed+","+content), answer, never, "If-None-Match", ""},
		{"pseudo-header fields", "WebInspector", exchange(`"headers":[{"name":":authority","value":"a"},{"name":":path","value":"/x?y"}]`, typed+","+content), answer, never, "Cookie", ""},
		{"as asked for", "Postman", whole, answer, wire.ShowsReason, "Accept-Encoding", ""},
		{"blocked", "WebInspector", status(0), wire.ShowsRequest, answer, "", ""},
		{"from the disk", "WebInspector", strings.Replace(whole, `"time":3`, `"time":3,"_fromCache":"disk"`, 1), none, answer | wire.ShowsRequest, "", ""},
		{"nothing transferred", "WebInspector", exchange(sent, typed+`,"_transferSize":0,`+content), none, answer | wire.ShowsRequest, "", ""},
		{"by a service worker", "WebInspector", exchange(sent, typed+`,"_fetchedViaServiceWorker":true,`+content), none, answer, "", ""},
		{"from Firefox's cache", "Firefox", strings.Replace(whole, `"time":3`, `"time":3,"cache":{"afterRequest":null}`, 1), none, answer, "", ""},
		{"a cache that a proxy tells of", "Charles Proxy", strings.Replace(whole, `"time":3`, `"time":3,"cache":{"afterRequest":null}`, 1), answer, never, "", ""},
		{"304 with the stored content", "Firefox", status(304), wire.ShowsResponse, wire.ShowsContent, "", ""},
		{"redirection without its content", "WebInspector", exchange(sent, `"headers":[{"name":"Location","value":"/"}],"content":{"size":0},"bodySize":0`), wire.ShowsResponse, none, "", ""},
		{"302 without its content", "WebInspector", strings.Replace(exchange(sent, typed+`,"content":{"size":0},"bodySize":0`), `"status":200`, `"status":302`, 1), wire.ShowsResponse, wire.ShowsContent, "", ""},
		{"302 through a proxy", "mitmproxy", status(302), answer, never, "", ""},
		{"HEAD", "mitmproxy", strings.Replace(whole, `"GET"`, `"HEAD"`, 1), wire.ShowsResponse, wire.ShowsContent, "", ""},
		{"failed", "WebInspector", exchange(sent, typed+`,"_error":"net::ERR_ABORTED",`+content), wire.ShowsResponse, wire.ShowsContent, "", ""},
		{"content thrown away", "Firefox", exchange(sent, typed+`,"content":{"size":99999},"bodySize":99999`), wire.ShowsResponse, wire.ShowsContent, "", ""},
		{"content missing", "mitmproxy", exchange(sent, typed+`,"content":{"size":0},"bodySize":0`), wire.ShowsResponse, wire.ShowsContent, "", ""},
		{"no content", "mitmproxy", exchange(sent, `"headers":[{"name":"Content-Length","value":"0"}],"content":{"size":0},"bodySize":0`), answer, none, "", ""},
		{"no fields", "WebKit Web Inspector", exchange(sent, `"headers":[],`+content), none, answer, "", ""},
		{"no version", "WebInspector", strings.ReplaceAll(whole, `"HTTP/1.1"`, `""`), answer, wire.ShowsVersion | wire.ShowsReason, "", ""},
		{"HTTP/2", "mitmproxy", strings.ReplaceAll(whole, `"HTTP/1.1"`, `"HTTP/2.0"`), answer | wire.ShowsVersion, wire.ShowsReason, "", ""},
		{"a form with files", "WebInspector", exchange(`"headers":[{"name":"Host","value":"a"},{"name":"Content-Length","value":"999"}],"postData":{"text":"x=y"},"bodySize":999`, typed+","+content), answer, wire.ShowsRequestContent, "", ""},
	} {
		entries, errs := all(t, harBy(test.creator, test.entry), capture.Options{})
		if len(entries) != 1 || errs != nil {
			t.Errorf("%s: %d, %v", test.name, len(entries), errs)
			continue
		}
		x := entries[0].Exchange
		if !x.Shows(test.shows) || x.Seen&test.not != 0 {
			t.Errorf("%s: shows%s", test.name, shown(x))
		}
		if test.request != "" && x.Request.Has(test.request) != wire.Unobservable || test.response != "" && x.Final.Has(test.response) != wire.Unobservable {
			t.Errorf("%s: hides %v, %v", test.name, x.Request.Hidden, x.Final.Hidden)
		}
		if x.Request.Target != "/x?y" || x.Request.Authority != "a" || x.Request.Scheme != "https" {
			t.Errorf("%s: %+v", test.name, x.Request)
		}
	}
}

// Values are taken as they were sent, whatever the recorder made of them.
func TestHARValues(t *testing.T) {
	one := func(entry string) *wire.Exchange {
		t.Helper()
		entries, errs := all(t, "\xef\xbb\xbf"+harBy("WebInspector", entry), capture.Options{Content: 9})
		if len(entries) != 1 || errs != nil {
			t.Fatalf("%d, %v", len(entries), errs)
		}
		return entries[0].Exchange
	}
	x := one(exchange(sent, `"headers":[{"name":"Set-Cookie","value":"a=1\nb=2"},{"name":"X-Key","value":"[redacted]"},{"value":"/","name":"Location"}],`+content))
	if got := fmt.Sprint(x.Final.Fields); got != "[{Set-Cookie a=1 false} {Set-Cookie b=2 false} {X-Key  true} {Location / false}]" {
		t.Errorf("fields %s", got)
	}
	for text, want := range map[string]string{
		`"size":3,"encoding":"base64","text":"AP8B"`:                                `3 "\x00\xff\x01" true`,
		`"encoding":"base64","size":3,"text":"AP8"`:                                 `2 "\x00\xff" true`, // without padding
		`"encoding":"base64","size":3,"text":"é"`:                                   `3 "" false`,
		`"text":"0123456789abc","size":13`:                                          `13 "012345678" false`,
		`"text":"0123456789abcdefgh==","encoding":"base64","size":13`:               `13 "\xd3]\xb7㞻\xf3֛" false`,
		`"text":"é","size":1,"mimeType":"text/plain; charset=iso-8859-1"`:           `1 "" false`,
		`"text":"\u00e9\ud83d\ude00","size":6,"mimeType":"text/plain;charset=big5"`: `6 "é😀" true`,
		`"text":"x","size":"1"`:                                                     `1 "x" true`,
	} {
		c := one(exchange(sent, `"headers":[{"name":"Vary","value":"*"}],"content":{`+text+`}`)).Final.Content
		if got := fmt.Sprintf("%d %q %v", c.Length, c.Data, c.Whole()); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	coded := `"headers":[{"name":"Content-Encoding","value":"gzip"}],"content":{"size":2,"text":%s}`
	if c := one(exchange(sent, fmt.Sprintf(coded, `"ok"`))).Final.Content; !c.Decoded {
		t.Errorf("%+v", c)
	}
	if c := one(exchange(sent, fmt.Sprintf(coded, `"H4sI","encoding":"base64"`))).Final.Content; c.Decoded {
		t.Errorf("%+v", c)
	}
	// Pseudo-header fields are none, and a 103 is no final answer.
	x = one(strings.Replace(exchange(`"headers":[{"name":":method","value":"GET"}]`, typed+","+content), `"status":200`, `"status":103`, 1))
	if len(x.Request.Fields) > 0 || x.Final != nil || len(x.Interim) != 1 {
		t.Errorf("%+v", x)
	}
}

// What is no HTTP has a number and is passed over.
func TestHARPassesOver(t *testing.T) {
	whole := exchange(sent, typed+","+content)
	data := strings.Replace(whole, "https://a/x?y#z", "data:text/plain,hello", 1)
	extension := strings.Replace(whole, "https://a/x?y#z", "chrome-extension://abc/x.js", 1)
	entries, errs := all(t, harBy("WebInspector", data, extension, strings.Replace(whole, "https:", "WSS:", 1)), capture.Options{})
	if len(entries) != 1 || errs != nil || entries[0].Number != 3 || entries[0].Exchange.Request.Scheme != "https" {
		t.Errorf("%v, %v", entries, errs)
	}
}

// What is broken has its place. An entry that is well-formed JSON and no entry
// costs itself alone.
func TestHARBroken(t *testing.T) {
	whole := exchange(sent, typed+","+content)
	deep := `{"x":` + strings.Repeat(`[{"y":`, 10_000) + `0` + strings.Repeat(`}]`, 10_000) + `}`
	for _, test := range []struct {
		name, har string
		entries   int
		says      string // with the place of what follows for %d
		at        string
	}{
		{"deep", harBy("x", whole, deep, whole), 2, "har, entry 2, octet %d: nested deeper than 1000 levels", ""},
		{"other kind", harBy("x", whole, `{"request":{"method":7}}`, whole), 2, "har, entry 2, octet %d: the value here has to be a string", "7}}"},
		{"no entry", harBy("x", whole, `7`, whole), 2, "har, entry 2, octet %d: the value here has to be an object", "7,"},
		{"no number", harBy("x", whole, `{"time":"long"}`), 1, "har, entry 2, octet %d: the value here has to be a number", `"long"`},
		{"long field", harBy("x", whole, exchange(`"headers":[{"name":"A","value":"`+strings.Repeat("x", 2<<20)+`"}]`, content), whole), 2, "the entry has longer text, content aside, than is taken", ""},
		{"many fields", harBy("x", whole, exchange(`"headers":[`+strings.Repeat(`{},`, 5000)+`{}]`, content), whole), 2, "a message has more than 4000 fields", ""},
		{"cut", harBy("x", whole, whole+"cut")[:2*len(whole)], 1, "har, entry 2, octet %d: the JSON text is cut: it ends here in the middle of a value: unexpected EOF", ""},
		{"bad", harBy("x", whole, "{\x01}"), 1, `har, entry 2, octet %d: there is '\x01' where JSON has the name of a member`, "\x01"},
		{"no log", `{"log":{"version":"1.2"}}`, 0, "har, octet %d: this JSON has no log with entries, so it is no HAR", ""},
		{"more", harBy("x", whole) + "|", 1, "har, entry 1, octet %d: octets follow the end of the HAR", "|"},
	} {
		says := test.says
		if strings.Contains(says, "%d") {
			at := strings.LastIndex(test.har, test.at)
			if test.name == "deep" { // the bracket of the level that is one too many
				at = strings.Index(test.har, deep) + len(`{"x":`) + len(`[{"y":`)*((1000-3)/2)
			}
			says = fmt.Sprintf(says, at)
		}
		entries, errs := all(t, test.har, capture.Options{})
		if len(entries) != test.entries || len(errs) != 1 || !strings.Contains(errs[0].Error(), says) {
			t.Errorf("%s: %d entries, %v\nwant %d, %s", test.name, len(entries), errs, test.entries, says)
		}
	}
}

// What is no recording at all is said so.
func TestUnknown(t *testing.T) {
	for recording, says := range map[string]string{
		"":                             "there is nothing in it",
		" \n":                          "there is nothing in it",
		"hello":                        "this is no recording that can be read",
		"{\"a\":1}":                    "this is no recording that can be read",
		"\xd4\xc3\xb2\xa1\x02\x00":     "packets are not read",
		"\xff\xfeH\x00T\x00T\x00P\x00": "the text is UTF-16",
		string(gzipped([]byte("hi"))):  "this is no recording that can be read",
		string(gzipped(gzipped([]byte(harBy("x", exchange(sent, content)))))): "this is no recording that can be read",
	} {
		if entries, errs := all(t, recording, capture.Options{}); len(entries) > 0 || len(errs) != 1 || !strings.Contains(errs[0].Error(), says) {
			t.Errorf("%.20q: %v", recording, errs)
		}
	}
}

// The numbers of what is yielded rise, whatever comes in, and nothing of an
// entry stands outside of the octets.
func FuzzHAR(f *testing.F) {
	f.Add(harBy("WebInspector", exchange(sent, typed+","+content), exchange(sent, `"headers":[],"content":{"text":"AAAA","encoding":"base64"}`)))
	f.Add(harBy("Firefox", `{"request":{"url":"a:1","method":"CONNECT"},"response":{"status":1e9,"content":{"size":-1e300}},"time":1e300}`, `{"request":{"headers":[7]}}`))
	f.Add(`{"log":{"entries":null,"entries":[null,{"request":null}]}}`)
	f.Fuzz(func(t *testing.T, har string) {
		last := 0
		entries, _ := all(t, har, capture.Options{Format: capture.HAR, Content: 30})
		for _, e := range entries {
			if e.Number <= last || e.Offset < 0 || e.Offset >= int64(len(har)) {
				t.Fatalf("%q: entry %d at %d after %d", har, e.Number, e.Offset, last)
			}
			last = e.Number
			for _, m := range []*wire.Message{&e.Exchange.Request.Message, &e.Exchange.Answer().Message} {
				if c := m.Content; len(c.Data) > 30 || c.Length < int64(len(c.Data)) {
					t.Fatalf("%q: content %+v", har, c)
				}
			}
			if e.Exchange.Took < 0 || e.Exchange.Answer().Status < 0 {
				t.Fatalf("%q: %+v", har, e.Exchange)
			}
		}
	})
}
