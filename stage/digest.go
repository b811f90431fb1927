package stage

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Nonces are those that Digest challenges carry, and how often each was used. A
// nonce says when it was made and proves that it is of this process; so only
// those that somebody has used with the right password take room here. After a
// restart old ones are stale, and clients go on with a new one by themselves.
type nonces struct {
	now func() time.Time
	key [32]byte

	mu    sync.Mutex
	since time.Time // nonces made before are stale
	used  map[string]*uses
}

const (
	nonceLife = 5 * time.Minute
	maxNonces = 10_000 // in use at a time
)

// Uses are the counts that came with one nonce. Requests may overtake one
// another, so those among the last 64 that have not come yet still may.
type uses struct {
	made time.Time
	top  uint64
	seen uint64 // bit i: top-i came
}

func newNonces(now func() time.Time) *nonces {
	n := &nonces{now: now, used: map[string]*uses{}}
	rand.Read(n.key[:])
	return n
}

// next returns a new nonce (RFC 7616 §3.3): its time, some chance, and a code
// over both that nobody else can make.
func (n *nonces) next() string {
	var octets [16]byte
	binary.BigEndian.PutUint64(octets[:], uint64(n.now().UnixNano()))
	rand.Read(octets[8:])
	return base64.RawURLEncoding.EncodeToString(append(octets[:], n.code(octets[:])...))
}

func (n *nonces) code(octets []byte) []byte {
	h := hmac.New(sha256.New, n.key[:])
	h.Write(octets)
	return h.Sum(nil)[:16]
}

// What can be said of a nonce with its count.
const (
	nonceGood = iota
	nonceOld  // too old, or of another process
	nonceUsed // it came with this count before
)

// use takes note of a count that came with a nonce (RFC 7616 §3.4: a count that
// comes twice is a replay).
func (n *nonces) use(nonce string, count uint64) int {
	octets, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(octets) != 32 || !hmac.Equal(octets[16:], n.code(octets[:16])) {
		return nonceOld
	}
	made, now := time.Unix(0, int64(binary.BigEndian.Uint64(octets))), n.now()
	n.mu.Lock()
	defer n.mu.Unlock()
	if now.Sub(made) > nonceLife || made.Before(n.since) {
		return nonceOld
	}
	u := n.used[nonce]
	if u == nil {
		n.makeRoom(now)
		u = &uses{made: made}
		n.used[nonce] = u
	}
	return u.take(count)
}

// makeRoom forgets nonces that are too old anyway; if that is not enough, all,
// which makes them stale: forgetting must not let a replay through.
func (n *nonces) makeRoom(now time.Time) {
	if len(n.used) < maxNonces {
		return
	}
	for nonce, u := range n.used {
		if now.Sub(u.made) > nonceLife {
			delete(n.used, nonce)
		}
	}
	if len(n.used) >= maxNonces {
		clear(n.used)
		n.since = now
	}
}

func (u *uses) take(count uint64) int {
	switch {
	case count > u.top:
		u.seen = u.seen<<(count-u.top) | 1 // a shift by 64 and more leaves none
		u.top = count
	case u.top-count >= 64 || u.seen>>(u.top-count)&1 == 1:
		return nonceUsed
	default:
		u.seen |= 1 << (u.top - count)
	}
	return nonceGood
}

// A digestAnswer is what a client sends for Digest, complete and well formed.
type digestAnswer struct {
	username, nonce, uri, nc, cnonce, response string
	hashed                                     bool // username is a hash
	count                                      uint64
}

// digestAnswer reads the parameters that RFC 7616 §3.4 lists. The challenge
// offered one realm, one algorithm and one quality of protection.
func (c credentials) digestAnswer() (a digestAnswer, ok bool) {
	p := c.params
	for _, name := range []string{"username", "realm", "nonce", "uri", "response", "cnonce"} {
		if p[name] == "" {
			return a, false
		}
	}
	a = digestAnswer{
		username: p["username"], nonce: p["nonce"], uri: p["uri"], nc: p["nc"], cnonce: p["cnonce"],
		response: strings.ToLower(p["response"]), hashed: strings.EqualFold(p["userhash"], "true"),
	}
	count, err := strconv.ParseUint(a.nc, 16, 32)
	a.count = count
	_, both := p["username*"]
	return a, err == nil && len(a.nc) == 8 && count > 0 && !both &&
		p["realm"] == realm && strings.EqualFold(p["algorithm"], "SHA-256") && p["qop"] == "auth"
}

// names reports whether the answer is by this user, named plainly or by the
// hash of RFC 7616 §3.4.4.
func (a *digestAnswer) names(user string) bool {
	if a.hashed {
		return strings.EqualFold(a.username, hexDigest(user+":"+realm))
	}
	return a.username == user
}

// proves reports whether the answer was made with this password (RFC 7616
// §3.4.1-3).
func (a *digestAnswer) proves(method, user, password string) bool {
	a1 := hexDigest(user + ":" + realm + ":" + password)
	a2 := hexDigest(method + ":" + a.uri)
	want := hexDigest(strings.Join([]string{a1, a.nonce, a.nc, a.cnonce, "auth", a2}, ":"))
	return subtle.ConstantTimeCompare([]byte(a.response), []byte(want)) == 1
}

// fits reports whether the answer was made for the request's target (RFC 7616
// §3.4.6).
func (a *digestAnswer) fits(r *http.Request) bool {
	return a.uri == r.RequestURI || a.uri == r.URL.RequestURI()
}

func hexDigest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
