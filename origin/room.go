package origin

import (
	"errors"
	"syscall"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// charge takes so many octets more from the world's room.
func (d *worldDoc) charge(octets int64) error {
	if d.Quota >= 0 && octets > 0 && d.Used+octets > d.Quota {
		return ErrNoRoom
	}
	d.Used += octets
	return nil
}

// admit makes room for the binding, if it is a new one. A world of one's own is
// full when it is full; the shared one, which returns to its first state anyway,
// forgets the oldest of what nothing hangs on.
func (v *View) admit(key string) error {
	doc := v.doc
	for doc.Names[key] == nil && len(doc.Names) >= v.w.worlds.most() {
		oldest := doc.oldestLeaf(parentOf(key))
		if v.w.Idle == 0 || oldest == "" {
			return ErrNoRoom
		}
		doc.unbind(oldest, false)
	}
	return nil
}

// oldestLeaf returns the oldest binding that leads to no collection with members,
// and not to the collection that has to stay. What is locked comes last.
func (d *worldDoc) oldestLeaf(stays string) string {
	holds, locked := map[string]bool{stays: true}, map[string]bool{}
	for key := range d.Names {
		holds[parentOf(key)] = true
	}
	for _, l := range d.Locks {
		locked[l.ID] = true
	}
	best := ""
	for key, n := range d.Names {
		if n.ID != "" && holds[n.ID] {
			continue
		}
		if best == "" || locked[d.Names[best].ID] && !locked[n.ID] ||
			locked[d.Names[best].ID] == locked[n.ID] && n.Version < d.Names[best].Version {
			best = key
		}
	}
	return best
}

func (ws *Worlds) most() int {
	if ws.Most > 0 {
		return ws.Most
	}
	return 512
}

// noSpace reports whether the store's disk is full, or the world's document as
// large as a document can be.
func noSpace(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EFBIG)
}

// noRoom: RFC 4918 §11.5, the method could not be performed because the server
// cannot store the representation.
//
// RFC 4331 §6: the content says whether it is the quota, or the disk.
func noRoom(gate int, err error) *wire.Refusal {
	refusal := &wire.Refusal{
		Status: 507, Gate: gate, Reason: "quota", Spec: "RFC 4918 §11.5",
		Detail: lang.Text{
			En:   "There is no room left for this content. Remove something first.",
			ZhTW: "剩餘空間放不下這份內容。請先移除一些東西。"},
	}
	if errors.Is(err, syscall.ENOSPC) {
		refusal.Reason = "store-full"
		refusal.Detail = lang.Text{
			En:   "The world has room, but the server can store no more at present. Try again later: what nobody needs is cleared away within about an hour.",
			ZhTW: "這個世界還有空間，但伺服器目前無法再存放任何東西。請稍後再試：沒有人需要的內容會在一小時左右清除。"}
	}
	if noSpace(err) {
		return withCondition(refusal, "sufficient-disk-space")
	}
	return withCondition(refusal, "quota-not-exceeded")
}
