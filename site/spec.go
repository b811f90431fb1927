package site

import (
	"html/template"
	"strings"

	"github.com/statute-http/statute/status"
)

// linked returns plain text as HTML in which citations are links.
func linked(text string) template.HTML {
	var b strings.Builder
	end := 0
	for _, at := range status.Citation.FindAllStringIndex(text, -1) {
		name := text[at[0]:at[1]]
		b.WriteString(template.HTMLEscapeString(text[end:at[0]]))
		b.WriteString(`<a href="` + status.SpecURL(name) + `">` + name + `</a>`)
		end = at[1]
	}
	b.WriteString(template.HTMLEscapeString(text[end:]))
	return template.HTML(b.String())
}
