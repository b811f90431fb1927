package lint

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/statute-http/statute/status"
)

func TestChallenges(t *testing.T) {
	for _, test := range []struct {
		value string
		want  []challenge
		ok    bool
	}{
		{`Basic realm="a"`, []challenge{{"Basic", []authParam{{"realm", "a", true}}}}, true},
		{`Negotiate`, []challenge{{"Negotiate", nil}}, true},
		{`Negotiate a87421000492aa874209af8bc028==`, []challenge{{"Negotiate", nil}}, true},
		{`Basic realm="simple", Newauth realm="apps", type=1, title="Login to \"apps\""`, []challenge{
			{"Basic", []authParam{{"realm", "simple", true}}},
			{"Newauth", []authParam{{"realm", "apps", true}, {"type", "1", false}, {"title", `Login to "apps"`, true}}}}, true},
		{`Negotiate, Basic realm="a, b",, Bearer`, []challenge{
			{"Negotiate", nil}, {"Basic", []authParam{{"realm", "a, b", true}}}, {"Bearer", nil}}, true},
		{`Digest realm = "a" , qop=auth`, []challenge{{"Digest", []authParam{{"realm", "a", true}, {"qop", "auth", false}}}}, true},
		{``, nil, false},
		{`, ,`, nil, false},
		{`"Basic"`, nil, false},
		{`Basic realm="a`, []challenge{{"Basic", nil}}, false},
		{`Basic realm="a" charset="UTF-8"`, []challenge{{"Basic", []authParam{{"realm", "a", true}}}}, false},
		{`realm="a"`, []challenge{{"realm", nil}}, false},
	} {
		got, ok := challenges(test.value)
		if ok != test.ok || !cmp.Equal(got, test.want, cmp.AllowUnexported(challenge{}, authParam{})) {
			t.Errorf("challenges(%q) = %v, %v, want %v, %v", test.value, got, ok, test.want, test.ok)
		}
	}
}

func FuzzChallenges(f *testing.F) {
	f.Add(`Basic realm="a", Bearer error=x`)
	f.Add(`Negotiate abc==`)
	f.Fuzz(func(t *testing.T, s string) {
		all, ok := challenges(s)
		if ok && len(all) == 0 {
			t.Errorf("challenges(%q) is fine and empty", s)
		}
		for _, c := range all {
			if !isToken(c.scheme) {
				t.Errorf("challenges(%q) has the scheme %q", s, c.scheme)
			}
		}
	})
}

func TestByteRanges(t *testing.T) {
	for _, test := range []struct {
		value string
		want  []byteRange
		ok    bool
	}{
		{"bytes=0-499", []byteRange{{0, 499, 0}}, true},
		{"Bytes=500-", []byteRange{{500, -1, 0}}, true},
		{"bytes=-5", []byteRange{{-1, -1, 5}}, true},
		{"bytes=0-0, ,-1", []byteRange{{0, 0, 0}, {-1, -1, 1}}, true},
		{"bytes=5-4", nil, false},
		{"bytes=", nil, false},
		{"bytes=a-b", nil, false},
		{"bytes 0-4", nil, false},
		{"lines=1-2", nil, false},
		{"bytes=99999999999999999999-", nil, false},
	} {
		got, ok := byteRanges(test.value)
		if ok != test.ok || ok && !cmp.Equal(got, test.want, cmp.AllowUnexported(byteRange{})) {
			t.Errorf("byteRanges(%q) = %v, %v, want %v, %v", test.value, got, ok, test.want, test.ok)
		}
	}
}

func TestParseContentRange(t *testing.T) {
	for _, test := range []struct {
		value string
		want  rangeResponse
		ok    bool
	}{
		{"bytes 0-499/1234", rangeResponse{first: 0, last: 499, complete: 1234}, true},
		{"bytes 42-1233/*", rangeResponse{first: 42, last: 1233, complete: -1}, true},
		{"bytes */1234", rangeResponse{complete: 1234, unsatisfied: true}, true},
		{"bytes */*", rangeResponse{}, false},
		{"bytes=0-499/1234", rangeResponse{}, false},
		{"0-499/1234", rangeResponse{}, false},
		{"bytes 0-499", rangeResponse{}, false},
		{"bytes -499/1234", rangeResponse{}, false},
		{"bytes 0-/1234", rangeResponse{}, false},
		{"lines 0-1/2", rangeResponse{}, false},
	} {
		got, ok := parseContentRange(test.value)
		if ok != test.ok || ok && got != test.want {
			t.Errorf("parseContentRange(%q) = %+v, %v, want %+v, %v", test.value, got, ok, test.want, test.ok)
		}
	}
}

