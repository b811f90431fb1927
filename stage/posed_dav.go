package stage

import (
	"encoding/xml"
	"net/http"
	"strings"
)

// The content of codes whose meaning lies in XML. The resource that they speak
// of is the one that was asked for.

const posedXMLType = "application/xml; charset=utf-8"

// posedMultistatus answers for two properties apart (RFC 4918 §9.1, §13).
func posedMultistatus(r *http.Request, sentence string) string {
	return posedXML(`<D:multistatus xmlns:D="DAV:">
  <D:response>
    <D:href>{path}</D:href>
    <D:propstat>
      <D:prop><D:displayname>posed</D:displayname></D:prop>
      <D:status>HTTP/1.1 200 OK</D:status>
    </D:propstat>
    <D:propstat>
      <D:prop><D:getetag/></D:prop>
      <D:status>HTTP/1.1 404 Not Found</D:status>
    </D:propstat>
  </D:response>
  <D:responsedescription>{sentence}</D:responsedescription>
</D:multistatus>
`, r, sentence)
}

// posedReported lists one collection under two bindings, the second time
// without what is in it (RFC 5842 §7.1).
func posedReported(r *http.Request, sentence string) string {
	return posedXML(`<D:multistatus xmlns:D="DAV:">
  <D:response>
    <D:href>{path}/</D:href>
    <D:propstat>
      <D:prop><D:resourcetype><D:collection/></D:resourcetype></D:prop>
      <D:status>HTTP/1.1 200 OK</D:status>
    </D:propstat>
  </D:response>
  <D:response>
    <D:href>{path}/again/</D:href>
    <D:propstat>
      <D:prop><D:resourcetype><D:collection/></D:resourcetype></D:prop>
      <D:status>HTTP/1.1 208 Already Reported</D:status>
    </D:propstat>
  </D:response>
  <D:responsedescription>{sentence}</D:responsedescription>
</D:multistatus>
`, r, sentence)
}

// posedDependency is a PROPPATCH of which one half failed and took the other
// with it (RFC 4918 §9.2.1, §11.4).
func posedDependency(r *http.Request, sentence string) string {
	return posedXML(`<D:multistatus xmlns:D="DAV:">
  <D:response>
    <D:href>{path}</D:href>
    <D:propstat>
      <D:prop><D:getetag/></D:prop>
      <D:status>HTTP/1.1 403 Forbidden</D:status>
      <D:error><D:cannot-modify-protected-property/></D:error>
    </D:propstat>
    <D:propstat>
      <D:prop><D:displayname/></D:prop>
      <D:status>HTTP/1.1 424 Failed Dependency</D:status>
    </D:propstat>
  </D:response>
  <D:responsedescription>{sentence}</D:responsedescription>
</D:multistatus>
`, r, sentence)
}

// posedLocked names the root of the lock (RFC 4918 §11.3, §16). An error
// element holds no text (§14.5), so the sentence is a comment.
func posedLocked(r *http.Request, sentence string) string {
	return posedXML(`<D:error xmlns:D="DAV:">
  <!-- {sentence} -->
  <D:lock-token-submitted><D:href>{path}</D:href></D:lock-token-submitted>
</D:error>
`, r, sentence)
}

// posedQuota says which limit the request would pass (RFC 4331 §6).
func posedQuota(r *http.Request, sentence string) string {
	return posedXML(`<D:error xmlns:D="DAV:">
  <!-- {sentence} -->
  <D:quota-not-exceeded/>
</D:error>
`, r, sentence)
}

func posedXML(document string, r *http.Request, sentence string) string {
	return xml.Header + strings.NewReplacer("{path}", posedEscape(r.URL.EscapedPath()), "{sentence}", posedEscape(sentence)).Replace(document)
}

func posedEscape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) // a strings.Builder never fails
	return b.String()
}
