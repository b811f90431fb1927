package origin

import (
	"encoding/xml"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

const xmlType = "application/xml; charset=utf-8"

// A multistatus is the content of a 207 (RFC 4918 §13), written as it grows.
type multistatus struct {
	b strings.Builder
	n int // responses
}

// resource adds what became of a resource as a whole.
func (m *multistatus) resource(href string, code status.Code, condition string) {
	m.n++
	m.b.WriteString("  <D:response>\n    " + element1("D:href", href) + "\n    " + statusLine(code) + "\n")
	if condition != "" {
		m.b.WriteString("    <D:error>" + condition + "</D:error>\n")
	}
	m.b.WriteString("  </D:response>\n")
}

// A propstat is properties, as XML, that fare alike.
type propstat struct {
	code       status.Code
	properties []string
	condition  string
}

// properties adds what became of properties of a resource.
func (m *multistatus) properties(href string, stats ...propstat) {
	m.n++
	m.b.WriteString("  <D:response>\n    " + element1("D:href", href) + "\n")
	for _, p := range stats {
		m.b.WriteString("    <D:propstat>\n      <D:prop>" + strings.Join(p.properties, "") + "</D:prop>\n      " + statusLine(p.code) + "\n")
		if p.condition != "" {
			m.b.WriteString("      <D:error>" + p.condition + "</D:error>\n")
		}
		m.b.WriteString("    </D:propstat>\n")
	}
	m.b.WriteString("  </D:response>\n")
}

func statusLine(code status.Code) string {
	return element1("D:status", "HTTP/1.1 "+code.String()+" "+http.StatusText(int(code)))
}

// send answers with the multistatus. RFC 4918 §9.1: caching is allowed with
// care; what is asked here changes at any time.
func (m *multistatus) send(d *decision) error {
	return d.sendXML(http.StatusMultiStatus, `<D:multistatus xmlns:D="DAV:">`+"\n"+m.b.String()+"</D:multistatus>\n")
}

// lockedOut answers for members that are locked (RFC 4918 §9.6.1, §9.8.3, §9.9.2).
func (d *decision) lockedOut(against []lockedSpot) error {
	var m multistatus
	for _, s := range slices.CompactFunc(against, func(a, b lockedSpot) bool { return a.href == b.href }) {
		m.resource(s.href, 423, condition("lock-token-submitted", s.href))
	}
	return m.send(d)
}

func (d *decision) sendXML(code int, content string) error {
	content = xml.Header + content
	h := d.w.Header()
	h.Set("Content-Type", xmlType)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(content)))
	d.answer(code)
	d.w.Write([]byte(content))
	return nil
}

// condition writes a condition of RFC 4918 §16 with the resources that it names.
func condition(name string, hrefs ...string) string {
	if len(hrefs) == 0 {
		return "<D:" + name + "/>"
	}
	var b strings.Builder
	for _, href := range hrefs {
		b.WriteString(element1("D:href", href))
	}
	return "<D:" + name + ">" + b.String() + "</D:" + name + ">"
}

// element1 writes an element that holds text.
func element1(name, text string) string {
	if text == "" {
		return "<" + name + "/>"
	}
	return "<" + name + ">" + escapeXML(text) + "</" + name + ">"
}

func escapeXML(text string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(text)) // a strings.Builder takes all
	return b.String()
}

// withCondition has the refusal name a condition of WebDAV.
func withCondition(r *wire.Refusal, name string, hrefs ...string) *wire.Refusal {
	r.Condition = condition(name, hrefs...)
	return r
}
