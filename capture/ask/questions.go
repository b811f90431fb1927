package ask

import (
	"net/http"
	"net/url"
	"time"

	"github.com/statute-http/statute/wire"
)

// A question is one more request about the resource.
type question struct {
	method string
	fields wire.Fields
	path   string // another target on the same origin; empty for the resource
}

func (q *question) target(u *url.URL) *url.URL {
	if q.path == "" {
		return u
	}
	other := *u
	other.Path, other.RawPath, other.RawQuery = q.path, "", ""
	return &other
}

// nothing is what no server has: a tag, a media type, a path.
const nothing = "statute-lint-asks-for-what-is-not-there"

// questions returns what follows the first answer. Conditions and ranges are
// asked where the answer gives something to hold them against.
func questions(x *wire.Exchange) []question {
	all := []question{
		{method: "HEAD"},
		{method: "OPTIONS"},
		{method: "OPTIONS", path: "*"},
		get("Accept", "application/x-"+nothing),
		get("Accept-Language", "x-"+nothing[:8]),
		get("Accept-Encoding", "gzip, br"),
		get("Accept-Encoding", "identity"),
		get("Accept-Encoding", "identity;q=0, *;q=0"),
		{method: "GET", path: "/" + nothing},
	}
	if x.Final == nil || x.Final.Status != 200 {
		return all
	}
	return append(append(all, conditions(x.Final)...), ranges(x.Final)...)
}

func get(pairs ...string) question {
	q := question{method: "GET"}
	for i := 0; i < len(pairs); i += 2 {
		q.fields = append(q.fields, wire.Field{Name: pairs[i], Value: pairs[i+1]})
	}
	return q
}

// conditions asks by RFC 9110 §13.1: those that hold, those that do not, and two
// together, of which one takes precedence (§13.2.2).
func conditions(p *wire.Response) []question {
	all := []question{
		get("If-Match", `"`+nothing+`"`),
		get("If-None-Match", "*"),
	}
	tag, modified := p.Fields.Get("ETag"), p.Fields.Get("Last-Modified")
	if tag != "" {
		all = append(all,
			get("If-None-Match", tag),
			question{method: "HEAD", fields: wire.Fields{{Name: "If-None-Match", Value: tag}}},
			get("If-None-Match", `"`+nothing+`", `+tag),
			get("If-Match", tag))
	}
	if at, err := http.ParseTime(modified); err == nil {
		all = append(all,
			get("If-Modified-Since", modified),
			get("If-Unmodified-Since", at.Add(-24*time.Hour).UTC().Format(http.TimeFormat)),
			get("If-None-Match", `"`+nothing+`"`, "If-Modified-Since", modified))
	}
	return all
}

// ranges asks by RFC 9110 §14.2.
func ranges(p *wire.Response) []question {
	if p.Content.Length < 2 {
		return nil
	}
	all := []question{
		get("Range", "bytes=0-0"),
		get("Range", "bytes=-1"),
		get("Range", "bytes=0-0,-1"),
		get("Range", "bytes=999999999999-"),
		get("Range", "statute=0-0"),
		get("Range", "bytes=0-0", "If-Range", `"`+nothing+`"`),
		{method: "HEAD", fields: wire.Fields{{Name: "Range", Value: "bytes=0-0"}}},
	}
	if tag := p.Fields.Get("ETag"); tag != "" {
		all = append(all,
			get("Range", "bytes=0-0", "If-Range", tag),
			get("Range", "bytes=0-0", "If-None-Match", tag))
	}
	return all
}
