package origin

import (
	"net/http"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// conditions is gate 13, in the order of RFC 9110 §13.2.2. RFC 9110 §13.2.1: it
// stands behind all that would refuse the request anyway.
func (d *decision) conditions() (bool, error) {
	h := d.r.Header
	demanded := d.node.Guarded && d.node.Exists() && d.replaces() && d.node.Act == nil && d.ifs == nil
	// RFC 6585 §3: the resource takes conditional changes only.
	if demanded && h["If-Match"] == nil && h["If-Unmodified-Since"] == nil && h["If-None-Match"] == nil {
		return false, conditionRequired()
	}
	switch {
	case h["If-Match"] != nil:
		if !matches(h["If-Match"], d.variant, strong) {
			return false, conditionFalse("if-match", "RFC 9110 §13.1.1")
		}
	case h["If-Unmodified-Since"] != nil:
		if since, ok := httpDate(h["If-Unmodified-Since"]); ok && d.variant != nil && d.modified().After(since) {
			return false, conditionFalse("if-unmodified-since", "RFC 9110 §13.1.4")
		}
	}
	// RFC 4918 §10.4: WebDAV's If, and Overwrite beside it.
	if d.ifs != nil || d.dest != nil {
		v, err := d.space()
		if err != nil {
			return false, err
		}
		if !d.ifTrue(v) {
			return false, ifFalse()
		}
		if err := d.overwrites(v); err != nil {
			return false, err
		}
	}
	switch {
	case h["If-None-Match"] != nil:
		if matches(h["If-None-Match"], d.variant, weak) {
			if d.retrieves() {
				return true, d.notModified()
			}
			return false, conditionFalse("if-none-match", "RFC 9110 §13.1.2")
		}
	case h["If-Modified-Since"] != nil && d.retrieves():
		if since, ok := httpDate(h["If-Modified-Since"]); ok && d.variant != nil && !d.modified().After(since) {
			return true, d.notModified()
		}
	}
	return false, nil
}

// replaces reports whether the method changes what is there already, or takes it
// away.
func (d *decision) replaces() bool {
	switch d.r.Method {
	case http.MethodPut, http.MethodPatch, http.MethodDelete, proppatch, move:
		return true
	}
	return false
}

// conditionRequired: RFC 6585 §3.
func conditionRequired() *wire.Refusal {
	return &wire.Refusal{
		Status: 428, Gate: 13, Reason: "condition-required", Spec: "RFC 6585 §3",
		Detail: lang.Text{
			En:   "Changes to this resource have to be conditional, so that nobody's work is lost. GET it, then repeat the request with If-Match and its ETag.",
			ZhTW: "為免有人的修改遺失，變更這個資源必須附上條件。請先 GET，再以 If-Match 帶上它的 ETag 重送。"},
	}
}

func (d *decision) retrieves() bool {
	return d.r.Method == http.MethodGet || d.r.Method == http.MethodHead
}

// modified is the variant's time of modification in whole seconds, all that an
// HTTP-date can say.
func (d *decision) modified() time.Time { return d.variant.Modified.Truncate(time.Second) }

func conditionFalse(reason, spec string) *wire.Refusal {
	return &wire.Refusal{
		Status: 412, Gate: 13, Reason: reason, Spec: spec,
		Detail: lang.Text{
			En:   "A condition of the request is false: the resource is not in the state that the client believes. GET it again before you change it.",
			ZhTW: "請求的條件不成立：資源的狀態與用戶端以為的不同。變更之前請重新 GET。"},
	}
}

// notModified: RFC 9110 §15.4.5, with the fields that the 200 would have had and
// a cache needs.
func (d *decision) notModified() error {
	d.describe()
	h := d.w.Header()
	h.Del("Content-Type")
	h.Del("Content-Language")
	h.Del("Content-Encoding")
	h.Del("Last-Modified")
	h.Del("Accept-Ranges")
	d.answer(http.StatusNotModified)
	return nil
}

// Comparisons of entity tags (RFC 9110 §8.8.3.2). Our tags are all strong.
const (
	strong = iota // both strong and the same
	weak          // the same, whether weak or not
)

// matches reports whether the list of entity tags names the variant. A star
// names any current representation.
func matches(list []string, v *Variant, comparison int) bool {
	if v == nil {
		return false
	}
	for _, value := range list {
		for member := range wire.Members(value) {
			if member == "*" || member == v.Tag || comparison == weak && strings.TrimPrefix(member, "W/") == v.Tag {
				return true
			}
		}
	}
	return false
}

// httpDate reads the one value of a date field. What is not one valid date makes
// the condition be ignored (RFC 9110 §13.1.3, §13.1.4).
func httpDate(values []string) (time.Time, bool) {
	if len(values) != 1 {
		return time.Time{}, false
	}
	t, err := http.ParseTime(values[0])
	return t, err == nil
}