func FuzzRanges(f *testing.F) {
	f.Add("bytes=0-1,-5")
	f.Add("bytes 0-1/5")
	f.Fuzz(func(t *testing.T, s string) {
		if all, ok := byteRanges(s); ok != (len(all) > 0) {
			t.Errorf("byteRanges(%q) = %v, %v", s, all, ok)
		}
		if c, ok := parseContentRange(s); ok && (c.first < 0 || c.last < 0 || c.complete < -1) {
			t.Errorf("parseContentRange(%q) = %+v", s, c)
		}
	})
}

func TestIsReference(t *testing.T) {
	for _, test := range []struct {
		value string
		want  bool
	}{
		{"/a", true}, {"", true}, {"?q=1", true}, {"//host/a", true}, {"https://[::1]:80/a%20b#c", true}, {"../b;c=d", true},
		{"mailto:a@b.example", true},
		{"/a b", false}, {"/é", false}, {"/a%2", false}, {"/a%zz", false}, {"/a#b#c", false}, {"/<a>", false},
		{"http://[::1/a", false}, {`/a\b`, false}, {"http://host:port/", false},
	} {
		if got := isReference(test.value); got != test.want {
			t.Errorf("isReference(%q) = %v, want %v", test.value, got, test.want)
		}
	}
}

func TestDate(t *testing.T) {
	for _, test := range []struct {
		value string
		want  string // RFC 3339; "" if it cannot be read
	}{
		{"Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"},
		{"Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z"},
		{"Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z"},
		{"Sat, 31 Dec 2016 23:59:60 GMT", "2017-01-01T00:00:00Z"}, // a leap second
		{"Mon, 29 Feb 2027 08:00:00 GMT", ""},
		{"Mon, 00 Mar 2026 08:00:00 GMT", ""},
		{"Tue, 03 Mar 2026 24:00:00 GMT", ""},
		{"Tue, 03 arA 2026 08:00:00 GMT", ""},
		{"ueW, 03 Mar 2026 08:00:00 GMT", ""},
		{"Tue, 03 Mar 2026 08:00:00 UTC", ""},
		{"Tue, 3 Mar 2026 08:00:00 GMT", ""},
		{"Tue, 03 Mar 2026 08:00:00 +0000", ""},
		{"2026-03-03T08:00:00Z", ""},
		{"", ""}, {"0", ""},
	} {
		got, ok := date(test.value)
		if ok != (test.want != "") || ok && got.Format(time.RFC3339) != test.want {
			t.Errorf("date(%q) = %s, %v; want %q", test.value, got, ok, test.want)
		}
	}
}

// What the fast reader takes, the slow one reads the same way.
func FuzzFixdate(f *testing.F) {
	f.Add("Sun, 06 Nov 1994 08:49:37 GMT")
	f.Add("Sat, 31 Dec 2016 23:59:60 GMT")
	f.Fuzz(func(t *testing.T, s string) {
		fast, ok := fixdate(s)
		slow, err := time.Parse(imfFixdate, s)
		switch {
		case ok && err != nil && s[23:25] != "60":
			t.Errorf("fixdate takes %q: %v", s, err)
		case ok && err == nil && !fast.Equal(slow):
			t.Errorf("fixdate(%q) = %s, want %s", s, fast, slow)
		case !ok && err == nil && slow.Format(imfFixdate) == s:
			t.Errorf("fixdate does not take %q", s)
		}
	})
}

