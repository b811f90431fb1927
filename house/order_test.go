package house_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/origin"
)

// tagOf is the entity tag of a document that holds the text.
func tagOf(text string) string { return origin.Fixed(text).Tag() }

// A question is one request and what has to answer it.
type question struct {
	id, name     string
	method, path string
	fields       string // "Name: value" lines
	content      string // "-" for no content
	want         int
	carries      string // "Name: value" lines that the answer has; "Name:" alone: that it has not
	through      string // a URL of the proxy to use, at {proxy} or, in a captive network, at {portal}
}

// The tree of the questions: what stands in it before they are asked.
var before = []question{
	{method: "PUT", path: "/lab/depot/x", content: "here", fields: "Content-Type: text/plain", want: 201},
	{method: "PUT", path: "/lab/depot/from", content: "moved", want: 201},
	{method: "POST", path: "/lab/moves", fields: "Content-Type: application/json",
		content: `{"from":"/lab/depot/from","to":"/lab/depot/to","permanent":true,"keep-method":true}`, want: 201},
	{method: "PUT", path: "/lab/promotions/over", content: "gone", want: 201},
	{method: "DELETE", path: "/lab/promotions/over", want: 204},
	{method: "PUT", path: "/lab/recipes/guarded", content: "recipe", want: 201},
	{method: "PUT", path: "/lab/depot/empty", content: "", want: 201},
	{method: "PUT", path: "/lab/depot/one", content: "1", want: 201},
	{method: "PUT", path: "/lab/depot/json", fields: "Content-Type: application/json", content: `{"tea":"oolong"}`, want: 201},
}

