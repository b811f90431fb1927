package wire

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/statute-http/statute/status"
)

// problemSpace is the namespace of a problem's members in XML (RFC 7807 appendix
// A; RFC 9457 has kept it, unverified).
const problemSpace = "urn:ietf:rfc:7807"

const davErrorType = "application/xml; charset=utf-8"

// davError writes the problem as RFC 4918 §14.5 and §16 have it: the condition
// in DAV:error. An error element may hold elements of others too, and the
// problem's own members are one of them.
func (p Problem) davError(condition string) []byte {
	var b strings.Builder
	b.WriteString(xml.Header + `<D:error xmlns:D="DAV:">` + "\n  " + condition + "\n")
	b.WriteString(`  <problem xmlns="` + problemSpace + `">` + "\n")
	for _, member := range []struct{ name, value string }{
		{"type", p.Type}, {"title", p.Title}, {"status", p.Status.String()}, {"detail", p.Detail},
		{"gate", strconv.Itoa(p.Gate)}, {"reason", p.Reason}, {"spec", p.Spec},
	} {
		b.WriteString("    <" + member.name + ">")
		xml.EscapeText(&b, []byte(member.value)) // a strings.Builder takes all
		b.WriteString("</" + member.name + ">\n")
	}
	b.WriteString("  </problem>\n</D:error>\n")
	return []byte(b.String())
}

// conditionName returns the name of the condition in the XML, as "DAV:" and the
// name of its element.
func conditionName(condition string) string {
	name, ok := strings.CutPrefix(condition, "<D:")
	if end := strings.IndexAny(name, "/>"); ok && end > 0 {
		return "DAV:" + name[:end]
	}
	return ""
}

// prefersJSON reports whether the request would rather have JSON than XML (RFC
// 4918 §16: the form of an error may be negotiated).
func prefersJSON(req *http.Request) bool {
	accept := strings.Join(req.Header["Accept"], ",")
	details, _ := Weight(accept, "application", "problem+json")
	plain, _ := Weight(accept, "application", "json")
	document, _ := Weight(accept, "application", "xml")
	return max(details, plain) > document
}

// ReadProblem reads the problem in a message's content, in either form.
func ReadProblem(m *Message) (Problem, error) {
	var p Problem
	switch got := m.Fields.Get("Content-Type"); got {
	case "application/problem+json":
		if err := json.Unmarshal(m.Content.Data, &p); err != nil {
			return p, fmt.Errorf("read the problem details: %w", err)
		}
		return p, nil
	case davErrorType:
		var holder struct {
			Problem struct {
				Type   string      `xml:"type"`
				Title  string      `xml:"title"`
				Status status.Code `xml:"status"`
				Detail string      `xml:"detail"`
				Gate   int         `xml:"gate"`
				Reason string      `xml:"reason"`
				Spec   string      `xml:"spec"`
			} `xml:"urn:ietf:rfc:7807 problem"`
			Conditions []struct{ XMLName xml.Name } `xml:",any"`
		}
		if err := xml.Unmarshal(m.Content.Data, &holder); err != nil {
			return p, fmt.Errorf("read the problem in DAV:error: %w", err)
		}
		x := holder.Problem
		p = Problem{Type: x.Type, Title: x.Title, Status: x.Status, Detail: x.Detail, Gate: x.Gate, Reason: x.Reason, Spec: x.Spec}
		for _, c := range holder.Conditions {
			if c.XMLName.Space == "DAV:" {
				p.Condition = c.XMLName.Space + c.XMLName.Local
			}
		}
		return p, nil
	default:
		return p, fmt.Errorf("the answer is %q, not problem details", got)
	}
}
