package origin

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// mostManipulated is the size of texts that instance-manipulations are made of:
// they are made in memory.
const mostManipulated = 256 << 10

// A manipulation is how the representation is to be sent instead of as it is
// (RFC 3229): by what, in order, and of what text.
type manipulation struct {
	codings []string // "diffe" or "feed", "gzip"
	base    Blob     // the instance that the delta starts from
	delta   []byte
}

// manipulable reports whether the node's representation is one of which former
// versions are kept, so that it can be sent as a delta or compressed.
func (n *Node) manipulable(v *Variant) bool {
	return n.Keeps && hasDeltas(v.Type) && v.Blob.Size <= mostManipulated
}

// hasDeltas reports whether we can make deltas of content of that type.
func hasDeltas(mediaType string) bool { return isText(mediaType) || isFeed(mediaType) }

// deltaOf makes a delta in a format, if that fits the type and both instances.
func deltaOf(format, mediaType string, from, to []byte) (delta []byte, ok bool) {
	switch {
	case format == "diffe" && isText(mediaType) && editable(from) && editable(to):
		return edScript(from, to), true
	case format == "feed" && isFeed(mediaType):
		return feedDelta(from, to)
	}
	return nil, false
}

func isText(mediaType string) bool {
	media, _, _ := strings.Cut(mediaType, ";")
	return strings.EqualFold(strings.TrimSpace(media), "text/plain")
}

// manipulations is gate 11 for A-IM (RFC 3229 §10.5.3): which of the
// manipulations that it lists can be made, in its order.
func (d *decision) manipulations() error {
	if d.r.Method != http.MethodGet || d.look != nil || d.r.Header.Values("A-IM") == nil {
		return nil
	}
	im, identity := &manipulation{}, true
	for _, value := range d.r.Header.Values("A-IM") {
		for member := range wire.Members(value) {
			name, params, _ := strings.Cut(member, ";")
			name = strings.ToLower(strings.TrimSpace(name))
			switch wanted := wire.Qvalue(params) > 0; {
			case name == "identity":
				identity = wanted
			case !wanted || !d.node.manipulable(d.variant) || slices.Contains(im.codings, name):
			case name == "gzip":
				im.codings = append(im.codings, name)
			case (name == "diffe" || name == "feed") && len(im.codings) == 0: // a delta of compressed octets would be none
				ok, err := d.delta(im, name)
				if err != nil {
					return err
				}
				if ok {
					im.codings = append(im.codings, name)
				}
			}
		}
	}
	if len(im.codings) > 0 {
		d.im = im
		return nil
	}
	if !identity {
		return d.unmanipulated()
	}
	return nil
}

// delta looks for the base: RFC 3229 §10.3, an instance that If-None-Match names
// and that is still there. The current one is such a base too, by which the
// request would get 226 if its condition did not make that a 304.
func (d *decision) delta(im *manipulation, format string) (ok bool, err error) {
	for _, base := range append([]Blob{d.variant.Blob}, d.node.Former...) {
		if !named(d.r.Header["If-None-Match"], base.Tag()) || base.Size > mostManipulated {
			continue
		}
		from, err := d.text(base)
		if err != nil {
			return false, err
		}
		to, err := d.text(d.variant.Blob)
		if err != nil {
			return false, err
		}
		im.base = base
		im.delta, ok = deltaOf(format, d.variant.Type, from, to)
		return ok, nil
	}
	return false, nil
}

// named reports whether the list has the tag: a delta needs the same octets, so
// the comparison is strong (RFC 9110 §8.8.3.2) and * names nothing.
func named(list []string, tag string) bool {
	for _, value := range list {
		for member := range wire.Members(value) {
			if member == tag {
				return true
			}
		}
	}
	return false
}

func (d *decision) text(b Blob) ([]byte, error) {
	content, err := b.Open(d.ctx, 0)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	return io.ReadAll(io.LimitReader(content, mostManipulated))
}

// unmanipulated: RFC 3229 §10.5.3, the request refuses the instance as it is and
// none of the manipulations that it lists can be made.
func (d *decision) unmanipulated() error {
	return &wire.Refusal{
		Status: 406, Gate: 11, Reason: "no-manipulation", Spec: "RFC 3229 §10.5.3",
		Detail: lang.Text{
			En:   "A-IM refuses the representation as it is (identity;q=0) and lists nothing else that can be had here. There are gzip and, from a former version that If-None-Match names, diffe for text/plain and feed for application/atom+xml.",
			ZhTW: "A-IM 拒收原樣的表示（identity;q=0），所列的其他方式這裡又做不到。能做的是 gzip，以及對 If-None-Match 所列舊版本的 diffe（text/plain）與 feed（application/atom+xml）。"},
		Fields: wire.Fields{{Name: "Vary", Value: "A-IM, If-None-Match"}},
	}
}

// sendManipulated is the 226 (RFC 3229 §10.4.1): fields as of the current
// instance, IM saying what was done to it.
func (d *decision) sendManipulated() error {
	h, content := d.w.Header(), []byte(nil)
	if d.im.codings[0] != "gzip" {
		content = d.im.delta
		// RFC 3229 §10.5.1: needed where the request names several tags, wise always.
		h.Set("Delta-Base", d.im.base.Tag())
	} else {
		var err error
		if content, err = d.text(d.variant.Blob); err != nil {
			return err
		}
	}
	if slices.Contains(d.im.codings, "gzip") {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		z.Write(content)
		z.Close()
		content = packed.Bytes()
	}
	h.Set("IM", strings.Join(d.im.codings, ", "))
	// RFC 3229 §5.5: a cache that does not know 226 must not store it; one that
	// knows it reads past no-store.
	h.Set("Cache-Control", "no-store, im, max-age=0")
	h.Add("Vary", "A-IM, If-None-Match")
	h.Del("Accept-Ranges")
	h.Set("Content-Length", strconv.Itoa(len(content)))
	d.answer(http.StatusIMUsed)
	d.w.Write(content)
	return nil
}