func TestMatches(t *testing.T) {
	for _, test := range []struct {
		list, tag      string
		strong, weaker bool
	}{
		{`"a"`, `"a"`, true, true},
		{`"b", "a"`, `"a"`, true, true},
		{`W/"a"`, `"a"`, false, true},
		{`"a"`, `W/"a"`, false, true},
		{`W/"a"`, `W/"a"`, false, true},
		{`"a,b"`, `"a"`, false, false},
		{`"a"`, `"A"`, false, false},
		{``, `"a"`, false, false},
	} {
		if got := matches(test.list, test.tag, strongly); got != test.strong {
			t.Errorf("matches(%s, %s, strongly) = %v", test.list, test.tag, got)
		}
		if got := matches(test.list, test.tag, weakly); got != test.weaker {
			t.Errorf("matches(%s, %s, weakly) = %v", test.list, test.tag, got)
		}
	}
}

func TestDivide(t *testing.T) {
	for _, test := range []struct {
		data   string
		ranges []string
		closed bool
	}{
		{"--b\r\nContent-Range: bytes 0-1/9\r\n\r\nhe\r\n--b\r\ncontent-range:bytes 3-3/9\r\n\r\nl\r\n--b--\r\n", []string{"bytes 0-1/9", "bytes 3-3/9"}, true},
		{"preamble\r\n--b  \r\n\r\nhe\r\n--b--", []string{""}, true},
		{"--b\r\nContent-Range: bytes 0-1/9\r\n\r\nhe", []string{"bytes 0-1/9"}, false},
		{"--c\r\n\r\nhe\r\n--c--", nil, false},
		{"--b--", nil, true},
		{"", nil, false},
	} {
		parts, closed := divide([]byte(test.data), "b")
		var ranges []string
		for _, p := range parts {
			ranges = append(ranges, p.contentRange)
		}
		if closed != test.closed || !cmp.Equal(ranges, test.ranges) {
			t.Errorf("divide(%q): got %q, closed %v", test.data, ranges, closed)
		}
	}
}

func TestReadMultistatus(t *testing.T) {
	const doc = `<?xml version="1.0"?>
<D:multistatus xmlns:D="DAV:" xmlns:x="urn:x">
 <D:response><D:href> /a </D:href><D:status>HTTP/1.1 423 Locked</D:status></D:response>
 <response xmlns="DAV:"><href>/b</href>
  <propstat><prop><D:resourcetype><D:href>/not-this</D:href></D:resourcetype><x:status>no</x:status></prop><status>HTTP/1.1 200 OK</status></propstat>
  <propstat><prop/></propstat></response>
 <x:response><D:href>/foreign</D:href></x:response>
</D:multistatus>`
	m := readMultistatus([]byte(doc))
	want := []davMember{
		{hrefs: []string{"/a"}, statuses: []string{"HTTP/1.1 423 Locked"}},
		{hrefs: []string{"/b"}, inner: []string{"HTTP/1.1 200 OK", ""}},
	}
	if diff := cmp.Diff(want, m.members, cmp.AllowUnexported(davMember{})); diff != "" || !m.whole {
		t.Errorf("whole %v, members (-want +got):\n%s", m.whole, diff)
	}
	if m := readMultistatus([]byte(doc[:len(doc)-40])); m.whole {
		t.Error("what breaks off is taken for whole")
	}
	many := "<multistatus xmlns=\"DAV:\">" + strings.Repeat("<response><href>/</href></response>", 2*maxMembers)
	if m := readMultistatus([]byte(many)); !m.whole || len(m.members) != maxMembers {
		t.Errorf("of very many members %d are kept, want %d", len(m.members), maxMembers)
	}
}

func TestInnerCode(t *testing.T) {
	for text, want := range map[string]status.Code{
		"HTTP/1.1 200 OK": 200, "HTTP/2 404 Not Found": 404, "HTTP/1.1 507": 507,
		"200 OK": 0, "HTTP/1.1 OK": 0, "HTTP/1.1 99 x": 0, "HTTP/1.1 1000 x": 0, "": 0,
	} {
		if got, ok := innerCode(text); ok != (want > 0) || ok && got != want {
			t.Errorf("innerCode(%q) = %d, %v", text, got, ok)
		}
	}
}

func TestDomain(t *testing.T) {
	for host, want := range map[string]string{
		"www.example.org": "example.org", "example.org:8080": "example.org", "localhost": "localhost", "a.b.c.example": "c.example",
	} {
		if got := domain(host); got != want {
			t.Errorf("domain(%q) = %q, want %q", host, got, want)
		}
	}
}
