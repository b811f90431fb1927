package origin

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// mostLocks bounds the locks of a world, mostOwner what a client may say of
// itself in one.
const (
	mostLocks = 256
	mostOwner = 1 << 10
)

// A lockWish is what the content of LOCK asks for (RFC 4918 §14.11).
type lockWish struct {
	shared bool
	owner  string
}

// readLockInfo reads it. No content asks for a lock to be refreshed (§9.10.2).
func (d *decision) readLockInfo(root *element) (*lockWish, error) {
	if root == nil && d.ifs == nil {
		r := badField("If", "RFC 4918 §9.10.2", lang.Text{
			En:   "A LOCK without content refreshes the lock that If names, and there is no If. To take a new lock, send DAV:lockinfo.",
			ZhTW: "不帶內容的 LOCK 會延長 If 所指的鎖，而請求沒有 If。要取得新的鎖，請送出 DAV:lockinfo。"})
		r.Gate = 14
		return nil, r
	}
	if root == nil {
		return nil, nil
	}
	if root.name != (xml.Name{Space: dav, Local: "lockinfo"}) {
		return nil, cannot(root.name.Local, "LOCK needs DAV:lockinfo", "LOCK 需要 DAV:lockinfo")
	}
	wish := &lockWish{}
	scope, kind := root.child("lockscope"), root.child("locktype")
	switch {
	case scope != nil && scope.child("exclusive") != nil:
	case scope != nil && scope.child("shared") != nil:
		wish.shared = true
	default:
		return nil, cannot("lockscope", "exclusive or shared", "exclusive 或 shared")
	}
	if kind == nil || kind.child("write") == nil {
		return nil, cannot("locktype", "the only type of lock here is write", "這裡唯一的鎖類型是 write")
	}
	// RFC 4918 §9.10.1: what the client says of the owner is kept as it is.
	if owner := root.child("owner"); owner != nil {
		owner.inherit(root)
		wish.owner = owner.String()
	}
	if len(wish.owner) > mostOwner {
		return nil, cannot("owner", "at most 1024 octets", "最多 1024 個位元組")
	}
	return wish, nil
}

// lock is LOCK (RFC 4918 §9.10).
func (d *decision) lock() error {
	wish := d.wish
	if wish == nil {
		return d.refresh()
	}
	if !d.node.Exists() {
		if err := d.keepOctets(nil); err != nil {
			return err
		}
	}
	rel := ""
	var taken *lockDoc
	var discovery string
	var stand []lockedSpot
	err := d.alter(func(v *View) error {
		rel, _ = v.rel(d.r.URL.Path)
		at := v.at(rel)
		if stand = v.conflicting(at, !wish.shared, d.depth == depthInfinity); len(stand) > 0 {
			return errConflict
		}
		if err := v.admitLock(); err != nil {
			return err
		}
		if at.id == "" {
			// RFC 4918 §7.3: what is locked before it is there, is there from then
			// on, and empty.
			if err := v.store(at, &Variant{Type: "application/octet-stream", Modified: v.now, Blob: *d.blob}, false); err != nil {
				return err
			}
			at = v.at(rel)
		}
		taken = &lockDoc{
			Token: "urn:uuid:" + newID(), Rel: at.rel, ID: at.id, Shared: wish.shared, Owner: wish.owner,
			Infinite: d.depth == depthInfinity && v.doc.isCollection(at.id), Until: v.now.Add(d.lockTime(v)),
		}
		v.doc.Locks = append(slices.Clone(v.doc.Locks), taken)
		discovery = v.lockDiscovery(v.covering(at.id))
		return nil
	})
	if err == errConflict {
		return d.conflict(stand)
	}
	if err != nil {
		return err
	}
	d.w.Header().Set("Lock-Token", "<"+taken.Token+">")
	code := http.StatusOK
	if !d.node.Exists() {
		code = http.StatusCreated
	}
	return d.sendXML(code, lockProperty(discovery))
}

