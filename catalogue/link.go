package catalogue

import (
	"slices"

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
		if href := status.SpecURL(spec); href != "" {
			links = append(links, Link{Rel: "spec", Href: href, Title: spec})
		}
	}
	return links
}
