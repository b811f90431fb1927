package origin

import (
	"maps"
	"strings"
)

// A copier copies resources within a world. It reads the world as it was before,
// so that a copy of a collection into itself ends (RFC 4918 §9.8.3), and copies
// each resource once, so that bindings, and loops of them, become bindings of
// the copies (RFC 5842 §2.3).
type copier struct {
	v        *View
	before   *worldDoc
	infinite bool
	made     map[string]string // id of the copy, by that of its source
	left     []string          // destinations for which there was no room
}

func newCopier(v *View, infinite bool) *copier {
	before := *v.doc
	before.Names, before.Nodes = maps.Clone(v.doc.Names), maps.Clone(v.doc.Nodes)
	return &copier{v: v, before: &before, infinite: infinite, made: map[string]string{}}
}

// copy makes the binding lead to a copy of the resource: what is there already is
// written over if it is of the same kind, and keeps its other bindings (RFC 5842
// §2.3), else replaced.
func (c *copier) copy(source, key, rel string) error {
	doc := c.v.doc
	if again := c.made[source]; again != "" {
		if doc.bound(key) == again {
			return nil
		}
		return c.link(key, again)
	}
	old := c.before.Nodes[source]
	id := doc.bound(key)
	there := doc.Nodes[id]
	next := *old
	next.Created = c.v.now
	if there == nil || there.Collection != old.Collection {
		id, there = newID(), nil
	} else {
		next.Created = there.Created
	}
	had := int64(0)
	if there != nil {
		had = there.Size + there.propertySize()
	}
	if next.Properties != nil && !doc.roomForProperties(next.propertySize()) {
		return ErrNoRoom
	}
	if err := doc.charge(next.Size + next.propertySize() - had); err != nil {
		return err
	}
	if there == nil {
		if err := c.link(key, id); err != nil {
			return err
		}
	}
	doc.Count++
	next.Version, next.Modified = doc.Count, c.v.now
	doc.Nodes[id] = &next
	c.made[source] = id
	if !old.Collection {
		return nil
	}
	return c.members(source, id, rel)
}

func (c *copier) link(key, id string) error {
	if err := c.v.admit(key); err != nil {
		return err
	}
	c.v.doc.bind(key, id)
	return nil
}

// members gives the copy of a collection the members of its source, and no
// others (RFC 4918 §9.8.4).
func (c *copier) members(source, id, rel string) error {
	wanted := map[string]bool{}
	var members []member
	if c.infinite {
		members = c.before.members(source)
	}
	for _, m := range members {
		wanted[m.segment] = true
	}
	for _, m := range c.v.doc.members(id) {
		if !wanted[m.segment] {
			c.v.doc.unbind(m.key, false)
		}
	}
	for _, m := range members {
		at := strings.TrimSuffix(rel, "/") + "/" + m.segment
		if err := c.copy(m.id, id+"/"+m.segment, at); err != nil {
			// RFC 4918 §9.8.3: as much as possible is copied all the same.
			c.left = append(c.left, c.v.href(at, c.before.isCollection(m.id)))
		}
	}
	return nil
}