// admitLock makes room for one more lock. In the shared world the one that would
// end first goes: RFC 4918 §6.6, a lock can vanish at any time.
func (v *View) admitLock() error {
	if len(v.doc.Locks) < mostLocks {
		return nil
	}
	if v.w.Idle == 0 {
		return tooManyLocks()
	}
	first := slices.MinFunc(v.doc.Locks, func(a, b *lockDoc) int { return a.Until.Compare(b.Until) })
	v.doc.Locks = slices.DeleteFunc(slices.Clone(v.doc.Locks), func(l *lockDoc) bool { return l == first })
	return nil
}

// tooManyLocks: RFC 4918 §11.5, the server cannot store what the method needs.
// It is no quota of octets, so no condition of RFC 4331 §6 is named.
func tooManyLocks() *wire.Refusal {
	return &wire.Refusal{
		Status: 507, Gate: 15, Reason: "too-many-locks", Spec: "RFC 4918 §11.5",
		Detail: lang.Text{
			En:   fmt.Sprintf("There are %d locks in this world, and it keeps no more. Take one off with UNLOCK, or wait until one ends.", mostLocks),
			ZhTW: fmt.Sprintf("這個世界已有 %d 個鎖，無法再記下更多。請以 UNLOCK 解除一個，或等其中一個到期。", mostLocks)},
	}
}

func lockProperty(discovery string) string {
	return `<D:prop xmlns:D="DAV:"><D:lockdiscovery>` + discovery + "</D:lockdiscovery></D:prop>\n"
}

// errConflict ends a change that other locks do not allow.
var errConflict = &wire.Refusal{Status: 423, Gate: 15}

// conflicting returns the locks that do not let a new one be: exclusive ones, or,
// if the new one is exclusive, all (RFC 4918 §9.10.5).
func (v *View) conflicting(at spot, exclusive, infinite bool) []lockedSpot {
	if at.id == "" {
		return nil // its collection's locks were asked about
	}
	var within map[string]bool
	if infinite && v.doc.isCollection(at.id) {
		within = v.doc.within(at.id)
	}
	var against []lockedSpot
	for _, l := range v.locks() {
		onTarget := v.scope(l)[at.id]
		if (exclusive || !l.Shared) && (onTarget || within[l.ID]) {
			against = append(against, lockedSpot{l, v.href(l.Rel, v.doc.isCollection(l.ID)), !onTarget})
		}
	}
	slices.SortFunc(against, func(a, b lockedSpot) int { return strings.Compare(a.href, b.href) })
	return against
}

// conflict answers for a lock that cannot be: 423 if the resource itself is
// locked; if members are, they, and the resource as what failed with them (RFC
// 4918 §9.10.3).
func (d *decision) conflict(against []lockedSpot) error {
	if on := outer(against); len(on) > 0 {
		return conflictingLock(15, on)
	}
	v, err := d.space()
	if err != nil {
		return err
	}
	var m multistatus
	for _, s := range slices.CompactFunc(against, func(a, b lockedSpot) bool { return a.href == b.href }) {
		m.resource(s.href, 423, condition("no-conflicting-lock", s.href))
	}
	rel, _ := v.rel(d.r.URL.Path)
	m.resource(v.href(rel, d.node.Collection), 424, "")
	return m.send(d)
}

// conflictingLock: RFC 4918 §9.10.6.
func conflictingLock(gate int, against []lockedSpot) *wire.Refusal {
	return withCondition(&wire.Refusal{
		Status: 423, Gate: gate, Reason: "conflicting-lock", Spec: "RFC 4918 §9.10.6",
		Detail: lang.Text{
			En:   "There is a lock already that does not go with a new one: the one on " + against[0].href + ". Wait until it is over.",
			ZhTW: "已經有一個鎖與新的鎖不相容：" + against[0].href + " 上的那個。請等到它結束。"},
	}, "no-conflicting-lock", hrefs(against)...)
}

