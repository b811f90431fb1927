package origin

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A world is a graph, as RFC 5842 §2 sees it: collections hold bindings, each
// from a segment of a path to a resource, and a resource may be bound more than
// once. A binding is kept under the id of its collection, a slash, and its
// segment. The collections that the plan gives have their path as id
// ("/depot"), all other resources a UUID.

// A nameDoc is a binding, or what was left in the place of one.
type nameDoc struct {
	ID      string    `json:"id,omitempty"` // of the resource
	Version uint64    `json:"version"`
	Gone    bool      `json:"gone,omitempty"`
	Moved   *movedDoc `json:"moved,omitempty"`
}

// A spot is where a path leads.
type spot struct {
	rel     string // the path within the world, without a final slash
	slash   bool   // the path had one
	parent  string // id of the collection that has or would have the binding; "" for a collection of the plan
	key     string // of the binding
	id      string // of the resource; "" where there is none
	missing string // the first collection on the way that is not there; "" if all are
}

// resolve follows a path from collection to collection. What lies below the root
// in which authors work is looked up segment by segment, all else is one
// binding of its own.
func (d *worldDoc) resolve(root, rel string) spot {
	s := spot{rel: strings.TrimSuffix(rel, "/"), slash: strings.HasSuffix(rel, "/")}
	if root == "" || s.rel == "" {
		s.rel, s.slash = rel, false
		s.parent, s.key = parentOf(rel), rel
		s.id = d.bound(s.key)
		return s
	}
	if s.rel == root {
		s.id = root
		return s
	}
	at, here := root, root
	segments := strings.Split(strings.TrimPrefix(s.rel, root+"/"), "/")
	for i, segment := range segments {
		if !d.isCollection(at) || segment == "" || segment == "." || segment == ".." {
			s.missing, s.parent, s.key, s.id = here+"/", "", "", ""
			return s
		}
		here += "/" + segment
		s.parent, s.key = at, at+"/"+segment
		s.id = d.bound(s.key)
		if at = s.id; at == "" && i < len(segments)-1 {
			s.missing = here + "/"
			s.parent, s.key = "", ""
			return s
		}
	}
	return s
}

// bound returns the id of the resource that the binding leads to.
func (d *worldDoc) bound(key string) string {
	if n := d.Names[key]; n != nil && d.Nodes[n.ID] != nil {
		return n.ID
	}
	return ""
}

// parentOf is the part of a binding's key that is its collection's id.
func parentOf(key string) string { return key[:max(0, strings.LastIndexByte(key, '/'))] }

func segmentOf(key string) string { return key[strings.LastIndexByte(key, '/')+1:] }

func (d *worldDoc) isCollection(id string) bool {
	n := d.Nodes[id]
	return strings.HasPrefix(id, "/") || n != nil && n.Collection
}

// A member is one binding of a collection that leads somewhere.
type member struct{ key, segment, id string }

// members lists the bindings of a collection, by name.
func (d *worldDoc) members(collection string) []member {
	var all []member
	for key := range d.Names {
		if parentOf(key) == collection {
			if id := d.bound(key); id != "" {
				all = append(all, member{key, segmentOf(key), id})
			}
		}
	}
	slices.SortFunc(all, func(a, b member) int { return strings.Compare(a.segment, b.segment) })
	return all
}

// within returns the resource and all that can be reached from it: in a graph
// with loops each once (RFC 5842 §2.1.1).
func (d *worldDoc) within(id string) map[string]bool {
	children := map[string][]string{}
	for key := range d.Names {
		if to := d.bound(key); to != "" {
			children[parentOf(key)] = append(children[parentOf(key)], to)
		}
	}
	return reach(children, map[string]bool{}, id)
}

func reach(children map[string][]string, seen map[string]bool, from ...string) map[string]bool {
	for len(from) > 0 {
		id := from[len(from)-1]
		from = from[:len(from)-1]
		if !seen[id] {
			seen[id] = true
			from = append(from, children[id]...)
		}
	}
	return seen
}

// bind makes the binding lead to the resource.
func (d *worldDoc) bind(key, id string) {
	d.Count++
	d.Names[key] = &nameDoc{ID: id, Version: d.Count}
}

// unbind takes the binding away; a tombstone may stay in its place.
func (d *worldDoc) unbind(key string, leaves bool) {
	d.Count++
	if leaves {
		d.Names[key] = &nameDoc{Version: d.Count, Gone: true}
		return
	}
	delete(d.Names, key)
}

// settle forgets what no path leads to any more (RFC 5842 §5), locks that are
// over or whose root is mapped no more (RFC 4918 §6.6, §9.6), and counts what is
// left.
func (d *worldDoc) settle(w *World, now time.Time) {
	children := map[string][]string{}
	var roots []string
	for key, n := range d.Names {
		parent := parentOf(key)
		if n.ID != "" {
			children[parent] = append(children[parent], n.ID)
		}
		if strings.HasPrefix(key, "/") {
			roots = append(roots, parent)
		}
	}
	kept := reach(children, map[string]bool{}, roots...)
	for key := range d.Names {
		if !kept[parentOf(key)] {
			delete(d.Names, key)
		}
	}
	d.Used = 0
	for id, n := range d.Nodes {
		if !kept[id] {
			delete(d.Nodes, id)
			d.forgetFormer(id)
			continue
		}
		d.Used += n.Size + n.propertySize()
	}
	d.Locks = slices.DeleteFunc(slices.Clone(d.Locks), func(l *lockDoc) bool {
		return !now.Before(l.Until) || d.resolve(w.rootOf(l.Rel), l.Rel).id != l.ID
	})
}

// newID makes a UUID (RFC 9562 §5.4, unverified): the id of a resource, or what
// makes a lock's token unique for all time (RFC 4918 §6.5).
func newID() string {
	var o [16]byte
	rand.Read(o[:])
	o[6], o[8] = o[6]&0x0f|0x40, o[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", o[:4], o[4:6], o[6:8], o[8:10], o[10:])
}
