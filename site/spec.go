package site

import (
	"html/template"
	"regexp"
	"strings"
)

// citation finds what specifications are called by in our texts: "RFC 9110",
// "RFC 9110 §15.5.13", "RFC 7231 Appendix B".
var citation = regexp.MustCompile(`RFC ([0-9]{3,5})(?: §([0-9]+(?:\.[0-9]+)*|[A-Z](?:\.[0-9]+)*)| Appendix ([A-Z](?:\.[0-9]+)*))?`)

// specURL returns where a specification named in our way can be read, "" if the
// name is not one.
func specURL(name string) string {
	if strings.HasPrefix(name, "draft-") && !strings.ContainsAny(name, " /") {
		return "https://datatracker.ietf.org/doc/" + name + "/"
	}
	m := citation.FindStringSubmatch(name)
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

// linked returns plain text as HTML in which citations are links.
func linked(text string) template.HTML {
	var b strings.Builder
	end := 0
	for _, at := range citation.FindAllStringIndex(text, -1) {
		name := text[at[0]:at[1]]
		b.WriteString(template.HTMLEscapeString(text[end:at[0]]))
		b.WriteString(`<a href="` + specURL(name) + `">` + name + `</a>`)
		end = at[1]
	}
	b.WriteString(template.HTMLEscapeString(text[end:]))
	return template.HTML(b.String())
}
