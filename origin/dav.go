package origin

import (
	"net/http"
	"net/url"
	"slices"
)

// The methods of WebDAV (RFC 4918 §9) and of its bindings (RFC 5842 §4-§6).
const (
	propfind  = "PROPFIND"
	proppatch = "PROPPATCH"
	mkcol     = "MKCOL"
	copying   = "COPY"
	move      = "MOVE"
	lock      = "LOCK"
	unlock    = "UNLOCK"
	bind      = "BIND"
	unbind    = "UNBIND"
	rebind    = "REBIND"
)

// compliance is what the DAV field of an answer to OPTIONS says: classes 1, 2
// and 3 (RFC 4918 §10.1, §18), and bindings (RFC 5842 §8.1).
const compliance = "1, 2, 3, bind"

// What is allowed in a part of the tree in which authors work, beside what the
// plan allows for documents. A collection of the plan stays what it is: nobody
// can lock everybody out of it, or move it away.
var (
	onDocument   = []string{propfind, proppatch, copying, move, lock, unlock}
	onCollection = []string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodDelete, propfind, proppatch, copying, move, lock, unlock, bind, unbind, rebind}
	onRoot       = []string{http.MethodGet, http.MethodHead, http.MethodOptions, propfind, bind, unbind, rebind}
	onNothing    = []string{http.MethodPut, http.MethodOptions, mkcol, lock}
)

// author says of a node in which authors work what it is: a document, a
// collection or nothing, and what can be done with that.
func (w *World) author(doc *worldDoc, n *Node, at spot) {
	exists := at.id != ""
	n.Collection = exists && doc.isCollection(at.id)
	if at.missing != "" {
		n.Missing = w.Prefix + at.missing
	}
	switch {
	case at.rel == n.Root:
		n.Allow = onRoot
	case n.Collection:
		n.Allow = onCollection
	case exists && at.slash: // RFC 4918 §5.2: only collections have a final slash
		*n = Node{Path: n.Path, Policy: Policy{Room: n.Room}}
		return
	case exists:
		n.Allow = slices.Concat(n.Allow, onDocument)
	default:
		n.Allow = onNothing
	}
	if n.Collection {
		n.Look = w.listing(doc, at)
	}
}

// authored reports whether the request is for a part of the tree in which
// authors work.
func (d *decision) authored() bool { return d.node.Root != "" }

// ofDAV reports whether the method is one of RFC 4918 or RFC 5842.
func (d *decision) ofDAV() bool {
	switch d.r.Method {
	case propfind, proppatch, mkcol, copying, move, lock, unlock, bind, unbind, rebind:
		return true
	}
	return false
}

// hasXML reports whether the method's content is XML.
func (d *decision) hasXML() bool {
	switch d.r.Method {
	case propfind, proppatch, lock, bind, unbind, rebind:
		return true
	}
	return false
}

// actDAV carries out a method of WebDAV.
func (d *decision) actDAV() error {
	switch d.r.Method {
	case propfind:
		return d.propfind()
	case proppatch:
		return d.proppatch()
	case mkcol:
		return d.makeCollection()
	case copying:
		return d.duplicate()
	case move:
		return d.move()
	case lock:
		return d.lock()
	case unlock:
		return d.unlock()
	}
	return d.rebind()
}

// escapePath writes a path as it stands in a URI.
func escapePath(path string) string { return (&url.URL{Path: path}).EscapedPath() }
