package origin

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// Bounds of XML in requests.
const (
	mostXML         = 256 << 10 // octets; also of all names, were each written with its namespace
	mostXMLDepth    = 64
	mostXMLElements = 4096
	mostXMLNames    = 256 // attributes of an element, and namespaces in scope
	mostXMLLanguage = 100 // octets of xml:lang, which properties inherit
)

// dav is the namespace of WebDAV (RFC 4918 §1).
const dav = "DAV:"

// An element of XML as a request has it: names with their namespaces, not with
// prefixes.
type element struct {
	name  xml.Name
	attrs []xml.Attr
	kids  []node
}

// A node is an element, or text.
type node struct {
	element *element
	text    string
}

// parseXML reads a document. A document type declaration is refused, and with it
// every entity that one could define (RFC 4918 §20.6).
func parseXML(octets []byte) (*element, error) {
	d := xml.NewDecoder(bytes.NewReader(inUTF8(octets)))
	d.CharsetReader = func(name string, r io.Reader) (io.Reader, error) {
		if strings.EqualFold(name, "utf-16") { // it was read as that already
			return r, nil
		}
		return nil, errors.New("an encoding other than UTF-8 and UTF-16")
	}
	var root *element
	var open []*element
	var spaces [][]string // namespaces in scope, by open element
	count, named := 0, 0
	for {
		token, err := d.Token()
		if err == io.EOF && root != nil {
			return root, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil, errDirective
		case xml.StartElement:
			count++
			if len(open) == mostXMLDepth || count > mostXMLElements {
				return nil, errors.New("too deep, or too many elements")
			}
			// A namespace is declared once and meant by thousands; what is written
			// says it each time: see String.
			if named += namesOctets(t); named > mostXML {
				return nil, errors.New("namespaces that are too long for so many names")
			}
			var scope []string
			if len(spaces) > 0 {
				scope = spaces[len(spaces)-1]
			}
			e, scope, err := newElement(t, scope)
			if err != nil {
				return nil, err
			}
			switch {
			case len(open) > 0:
				parent := open[len(open)-1]
				parent.kids = append(parent.kids, node{element: e})
			case root != nil:
				return nil, errors.New("a second root element")
			default:
				root = e
			}
			open, spaces = append(open, e), append(spaces, scope)
		case xml.EndElement:
			open, spaces = open[:len(open)-1], spaces[:len(spaces)-1]
		case xml.CharData:
			if len(open) > 0 {
				parent := open[len(open)-1]
				parent.kids = append(parent.kids, node{text: string(t)})
			} else if len(bytes.TrimSpace(t)) > 0 {
				return nil, errors.New("text outside of the root element")
			}
		}
	}
}

// namesOctets is how many octets the names in a start tag have, with their
// namespaces.
func namesOctets(t xml.StartElement) int {
	n := len(t.Name.Space) + len(t.Name.Local)
	for _, a := range t.Attr {
		n += len(a.Name.Space) + len(a.Name.Local)
	}
	return n
}

var errDirective = errors.New("a document type declaration")

const xmlSpace = "http://www.w3.org/XML/1998/namespace"

// newElement takes a start tag over and holds it to the rules that package xml
// leaves alone: no attribute stands twice, a prefix is declared, and never as
// nothing.
func newElement(t xml.StartElement, scope []string) (*element, []string, error) {
	e := &element{name: t.Name}
	scope = slices.Clip(scope)
	if len(scope)+len(t.Attr) > mostXMLNames {
		return nil, nil, errors.New("too many attributes, or namespaces")
	}
	for i, a := range t.Attr {
		switch {
		case slices.ContainsFunc(t.Attr[:i], func(b xml.Attr) bool { return a.Name == b.Name }):
			return nil, nil, errors.New("the attribute " + a.Name.Local + " stands twice")
		case a.Name == xml.Name{Space: xmlSpace, Local: "lang"} && len(a.Value) > mostXMLLanguage:
			return nil, nil, errors.New("a language that is too long")
		case a.Name.Space == "xmlns" && a.Value == "":
			return nil, nil, errors.New("the prefix " + a.Name.Local + " is declared as nothing")
		case a.Name.Space == "xmlns", a.Name.Space == "" && a.Name.Local == "xmlns":
			scope = append(scope, a.Value)
		default:
			e.attrs = append(e.attrs, xml.Attr{Name: a.Name, Value: a.Value})
		}
	}
	declared := func(space string) bool { return space == "" || space == xmlSpace || slices.Contains(scope, space) }
	if strings.Contains(t.Name.Local, ":") || !declared(t.Name.Space) || slices.ContainsFunc(e.attrs, func(a xml.Attr) bool { return !declared(a.Name.Space) }) {
		return nil, nil, errors.New("a prefix that is not declared")
	}
	return e, scope, nil
}

