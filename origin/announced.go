package origin

import (
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// hasContent reports whether the request announces content that the method
// gives a meaning to.
func (d *decision) hasContent() bool {
	switch d.r.Method {
	case http.MethodPut, http.MethodPost, http.MethodPatch, query, brew:
		return true
	}
	return d.hasXML()
}

func (d *decision) most() int64 {
	if d.node.Most > 0 {
		return d.node.Most
	}
	if d.Most > 0 {
		return d.Most
	}
	return 16 << 20
}

// announced is gate 10: what the fields alone say of the content, so that a
// client that waits for 100 need not send it (RFC 9110 §10.1.1).
func (d *decision) announced() (bool, error) {
	if err := d.readIf(); err != nil {
		return false, err
	}
	if err := d.announcedDAV(); err != nil {
		return false, err
	}
	if !d.hasContent() {
		return false, nil
	}
	length := d.r.ContentLength
	switch {
	case d.node.NeedsLength && length < 0:
		return false, lengthRequired()
	case length > d.most():
		return false, d.contentTooLarge(10, d.most())
	}
	if err := d.announcedCoding(); err != nil {
		return false, err
	}
	if err := d.announcedType(); err != nil {
		return false, err
	}
	// RFC 9110 §14.5: a server without partial PUT should answer Content-Range
	// on PUT with 400.
	if d.r.Method == http.MethodPut && d.r.Header.Get("Content-Range") != "" {
		return false, &wire.Refusal{
			Status: 400, Gate: 10, Reason: "content-range-on-put", Spec: "RFC 9110 §14.5",
			Detail: lang.Text{
				En:   "Content-Range says that the content is a part, and this resource is stored whole. Send all of it, without Content-Range.",
				ZhTW: "Content-Range 表示內容只是一部分，而這個資源要整份儲存。請去掉 Content-Range，送出完整內容。"},
		}
	}
	return false, nil
}

// lengthRequired: RFC 9110 §15.5.12.
func lengthRequired() *wire.Refusal {
	return &wire.Refusal{
		Status: 411, Gate: 10, Reason: "length-required", Spec: "RFC 9110 §15.5.12",
		Detail: lang.Text{
			En:   "This resource reserves room before it takes content. Send the request with Content-Length.",
			ZhTW: "這個資源在收內容之前要先保留空間。請帶上 Content-Length 重送。"},
	}
}

// contentTooLarge: RFC 9110 §15.5.14, announced (gate 10) or overrun (gate 14).
// Where the limit is a temporary one, Retry-After should say when to come back.
func (d *decision) contentTooLarge(gate int, most int64) *wire.Refusal {
	r := &wire.Refusal{
		Status: 413, Gate: gate, Reason: "content-too-large", Spec: "RFC 9110 §15.5.14",
		Detail: lang.Text{
			En:   fmt.Sprintf("The content is larger than the %d octets that this resource takes.", most),
			ZhTW: fmt.Sprintf("內容超過這個資源願意接收的 %d 個位元組。", most)},
	}
	if left := d.node.MostUntil.Sub(d.now); left > 0 {
		r.Reason = "content-too-large-now"
		r.Detail = lang.Text{
			En:   fmt.Sprintf("The content is larger than the %d octets that this resource takes just now. Try again after the time in Retry-After.", most),
			ZhTW: fmt.Sprintf("內容超過這個資源目前願意接收的 %d 個位元組。請在 Retry-After 所說的時間之後再試。", most)}
		r.Fields = wire.Fields{{Name: "Retry-After", Value: seconds(left)}}
	}
	return r
}

// announcedCoding: RFC 9110 §12.5.3, a coding that is not understood gets 415
// with Accept-Encoding, so that it is not taken for a matter of media type.
func (d *decision) announcedCoding() error {
	for _, value := range d.r.Header["Content-Encoding"] {
		for coding := range wire.Members(value) {
			if strings.EqualFold(coding, "identity") {
				continue
			}
			return &wire.Refusal{
				Status: 415, Gate: 10, Reason: "content-coding", Spec: "RFC 9110 §12.5.3",
				Detail: lang.Text{
					En:   "The content is in a coding that this resource does not take: " + coding + ". Send it without one.",
					ZhTW: "內容使用了這個資源不接受的編碼：" + coding + "。請送未編碼的內容。"},
				Fields: wire.Fields{{Name: "Accept-Encoding", Value: "identity"}},
			}
		}
	}
	return nil
}

// announcedType: RFC 9110 §15.5.16. The types that are taken are listed in
// Accept-Patch (RFC 5789 §2.2) or Accept (RFC 9110 §12.5.1); Accept-Encoding
// must not be there.
func (d *decision) announcedType() error {
	takes, list := d.node.Takes, "Accept"
	switch d.r.Method {
	case http.MethodPatch:
		takes, list = d.node.Patches, "Accept-Patch"
	case query: // RFC 10008 (unverified)
		takes, list = d.node.Queries, "Accept-Query"
	default:
		if d.hasXML() {
			takes, list = xmlTypes, "Accept"
		}
	}
	stated := d.r.Header.Get("Content-Type")
	mediaType, _, err := mime.ParseMediaType(stated)
	if stated != "" && err != nil {
		return &wire.Refusal{
			Status: 400, Gate: 10, Reason: "bad-content-type", Spec: "RFC 9110 §8.3",
			Detail: lang.Text{
				En:   "Content-Type is no media type.",
				ZhTW: "Content-Type 不是媒體類型。"},
		}
	}
	d.mediaType = mediaType
	// A request without content has no type that could be wrong, and XML shows
	// itself (RFC 9110 §8.3).
	empty := (d.r.Method == http.MethodPost || d.hasXML()) && (d.r.ContentLength == 0 || d.hasXML() && stated == "")
	if takes == nil || empty || slices.Contains(takes, mediaType) {
		return nil
	}
	return &wire.Refusal{
		Status: 415, Gate: 10, Reason: "media-type", Spec: "RFC 9110 §15.5.16",
		Detail: lang.Text{
			En:   "This resource takes content of these types: " + strings.Join(takes, ", ") + ".",
			ZhTW: "這個資源接受的內容型別：" + strings.Join(takes, "、") + "。"},
		Fields: wire.Fields{{Name: list, Value: strings.Join(takes, ", ")}},
	}
}

// xmlTypes: RFC 4918 §8.2, either has to be taken.
var xmlTypes = []string{"application/xml", "text/xml"}

// state is gate 12: what is known before the content is read and would forbid
// the change whatever the conditions say (RFC 9110 §13.2.1).
func (d *decision) state() (bool, error) {
	if d.authored() {
		if err := d.authoringState(); err != nil {
			return false, err
		}
	}
	if d.r.Method != http.MethodPut && d.r.Method != http.MethodPatch {
		return false, nil
	}
	if d.node.Room >= 0 && d.r.ContentLength > d.node.Room {
		return false, noRoom(12, ErrNoRoom)
	}
	return false, nil
}

func setList(h http.Header, name string, members []string) {
	if len(members) > 0 {
		h.Set(name, strings.Join(members, ", "))
	}
}
