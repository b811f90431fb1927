package origin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"syscall"
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
	Count   uint64              `json:"count"` // changes so far: the source of versions and names
	Nodes   map[string]*nodeDoc `json:"nodes,omitempty"`
	Notes   map[string]string   `json:"notes,omitempty"`  // what actions remember
	Former  []formerDoc         `json:"former,omitempty"` // replaced texts, newest first; not counted in Used
}

type nodeDoc struct {
	Version  uint64    `json:"version"`
	Type     string    `json:"type,omitempty"`
	Language string    `json:"language,omitempty"`
	Hash     string    `json:"hash,omitempty"`
	Size     int64     `json:"size,omitempty"`
	Modified time.Time `json:"modified,omitzero"`
	Gone     bool      `json:"gone,omitempty"`
	Moved    *movedDoc `json:"moved,omitempty"`
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
	if n.Missing != "" {
		n.Missing = w.Prefix + n.Missing
	}
	kept := doc.Nodes[rel]
	if kept == nil {
		return n
	}
	n.Former = w.former(doc, rel)
	n.Version = kept.Version
	n.Gone = kept.Gone
	if n.Room >= 0 {
		n.Room += kept.Size // a replacement gives its own room back
	}
	if m := kept.Moved; m != nil {
		if m.Until.IsZero() || w.worlds.now().Before(m.Until) {
			n.Moved = &Moved{To: w.Prefix + m.To, Permanent: m.Permanent, KeepMethod: m.KeepMethod}
			return n
		}
		// A temporary record is over: the document is back where it was.
		if there := doc.Nodes[m.To]; there != nil {
			kept = there
		}
	}
	if kept.Hash != "" {
		n.Variants = []Variant{w.variant(kept)}
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
		return Blob{}, ErrNoRoom
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
	err := w.update(ctx, func(doc *worldDoc) error {
		kept := doc.Nodes[rel]
		if kept == nil {
			kept = &nodeDoc{}
		}
		if kept.Version != c.Since {
			return ErrStale
		}
		doc.Count++
		doc.Used -= kept.Size
		switch {
		case c.Remove:
			doc.remove(rel, w.worlds.Plan.At(w, rel).Leaves)
		default:
			v := c.Put
			doc.Used += v.Blob.Size
			if err := w.makeRoom(doc); err != nil {
				return err
			}
			if w.worlds.Plan.At(w, rel).Keeps {
				doc.keepFormer(rel, kept, v.Blob.Hash)
			}
			doc.Nodes[rel] = &nodeDoc{
				Version: doc.Count, Type: v.Type, Language: v.Language,
				Hash: v.Blob.Hash, Size: v.Blob.Size, Modified: v.Modified,
			}
		}
		after = w.node(doc, rel)
		return nil
	})
	if noSpace(err) {
		err = ErrNoRoom
	}
	return after, err
}

// makeRoom makes room for one more resource. A world of one's own is full when
// it is full; the shared one, which returns to its first state anyway, forgets
// its oldest changes.
func (w *World) makeRoom(doc *worldDoc) error {
	if doc.Quota >= 0 && doc.Used > doc.Quota {
		return ErrNoRoom
	}
	for len(doc.Nodes) >= w.worlds.most() {
		if w.Idle == 0 {
			return ErrNoRoom
		}
		oldest := ""
		for rel, n := range doc.Nodes {
			if oldest == "" || n.Version < doc.Nodes[oldest].Version {
				oldest = rel
			}
		}
		doc.Used -= doc.Nodes[oldest].Size
		delete(doc.Nodes, oldest)
	}
	return nil
}

func (ws *Worlds) most() int {
	if ws.Most > 0 {
		return ws.Most
	}
	return 512
}

// remove forgets a resource, or leaves a tombstone in its place.
func (d *worldDoc) remove(rel string, leaves bool) {
	d.forgetFormer(rel)
	if leaves {
		d.Nodes[rel] = &nodeDoc{Version: d.Count, Gone: true}
		return
	}
	delete(d.Nodes, rel)
}

// noSpace reports whether the store's disk is full, or the world's document as
// large as a document can be.
func noSpace(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EFBIG)
}
