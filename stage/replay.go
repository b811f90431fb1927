package stage

import (
	"net/http"
	"slices"
	"strings"
)

// repeatable are the resources of a world, by the first part of their path, of
// which a safe method may be repeated without anything coming of it. What is not
// here is not: /limited counts requests, /kitchen has two stoves.
var repeatable = []string{
	"", "page", "book", "hints", "hints.css", "depot", "pantry", "recipes", "promotions", "orders", "tally", "menu",
	"cache", // it marks what it passes on, and asks us, who understand the mark (RFC 8470 §6.1)
}

// Repeatable reports whether nothing more comes of a request with a safe method
// if it is made again: only then may it be answered from TLS early data, which
// anybody may replay. RFC 8470 §3: resources say so explicitly, or early data is
// not for them.
func Repeatable(r *http.Request) bool {
	if strings.HasPrefix(r.URL.Path, "/status/") {
		return !r.URL.Query().Has("key") // turns are counted by key
	}
	_, rel, ok := worldOf(r.URL.Path)
	first, _, _ := strings.Cut(strings.TrimPrefix(rel, "/"), "/")
	return ok && slices.Contains(repeatable, first)
}
