package status

import (
	"regexp"
	"strings"
)

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