// refresh is LOCK without content: the time of one lock begins anew (RFC 4918
// §9.10.2). If names the lock.
func (d *decision) refresh() error {
	var discovery string
	err := d.alter(func(v *View) error {
		rel, _ := v.rel(d.r.URL.Path)
		id := v.at(rel).id
		var named []*lockDoc
		for _, l := range v.covering(id) {
			if d.ifs.has(l.Token) {
				named = append(named, l)
			}
		}
		if len(named) != 1 {
			return refreshesNothing()
		}
		again := *named[0]
		again.Until = v.now.Add(d.lockTime(v))
		v.doc.Locks = slices.Clone(v.doc.Locks)
		v.doc.Locks[slices.Index(v.doc.Locks, named[0])] = &again
		discovery = v.lockDiscovery(v.covering(id))
		return nil
	})
	if err != nil {
		return err
	}
	return d.sendXML(http.StatusOK, lockProperty(discovery))
}

// refreshesNothing: RFC 4918 §9.10.6 for a lock that is not here.
func refreshesNothing() *wire.Refusal {
	r := conditionFalse("refreshes-no-lock", "RFC 4918 §9.10.6")
	r.Gate = 15
	r.Detail = lang.Text{
		En:   "A LOCK without content refreshes the one lock that If names, and If names none that is on this resource. To take a new lock, send DAV:lockinfo.",
		ZhTW: "不帶內容的 LOCK 會延長 If 所指的那一個鎖，而 If 沒有指出這個資源上的任何鎖。要取得新的鎖，請送出 DAV:lockinfo。"}
	return withCondition(r, "lock-token-matches-request-uri")
}

// unlockable is the part of gate 12 for UNLOCK (RFC 4918 §9.11.1).
func (d *decision) unlockable(v *View) error {
	rel, _ := v.rel(d.r.URL.Path)
	id := v.at(rel).id
	if slices.ContainsFunc(v.covering(id), func(l *lockDoc) bool { return l.Token == d.token }) {
		return nil
	}
	return withCondition(&wire.Refusal{
		Status: 409, Gate: 12, Reason: "no-such-lock", Spec: "RFC 4918 §9.11.1",
		Detail: lang.Text{
			En:   "No lock with that token is on this resource. It may be over already.",
			ZhTW: "這個資源上沒有那個權杖的鎖；它可能已經結束。"},
	}, "lock-token-matches-request-uri")
}

// unlock is UNLOCK (RFC 4918 §9.11): the lock goes, wherever it reaches.
func (d *decision) unlock() error {
	err := d.alter(func(v *View) error {
		if d.unlockable(v) != nil {
			return ErrStale
		}
		v.doc.Locks = slices.DeleteFunc(slices.Clone(v.doc.Locks), func(l *lockDoc) bool { return l.Token == d.token })
		return nil
	})
	if err != nil {
		return err
	}
	d.answer(http.StatusNoContent)
	return nil
}

// lockDiscovery writes locks as the property does (RFC 4918 §15.8).
func (v *View) lockDiscovery(locks []*lockDoc) string {
	var b strings.Builder
	for _, l := range locks {
		scope, depth := "exclusive", "0"
		if l.Shared {
			scope = "shared"
		}
		if l.Infinite {
			depth = "infinity"
		}
		b.WriteString("<D:activelock><D:lockscope><D:" + scope + "/></D:lockscope><D:locktype><D:write/></D:locktype>" +
			element1("D:depth", depth) + l.Owner +
			element1("D:timeout", "Second-"+strconv.Itoa(int(l.Until.Sub(v.now)/time.Second))) +
			"<D:locktoken>" + element1("D:href", l.Token) + "</D:locktoken>" +
			"<D:lockroot>" + element1("D:href", v.href(l.Rel, v.doc.isCollection(l.ID))) + "</D:lockroot></D:activelock>")
	}
	return b.String()
}
