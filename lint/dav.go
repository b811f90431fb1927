package lint

import (
	"bytes"
	"encoding/xml"
	"io"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// 207 208 423 424 508
var dav = []Rule{
	{
		Name: "multistatus-of-other-type", Level: Definition, About: OfMessage,
		Spec: "RFC 4918 §13", Codes: []status.Code{207}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: multistatusOfOtherType,
	},
	{
		Name: "multistatus-without-root", Level: Definition, About: OfMessage,
		Spec: "RFC 4918 §13", Codes: []status.Code{207}, Who: Server, Needs: wire.ShowsRequest | wire.ShowsResponse | wire.ShowsContent,
		Check: multistatusWithoutRoot,
	},
	{
		Name: "already-reported-outside", Level: Definition, About: OfMessage,
		Spec: "RFC 5842 §7.1", Codes: []status.Code{208}, Who: Server, Needs: wire.ShowsResponse,
		Check: alreadyReportedOutside,
	},
}

// RFC 4918 §13: the content of a 207 is XML by default. Other formats by
// agreement exist; JSON APIs that borrow the code are told that clients of
// WebDAV cannot read them.
func multistatusOfOtherType(x *wire.Exchange, r *Report) {
	m := &x.Answer().Message
	if x.Request.Method == "HEAD" || m.Content.Length == 0 {
		return
	}
	v, ok := value(r, m, "Content-Type")
	if ok && !isMedia(v, "application/xml") && !isMedia(v, "text/xml") {
		r.Final("Content-Type", lang.Text{
			En:   "The 207 is of type %q; a multistatus is XML.",
			ZhTW: "207 的類型是 %q；multistatus 應為 XML。"}, v)
	}
}

// RFC 4918 §13: the root element is DAV:multistatus.
func multistatusWithoutRoot(x *wire.Exchange, r *Report) {
	p := x.Answer()
	if x.Request.Method == "HEAD" || p.Fields.Has("Content-Encoding") {
		return
	}
	v, ok := value(r, &p.Message, "Content-Type")
	if !ok || !isMedia(v, "application/xml") && !isMedia(v, "text/xml") {
		return
	}
	root, err := rootElement(p.Content.Data)
	switch {
	case err != nil && !p.Content.Whole(), utf16(p.Content.Data):
		r.Unjudged()
	case err != nil:
		r.Final("", lang.Text{
			En:   "The content of the 207 has no root element.",
			ZhTW: "207 的內容沒有根元素。"})
	case root != (xml.Name{Space: "DAV:", Local: "multistatus"}):
		r.Final("", lang.Text{
			En:   "The root of the 207 is {%s}%s, not {DAV:}multistatus.",
			ZhTW: "207 的根元素是 {%s}%s，而不是 {DAV:}multistatus。"}, root.Space, root.Local)
	}
}

// utf16 reports whether the XML begins with the mark of UTF-16, which we do not
// read.
func utf16(data []byte) bool {
	return bytes.HasPrefix(data, []byte{0xfe, 0xff}) || bytes.HasPrefix(data, []byte{0xff, 0xfe})
}

// rootElement returns the name of the first element; of no element, an error.
// Names of elements are ASCII here, so that any encoding which contains ASCII
// may be read as it is.
func rootElement(data []byte) (xml.Name, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for {
		t, err := d.Token()
		if err != nil {
			return xml.Name{}, err
		}
		if start, ok := t.(xml.StartElement); ok {
			return start.Name, nil
		}
	}
}

// RFC 5842 §7.1: 208 stands within a propstat of a 207.
func alreadyReportedOutside(x *wire.Exchange, r *Report) {
	r.Final("", lang.Text{
		En:   "208 is the code of the whole answer; it belongs inside a 207.",
		ZhTW: "208 成了整個回應的狀態碼；它只該出現在 207 之中。"})
}
