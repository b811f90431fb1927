package origin

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// A rebinding is what BIND, UNBIND and REBIND ask for (RFC 5842 §4-§6): a
// binding with that segment is made, or taken away, in the collection that the
// request is for.
type rebinding struct {
	segment string
	source  string // the resource's path within the world; for UNBIND ""
}

var bindRoots = map[string]string{bind: "bind", unbind: "unbind", rebind: "rebind"}

// readRebinding reads the content.
func (d *decision) readRebinding(root *element) (*rebinding, error) {
	want := bindRoots[d.r.Method]
	if root == nil || root.name != (xml.Name{Space: dav, Local: want}) {
		return nil, cannot("content", d.r.Method+" needs DAV:"+want, d.r.Method+" 需要 DAV:"+want)
	}
	segment := root.child("segment")
	if segment == nil {
		return nil, cannot(want, "it holds one segment", "裡面要有一個 segment")
	}
	name, err := url.PathUnescape(segment.text())
	if err != nil || name == "" || isDots(name) || strings.Contains(name, "/") {
		return nil, withCondition(rebindRefused("segment-unusable", "RFC 5842 §4", lang.Text{
			En: "The segment is no name that a binding can have.", ZhTW: "這個 segment 不能當作繫結的名稱。"}), "name-allowed")
	}
	r := &rebinding{segment: name}
	if d.r.Method == unbind {
		return r, nil
	}
	href := root.child("href")
	if href == nil {
		return nil, cannot(want, "it holds one href", "裡面要有一個 href")
	}
	u, err := url.Parse(href.text())
	if err != nil || u.Path == "" {
		return nil, cannot("href", "a URI of a resource", "要是資源的 URI")
	}
	v, err := d.space()
	if err != nil {
		return nil, err
	}
	var ok bool
	if r.source, ok = v.rel(d.r.URL.ResolveReference(u).Path); !ok || u.Host != "" && !d.sameServer(u) {
		return nil, withCondition(rebindRefused("other-server", "RFC 5842 §4", lang.Text{
			En: "The resource is on another server, or in another world of this one.", ZhTW: "資源在另一台伺服器，或本伺服器的另一個世界。"}), "cross-server-binding")
	}
	return r, nil
}

// rebindRefused: RFC 5842 §4, what no state of the world would allow.
func rebindRefused(reason, spec string, says lang.Text) *wire.Refusal {
	r := forbidden(reason, spec, says)
	r.Gate = 14
	return r
}

// rebind is BIND, UNBIND and REBIND. All of them are one change, so that the
// graph is never seen in between.
func (d *decision) rebind() error {
	existed := false
	var where string
	err := d.alter(func(v *View) error {
		r := d.rebinding
		rel, _ := v.rel(d.r.URL.Path)
		into := v.at(rel)
		key := into.id + "/" + r.segment
		where = v.w.Prefix + into.rel + "/" + r.segment
		existed = v.doc.bound(key) != ""
		n := need{writes: []string{into.id}}
		if existed {
			n.cuts = append(n.cuts, key)
		}
		if d.r.Method == unbind {
			if !existed {
				return withCondition(rebindConflict(where), "unbind-source-exists")
			}
			return d.cut(v, n, key)
		}
		from := v.at(r.source)
		switch {
		case from.id == "":
			return withCondition(rebindConflict(v.w.Prefix+r.source), bindRoots[d.r.Method]+"-source-exists")
		case from.key == "" || v.w.rootOf(r.source) == "":
			return withCondition(rebindRefused("binding-not-allowed", "RFC 5842 §4", lang.Text{
				En: "A collection of the plan has one place only.", ZhTW: "固定的集合只能有一個位置。"}), "binding-allowed")
		case existed && d.keep:
			return withCondition(overwriteRefused(), "can-overwrite")
		}
		if d.r.Method == rebind {
			n.writes, n.cuts = append(n.writes, from.parent), append(n.cuts, from.key)
		}
		if against := v.standing(n, d.ifs); len(against) > 0 {
			return locked(15, against)
		}
		if d.r.Method == rebind {
			return v.move(from, key, into.rel+"/"+r.segment)
		}
		if err := v.admit(key); err != nil {
			return err
		}
		v.doc.bind(key, from.id)
		return nil
	})
	if err != nil {
		return err
	}
	if d.r.Method != unbind && !existed {
		return d.made(where)
	}
	d.answer(http.StatusNoContent)
	return nil
}

// cut takes a binding away (RFC 5842 §5).
func (d *decision) cut(v *View, n need, key string) error {
	if against := v.standing(n, d.ifs); len(against) > 0 {
		return locked(15, against)
	}
	v.doc.unbind(key, false)
	return nil
}

// rebindConflict: RFC 5842 §4, §5: what is to be bound, or cut, is not there.
func rebindConflict(path string) *wire.Refusal {
	return &wire.Refusal{
		Status: 409, Gate: 15, Reason: "nothing-bound", Spec: "RFC 5842 §4",
		Detail: lang.Text{
			En:   "There is nothing at " + path + ".",
			ZhTW: path + " 沒有任何東西。"},
	}
}
