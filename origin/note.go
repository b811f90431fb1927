package origin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"strconv"
	"strings"
	"time"
)

// Why a document cannot be moved.
var (
	ErrNoDocument = errors.New("there is no document to move")
	ErrTaken      = errors.New("there is something at the new place already")
)

// Created takes new content in under a name of the world's own making, as a
// POST to a collection does, and returns the new resource's URI.
func (w *World) Created(ctx context.Context, collection, mediaType string, content io.Reader, most int64) (uri string, err error) {
	blob, err := w.Keep(ctx, content, most)
	if err != nil {
		return "", err
	}
	err = w.Alter(ctx, "", func(v *View) error {
		v.doc.Count++
		rel := collection + strconv.FormatUint(v.doc.Count, 10)
		uri = w.Prefix + rel
		return v.store(v.at(rel), &Variant{Type: mediaType, Modified: v.now, Blob: blob}, false)
	})
	return uri, err
}

// Move renames a document and leaves a forwarding record at its old URI. A
// record that is not permanent ends after d, and the document is back.
func (w *World) Move(ctx context.Context, from, to string, permanent, keepMethod bool, d time.Duration) error {
	from, to = strings.TrimPrefix(from, w.Prefix), strings.TrimPrefix(to, w.Prefix)
	return w.Alter(ctx, "", func(v *View) error {
		doc, old, new := v.doc, v.at(from), v.at(to)
		if n := doc.Nodes[old.id]; n == nil || n.Hash == "" || doc.Names[old.key].Moved != nil {
			return fmt.Errorf("%w: %s%s", ErrNoDocument, w.Prefix, from)
		}
		if new.key == "" || doc.Names[new.key] != nil {
			return fmt.Errorf("%w: %s%s", ErrTaken, w.Prefix, to)
		}
		changes := need{writes: []string{old.parent, new.parent}, cuts: []string{old.key}}
		if against := v.standing(changes, nil); len(against) > 0 {
			return locked(15, against)
		}
		doc.bind(new.key, old.id)
		record := &movedDoc{To: to, Permanent: permanent, KeepMethod: keepMethod}
		gone := &nameDoc{Version: doc.Count, Moved: record}
		if !permanent {
			record.Until = w.worlds.now().Add(d)
			gone.ID = old.id
		}
		doc.Names[old.key] = gone
		return nil
	})
}

// Note remembers a short text under a name, Noted returns it. What is over, by
// the caller's judgement, is forgotten on the way.
func (w *World) Note(ctx context.Context, name, text string, over func(name, text string) bool) error {
	err := w.update(ctx, func(doc *worldDoc) error {
		maps.DeleteFunc(doc.Notes, over)
		if len(doc.Notes) >= w.worlds.most() {
			return ErrNoRoom
		}
		doc.Notes[name] = text
		return nil
	})
	if noSpace(err) {
		err = ErrNoRoom
	}
	return err
}

// Rewrite changes what is remembered under a name by a function, which gets ""
// where there is nothing yet and may be called again if somebody was faster: the
// old text and the new one are of one moment.
func (w *World) Rewrite(ctx context.Context, name string, change func(text string) (string, error)) error {
	err := w.update(ctx, func(doc *worldDoc) error {
		text, err := change(doc.Notes[name])
		if err != nil {
			return err
		}
		if _, known := doc.Notes[name]; !known && len(doc.Notes) >= w.worlds.most() {
			return ErrNoRoom
		}
		doc.Notes[name] = text
		return nil
	})
	if noSpace(err) {
		err = ErrNoRoom
	}
	return err
}

// Noted returns what Note remembered under the name.
func (w *World) Noted(ctx context.Context, name string) (string, error) {
	doc, _, err := w.load(ctx)
	if err != nil {
		return "", err
	}
	return doc.Notes[name], nil
}

// Begin makes the world, with room for so many octets, for so long.
func (w *World) Begin(ctx context.Context, quota int64, life time.Duration) error {
	return w.update(ctx, func(doc *worldDoc) error {
		doc.Quota = quota
		doc.Expires = w.worlds.now().Add(life)
		return nil
	})
}

// Begun reports whether the world was made and its time is not over.
func (w *World) Begun(ctx context.Context) (bool, error) {
	doc, revision, err := w.load(ctx)
	return revision > 0 && w.worlds.now().Before(doc.Expires), err
}
