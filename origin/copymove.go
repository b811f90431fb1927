package origin

import (
	"net/http"
	"strings"

	"github.com/statute-http/statute/lang"
)

// duplicate is COPY (RFC 4918 §9.8). Members for which there is no room are left out
// and named in a 207 (§9.8.3).
func (d *decision) duplicate() error {
	if answered, err := d.keepsOut(); answered || err != nil {
		return err
	}
	if err := d.carry(); err != nil {
		return err
	}
	var left []string
	err := d.alter(func(v *View) error {
		rel, _ := v.rel(d.r.URL.Path)
		from, to := v.at(rel), v.at(d.dest.rel)
		if from.id == "" || to.key == "" {
			return ErrStale
		}
		c := newCopier(v, d.depth == depthInfinity)
		if err := c.copy(from.id, to.key, to.rel); err != nil {
			return err
		}
		left = c.left
		return nil
	})
	if err != nil {
		return err
	}
	if len(left) > 0 {
		var m multistatus
		for _, href := range left {
			m.resource(href, 507, condition("quota-not-exceeded"))
		}
		return m.send(d)
	}
	return d.arrived()
}

// arrived answers for a COPY or MOVE that was done (RFC 4918 §9.8.5, §9.9.4).
func (d *decision) arrived() error {
	if d.dest.existed {
		d.answer(http.StatusNoContent)
		return nil
	}
	v, err := d.space()
	if err != nil {
		return err
	}
	path := v.w.Prefix + strings.TrimSuffix(d.dest.rel, "/")
	if d.node.Collection {
		path += "/"
	}
	return d.made(path)
}

// move is MOVE (RFC 4918 §9.9), done as one REBIND (RFC 5842 §2.5): whole or not
// at all.
func (d *decision) move() error {
	if answered, err := d.keepsOut(); answered || err != nil {
		return err
	}
	err := d.alter(func(v *View) error {
		rel, _ := v.rel(d.r.URL.Path)
		from, to := v.at(rel), v.at(d.dest.rel)
		if from.id == "" || to.key == "" {
			return ErrStale
		}
		return v.move(from, to.key, to.rel)
	})
	if err != nil {
		return err
	}
	return d.arrived()
}

// move takes one binding to a resource away and makes another. What was there
// before is removed first (RFC 4918 §9.9.3). Locks stay behind, and end with the
// binding that they were taken through (§7.6).
func (v *View) move(from spot, key, rel string) error {
	if err := v.admit(key); err != nil {
		return err
	}
	v.doc.unbind(key, false)
	v.doc.unbind(from.key, false)
	v.doc.bind(key, from.id)
	if v.at(rel).id != from.id {
		return insideItself()
	}
	return nil
}

// insideItself: no path would lead to the resource any more.
func insideItself() error {
	r := forbidden("inside-itself", "RFC 4918 §9.9.4", lang.Text{
		En:   "The destination is inside the collection that would be moved: nothing would lead to it any more.",
		ZhTW: "目的地在要搬移的集合裡面，搬完就沒有路徑能到達它。"})
	r.Gate = 15
	return r
}
