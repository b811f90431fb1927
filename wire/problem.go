package wire

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

// A Problem is the content of our error answers, application/problem+json
// (RFC 9457), with members of our own: gate, reason and spec, and where there is
// one the condition or the incident.
type Problem struct {
	Type   string      `json:"type"` // "/408#head-timeout", relative to the server
	Title  string      `json:"title"`
	Status status.Code `json:"status"`
	Detail string      `json:"detail"`
	Gate   int         `json:"gate"`
	Reason string      `json:"reason"`
	Spec   string      `json:"spec"`
	// Condition is the one of WebDAV that was not met: "DAV:lock-token-submitted".
	Condition string `json:"condition,omitempty"`
	Incident  string `json:"incident,omitempty"`
}

// Problem returns the refusal as problem details in the given language.
func (r *Refusal) Problem(l lang.Tag) Problem {
	entry, _ := status.Get(r.Status)
	return Problem{
		Type:   "/" + r.Status.String() + "#" + r.Reason,
		Title:  entry.Name,
		Status: r.Status,
		Detail: r.Detail.In(l),
		Gate:   r.Gate,
		Reason: r.Reason,
		Spec:   r.Spec,

		Condition: conditionName(r.Condition),
		Incident:  r.Incident,
	}
}

// Octets returns the problem as the JSON that is sent, with a final newline.
func (p Problem) Octets() []byte {
	octets, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		panic(err) // strings and integers always encode
	}
	return append(octets, '\n')
}

// Answer sends the refusal in the language that the request prefers, as problem
// details or, to people, as a page, and records gate and reason for the tap.
// Clients of WebDAV learn which condition was not met from XML. What the handler had set on
// the response is taken back first (CORS fields aside), so that an error never
// inherits the ETag or the freshness of the answer it replaces.
func (r *Refusal) Answer(w http.ResponseWriter, req *http.Request, otherwise lang.Tag) {
	h := w.Header()
	for name := range h {
		if !strings.HasPrefix(name, "Access-Control-") {
			delete(h, name)
		}
	}
	l := lang.OfRequest(req, otherwise)
	content, mediaType := r.content(l, req)
	h.Set("Content-Type", mediaType)
	if forPeople(req) {
		h.Set("Content-Security-Policy", pagePolicy)
	}
	h.Set("Content-Language", string(l))
	h.Set("Content-Length", strconv.Itoa(len(content)))
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept, Accept-Language")
	for _, f := range r.Fields {
		h.Add(f.Name, f.Value)
	}
	if r.Close && req.ProtoMajor == 1 {
		h.Set("Connection", "close")
	}
	Decide(w, Decision{Gate: r.Gate, Reason: r.Reason})
	w.WriteHeader(int(r.Status))
	w.Write(content)
}

// content returns the problem in the form that the request wants: as a page, as
// JSON, or with the XML of a condition of WebDAV where there is one.
func (r *Refusal) content(l lang.Tag, req *http.Request) (content []byte, mediaType string) {
	p := r.Problem(l)
	if forPeople(req) {
		return p.Page(l, r.Fields.Get("Retry-After")), "text/html; charset=utf-8"
	}
	if r.Condition == "" || prefersJSON(req) {
		return p.Octets(), "application/problem+json"
	}
	return p.davError(r.Condition), davErrorType
}

// Decide records, for the tap, which gate decided the answer being written and
// why. It does nothing where the server behind w keeps no such record.
func Decide(w http.ResponseWriter, d Decision) {
	for {
		switch v := w.(type) {
		case interface{ Decide(Decision) }:
			v.Decide(d)
			return
		case interface{ Unwrap() http.ResponseWriter }:
			w = v.Unwrap()
		default:
			return
		}
	}
}
