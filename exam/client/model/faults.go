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
