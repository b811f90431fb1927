package stage

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/origin"
	"github.com/statute-http/statute/stage/road"
	"github.com/statute-http/statute/wire"
)

// A Lab is the resources in which scenes take place: the default world at
// /lab/, which everybody shares and which returns to its first state when left
// idle, and worlds of one's own at /w/{id}/, made by POST to /worlds.
type Lab struct {
	language   lang.Tag
	worlds     *origin.Worlds
	order      *origin.Handler // of the resources that are an origin's
	kitchens   *kitchens
	mechanisms map[string]*mechanism // those that are not, by path within a world
	sockets    *sockets
	traffic    traffic
	making     http.Handler // of worlds
	founders   *founders    // who made them

	// At is where the lab is served, as host and port. What reaches it over the
	// network, its gateway and its cache, leads nowhere without.
	At string

	// Worlds bounds how many worlds clients make. Those that come from Gateways
	// are not counted by address, since one of theirs stands for many people.
	Worlds   WorldLimits
	Gateways []netip.Prefix

	upstreams *upstreams
	gateway   *road.Hop
	cache     *road.Cache
}

// A mechanism is a resource with a behaviour of its own that is no origin's.
type mechanism struct {
	allow  []string
	handle func(http.ResponseWriter, *http.Request) error
}

// processing is how long a COPY works in the lab before each 102. RFC 2518 §10.1
// speaks of 20 seconds; nobody wants to wait for that in a lab.
const processing = 400 * time.Millisecond

// NewLab returns the handler of the lab, to be mounted at /lab/, /w/ and
// /worlds. What is written in it is kept in the store. Answers to requests that
// state no language are in the one given.
func NewLab(store origin.Store, otherwise lang.Tag) *Lab {
	l := &Lab{
		language: otherwise,
		kitchens: &kitchens{busy: map[string]int{}, shut: map[string]time.Time{}},
		sockets:  newSockets(),
	}
	l.mechanisms = map[string]*mechanism{
		"/hints":   newHints(),
		"/share":   newShare(),
		"/ws":      l.sockets.resource(),
		"/traffic": l.feed(),
	}
	l.upstreams = &upstreams{over: l.sockets.over, at: func() string { return l.At }}
	l.gateway = &road.Hop{Name: road.NewName("statute-gateway"), Patience: gatewayPatience, Surrogate: true, Over: l.sockets.over}
	l.cache = &road.Cache{Hop: &road.Hop{Name: road.NewName("statute-cache"), Over: l.sockets.over}}
	seal := &seal{store: store}
	tokens := &tokens{seal: seal, now: time.Now}
	till := &till{seal: seal, world: l.world, now: time.Now}
	l.worlds = &origin.Worlds{Store: store, Plan: &plan{since: time.Now(), kitchens: l.kitchens, tokens: tokens, till: till}}
	l.order = &origin.Handler{
		Tree: trees{l}, House: l.kitchens, Users: &cupboard{users: map[string]*window{}},
		Permission: newGuard(tokens, till), Cashier: till, Lang: otherwise, Processing: processing,
	}
	l.founders = &founders{lab: l, now: time.Now, by: map[netip.Prefix][]time.Time{}}
	l.making = l.newWorlds()
	return l
}

// ServeHTTP opens the lab to pages of other origins, then answers.
func (l *Lab) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if crossOrigin(w, r) {
		return
	}
	if r.URL.Path == "/worlds" {
		l.making.ServeHTTP(w, r)
		return
	}
	prefix, rel, ok := worldOf(r.URL.Path)
	switch {
	case strings.HasPrefix(rel, "/gateway/"):
		refused(w, r, l.passGateway(w, r, rel), l.language)
		return
	case strings.HasPrefix(rel, "/cache/"):
		refused(w, r, l.passCache(w, r, prefix), l.language)
		return
	}
	if m := l.mechanisms[rel]; ok && m != nil {
		refused(w, r, m.decide(w, r), l.language)
		return
	}
	// What strangers write is shown as theirs: no script of it runs here.
	policy := "default-src 'none'; sandbox allow-forms; form-action 'self'"
	if rel == "/tally" {
		policy = tallyPolicy
	}
	w.Header().Set("Content-Security-Policy", policy)
	ctx := context.WithValue(r.Context(), queryKey{}, r.URL.Query())
	l.order.ServeHTTP(w, r.WithContext(ctx))
}

// Close ends what would go on by itself: WebSockets, and what is being passed on.
func (l *Lab) Close() { l.sockets.close() }

// Sweep removes worlds whose time is over and content that nobody names.
func (l *Lab) Sweep(ctx context.Context) (worlds, contents int, err error) {
	return l.worlds.Sweep(ctx, "world.")
}

// trees finds the world of each path.
type trees struct{ l *Lab }

func (t trees) Find(ctx context.Context, path string) (*origin.Node, error) {
	prefix, _, ok := worldOf(path)
	if !ok {
		return &origin.Node{Path: path}, nil
	}
	world := t.l.world(prefix)
	if prefix != "/lab" {
		begun, err := world.Begun(ctx)
		if err != nil {
			return nil, err
		}
		if !begun {
			return nil, noWorld()
		}
	}
	return world.Find(ctx, path)
}

func (t trees) Keep(ctx context.Context, content io.Reader, most int64) (origin.Blob, error) {
	return t.l.worlds.Keep(ctx, content, most)
}

func (t trees) Change(ctx context.Context, c origin.Change) (*origin.Node, error) {
	prefix, _, _ := worldOf(c.Path)
	return t.l.world(prefix).Change(ctx, c)
}

// View returns the world that the path is in.
func (t trees) View(ctx context.Context, path string) (*origin.View, error) {
	prefix, _, ok := worldOf(path)
	if !ok {
		return nil, nil
	}
	return t.l.world(prefix).View(ctx, path)
}

func (t trees) Alter(ctx context.Context, path string, change func(*origin.View) error) error {
	prefix, _, _ := worldOf(path)
	return t.l.world(prefix).Alter(ctx, path, change)
}

func (m *mechanism) decide(w http.ResponseWriter, r *http.Request) error {
	if r.Method == http.MethodOptions {
		// RFC 9110 §9.3.7: what the target can do, in Allow.
		w.Header().Set("Allow", strings.Join(m.allow, ", "))
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if !slices.Contains(m.allow, r.Method) {
		return notAllowed(m.allow)
	}
	return m.handle(w, r)
}

// refused speaks for mechanisms that refuse, and for nobody else. An error that is no refusal is a
// fault of ours.
func refused(w http.ResponseWriter, r *http.Request, err error, otherwise lang.Tag) {
	if err == nil {
		return
	}
	var refusal *wire.Refusal
	if !errors.As(err, &refusal) {
		panic(err)
	}
	refusal.Answer(w, r, otherwise)
}

// crossOrigin lets pages of other origins use the lab, and answers a preflight
// before anything else is asked of the request, as the Fetch standard needs.
func crossOrigin(w http.ResponseWriter, r *http.Request) (answered bool) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "*")
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", r.Header.Get("Access-Control-Request-Method"))
	if fields := r.Header.Get("Access-Control-Request-Headers"); fields != "" {
		h.Set("Access-Control-Allow-Headers", fields)
	}
	h.Set("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
	w.WriteHeader(http.StatusNoContent)
	return true
}
