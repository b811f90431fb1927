package report

import (
	"fmt"
	"strings"

	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/wire"
)

// How much a finding keeps of its messages.
const (
	mostLines = 8
	mostLine  = 240 // octets of one line
	mostURL   = 500
)

// Of makes a reportable finding of what the linter found in an exchange.
func Of(x *wire.Exchange, f lint.Finding, at Place) *Finding {
	found := &Finding{Finding: f, Place: at, Status: x.Answer().Status}
	if x.Shows(wire.ShowsRequest) {
		found.Method, found.URL = strings.Clone(clip(x.Request.Method, mostLine)), clip(urlOf(&x.Request), mostURL)
	}
	found.Lines = lines(x, f.Where)
	return found
}

// urlOf returns the target as complete as it is known.
func urlOf(q *wire.Request) string {
	if !strings.HasPrefix(q.Target, "/") || q.Authority == "" || q.Method == "CONNECT" {
		return strings.Clone(q.Target)
	}
	if q.Scheme == "" {
		return q.Authority + q.Target
	}
	return q.Scheme + "://" + q.Authority + q.Target
}

// lines returns what a reader has to see of the messages: both start lines, and
// the lines of the field concerned.
func lines(x *wire.Exchange, w lint.Where) []string {
	var all []string
	if x.Shows(wire.ShowsRequest) {
		all = append(all, clip("> "+requestLine(x), mostLine))
		if w.Part == lint.InRequest {
			all = appendFields(all, "> ", x.Request.Fields, w.Field)
		}
	}
	var answer *wire.Response
	switch {
	case w.Part == lint.InInterim && w.Interim < len(x.Interim):
		answer = &x.Interim[w.Interim]
	case x.Final != nil:
		answer = x.Final
	default:
		return all
	}
	all = append(all, clip("< "+statusLine(x.Conn.Protocol, answer), mostLine))
	if w.Part != lint.InRequest {
		all = appendFields(all, "< ", answer.Fields, w.Field)
		all = appendFields(all, "< ", answer.Trailers, w.Field)
	}
	return all
}

func requestLine(x *wire.Exchange) string {
	q := &x.Request
	line := q.Method + " " + urlOf(q)
	if q.Version != (wire.Version{}) {
		line += fmt.Sprintf(" HTTP/%d.%d", q.Version.Major, q.Version.Minor)
	}
	return line
}

func statusLine(p wire.Protocol, r *wire.Response) string {
	line := "HTTP"
	if r.Version != (wire.Version{}) {
		line += fmt.Sprintf("/%d.%d", r.Version.Major, r.Version.Minor)
	}
	line += " " + r.Status.String()
	if p == wire.H1 && r.Reason != "" {
		line += " " + r.Reason
	}
	return line
}

func appendFields(all []string, mark string, fields wire.Fields, name string) []string {
	if name == "" {
		return all
	}
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) && len(all) < mostLines {
			value := f.Value
			if f.Redacted || secret(f.Name) {
				value = "…"
			}
			all = append(all, clip(mark+f.Name+": "+value, mostLine))
		}
	}
	return all
}

// secret reports whether a field's value does not belong in a report, which is
// sent on to more people than a recording is.
func secret(name string) bool {
	for _, s := range []string{"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "Authentication-Info", "Proxy-Authentication-Info"} {
		if strings.EqualFold(s, name) {
			return true
		}
	}
	return false
}

func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
