package origin

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Worlds are trees in a [Store]. Each world is one document that holds all that
// was changed in it, so that any change, of one resource or of many, is one
// compare-and-set; contents lie beside it by their hash. What a world is like
// before anybody changed it is its [Plan]'s to say.
type Worlds struct {
	Store Store
	Plan  Plan
	Now   func() time.Time // time.Now
	Most  int              // resources that a world can hold besides the plan's; 512

	mu      sync.Mutex
	writers map[string]*writer // by key: writers to one world queue
	read    map[string]*read   // documents as last read, by key
}

// A Plan says what is at a path of a fresh world: policy, fixed variants, what
// POST does. rel is the path within the world, "/depot/tea".
type Plan interface {
	At(w *World, rel string) *Node
}

// A World is one tree.
type World struct {
	worlds *Worlds
	Key    string        // of its document
	Prefix string        // of its URIs, without the final slash: "/lab", "/w/1f0c"
	Idle   time.Duration // after which it returns to its first state; 0: never
}

// Open returns the world with that key; it need not exist yet.
func (ws *Worlds) Open(key, prefix string, idle time.Duration) *World {
	return &World{worlds: ws, Key: key, Prefix: prefix, Idle: idle}
}

// A worldDoc is the document of a world.
type worldDoc struct {
	Created time.Time           `json:"created"`
	Touched time.Time           `json:"touched"` // last change
	Expires time.Time           `json:"expires,omitzero"`
	Quota   int64               `json:"quota"` // octets; negative: none
	Used    int64               `json:"used"`
	Count   uint64              `json:"count"`           // changes so far: the source of versions and names
	Names   map[string]*nameDoc `json:"names,omitempty"` // bindings, see names.go
	Nodes   map[string]*nodeDoc `json:"nodes,omitempty"` // resources by id
	Locks   []*lockDoc          `json:"locks,omitempty"`
	Notes   map[string]string   `json:"notes,omitempty"`  // what actions remember
	Former  []formerDoc         `json:"former,omitempty"` // replaced texts, newest first; not counted in Used
}

type nodeDoc struct {
	Version    uint64        `json:"version"`
	Collection bool          `json:"collection,omitempty"`
	Type       string        `json:"type,omitempty"`
	Language   string        `json:"language,omitempty"`
	Hash       string        `json:"hash,omitempty"`
	Size       int64         `json:"size,omitempty"`
	Created    time.Time     `json:"created,omitzero"`
	Modified   time.Time     `json:"modified,omitzero"`
	Properties []propertyDoc `json:"properties,omitempty"`
}

type movedDoc struct {
	To         string    `json:"to"` // within the world
	Permanent  bool      `json:"permanent,omitempty"`
	KeepMethod bool      `json:"keep-method,omitempty"`
	Until      time.Time `json:"until,omitzero"`
}

type read struct {
	revision uint64
	doc      *worldDoc
}

type writer struct {
	mu      sync.Mutex
	waiting int // holders of a reference; guarded by Worlds.mu
}

func (ws *Worlds) now() time.Time {
	if ws.Now != nil {
		return ws.Now()
	}
	return time.Now()
}

// load returns the world's document, which must not be changed, and its
// revision. A world that has been idle too long is as new.
func (w *World) load(ctx context.Context) (*worldDoc, uint64, error) {
	ws := w.worlds
	octets, revision, err := ws.Store.Load(ctx, w.Key)
	if err != nil {
		return nil, 0, fmt.Errorf("load world %s: %w", w.Key, err)
	}
	doc := &worldDoc{Quota: -1}
	if revision > 0 {
		ws.mu.Lock()
		known := ws.read[w.Key]
		ws.mu.Unlock()
		if known != nil && known.revision == revision {
			doc = known.doc
		} else {
			if err := json.Unmarshal(octets, doc); err != nil {
				return nil, 0, fmt.Errorf("world %s is damaged: %w", w.Key, err)
			}
			ws.remember(w.Key, &read{revision, doc})
		}
	}
	if w.Idle > 0 && revision > 0 && ws.now().Sub(doc.Touched) > w.Idle {
		doc = &worldDoc{Quota: doc.Quota, Count: doc.Count}
	}
	return doc, revision, nil
}

// remember keeps the document for the next reader; a thousand worlds at most.
func (ws *Worlds) remember(key string, r *read) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if ws.read == nil || len(ws.read) >= 1000 {
		ws.read = map[string]*read{}
	}
	ws.read[key] = r
}

// update changes the world's document by a function, which sees a copy and may
// be called again if another process was faster.
func (w *World) update(ctx context.Context, change func(*worldDoc) error) error {
	defer w.worlds.queue(w.Key)()
	for {
		doc, revision, err := w.load(ctx)
		if err != nil {
			return err
		}
		mine := doc.clone()
		if err := change(mine); err != nil {
			return err
		}
		mine.Touched = w.worlds.now()
		mine.settle(w, mine.Touched)
		if mine.Created.IsZero() {
			mine.Created = mine.Touched
		}
		octets, err := json.Marshal(mine)
		if err != nil {
			return fmt.Errorf("write world %s: %w", w.Key, err)
		}
		next, ok, err := w.worlds.Store.Save(ctx, w.Key, octets, revision)
		if err != nil {
			return fmt.Errorf("save world %s: %w", w.Key, err)
		}
		if ok {
			w.worlds.remember(w.Key, &read{next, mine})
			return nil
		}
	}
}

