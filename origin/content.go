package origin

import (
	"errors"
	"io"
	"net/http"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// readMost is how much content is read into memory, for methods whose content
// has to be understood as a whole: forms, JSON, patches.
const readMost = 1 << 20

// takeContent is gate 14: the content is asked for, read, and understood. PUT's
// goes to the tree as it comes; what has to be understood is read whole.
func (d *decision) takeContent() (bool, error) {
	if d.hasNoContent() {
		return false, d.noContent()
	}
	if !d.hasContent() || d.taken {
		return false, nil
	}
	if d.r.Method == http.MethodPut && d.node.Valid == nil {
		return false, d.keepContent(d.r.Body)
	}
	most := min(d.most(), readMost)
	if d.hasXML() {
		most = min(d.most(), mostXML)
	}
	octets, err := io.ReadAll(io.LimitReader(d.r.Body, most+1))
	if err != nil {
		return false, contentError(err)
	}
	if int64(len(octets)) > most {
		return false, d.contentTooLarge(14, most)
	}
	if err := checkDigest(d.r.Header, octets); err != nil {
		return false, err
	}
	d.content, d.taken = octets, true
	if d.hasXML() {
		return false, d.readXML()
	}
	if d.node.Valid != nil && d.r.Method != http.MethodPatch {
		if invalid := d.node.Valid(d.mediaType, octets); invalid != nil {
			return false, invalid.refusal()
		}
	}
	if d.r.Method == http.MethodPut {
		return false, d.keepOctets(octets)
	}
	return false, nil
}

func (d *decision) keepContent(content io.Reader) error {
	most := d.most()
	if d.node.Room >= 0 && d.node.Room < most {
		most = d.node.Room
	}
	digest := newDigester(d.r.Header)
	blob, err := d.Tree.Keep(d.ctx, digest.reader(content), most)
	switch {
	case errors.Is(err, ErrTooLarge) && most < d.most():
		return noRoom(14, ErrNoRoom)
	case errors.Is(err, ErrTooLarge):
		return d.contentTooLarge(14, most)
	case errors.Is(err, ErrNoRoom):
		return noRoom(14, err)
	case err != nil:
		return contentError(err)
	}
	if err := digest.check(); err != nil {
		return err
	}
	d.blob, d.taken = &blob, true
	return nil
}

// contentError passes on what our server says of the client's fault; any other
// failure to read means that nobody is there to be answered.
func contentError(err error) error {
	var refusal *wire.Refusal
	var unavailable Unavailable
	if errors.As(err, &refusal) || errors.As(err, &unavailable) {
		return err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		panic(http.ErrAbortHandler)
	}
	return err
}

// refusal: RFC 9110 §15.5.1 for what is malformed, §15.5.21 for what is well
// formed and cannot be carried out.
func (i *Invalid) refusal() *wire.Refusal {
	r := &wire.Refusal{
		Status: 422, Gate: 14, Reason: "cannot-be-carried-out", Spec: "RFC 9110 §15.5.21",
		Detail: lang.Text{
			En:   "The content is well formed but cannot be carried out. " + i.Member + ": " + i.Why,
			ZhTW: "內容格式正確，但無法執行。" + i.Member + "：" + i.WhyZhTW},
	}
	if i.Malformed {
		r.Status, r.Reason, r.Spec = 400, "malformed", "RFC 9110 §15.5.1"
		r.Detail = lang.Text{
			En:   "The content is not what its media type says: " + i.Why,
			ZhTW: "內容不是它的媒體類型所說的格式：" + i.WhyZhTW}
	}
	return r
}