// Two causes in one request: which of them decides (codes.md 7.4), as far as
// the codes of this house go.
var collisions = []question{
	{name: "proxy login + origin login missing", method: "GET", path: "/lab/cellar/list", through: "http://{proxy}", want: 407},
	{name: "origin login missing, known to the proxy", method: "GET", path: "/lab/cellar/list", through: "http://guest:guest@{proxy}", want: 401},
	{name: "captive + proxy login", method: "GET", path: "/lab/cellar/list", through: "http://{portal}", want: 511},
	{name: "only-if-cached + no credential", method: "GET", path: "/lab/cache/cellar/list", fields: "Cache-Control: only-if-cached", want: 504},
	{name: "stale If-Match + missing resource", method: "GET", path: "/lab/depot/none", fields: `If-Match: "stale"`, want: 404},
	{name: "stale If-Match + moved resource", method: "PUT", path: "/lab/depot/from", fields: `If-Match: "stale"`, content: "x", want: 308},
	{name: "stale If-Match + wrong credential", method: "PUT", path: "/lab/cellar/list", fields: "If-Match: \"stale\"\nAuthorization: Basic Z3Vlc3Q6dGVh", content: "x", want: 401},
	{name: "403 + method not allowed", method: "DELETE", path: "/lab/cellar/vault", fields: "Authorization: Basic Z3Vlc3Q6Z3Vlc3Q=", want: 403},
	{name: "no credential + method not allowed", method: "DELETE", path: "/lab/cellar/list", want: 401},
	{name: "no credential + missing", method: "GET", path: "/lab/cellar/nowhere", want: 401},
	{name: "no credential + 402", method: "GET", path: "/lab/premium/reserve", want: 401},
	{name: "402 + missing", method: "GET", path: "/lab/premium/none", want: 404},
	{name: "402 + a world that there is not", method: "GET", path: "/w/000000000000000000/premium/recipe", want: 404},
	{name: "402 + method not allowed", method: "DELETE", path: "/lab/premium/recipe", want: 405},
	{name: "402 + not acceptable", method: "GET", path: "/lab/premium/recipe", fields: "Accept: image/png", want: 402, carries: "Cache-Control: no-store"},
	{name: "402 + If-None-Match hit", method: "GET", path: "/lab/premium/recipe", fields: "If-None-Match: *", want: 402},
	{name: "451 + method not allowed", method: "DELETE", path: "/lab/banned/3", want: 451},
	{name: "stale If-Match + unsupported type", method: "PATCH", path: "/lab/depot/json", fields: "If-Match: \"stale\"\nContent-Type: text/plain", content: "x", want: 415},
	{name: "stale If-Match + semantically bad JSON", method: "PATCH", path: "/lab/depot/json", fields: "If-Match: \"stale\"\nContent-Type: application/merge-patch+json", content: `{"litres":-3`, want: 412},
	{name: "stale If-Match + missing parent", method: "PUT", path: "/lab/depot/no/x", fields: `If-Match: "stale"`, content: "x", want: 409},
	{name: "If-None-Match hit + Range", method: "GET", path: "/lab/book", fields: "If-None-Match: *\nRange: bytes=0-9", want: 304},
	{name: "If-Range stale + unsatisfiable Range", method: "GET", path: "/lab/book", fields: "If-Range: \"stale\"\nRange: bytes=9999-", want: 200},
	{name: "If-None-Match miss + If-Modified-Since not newer", method: "GET", path: "/lab/book", fields: "If-None-Match: \"miss\"\nIf-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT", want: 200},
	{name: "If-Match hit + If-Unmodified-Since false", method: "PUT", path: "/lab/depot/x", fields: "If-Match: " + tagOf("here") + "\nIf-Unmodified-Since: Sat, 01 Jan 2000 00:00:00 GMT", content: "here", want: 204},
	{name: "over-long target + over-long fields", method: "GET", path: "/lab/" + strings.Repeat("x", 8000), fields: "X: " + strings.Repeat("y", 30_000), want: 414},
	{name: "unknown method + over-long target", method: "FROTH", path: "/lab/" + strings.Repeat("x", 8000), want: 414},
	{name: "100-continue + too large", method: "PUT", path: "/lab/depot/x", fields: "Expect: 100-continue", content: strings.Repeat("x", 1<<20+1), want: 413},
	{name: "unknown Expect + unknown method", method: "FROTH", path: "/lab/page", fields: "Expect: tea", want: 501},
	{name: "mandatory extension unknown + unknown method", method: "M-FROTH", path: "/lab/page", fields: `Man: "tag:statute.example,2026:sugar"`, want: 510},
	{name: "mandatory extension known + unknown method", method: "M-FROTH", path: "/lab/page", fields: `Man: "tag:statute.example,2026:way"`, want: 501},
	{name: "mandatory extension unknown + unknown Expect", method: "M-GET", path: "/lab/page", fields: "Man: \"Range\"\nExpect: tea", want: 510},
	{name: "mandatory extension unknown + no credential", method: "M-GET", path: "/lab/cellar/list", fields: `Man: "tag:statute.example,2026:sugar"`, want: 510},
	{name: "mandatory extension known + missing", method: "M-GET", path: "/lab/nowhere", fields: `Man: "tag:statute.example,2026:way"`, want: 404, carries: "Ext:"},
	{name: "mandatory extension known, elsewhere", method: "M-GET", path: "/", fields: `Man: "tag:statute.example,2026:way"`, want: 510},
	{name: "mandatory extension known, of a mechanism", method: "M-GET", path: "/lab/hints", fields: `Man: "tag:statute.example,2026:way"`, want: 510},
	{name: "mandatory extension known, by HEAD", method: "M-HEAD", path: "/lab/page", fields: `Man: "tag:statute.example,2026:way"`, want: 510},
	{name: "mandatory extension without the prefix", method: "GET", path: "/lab/page", fields: `Man: "tag:statute.example,2026:sugar"`, want: 510},
	{name: "two extensions, one unknown", method: "M-GET", path: "/lab/page", fields: `Man: "tag:statute.example,2026:way"; ns=16, "tag:statute.example,2026:sugar"; ns=17`, want: 510},
	{name: "410 + 405", method: "DELETE", path: "/lab/promotions/over", want: 410},
	{name: "Range + HEAD", method: "HEAD", path: "/lab/book", fields: "Range: bytes=0-9", want: 200},
	{name: "condition required + unsupported coding", method: "PUT", path: "/lab/recipes/guarded", fields: "Content-Encoding: br", content: "x", want: 415},
	{name: "condition required + too large", method: "PUT", path: "/lab/recipes/guarded", content: strings.Repeat("x", 1<<20+1), want: 413},
	{name: "method not allowed + unsupported type", method: "PUT", path: "/lab/orders/", fields: "Content-Type: text/plain", content: "x", want: 405},
	{name: "If-None-Match hit + A-IM", method: "GET", path: "/lab/depot/x", fields: "If-None-Match: " + tagOf("here") + "\nA-IM: diffe, gzip", want: 304},
	{name: "coffee from a teapot + addition that it has not", method: "BREW", path: "/lab/pots/tea", fields: "Content-Type: message/coffeepot\nAccept-Additions: Whisky", content: "start", want: 418},
	{name: "coffee from a teapot + command that it does not know", method: "BREW", path: "/lab/pots/tea", fields: "Content-Type: message/coffeepot", content: "froth", want: 418},
	{name: "list of variants + If-None-Match", method: "GET", path: "/lab/variants", fields: "Negotiate: trans\nIf-None-Match: *", want: 300},
	{name: "choice among variants + If-None-Match", method: "GET", path: "/lab/variants", fields: "Negotiate: 1.0\nAccept: text/html\nAccept-Language: en\nIf-None-Match: *", want: 304, carries: "Content-Location: /lab/menu.en.html"},
	{name: "missing + method not allowed", method: "DELETE", path: "/lab/nowhere", want: 404},
	{name: "locked, no token + stale If-Match", method: "PUT", path: "{world}depot/locked", fields: `If-Match: "stale"`, content: "x", want: 423},
	{name: "mandatory extension unknown + locked", method: "M-PUT", path: "{world}depot/locked", fields: `Man: "tag:statute.example,2026:sugar"`, content: "x", want: 510},
	{name: "mandatory extension known + locked", method: "M-PUT", path: "{world}depot/locked", fields: `Man: "tag:statute.example,2026:way"`, content: "x", want: 423, carries: "Ext:"},
	{name: "locked + no room", method: "PUT", path: "{world}depot/locked", content: strings.Repeat("x", 2000), want: 423},
	{name: "locked + too large", method: "PUT", path: "{world}depot/locked", content: strings.Repeat("x", 1<<20+1), want: 413},
	{name: "locked + If with a token that is none", method: "PUT", path: "{world}depot/locked", fields: "If: (<urn:uuid:none>)", content: "x", want: 412},
	{name: "locked + If that is true without the token", method: "PUT", path: "{world}depot/locked", fields: "If: (Not <DAV:no-lock>)", content: "x", want: 423},
	{name: "locked + If that cannot be read", method: "PUT", path: "{world}depot/locked", fields: "If: (", content: "x", want: 400},
	{name: "a second lock + stale If-Match", method: "LOCK", path: "{world}depot/locked", fields: `If-Match: "stale"` + "\nContent-Type: application/xml", content: lockInfo, want: 423},
	{name: "a second lock + content that is no XML", method: "LOCK", path: "{world}depot/locked", fields: "Content-Type: application/xml", content: "<", want: 423},
	{name: "false If + missing parent", method: "PUT", path: "{world}depot/no/x", fields: "If: (<urn:uuid:none>)", content: "x", want: 409},
	{name: "Overwrite: F + missing parent of the destination", method: "COPY", path: "{world}depot/open", fields: "Overwrite: F\nDestination: {world}depot/no/x", want: 409},
	{name: "Overwrite: F + locked destination", method: "COPY", path: "{world}depot/open", fields: "Overwrite: F\nDestination: {world}depot/locked", want: 423},
	{name: "destination elsewhere + locked source", method: "MOVE", path: "{world}depot/locked", fields: "Destination: http://elsewhere.test/x", want: 502},
	{name: "destination in another world + stale If-Match", method: "COPY", path: "{world}depot/open", fields: "Destination: /lab/depot/x\nIf-Match: \"stale\"", want: 502},
	{name: "onto itself + Overwrite: F", method: "MOVE", path: "{world}depot/open", fields: "Destination: {world}depot/open\nOverwrite: F", want: 403},
	{name: "impossible Depth + locked", method: "LOCK", path: "{world}depot/locked", fields: "Depth: 1\nContent-Type: application/xml", content: lockInfo, want: 400},
	{name: "MKCOL where something is + content", method: "MKCOL", path: "{world}depot/open", fields: "Content-Type: application/xml", content: "<x/>", want: 405},
	{name: "MKCOL with content + missing parent", method: "MKCOL", path: "{world}depot/no/x/", fields: "Content-Type: application/xml", content: "<x/>", want: 415},
	{name: "member locked + stale If-Match", method: "DELETE", path: "{world}depot/loop/", fields: `If-Match: "stale"`, want: 412},
	{name: "member locked + nothing else", method: "DELETE", path: "{world}depot/loop/", want: 207},
	{name: "no room + bad XML", method: "PROPPATCH", path: "{world}depot/open", fields: "Content-Type: application/xml", content: strings.Repeat("<x>", 1000), want: 400},
	{name: "loop + DAV: bind + Depth: 1", method: "PROPFIND", path: "{world}depot/loop/", fields: "DAV: bind\nDepth: 1", want: 207},
	{name: "loop + Depth: infinity", method: "PROPFIND", path: "{world}depot/loop/", fields: "Depth: infinity", want: 508},
	{name: "loop + Depth: infinity + stale If-Match", method: "PROPFIND", path: "{world}depot/loop/", fields: "Depth: infinity\nIf-Match: \"stale\"", want: 508},
	{name: "moved + method not allowed", method: "POST", path: "/lab/depot/from", content: "x", want: 308},
}

