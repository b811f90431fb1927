package model

import "regexp"

// A Fault is one way in which a right server's answers are spoilt.
type Fault struct {
	Name string
	Says string // what the server does then

	When *regexp.Regexp // which requests it befalls, by their heads; nil: all but the plain GET
	Do   string         // steps, see answer.spoil
}

// anyRequest befalls the plain GET too.
var anyRequest = regexp.MustCompile(`.`)

func of(pattern string) *regexp.Regexp { return regexp.MustCompile(pattern) }

// Faults lists them. Each is looked for by at least one case.
var Faults = []Fault{
	{"deaf", "answers nothing but 500, even to the plain GET", anyRequest, "status=500"},
	{"breaks", "answers 500 to whatever is not the plain GET", nil, "status=500"},
	{"finds-everything", "finds something at every name", of(`^GET \S+/statute-`), "status=200"},
	{"no-etag", "gives no entity tags", anyRequest, "drop=ETag"},
	{"no-last-modified", "gives no dates of modification", anyRequest, "drop=Last-Modified"},
	{"no-ranges", "ignores Range", nil, "status=200"},
	{"closes-always", "ends the connection after each answer", anyRequest, "close"},
	{"one-answer-a-connection", "does not answer the second request of a connection", anyRequest, "once"},
	{"no-http10", "knows HTTP/1.1 only", of(`HTTP/1\.0`), "status=505"},
	{"keeps-nothing", "says that it stored what it did not", of(`^GET \S+/statute-`), "status=404 content=nothing"},
	{"no-dav", "does not say that it speaks WebDAV", anyRequest, "drop=DAV"},
	{"head-with-content", "sends content in answer to HEAD", of(`^HEAD`), "tail=oolong"},
	{"no-head", "does not know HEAD", of(`^HEAD`), "status=405"},
	{"head-other-length", "gives HEAD another length", of(`^HEAD`), "set=Content-Length:7"},
	{"head-without-fields", "gives HEAD no ETag", of(`^HEAD`), "drop=ETag"},
	{"accepts-anything", "answers 200 whatever comes", nil, "status=200"},
	{"refuses-anything-odd", "answers 400 to whatever is not the plain GET", nil, "status=400"},
	{"no-allow", "answers 405 without Allow", nil, "status=405 drop=Allow"},
	{"no-allow-for-unsafe", "answers unsafe methods with 405 without Allow", of(`^(PUT|DELETE)`), "status=405 drop=Allow"},
	{"no-tls", "speaks in the clear where TLS is expected, and breaks", anyRequest, "clear status=500"},
	{"trace-tells-all", "sends cookies and credentials back", nil, "status=200 content=statute-secret"},
	{"short-targets", "refuses targets of eight thousand octets", nil, "status=414"},
	{"opens-the-cellar", "serves every file of the machine", nil, "status=200 content=root:x:0:0"},
	{"empty-errors", "sends errors and redirects without content", nil, "content="},
	{"no-content-type", "does not say what its content is", anyRequest, "drop=Content-Type"},
	{"same-etag-everywhere", "gives what is not there the file's ETag", anyRequest, `set=ETag:"same"`},
	{"keeps-open", "keeps connections open that have to end", nil, "status=200 keep"},
	{"always-continues", "sends 100 to everybody", anyRequest, "continue"},
	{"chunks-always", "chunks in HTTP/1.0 too", nil, "drop=Content-Length set=Transfer-Encoding:chunked chunk"},
	{"answers-twice", "takes content for a request", nil, "twice"},
	{"answers-once", "drops what is pipelined", anyRequest, "once"},
	{"waits-for-content", "waits for content before it says anything", nil, "wait"},
	{"switches", "switches to whatever protocol it is offered", nil, "status=101 set=Connection:upgrade"},
	{"no-socket-version", "does not say which version of WebSockets it speaks", nil, "drop=Sec-WebSocket-Version"},
	{"other-accept", "answers each WebSocket key with the same hash", nil, "set=Sec-WebSocket-Accept:x"},
	{"no-date", "has no clock", anyRequest, "drop=Date"},
	{"no-validators", "gives neither ETag nor Last-Modified", anyRequest, "drop=ETag drop=Last-Modified"},
	{"old-dates", "writes dates as RFC 850 did", anyRequest, "set=Last-Modified:Sunday,~06-Nov-94~08:49:37~GMT"},
	{"tomorrow", "was modified tomorrow", anyRequest, "set=Last-Modified:Fri,~01~Jan~2100~00:00:00~GMT"},
	{"bare-etag", "writes entity tags without quotation marks", anyRequest, "set=ETag:abc"},
	{"twice", "sends ETag twice", anyRequest, `add=ETag:"second"`},
	{"length-and-chunked", "sends two framings at once, or another length than it says", anyRequest, "set=Content-Length:3 add=Content-Length:4"},
	{"content-range-always", "sends Content-Range with 200", anyRequest, "set=Content-Range:bytes~0-9/10"},
	{"no-space-after-code", "leaves the space behind the code out", anyRequest, "bare-line"},
	{"says-http10", "calls itself HTTP/1.0", anyRequest, "version=HTTP/1.0"},
	{"connection-fields", "sends Connection over HTTP/2 and HTTP/3", anyRequest, "add=Connection:keep-alive"},
	{"no-connection-close", "does not say that it closes", nil, "drop=Connection"},
	{"304-with-content", "sends content with 304", nil, "tail=oolong"},
	{"no-content-range", "does not say which range it sends", nil, "drop=Content-Range"},
	{"wrong-part", "sends another range than it was asked for", nil, "set=Content-Range:bytes~0-0/9"},
	{"206-for-nothing", "sends a range that is none", nil, "status=206"},
	{"content-range-on-top", "sends Content-Range above several parts", nil, "set=Content-Range:bytes~0-9/10"},
	{"no-boundary", "divides parts by nothing", nil, "set=Content-Type:multipart/byteranges"},
	{"amplifies", "sends a small file a thousand times", nil, "status=206 amplify"},
	{"206-for-head", "serves ranges of other methods than GET", nil, "status=206 set=Content-Range:bytes~0-9/10"},
	{"416-for-head", "refuses ranges of other methods than GET", nil, "status=416"},
	{"304-without-fields", "forgets ETag and Date where it sends less", nil, "drop=ETag drop=Date"},
	{"other-etag", "tags what is the same in another way", nil, `set=ETag:"other"`},
	{"ignores-if-range", "serves the range whatever If-Range says", nil, "status=206"},
	{"ignores-conditions", "does as if there were no conditions", nil, "status=200"},
	{"304-other-length", "gives 304 another length", nil, "set=Content-Length:7"},
	{"304-with-type", "sends Content-Type with 304", nil, "set=Content-Type:text/plain"},
	{"304-always", "answers 304 to whatever is conditional", nil, "status=304"},
	{"412-always", "answers 412 to whatever is conditional", nil, "status=412"},
	{"304-for-412", "answers unsafe methods with 304", of(`(?s)^PUT.*(?i:if-none-match)`), "status=304"},
	{"406-always", "accepts nothing", nil, "status=406"},
	{"415-always", "answers what it cannot send as if it could not be read", nil, "status=415"},
	{"always-gzip", "compresses for everybody", nil, "set=Content-Encoding:gzip"},
	{"gzip-without-vary", "compresses, and does not say that the answer varies", nil, "set=Content-Encoding:gzip drop=Vary"},
	{"gzip-same-etag", "compresses, and gives what it sends the tag of the file", nil, "set=Content-Encoding:gzip"},
	{"226-without-im", "sends a difference and does not say which", nil, "status=226 drop=IM"},
	{"no-location", "redirects nowhere", nil, "drop=Location"},
	{"location-with-space", "redirects to what is no URI", nil, "set=Location:/a~b"},
	{"no-challenge", "answers 401 without a challenge", nil, "status=401 drop=WWW-Authenticate"},
	{"407-for-401", "takes itself for a proxy", nil, "status=407"},
	{"tells-password", "sends credentials back", nil, "content=statute-wrong"},
	{"204-for-201", "does not say that it created something", of(`^(PUT|COPY|MOVE|LOCK)`), "status=204"},
	{"201-always", "says that it created something, always", of(`^(PUT|COPY|MKCOL)`), "status=201"},
	{"no-delete", "removes nothing", of(`^DELETE`), "status=405"},
	{"204-always", "says that it is done, always", of(`^(COPY|UNLOCK|DELETE)`), "status=204 content="},
	{"204-with-length", "sends Content-Length with 204", of(`^DELETE`), "set=Content-Length:0"},
	{"206-for-put", "answers PUT with 206", of(`(?s)^PUT.*(?i:range)`), "status=206"},
	{"207-always", "answers PROPFIND with 207, always", of(`^PROPFIND`), "status=207"},
	{"207-without-404", "lists no property that is not there", of(`^PROPFIND`), "content=<multistatus/>"},
	{"403-without-reason", "refuses Depth: infinity and does not say why", of(`^PROPFIND`), "status=403 content=no"},
	{"stores-anything", "stores whatever came, however long it said to be", of(`^PUT`), "status=200"},
	{"ignores-locks", "does as if there were no locks", of(`^(PUT|DELETE|LOCK)`), "status=200"},
}
