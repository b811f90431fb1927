package origin

import (
	"net/http"
	"slices"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// place is gate 8: where the resource is.
func (d *decision) place() (bool, error) {
	node, err := d.Tree.Find(d.ctx, d.r.URL.Path)
	if err != nil {
		return false, err
	}
	if d.hidden {
		// RFC 9110 §15.5.4: what is forbidden may be answered as what is missing.
		node = &Node{Path: node.Path}
	}
	d.node, d.look = node, nil
	d.view, d.ifs, d.dest = nil, nil, nil
	if node.Look != nil {
		if d.look, err = node.Look(d.ctx); err != nil {
			return false, err
		}
		if d.look != nil && d.look.SeeOther == "" {
			blob := Fixed(string(d.look.Content))
			node.Variants = []Variant{{Type: d.look.Type, Tag: blob.Tag(), Modified: d.now, Blob: blob}}
		}
	}
	switch {
	case node.Moved != nil:
		return false, moved(node.Moved)
	case node.Exists(), d.look != nil:
		return false, nil
	case d.creates():
		return false, nil
	case node.Gone:
		// RFC 9110 §15.5.11: the server knows that it was removed for good.
		return false, &wire.Refusal{
			Status: 410, Gate: 8, Reason: "removed", Spec: "RFC 9110 §15.5.11",
			Detail: lang.Text{
				En:   "This resource was removed on purpose and is not expected back. Remove links to it.",
				ZhTW: "這個資源已被刻意移除，預期不會再回來。請移除指向它的連結。"},
		}
	}
	// RFC 9110 §15.5.5: no current representation; nothing is said of the past.
	return false, &wire.Refusal{
		Status: 404, Gate: 8, Reason: "no-such-resource", Spec: "RFC 9110 §15.5.5",
		Detail: lang.Text{
			En:   "There is nothing at this URI now. It may come to be, or may have been.",
			ZhTW: "這個 URI 目前沒有任何東西；以後可能會有，也可能曾經有過。"},
	}
}

// creates reports whether the method brings something about where nothing is.
func (d *decision) creates() bool {
	switch d.r.Method {
	case http.MethodPut, mkcol, lock:
		return slices.Contains(d.node.Allow, d.r.Method)
	}
	return false
}

// moved answers from a forwarding record: permanent or not, and whether the
// client must keep the method or may make it GET (RFC 9110 §15.4.2-3, §15.4.8-9).
func moved(m *Moved) *wire.Refusal {
	code, spec := status.Code(302), "RFC 9110 §15.4.3"
	switch {
	case m.Permanent && m.KeepMethod:
		code, spec = 308, "RFC 9110 §15.4.9"
	case m.Permanent:
		code, spec = 301, "RFC 9110 §15.4.2"
	case m.KeepMethod:
		code, spec = 307, "RFC 9110 §15.4.8"
	}
	r := &wire.Refusal{
		Status: code, Gate: 8, Reason: "moved", Spec: spec,
		Detail: lang.Text{
			En:   "The resource answers at " + m.To + ".",
			ZhTW: "這個資源改在 " + m.To + " 回應。"},
		Fields: wire.Fields{{Name: "Location", Value: m.To}},
	}
	return r
}

// method is gate 9: RFC 9110 §15.5.6, with the methods that are allowed. OPTIONS
// and TRACE are answered here: they ask about the resource or the message, and
// conditions do not concern them (RFC 9110 §13.2.1).
func (d *decision) method() (bool, error) {
	if !slices.Contains(d.node.Allow, d.r.Method) {
		return false, &wire.Refusal{
			Status: 405, Gate: 9, Reason: "method-not-allowed", Spec: "RFC 9110 §15.5.6",
			Detail: lang.Text{
				En:   "The server implements this method, but this resource does not allow it. It allows " + d.allow() + ".",
				ZhTW: "伺服器實作了這個方法，但這個資源不允許使用。允許的有：" + d.allow() + "。"},
			Fields: wire.Fields{{Name: "Allow", Value: d.allow()}},
		}
	}
	if err := d.teapot(); err != nil {
		return false, err
	}
	if d.r.Method == http.MethodTrace {
		d.trace()
		return true, nil
	}
	if d.r.Method == http.MethodOptions {
		h := d.w.Header()
		h.Set("Allow", d.allow())
		setList(h, "Accept-Patch", d.node.Patches)
		setList(h, "Accept-Query", d.node.Queries)
		if d.authored() {
			h.Set("DAV", compliance)
		}
		if d.node.Act != nil {
			setList(h, "Accept-Post", d.node.Takes)
		}
		d.answer(http.StatusNoContent)
		return true, nil
	}
	return false, nil
}