// The world of the questions about WebDAV: it has room for a thousand octets, a
// document that is locked, and a collection with a locked member that is bound
// within itself.
var beforeInWorld = []question{
	{method: "PUT", path: "{world}depot/open", content: "x", want: 201},
	{method: "LOCK", path: "{world}depot/locked", fields: "Content-Type: application/xml", content: lockInfo, want: 201},
	{method: "MKCOL", path: "{world}depot/loop/", want: 201},
	{method: "LOCK", path: "{world}depot/loop/member", fields: "Content-Type: application/xml", content: lockInfo, want: 201},
	{method: "BIND", path: "{world}depot/loop/", fields: "Content-Type: application/xml",
		content: `<bind xmlns="DAV:"><segment>again</segment><href>{world}depot/loop/</href></bind>`, want: 201},
}

const lockInfo = `<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>`

// newWorld makes a world with room for so many octets and returns its path.
func newWorld(t *testing.T, at string, quota int) string {
	t.Helper()
	answer, err := http.Post(at+"/worlds", "application/json", strings.NewReader(fmt.Sprintf(`{"quota":%d}`, quota)))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != 201 {
		t.Fatalf("no world: %d", answer.StatusCode)
	}
	return answer.Header.Get("Location")
}

// The conditional, range and method probes of the server brief.
var stored = []question{
	{id: "A36", name: "a range", method: "GET", path: "/lab/book", fields: "Range: bytes=0-9", want: 206, carries: "Content-Range: bytes 0-9/2048\nContent-Length: 10"},
	{id: "A37", name: "a range behind the end", method: "GET", path: "/lab/book", fields: "Range: bytes=5000-", want: 416, carries: "Content-Range: bytes */2048"},
	{id: "A38", name: "a malformed range", method: "GET", path: "/lab/book", fields: "Range: bytes=abc", want: 200, carries: "Content-Range:"},
	{id: "A39", name: "an unknown unit", method: "GET", path: "/lab/book", fields: "Range: lines=0-1", want: 200},
	{id: "A40", name: "two ranges", method: "GET", path: "/lab/book", fields: "Range: bytes=0-1,10-11", want: 206, carries: "Content-Range:"},
	{id: "A41", name: "HEAD with a range", method: "HEAD", path: "/lab/book", fields: "Range: bytes=0-9", want: 200, carries: "Content-Length: 2048\nContent-Range:"},
	{id: "A42", name: "POST with a range", method: "POST", path: "/lab/tally", fields: "Range: bytes=0-9\nContent-Type: application/x-www-form-urlencoded", content: "item=x", want: 303},
	{id: "A43", name: "the last no octets", method: "GET", path: "/lab/book", fields: "Range: bytes=-0", want: 416},
	{id: "A44", name: "If-Match false", method: "GET", path: "/lab/book", fields: `If-Match: "nope"`, want: 412},
	{id: "A45", name: "If-Match: * where nothing is", method: "GET", path: "/lab/depot/none", fields: "If-Match: *", want: 404},
	{id: "A46", name: "If-Unmodified-Since long ago", method: "GET", path: "/lab/book", fields: "If-Unmodified-Since: Sat, 29 Oct 1994 19:43:31 GMT", want: 412},
	{id: "A47", name: "If-None-Match: *", method: "GET", path: "/lab/book", fields: "If-None-Match: *", want: 304, carries: "ETag: {tag}\nContent-Type:"},
	{id: "A48", name: "If-Modified-Since in the future", method: "GET", path: "/lab/book", fields: "If-Modified-Since: Fri, 01 Jan 2037 00:00:00 GMT", want: 304},
	{id: "A49", name: "If-Modified-Since unreadable", method: "GET", path: "/lab/book", fields: "If-Modified-Since: garbage", want: 200},
	{id: "A50", name: "Range with a stale If-Range", method: "GET", path: "/lab/book", fields: "Range: bytes=0-9\nIf-Range: \"nope\"", want: 200},
	{id: "A94", name: "true, false, false: the order decides", method: "GET", path: "/lab/depot/one", fields: "If-Match: " + tagOf("1") + "\nIf-None-Match: " + tagOf("1") + "\nIf-Unmodified-Since: Sat, 29 Oct 1994 19:43:31 GMT", want: 304},
	{id: "A95", name: "weak comparison", method: "GET", path: "/lab/depot/one", fields: "If-None-Match: W/" + tagOf("1"), want: 304},
	{id: "A96", name: "strong comparison", method: "GET", path: "/lab/depot/one", fields: "If-Match: W/" + tagOf("1"), want: 412},
	{id: "A97", name: "If-Range with exactly the date", method: "GET", path: "/lab/book", fields: "Range: bytes=0-9\nIf-Range: {modified}", want: 206, carries: "Content-Range: bytes 0-9/2048"},
	{id: "A97b", name: "If-Range with a second more", method: "GET", path: "/lab/book", fields: "Range: bytes=0-9\nIf-Range: {later}", want: 200, carries: "Content-Range:"},
	{id: "A97c", name: "If-Range with a second less", method: "GET", path: "/lab/book", fields: "Range: bytes=0-9\nIf-Range: {earlier}", want: 200, carries: "Content-Range:"},
	{id: "A97d", name: "If-Range with the tag", method: "GET", path: "/lab/book", fields: "Range: bytes=0-9\nIf-Range: {tag}", want: 206},
	{id: "A97e", name: "If-Range with the tag as a weak one", method: "GET", path: "/lab/book", fields: "Range: bytes=0-9\nIf-Range: W/{tag}", want: 200},
	{id: "A98", name: "PUT with If-None-Match: * on something", method: "PUT", path: "/lab/depot/one", fields: "If-None-Match: *", content: "2", want: 412},
	{id: "A98b", name: "the same where nothing is", method: "PUT", path: "/lab/depot/a98", fields: "If-None-Match: *", content: "2", want: 201},
	{id: "A99", name: "a condition beside a 405", method: "DELETE", path: "/lab/page", fields: `If-Match: "nope"`, want: 405},
	{id: "A100", name: "PUT with Content-Range", method: "PUT", path: "/lab/depot/a100", fields: "Content-Range: bytes 0-0/2", content: "x", want: 400},
	{id: "A101", name: "a thousand overlapping ranges", method: "GET", path: "/lab/book", fields: "Range: bytes=" + strings.Repeat("0-,", 999) + "0-", want: 200, carries: "Content-Length: 2048"},
	{id: "A102", name: "two ranges of one octet", method: "GET", path: "/lab/depot/one", fields: "Range: bytes=0-0,-1", want: 200},
	{id: "A102b", name: "an empty file from its beginning", method: "GET", path: "/lab/depot/empty", fields: "Range: bytes=0-", want: 416, carries: "Content-Range: bytes */0"},
	{id: "A103", name: "PUT that creates", method: "PUT", path: "/lab/depot/a103", content: "1", want: 201},
	{id: "A103b", name: "PUT that replaces", method: "PUT", path: "/lab/depot/a103", content: "2", want: 204},
	{id: "A104", name: "DELETE", method: "DELETE", path: "/lab/depot/a103", want: 204},
	{id: "A104b", name: "DELETE again", method: "DELETE", path: "/lab/depot/a103", want: 404},
	{id: "A105", name: "POST of another type", method: "POST", path: "/lab/orders/", fields: "Content-Type: text/plain", content: "x", want: 415, carries: "Accept: application/json\nAccept-Encoding:"},
	{id: "A105b", name: "POST in another coding", method: "POST", path: "/lab/orders/", fields: "Content-Type: application/json\nContent-Encoding: br", content: "x", want: 415, carries: "Accept-Encoding: identity"},
	{id: "A106", name: "PATCH in another language", method: "PATCH", path: "/lab/depot/json", fields: "Content-Type: text/x-diff", content: "x", want: 415, carries: "Accept-Patch: application/merge-patch+json, application/json-patch+json"},
	{id: "A107", name: "content beyond the limit", method: "PUT", path: "/lab/depot/x", content: strings.Repeat("x", 1<<20+1), want: 413},
	{id: "coding", name: "the menu compressed", method: "GET", path: "/lab/menu", fields: "Accept: text/html\nAccept-Language: en\nAccept-Encoding: gzip", want: 200, carries: "Content-Encoding: gzip\nContent-Location: /lab/menu.en.html.gz"},
	{id: "no-coding", name: "the menu as it is", method: "GET", path: "/lab/menu", fields: "Accept: text/html\nAccept-Language: en\nAccept-Encoding: br", want: 200, carries: "Content-Encoding:\nContent-Location: /lab/menu.en.html"},
	{id: "any-coding", name: "nothing but a coding that there is not", method: "GET", path: "/lab/strict-menu", fields: "Accept-Encoding: br, identity;q=0", want: 406},
	{id: "long-name", name: "an over-long name", method: "PUT", path: "/lab/depot/" + strings.Repeat("n", 7900), content: "x", want: 201},
	{id: "long-name-back", name: "and back", method: "GET", path: "/lab/depot/" + strings.Repeat("n", 7900), want: 200},
	{id: "deep", name: "a deep tree", method: "PUT", path: "/lab/depot" + strings.Repeat("/d", 3900), content: "x", want: 409},
	{id: "query", name: "a line of the book", method: "QUERY", path: "/lab/book", fields: "Content-Type: application/x-www-form-urlencoded", content: "line=1", want: 200, carries: "Content-Length: 32"},
	{id: "query-type", name: "a query in another language", method: "QUERY", path: "/lab/book", fields: "Content-Type: text/plain", content: "line 1", want: 415, carries: "Accept-Query: application/x-www-form-urlencoded"},
	{id: "query-bad", name: "a line that there is not", method: "QUERY", path: "/lab/book", fields: "Content-Type: application/x-www-form-urlencoded", content: "line=64", want: 422},
	{id: "digest", name: "content that is not what its digest says", method: "PUT", path: "/lab/depot/digest", fields: "Content-Digest: sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:", content: "x", want: 400},
	{id: "prefer", name: "the representation, please", method: "PUT", path: "/lab/depot/x", fields: "Prefer: return=representation\nContent-Type: text/plain", content: "here", want: 200, carries: "Preference-Applied: return=representation"},
	{id: "trace", name: "the way, please", method: "GET", path: "/lab/depot/none", fields: "Prefer: trace", want: 404, carries: `Statute-Way: "house";gate=3, "permission";gate=7, "place";gate=8`},
}

