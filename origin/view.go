package origin

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// A Space is a tree with collections, bindings, locks and properties: what the
// methods of WebDAV work in. A [Tree] that is one too is asked for a [View] when
// a request needs more than one node.
type Space interface {
	Tree

	// View returns the world around the path as it is now; nil where the path is
	// in none.
	View(ctx context.Context, path string) (*View, error)

	// Alter has a function change the world around the path: all of what it
	// does is done, or, if it returns an error, nothing. It may be called again
	// if somebody else was faster.
	Alter(ctx context.Context, path string, change func(*View) error) error
}

// A View is a world at one moment. Only within Alter may it be changed.
type View struct {
	w   *World
	doc *worldDoc
	now time.Time

	// What was found out about a view that does not change; nil where it may.
	scopes map[string]map[string]bool // of locks, by token
	paths  map[string]string          // of collections, by id
}

// View returns the world as it is now; nil if the path is not in it.
func (w *World) View(ctx context.Context, path string) (*View, error) {
	if _, ok := strings.CutPrefix(path, w.Prefix+"/"); !ok {
		return nil, nil
	}
	doc, _, err := w.load(ctx)
	if err != nil {
		return nil, err
	}
	return &View{w: w, doc: doc, now: w.worlds.now(), scopes: map[string]map[string]bool{}}, nil
}

// Alter has the function change the world, as a whole or not at all.
func (w *World) Alter(ctx context.Context, _ string, change func(*View) error) error {
	err := w.update(ctx, func(doc *worldDoc) error {
		return change(&View{w: w, doc: doc, now: w.worlds.now()})
	})
	if noSpace(err) {
		err = fmt.Errorf("%w: %w", ErrNoRoom, err)
	}
	return err
}

// rel is the path within the world; ok is false for a path outside.
func (v *View) rel(path string) (rel string, ok bool) {
	rel, ok = strings.CutPrefix(path, v.w.Prefix)
	return rel, ok && strings.HasPrefix(rel, "/")
}

// at returns the place of a path within the world.
func (v *View) at(rel string) spot { return v.doc.resolve(v.w.rootOf(rel), rel) }

// node returns what is at a path within the world.
func (v *View) node(rel string) *Node { return v.w.node(v.doc, rel) }

// href is the path as it stands in XML and in Location: with a final slash for a
// collection (RFC 4918 §5.2).
func (v *View) href(rel string, collection bool) string {
	rel = strings.TrimSuffix(rel, "/")
	if collection {
		rel += "/"
	}
	return escapePath(v.w.Prefix + rel)
}

// room is how many octets may still be stored; negative: any number.
func (v *View) room() int64 {
	if v.doc.Quota < 0 {
		return -1
	}
	return max(0, v.doc.Quota-v.doc.Used)
}

// rootOf returns the root of the part of the world in which authors work that
// the path is in; "" if it is in none.
func (w *World) rootOf(rel string) string { return w.worlds.Plan.At(w, rel).Root }

// space returns the world around the request, as a view and as what can be
// altered; both are nil where the tree has no collections. It is asked once for
// each time that the decision is taken.
func (d *decision) space() (*View, error) {
	if d.view != nil {
		return d.view, nil
	}
	space, ok := d.Tree.(Space)
	if !ok {
		return nil, nil
	}
	var err error
	d.view, err = space.View(d.ctx, d.r.URL.Path)
	return d.view, err
}

// alter carries a change of the world out, if all that was decided still holds.
func (d *decision) alter(change func(*View) error) error {
	return d.Tree.(Space).Alter(d.ctx, d.r.URL.Path, func(v *View) error {
		if err := d.stillHolds(v); err != nil {
			return err
		}
		return change(v)
	})
}

// stillHolds reports ErrStale if the world is not as it was when the request was
// decided upon, in anything that the decision rests on: then it is taken again.
func (d *decision) stillHolds(v *View) error {
	rel, _ := v.rel(d.r.URL.Path)
	now := v.node(rel)
	if now.Version != d.node.Version || now.Exists() != d.node.Exists() || now.Missing != d.node.Missing {
		return ErrStale
	}
	if d.dest != nil && v.node(d.dest.rel).Exists() != d.dest.existed {
		return ErrStale
	}
	if len(d.standing(v)) > 0 || !d.ifTrue(v) {
		return ErrStale
	}
	return nil
}
