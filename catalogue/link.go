package catalogue

import (
	"regexp"
	"slices"
	"strings"

	"github.com/statute-http/statute/manual"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/status"
)

// A Link leads to where more is said.
type Link struct {
	Rel   string `json:"rel"`             // "page", "posed", "replay", "topic": on a server of ours; "spec": the specification
	Href  string `json:"href"`            // path on the server, or a URI
	Title string `json:"title,omitempty"` // of a spec, its name here
}

func topicLink(name string) Link { return Link{Rel: "page", Href: "/topics/" + name} }

// linksOf returns the links of a code; a server has pages about numbers of three
// digits.
func linksOf(code status.Code, specs []string) []Link {
	links := []Link{}
	if 100 <= code && code <= 999 {
		links = append(links, Link{Rel: "page", Href: "/" + code.String()}, Link{Rel: "posed", Href: "/status/" + code.String()})
	}
	if slices.Contains(stage.Replayed(), code) {
		links = append(links, Link{Rel: "replay", Href: "/replay/" + code.String()})
	}
	for _, name := range manual.Topics() {
		if slices.Contains(manual.Concerns(name), code) {
			links = append(links, Link{Rel: "topic", Href: "/topics/" + name})
		}
	}
	for _, spec := range specs {
		if href := SpecURL(spec); href != "" {
			links = append(links, Link{Rel: "spec", Href: href, Title: spec})
		}
	}
	return links
}

// Citation finds what specifications are called by in our texts: "RFC 9110",
// "RFC 9110 §15.5.13", "RFC 7231 Appendix B".
var Citation = regexp.MustCompile(`RFC ([0-9]{3,5})(?: §([0-9]+(?:\.[0-9]+)*|[A-Z](?:\.[0-9]+)*)| Appendix ([A-Z](?:\.[0-9]+)*))?`)

// SpecURL returns where a specification named in our way can be read, "" if the
// name is not one.
func SpecURL(name string) string {
	if strings.HasPrefix(name, "draft-") && !strings.ContainsAny(name, " /") {
		return "https://datatracker.ietf.org/doc/" + name + "/"
	}
	m := Citation.FindStringSubmatch(name)
	switch {
	case m == nil || m[0] != name:
		return ""
	case m[3] != "":
		return rfcURL(m[1]) + "#appendix-" + m[3]
	case m[2] == "":
		return rfcURL(m[1])
	case m[2][0] >= 'A':
		return rfcURL(m[1]) + "#appendix-" + m[2]
	}
	return rfcURL(m[1]) + "#section-" + m[2]
}

func rfcURL(number string) string { return "https://www.rfc-editor.org/rfc/rfc" + number + ".html" }
