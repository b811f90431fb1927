package origin

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// authoringState is gate 12 where authors work: locks, then missing collections,
// then what speaks against the destination.
func (d *decision) authoringState() error {
	if d.safe() {
		return d.endless()
	}
	v, err := d.space()
	if err != nil {
		return err
	}
	if err := d.lockedState(v); err != nil {
		return err
	}
	if missing := d.missing(); missing != "" {
		return parentMissing(missing)
	}
	if d.r.Method == unlock {
		return d.unlockable(v)
	}
	if d.dest != nil {
		return d.reachable(v)
	}
	return nil
}

// lockedState refuses what a lock forbids. A request whose If is false is let
// pass: it submits its tokens with If, so that what is wrong with it is that
// condition, and the next gate says 412 (RFC 4918 §10.4.1).
func (d *decision) lockedState(v *View) error {
	if !d.ifTrue(v) {
		return nil
	}
	if against := outer(d.standing(v)); len(against) > 0 {
		return locked(12, against)
	}
	// A new lock, whichever, cannot be where an exclusive one is.
	if d.r.Method == lock && d.r.ContentLength > 0 {
		rel, _ := v.rel(d.r.URL.Path)
		if c := v.conflicting(v.at(rel), false, false); len(c) > 0 {
			return conflictingLock(12, c)
		}
	}
	return nil
}

// missing is the collection in which the resource would be made, if it is not
// there.
func (d *decision) missing() string {
	makes := d.creates() && !d.node.Exists()
	switch {
	case makes && d.node.Missing != "":
		return d.node.Missing
	case makes && d.r.Method != mkcol && strings.HasSuffix(d.node.Path, "/"):
		return d.node.Path // the name of what would be made in it is empty
	}
	return ""
}

// parentMissing: RFC 4918 §9.3.1, §9.7.1, §9.8.5, §9.10.6: nothing is made where
// its collection is not there, and no collection is made on the way.
func parentMissing(collection string) *wire.Refusal {
	return &wire.Refusal{
		Status: 409, Gate: 12, Reason: "parent-missing", Spec: "RFC 9110 §15.5.10",
		Detail: lang.Text{
			En:   "There is no collection " + collection + " to put this into. Make it first.",
			ZhTW: "沒有 " + collection + " 這個集合可以放。請先建立它。"},
	}
}

// reachable judges the destination of COPY and MOVE.
func (d *decision) reachable(v *View) error {
	rel, _ := v.rel(d.r.URL.Path)
	from, to, there := v.at(rel), v.at(d.dest.rel), v.node(d.dest.rel)
	switch {
	case to.missing != "":
		return parentMissing(v.w.Prefix + to.missing)
	case to.id != "" && to.id == from.id:
		// RFC 4918 §9.8.5, §9.9.4: source and destination are the same resource.
		return forbidden("same-resource", "RFC 4918 §9.8.5", lang.Text{
			En: "Source and destination are the same resource.", ZhTW: "來源與目的地是同一個資源。"})
	case there.Root == "" || to.key == "":
		return forbidden("not-authored", "RFC 9110 §15.5.4", lang.Text{
			En: "Nothing can be made at the destination. Authors work in /depot/ and the collections beside it.", ZhTW: "目的地不能建立任何東西。可以編寫的是 /depot/ 和同一層的其他集合。"})
	case there.Moved != nil:
		return forbidden("not-authored", "RFC 9110 §15.5.4", lang.Text{
			En: "The destination is kept for a resource that has moved.", ZhTW: "目的地保留給已經搬走的資源。"})
	}
	d.dest.existed = there.Exists()
	return nil
}

// forbidden: RFC 9110 §15.5.4, what is not done here for anybody.
func forbidden(reason, spec string, says lang.Text) *wire.Refusal {
	return &wire.Refusal{Status: 403, Gate: 12, Reason: reason, Spec: spec, Detail: says}
}

// overwrites is the part of gate 13 that guards the destination.
func (d *decision) overwrites(v *View) error {
	if d.dest == nil || !d.dest.existed {
		return nil
	}
	if d.keep {
		return overwriteRefused()
	}
	if v.node(d.dest.rel).Guarded && d.ifs == nil {
		return conditionRequired()
	}
	return nil
}

// overwriteRefused: RFC 4918 §10.6.
func overwriteRefused() *wire.Refusal {
	r := conditionFalse("overwrite", "RFC 4918 §10.6")
	r.Detail = lang.Text{
		En:   "There is something at the destination, and Overwrite: F forbids to replace it.",
		ZhTW: "目的地已經有東西，而 Overwrite: F 不准取代它。"}
	return r
}

// makeCollection is MKCOL (RFC 4918 §9.3).
func (d *decision) makeCollection() error {
	err := d.alter(func(v *View) error {
		rel, _ := v.rel(d.r.URL.Path)
		at := v.at(rel)
		if at.key == "" || at.id != "" {
			return ErrStale
		}
		return v.makeCollection(at.key)
	})
	if err != nil {
		return err
	}
	return d.made(strings.TrimSuffix(d.r.URL.Path, "/") + "/")
}

func (v *View) makeCollection(key string) error {
	if err := v.admit(key); err != nil {
		return err
	}
	id := newID()
	v.doc.bind(key, id)
	v.doc.Nodes[id] = &nodeDoc{Version: v.doc.Count, Collection: true, Created: v.now, Modified: v.now}
	return nil
}

// made: RFC 9110 §15.3.2, where the new resource is if not at the request's URI.
func (d *decision) made(path string) error {
	h := d.w.Header()
	if path != d.r.URL.Path {
		h.Set("Location", escapePath(path))
	}
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/json")
	content := asJSON(map[string]string{"created": path})
	h.Set("Content-Length", strconv.Itoa(len(content)))
	d.answer(http.StatusCreated)
	d.w.Write(content)
	return nil
}

// keepsOut answers for members that are locked, if any are: a collection with
// one such member is kept whole (RFC 4918 §9.6.1).
func (d *decision) keepsOut() (answered bool, err error) {
	v, err := d.space()
	if err != nil || v == nil {
		return false, err
	}
	if against := d.standing(v); len(against) > 0 {
		return true, d.lockedOut(against)
	}
	return false, nil
}
