package model

// A Fault is one mistake that the client can be made to make.
type Fault struct {
	Name string
	Says string // what it does then
}

// Faults lists them. Each is looked for by at least one case.
var Faults = []Fault{
	{"silent", "makes no request at all"},
	{"stays", "does not follow redirects"},
	{"empty-handed", "sends requests without their content"},
	{"keeps-content", "hands over no content"},
	{"tells-no-status", "says no status"},
	{"never-fails", "calls everything a success"},
	{"new-connection-each", "opens a connection for each request"},
	{"always-get", "sends GET whatever it is told"},
	{"redirect-post-without-content", "follows 301 and 302 with POST and no content"},
	{"302-becomes-get", "makes GET of every method at 301 and 302"},
	{"303-keeps-method", "follows 303 with the method and the content it had"},
	{"303-head-becomes-post", "follows 303 with POST where it had HEAD"},
	{"307-becomes-get", "follows 307 and 308 with GET"},
	{"replays-nothing", "sends a stream that is used up again, empty"},
	{"keeps-content-fields", "keeps the fields of content where it drops the content"},
	{"keeps-auth-on-other-port", "takes another port of a host for the same origin"},
	{"keeps-auth-on-other-host", "keeps Authorization whatever the redirect leads to"},
	{"restores-auth", "sends Authorization again at the second redirect"},
	{"keeps-auth-on-307", "drops Authorization at 302 only"},
	{"drops-first-line-only", "drops the first line of Authorization and keeps the others"},
	{"keeps-cookie-on-other-host", "keeps a Cookie that the caller set"},
	{"keeps-proxy-auth", "keeps Proxy-Authorization"},
	{"drops-every-field", "drops whatever the caller set when the origin changes"},
	{"ignores-userinfo", "does not use the credentials in a URL"},
	{"user-for-every-host", "gives the credentials of the order to every host that asks"},
	{"relative-to-root", "resolves a Location against the root of the origin"},
	{"sends-raw-octets", "puts the Location into the request as it is"},
	{"decodes-location", "decodes the Location before it asks for it"},
	{"forgets-fragment", "loses the fragment at a redirect"},
	{"guesses-location", "follows a redirect without Location to /mark"},
	{"last-location", "takes the last of several Locations"},
	{"redirects-without-end", "follows without counting"},
	{"four-redirects", "follows four redirects and no more"},
	{"waits-before-redirect", "waits as long as Retry-After says before it follows"},
	{"leaves-content-unread", "asks on a connection that has content left"},
	{"drops-cookie-of-redirect", "does not take cookies from redirects"},
	{"sends-referer", "says where it comes from, at every redirect"},
	{"refuses-downgrade", "does not follow from https to http"},
	{"follows-any-scheme", "opens file: URLs that redirects lead to"},
	{"unknown-2xx-fails", "calls a 2xx that it does not know a failure"},
	{"only-200-succeeds", "calls every 2xx but 200, 201 and 204 a failure"},
	{"4xx-succeeds", "reports every 4xx as 200"},
	{"5xx-succeeds", "reports every 5xx as 200"},
	{"repeats-505", "asks again at 505"},
	{"reads-on-after-answer", "takes octets behind an answer for the next one"},
	{"follows-201", "follows the Location of a 201"},
	{"repeats-202", "asks again at 202"},
	{"204-has-content", "waits for content that the fields of a 204 promise"},
	{"205-has-no-content", "takes a 205 to end at its empty line"},
	{"head-has-content", "waits for content in answer to HEAD"},
	{"any-code-succeeds", "reports whatever stands for a code as 200"},
	{"three-digits-of-four", "reads the first three digits of a longer code"},
	{"needs-reason", "refuses a status line without a phrase"},
	{"hangs-without-space", "waits where the space behind the code is missing"},
	{"reason-has-to-be-ascii", "refuses phrases with octets above 0x7F"},
	{"short-lines-only", "refuses status lines of more than a kilobyte"},
	{"skips-empty-lines", "reads over empty lines before the status line"},
	{"believes-reason", "goes by the phrase, not by the code"},
	{"reason-may-have-controls", "accepts control characters in the phrase"},
	{"any-version", "accepts any version in the status line"},
	{"speaks-http09", "takes what is no status line for content"},
	{"half-is-enough", "calls an answer that was cut off a success"},
	{"first-length", "takes the first of several lengths"},
	{"close-is-close", "takes a TCP close for the end of content over TLS"},
	{"length-over-chunks", "goes by Content-Length where there are chunks"},
	{"repeats-post", "sends a POST again when the connection breaks"},
	{"ignores-close", "uses a connection again that the server is about to close"},
	{"retries-at-once", "repeats without waiting for Retry-After"},
	{"imf-dates-only", "reads dates in one form only, and does not wait for others"},
	{"garbage-is-zero", "takes a Retry-After that it cannot obey for zero, without end"},
	{"repeats-post-at-429", "sends a POST again at 429"},
	{"repeats-post-at-408", "sends a POST again at 408"},
	{"repeats-post-at-5xx", "sends a POST again at 5xx"},
	{"repeats-get-at-5xx", "sends a GET again at 500 and 504"},
	{"100-is-final", "takes a 100 that it did not ask for as the answer"},
	{"102-is-final", "takes a 102 as the answer"},
	{"103-is-final", "takes a 103 as the answer, and the real one as that to the next request"},
	{"unknown-1xx-is-final", "takes an interim answer that it does not know as the answer"},
	{"one-interim", "reads one interim answer and gives up at the second"},
	{"interim-has-content", "reads as much content after a 1xx as its Content-Length says"},
	{"interim-coding-waits", "waits for chunks after a 1xx that announces them"},
}

// Known reports whether there is a fault of that name.
func Known(name string) bool {
	for _, f := range Faults {
		if f.Name == name {
			return true
		}
	}
	return false
}