// inUTF8 reads UTF-16, which a byte order mark shows, as the XML specification
// demands.
func inUTF8(octets []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(octets, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	case bytes.HasPrefix(octets, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	default:
		return bytes.TrimPrefix(octets, []byte{0xef, 0xbb, 0xbf})
	}
	units := make([]uint16, 0, len(octets)/2)
	for i := 2; i+1 < len(octets); i += 2 {
		units = append(units, order.Uint16(octets[i:]))
	}
	return []byte(string(utf16.Decode(units)))
}

// children are the elements of that name in WebDAV's namespace.
func (e *element) children(local string) []*element {
	var all []*element
	for _, k := range e.kids {
		if k.element != nil && k.element.name == (xml.Name{Space: dav, Local: local}) {
			all = append(all, k.element)
		}
	}
	return all
}

// child is the only element of that name; nil if there is none, or another.
func (e *element) child(local string) *element {
	if all := e.children(local); len(all) == 1 {
		return all[0]
	}
	return nil
}

// elements are all those directly within.
func (e *element) elements() []*element {
	var all []*element
	for _, k := range e.kids {
		if k.element != nil {
			all = append(all, k.element)
		}
	}
	return all
}

// text is the text directly within, without the space around it.
func (e *element) text() string {
	var b strings.Builder
	for _, k := range e.kids {
		b.WriteString(k.text)
	}
	return strings.TrimSpace(b.String())
}

// String writes the element so that it means the same wherever it is put: every
// element says its own namespace.
func (e *element) String() string {
	var b strings.Builder
	e.write(&b)
	return b.String()
}

func (e *element) write(b *strings.Builder) {
	b.WriteString("<" + e.name.Local + ` xmlns="` + escapeXML(e.name.Space) + `"`)
	for i, a := range e.attrs {
		switch a.Name.Space {
		case "":
			b.WriteString(" " + a.Name.Local)
		case xmlSpace:
			b.WriteString(" xml:" + a.Name.Local)
		default:
			prefix := "a" + strconv.Itoa(i)
			b.WriteString(" xmlns:" + prefix + `="` + escapeXML(a.Name.Space) + `" ` + prefix + ":" + a.Name.Local)
		}
		b.WriteString(`="` + escapeXML(a.Value) + `"`)
	}
	if len(e.kids) == 0 {
		b.WriteString("/>")
		return
	}
	b.WriteString(">")
	for _, k := range e.kids {
		if k.element != nil {
			k.element.write(b)
		} else {
			b.WriteString(escapeXML(k.text))
		}
	}
	b.WriteString("</" + e.name.Local + ">")
}

// empty writes an element of that name with nothing in it.
func empty(name xml.Name) string { return (&element{name: name}).String() }

// readXML is the part of gate 14 for methods whose content is XML: 400 for what
// is not (RFC 4918 §8.2), 422 for what is and asks for nothing that can be done.
func (d *decision) readXML() error {
	if len(d.content) == 0 {
		return d.understand(nil)
	}
	document, err := parseXML(d.content)
	if errors.Is(err, errDirective) {
		return withCondition(&wire.Refusal{
			Status: 403, Gate: 14, Reason: "document-type", Spec: "RFC 4918 §20.6",
			Detail: lang.Text{
				En:   "The XML has a document type declaration. Entities are not expanded here: send it without one.",
				ZhTW: "XML 含有文件類型宣告。這裡不展開實體；請去掉後重送。"},
		}, "no-external-entities")
	}
	if err != nil {
		return (&Invalid{Malformed: true, Why: "not XML with namespaces: " + err.Error(), WhyZhTW: "不是合乎名稱空間規則的 XML（" + err.Error() + "）"}).refusal()
	}
	return d.understand(document)
}

// understand takes from the document, nil if there was no content, what the
// method needs of it.
func (d *decision) understand(document *element) (err error) {
	switch d.r.Method {
	case propfind:
		d.question, err = readPropfind(document)
	case proppatch:
		d.instructions, err = readPropertyUpdate(document)
	case lock:
		d.wish, err = d.readLockInfo(document)
	default:
		d.rebinding, err = d.readRebinding(document)
	}
	return err
}

// cannot: RFC 4918 §11.2, RFC 9110 §15.5.21, good XML that asks for what cannot
// be done, or is not what the method needs.
func cannot(member, why, whyZhTW string) *wire.Refusal {
	return (&Invalid{Member: member, Why: why, WhyZhTW: whyZhTW}).refusal()
}