// queue waits until nobody else of this process writes to the world.
func (ws *Worlds) queue(key string) (release func()) {
	ws.mu.Lock()
	if ws.writers == nil {
		ws.writers = map[string]*writer{}
	}
	q := ws.writers[key]
	if q == nil {
		q = &writer{}
		ws.writers[key] = q
	}
	q.waiting++
	ws.mu.Unlock()
	q.mu.Lock()
	return func() {
		q.mu.Unlock()
		ws.mu.Lock()
		defer ws.mu.Unlock()
		if q.waiting--; q.waiting == 0 {
			delete(ws.writers, key)
		}
	}
}

// clone copies what a change may change: nodes are replaced, never altered.
func (d *worldDoc) clone() *worldDoc {
	c := *d
	c.Names = make(map[string]*nameDoc, len(d.Names)+1)
	for k, v := range d.Names {
		c.Names[k] = v
	}
	c.Nodes = make(map[string]*nodeDoc, len(d.Nodes)+1)
	for k, v := range d.Nodes {
		c.Nodes[k] = v
	}
	c.Notes = make(map[string]string, len(d.Notes)+1)
	for k, v := range d.Notes {
		c.Notes[k] = v
	}
	return &c
}

// Find returns what is at the path: the plan's node, with what was changed.
func (w *World) Find(ctx context.Context, path string) (*Node, error) {
	rel, ok := strings.CutPrefix(path, w.Prefix)
	if !ok {
		return nil, fmt.Errorf("%s is not in the world %s", path, w.Prefix)
	}
	doc, _, err := w.load(ctx)
	if err != nil {
		return nil, err
	}
	return w.node(doc, rel), nil
}

func (w *World) node(doc *worldDoc, rel string) *Node {
	n := w.worlds.Plan.At(w, rel)
	n.Path = w.Prefix + rel
	n.Room = -1
	if doc.Quota >= 0 {
		n.Room = max(0, doc.Quota-doc.Used)
	}
	at := doc.resolve(n.Root, rel)
	name := doc.Names[at.key]
	kept := doc.Nodes[at.id]
	if name != nil {
		n.Version, n.Gone = name.Version, name.Gone
		if m := name.Moved; m != nil && (m.Until.IsZero() || w.worlds.now().Before(m.Until)) {
			n.Moved = &Moved{To: w.Prefix + m.To, Permanent: m.Permanent, KeepMethod: m.KeepMethod}
			return n
		}
	}
	if kept != nil {
		n.Version = max(n.Version, kept.Version)
		n.Former = w.former(doc, at.id)
		if n.Room >= 0 {
			n.Room += kept.Size // a replacement gives its own room back
		}
		if kept.Hash != "" {
			n.Variants = []Variant{w.variant(kept)}
		}
	}
	if n.Root != "" {
		w.author(doc, n, at)
	}
	return n
}

func (w *World) variant(n *nodeDoc) Variant {
	return Variant{
		Type: n.Type, Language: n.Language, Tag: tagOf(n.Hash), Modified: n.Modified,
		Blob: w.worlds.blob(n.Hash, n.Size),
	}
}

func (ws *Worlds) blob(hash string, size int64) Blob {
	return Blob{Hash: hash, Size: size, Open: func(ctx context.Context, offset int64) (io.ReadCloser, error) {
		return ws.Store.OpenContent(ctx, hash, offset)
	}}
}

// Keep takes content into the store.
func (w *World) Keep(ctx context.Context, content io.Reader, most int64) (Blob, error) {
	return w.worlds.Keep(ctx, content, most)
}

// Keep takes content into the store, which all worlds share.
func (ws *Worlds) Keep(ctx context.Context, content io.Reader, most int64) (Blob, error) {
	counted := &io.LimitedReader{R: content, N: most + 1}
	hash, size, err := ws.Store.PutContent(ctx, counted, most)
	switch {
	case counted.N == 0:
		return Blob{}, ErrTooLarge
	case noSpace(err):
		return Blob{}, fmt.Errorf("%w: %w", ErrNoRoom, err)
	case err != nil:
		return Blob{}, err
	}
	return ws.blob(hash, size), nil
}

// Change carries out a change, if the node is still the one that was found and
// the world has the room.
func (w *World) Change(ctx context.Context, c Change) (*Node, error) {
	rel := strings.TrimPrefix(c.Path, w.Prefix)
	var after *Node
	err := w.Alter(ctx, "", func(v *View) error {
		doc := v.doc
		before := w.node(doc, rel)
		if before.Version != c.Since {
			return ErrStale
		}
		if c.Check != nil {
			if err := c.Check(v); err != nil {
				return err
			}
		}
		at := doc.resolve(before.Root, rel)
		if at.key == "" {
			return ErrStale // a collection on the way is gone
		}
		if c.Remove {
			doc.unbind(at.key, before.Leaves)
		} else if err := v.store(at, c.Put, before.Keeps); err != nil {
			return err
		}
		after = w.node(doc, rel)
		return nil
	})
	return after, err
}

// store gives the resource at the place a new representation, and makes it where
// there is none.
func (v *View) store(at spot, put *Variant, keeps bool) error {
	doc := v.doc
	next := nodeDoc{Created: v.now}
	id := at.id
	if old := doc.Nodes[id]; old != nil {
		next = *old
		if keeps {
			doc.keepFormer(id, old, put.Blob.Hash)
		}
	} else {
		if err := v.admit(at.key); err != nil {
			return err
		}
		id = newID()
		doc.bind(at.key, id)
	}
	if err := doc.charge(put.Blob.Size - next.Size); err != nil {
		return err
	}
	doc.Count++
	next.Version, next.Type, next.Language = doc.Count, put.Type, put.Language
	next.Hash, next.Size, next.Modified = put.Blob.Hash, put.Blob.Size, put.Modified
	doc.Nodes[id] = &next
	return nil
}
