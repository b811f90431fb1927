package stage

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/origin"
	"github.com/statute-http/statute/wire"
)

// What a world of one's own can be and hold.
const (
	worldQuota = 16 << 20       // octets, unless less is asked for
	worldLife  = 24 * time.Hour // after its making
	labIdle    = 10 * time.Minute
)

// newWorlds is the resource at which clients make worlds of their own.
func (l *Lab) newWorlds() http.Handler {
	node := &origin.Node{
		Policy: origin.Policy{Allow: taking, Takes: []string{"application/json"}, Most: 4 << 10, Valid: validWorld},
		Act: func(ctx context.Context, r *http.Request, content []byte) (*origin.Outcome, error) {
			var wish worldWish
			json.Unmarshal(content, &wish) // validWorld has read it
			if wish.Quota == nil {
				wish.Quota = new(int64)
				*wish.Quota = worldQuota
			}
			at, err := l.begin(ctx, *wish.Quota)
			if err != nil {
				return nil, err
			}
			answer, _ := json.Marshal(map[string]any{"world": at, "quota": *wish.Quota, "expires": time.Now().Add(worldLife).UTC().Format(time.RFC3339)})
			return origin.Created(at, "application/json", append(answer, '\n')), nil
		},
	}
	return &origin.Handler{Tree: single{node}, House: l.founders, Users: l.founders, Lang: l.language}
}

// Begin makes a world for who asks and returns its path, "/w/{id}/". It counts
// like a POST to /worlds; an error may be a *wire.Refusal.
func (l *Lab) Begin(r *http.Request) (world string, err error) {
	if _, retry, ok := l.founders.Enter(r); !ok {
		return "", origin.NotNow(retry)
	}
	if quota, _ := l.founders.Allow(r.Context(), r); quota != nil && quota.Remaining < 0 {
		return "", quota.Refusal()
	}
	world, err = l.begin(r.Context(), worldQuota)
	if refusal := origin.RefusalOf(err); refusal != nil {
		return "", refusal
	}
	return world, err
}

func (l *Lab) begin(ctx context.Context, quota int64) (world string, err error) {
	prefix := "/w/" + newWorldID()
	return prefix + "/", l.world(prefix).Begin(ctx, quota, worldLife)
}

// worldWish is what a client may ask of its world.
type worldWish struct {
	Quota *int64 `json:"quota"`
}

func validWorld(_ string, content []byte) *origin.Invalid {
	var wish worldWish
	if len(content) == 0 {
		content = []byte("{}")
	}
	if err := json.Unmarshal(content, &wish); err != nil {
		return notJSON(err)
	}
	if wish.Quota != nil && (*wish.Quota < 0 || *wish.Quota > worldQuota) {
		return &origin.Invalid{Member: "quota", Why: "0 to 16777216 octets", WhyZhTW: "0 到 16777216 個位元組"}
	}
	return nil
}

func notJSON(err error) *origin.Invalid {
	return &origin.Invalid{Malformed: true, Why: err.Error(), WhyZhTW: "不是這裡看得懂的 JSON（" + err.Error() + "）"}
}

func newWorldID() string {
	var octets [9]byte
	rand.Read(octets[:])
	return hex.EncodeToString(octets[:])
}

// worldOf takes a path apart: the prefix of its world and the path within.
func worldOf(path string) (prefix, rel string, ok bool) {
	if rel, ok := strings.CutPrefix(path, "/lab/"); ok {
		return "/lab", "/" + rel, true
	}
	rest, ok := strings.CutPrefix(path, "/w/")
	id, rel, below := strings.Cut(rest, "/")
	if !ok || !below || len(id) != 18 || strings.Trim(id, "0123456789abcdef") != "" {
		return "", "", false
	}
	return "/w/" + id, "/" + rel, true
}

func (l *Lab) world(prefix string) *origin.World {
	idle := time.Duration(0)
	if prefix == "/lab" {
		idle = labIdle
	}
	return l.worlds.Open("world."+strings.ReplaceAll(strings.Trim(prefix, "/"), "/", "."), prefix, idle)
}

// single is a tree of one resource that cannot be changed.
type single struct{ node *origin.Node }

func (s single) Find(_ context.Context, path string) (*origin.Node, error) {
	n := *s.node
	n.Path = path
	n.Room = -1
	return &n, nil
}

func (s single) Keep(context.Context, io.Reader, int64) (origin.Blob, error) {
	return origin.Blob{}, origin.ErrNoRoom
}

func (s single) Change(context.Context, origin.Change) (*origin.Node, error) {
	return nil, origin.ErrNoRoom
}

// noWorld: a world that was never made, or whose time is over.
func noWorld() *wire.Refusal {
	return &wire.Refusal{
		Status: 404, Gate: 8, Reason: "no-such-world", Spec: "RFC 9110 §15.5.5",
		Detail: lang.Text{
			En:   "There is no such world: it was never made, or its day is over. Make one with POST /worlds.",
			ZhTW: "沒有這個世界：它從未建立，或期限已過。請以 POST /worlds 建立。"},
	}
}