func TestOrder(t *testing.T) {
	h := open(t)
	at := "http://" + h.Address()
	for _, q := range before {
		ask(t, at, q)
	}
	// What the server itself says of the book, as a client would learn it.
	book := head(t, at+"/lab/book")
	modified, err := http.ParseTime(book.Get("Last-Modified"))
	if err != nil || book.Get("ETag") == "" {
		t.Fatalf("the book has no validators: %v", book)
	}
	second := func(d time.Duration) string { return modified.Add(d).UTC().Format(http.TimeFormat) }
	known := strings.NewReplacer("{tag}", book.Get("ETag"), "{modified}", second(0), "{later}", second(time.Second), "{earlier}", second(-time.Second))
	// RFC 9110 §13.1.5: a date is a strong validator only if it is at least a
	// second old.
	time.Sleep(time.Until(modified.Add(2 * time.Second)))
	world := strings.NewReplacer("{world}", newWorld(t, at, 1000))
	for _, q := range beforeInWorld {
		q.path, q.content = world.Replace(q.path), world.Replace(q.content)
		ask(t, at, q)
	}
	doors := strings.NewReplacer("{proxy}", h.Proxy(), "{portal}", h.Portal())
	for _, q := range append(collisions, stored...) {
		q.path, q.fields = world.Replace(q.path), world.Replace(q.fields)
		q.through = doors.Replace(q.through)
		q.fields, q.carries = known.Replace(q.fields), known.Replace(q.carries)
		t.Run(q.id+" "+q.name, func(t *testing.T) { ask(t, at, q) })
	}
}

