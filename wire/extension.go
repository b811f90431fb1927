package wire

import "net/http"

// An Extension is something beyond HTTP that a client may demand of a request,
// by the framework of RFC 2774: package serve looks after the demand, whoever
// has the resources after the deed.
type Extension struct {
	ID       string                        // the absolute URI that names it in Man
	Supports func(r *http.Request) bool    // for this request, whose method has no prefix any more
	Apply    func(request http.Header)     // puts into the fields what the resource obeys
	Obeyed   func(answer http.Header) bool // a success shows that it did
}
