package origin

import (
	"context"
	"html"
	"strconv"
	"strings"

	"github.com/statute-http/statute/wire"
)

// listing makes the representation of a collection: its members, as a page with
// links (RFC 4918 §9.4 leaves it to the server).
func (w *World) listing(doc *worldDoc, at spot) Looker {
	v := &View{w: w, doc: doc, now: w.worlds.now()}
	return func(context.Context) (*Look, error) {
		title := html.EscapeString(v.href(at.rel, true))
		var b strings.Builder
		b.WriteString("<!doctype html>\n<html lang=\"\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>" + title + "</title>\n<h1>" + title + "</h1>\n<ul>\n")
		for _, m := range doc.members(at.id) {
			name, size := m.segment, ""
			if doc.isCollection(m.id) {
				name += "/"
			} else {
				size = " " + strconv.FormatInt(doc.Nodes[m.id].Size, 10) + " B"
			}
			link := v.href(at.rel+"/"+m.segment, doc.isCollection(m.id))
			b.WriteString("<li><a href=\"" + html.EscapeString(link) + "\">" + html.EscapeString(name) + "</a>" + size + "\n")
		}
		b.WriteString("</ul>\n</html>\n")
		look := &Look{Type: "text/html; charset=utf-8", Content: []byte(b.String())}
		if !at.slash {
			look.Fields = wire.Fields{{Name: "Content-Location", Value: v.href(at.rel, true)}} // RFC 4918 §5.2
		}
		return look, nil
	}
}