func head(t *testing.T, uri string) http.Header {
	t.Helper()
	answer, err := http.Head(uri)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.Header
}

func ask(t *testing.T, at string, q question) {
	t.Helper()
	var content io.Reader
	if q.content != "" || q.method == "PUT" {
		content = strings.NewReader(q.content)
	}
	r, err := http.NewRequestWithContext(t.Context(), q.method, at+q.path, content)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(q.fields) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		r.Header.Add(name, value)
	}
	transport := &http.Transport{ExpectContinueTimeout: 5 * time.Second, DisableCompression: true}
	if through, err := url.Parse(q.through); err != nil {
		t.Fatal(err)
	} else if q.through != "" {
		transport.Proxy = http.ProxyURL(through)
	}
	client := http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer client.CloseIdleConnections()
	answer, err := client.Do(r)
	if err != nil {
		t.Fatalf("%s %.60s: %v", q.method, q.path, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Errorf("content: %v", err)
	}
	if answer.StatusCode != q.want {
		t.Errorf("%s %.60s: got %d, want %d: %.300s", q.method, q.path, answer.StatusCode, q.want, body)
	}
	for line := range strings.Lines(q.carries) {
		name, value, has := strings.Cut(strings.TrimSpace(line), ": ")
		got := answer.Header.Get(strings.TrimSuffix(name, ":"))
		if !has && got != "" {
			t.Errorf("%s is %q, want none", name, got)
		}
		if has && got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
}

// Of parallel conditional writers of one resource, exactly one wins each round.
func TestOneWinsEachRound(t *testing.T) {
	at := "http://" + open(t).Address() + "/lab/depot/contended"
	put := func(tag, text string) int {
		r, _ := http.NewRequestWithContext(t.Context(), "PUT", at, strings.NewReader(text))
		if tag != "" {
			r.Header.Set("If-Match", tag)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Error(err)
			return 0
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	text := "round 0"
	put("", text)
	for round := 1; round <= 30; round++ {
		const writers = 16
		codes := make(chan int, writers)
		texts := make(chan string, writers)
		for writer := range writers {
			go func() {
				mine := fmt.Sprintf("round %d by %d", round, writer)
				code := put(tagOf(text), mine)
				if code == 204 {
					texts <- mine
				}
				codes <- code
			}()
		}
		won := 0
		for range writers {
			switch code := <-codes; code {
			case 204:
				won++
			case 412:
			default:
				t.Errorf("round %d: got %d", round, code)
			}
		}
		if won != 1 {
			t.Fatalf("round %d: %d writers won", round, won)
		}
		text = <-texts
	}
}
