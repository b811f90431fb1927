package lint

import (
	"bytes"
	"encoding/xml"
	"io"
	"strconv"
	"strings"

	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A multistatus is the content of a 207 (RFC 4918 §14.16), as far as our rules
// ask for it.
type multistatus struct {
	of      *wire.Exchange // whose content it is
	root    xml.Name
	members []davMember
	whole   bool // everything up to the end of the root was read
}

// A davMember is one DAV:response.
type davMember struct {
	hrefs    []string
	statuses []string // texts of its own DAV:status elements
	inner    []string // those of its DAV:propstat elements, "" for one without
	located  bool     // it has a DAV:location
}

// maxMembers is how many members are looked at; a listing may have very many.
const maxMembers = 1000

// multistatusOf returns the content of a 207, read once for all the rules that
// ask for it; nil if it is no XML that may be judged.
func multistatusOf(x *wire.Exchange, r *Report) *multistatus {
	if r.multistatus != nil && r.multistatus.of == x {
		return r.multistatus
	}
	p := x.Answer()
	if x.Request.Method == "HEAD" || p.Fields.Has("Content-Encoding") {
		return nil
	}
	v, ok := value(r, &p.Message, "Content-Type")
	if !ok || !isMedia(v, "application/xml") && !isMedia(v, "text/xml") {
		return nil
	}
	if utf16(p.Content.Data) {
		r.Unjudged()
		return nil
	}
	r.multistatus = readMultistatus(p.Content.Data)
	r.multistatus.of = x
	return r.multistatus
}

// members returns the members of a 207 whose content could be read to its end.
func membersOf(x *wire.Exchange, r *Report) []davMember {
	m := multistatusOf(x, r)
	if m == nil {
		return nil
	}
	if !m.whole {
		r.Unjudged()
		return nil
	}
	return m.members
}

// readMultistatus reads as far as the XML is well-formed. Names of elements are
// ASCII here, so that any encoding which contains ASCII may be read as it is.
func readMultistatus(data []byte) *multistatus {
	m := new(multistatus)
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	var path []string // local names of the elements that are open, "" outside DAV:
	var text []byte
	for {
		t, err := d.Token()
		if err != nil {
			return m
		}
		switch t := t.(type) {
		case xml.StartElement:
			if len(path) == 0 {
				m.root = t.Name
			}
			name := ""
			if t.Name.Space == "DAV:" {
				name = t.Name.Local
			}
			path = append(path, name)
			text = text[:0]
			m.open(path)
		case xml.CharData:
			if n := len(path); n > 2 && (path[n-1] == "href" || path[n-1] == "status") {
				text = append(text, t...)
			}
		case xml.EndElement:
			m.close(path, strings.TrimSpace(string(text)))
			text = text[:0]
			if path = path[:len(path)-1]; len(path) == 0 || len(m.members) > maxMembers {
				m.whole = true
				m.members = m.members[:min(len(m.members), maxMembers)]
				return m
			}
		}
	}
}

// open takes note of an element that begins.
func (m *multistatus) open(path []string) {
	switch {
	case len(path) == 2 && path[1] == "response":
		m.members = append(m.members, davMember{})
	case len(path) == 3 && path[1] == "response" && path[2] == "propstat":
		last := &m.members[len(m.members)-1]
		last.inner = append(last.inner, "")
	case len(path) == 3 && path[1] == "response" && path[2] == "location":
		m.members[len(m.members)-1].located = true
	}
}

// close takes note of the text of an element that ends.
func (m *multistatus) close(path []string, text string) {
	if len(path) < 3 || path[1] != "response" {
		return
	}
	last := &m.members[len(m.members)-1]
	switch name := path[len(path)-1]; {
	case len(path) == 3 && name == "href":
		last.hrefs = append(last.hrefs, text)
	case len(path) == 3 && name == "status":
		last.statuses = append(last.statuses, text)
	case len(path) == 4 && path[2] == "propstat" && name == "status":
		last.inner[len(last.inner)-1] = text
	}
}

// all yields the texts of all DAV:status elements of a member.
func (m davMember) all(yield func(string) bool) {
	for _, list := range [...][]string{m.statuses, m.inner} {
		for _, s := range list {
			if s != "" && !yield(s) {
				return
			}
		}
	}
}

// innerCode reads the text of a DAV:status: a status line (RFC 4918 §14.28). The
// version is not held against anybody, nor is a phrase that is missing.
func innerCode(text string) (status.Code, bool) {
	version, rest, _ := strings.Cut(text, " ")
	digits, _, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(digits)
	code := status.Code(n)
	return code, err == nil && len(digits) == 3 && code.Valid() && strings.HasPrefix(version, "HTTP/")
}

// utf16 reports whether the XML begins with the mark of UTF-16, which we do not
// read.
func utf16(data []byte) bool {
	return bytes.HasPrefix(data, []byte{0xfe, 0xff}) || bytes.HasPrefix(data, []byte{0xff, 0xfe})
}
