package stage

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/origin"
	"github.com/statute-http/statute/status"
)

var limits = []Scene{
	{
		Code: 429, Name: "fourth-cup",
		Cause: lang.Text{
			En:   "One user has asked three times within five seconds, and asks again.",
			ZhTW: "同一位使用者五秒內已請求三次，又再請求。"},
		Cue: []Step{
			{Method: "GET", Path: "/lab/limited?user={nonce}", Status: 200},
			{Method: "GET", Path: "/lab/limited?user={nonce}", Again: true, Status: 200},
			{Method: "GET", Path: "/lab/limited?user={nonce}", Again: true, Status: 200},
			{Method: "GET", Path: "/lab/limited?user={nonce}", Again: true, Status: 429,
				Evidence: []Evidence{because(7, "too-many-requests"), waits(5), has("RateLimit"), has("RateLimit-Policy")}},
		},
		Control: []Step{
			{Method: "GET", Path: "/lab/limited?user={nonce}-other", Status: 200},
			{Method: "GET", Path: "/lab/limited?user={nonce}", Retry: true, Status: 200},
		},
		Differs: lang.Text{En: "Another user asks; then the same one, after the time in Retry-After.", ZhTW: "換一位使用者；再來是同一位，但等過 Retry-After 的時間。"},
		Over:    everywhere,
	},
	{
		Code: 429, Name: "one-address",
		Cause: lang.Text{
			En:   "Nobody says a name, so requests are counted by the address that they come from, and this one has asked three times.",
			ZhTW: "沒有人報上名字，於是依來源位址計算；這個位址已經請求三次。"},
		Cue: append(ownWorld,
			anonymous("127.0.3.5", 200), again(anonymous("127.0.3.5", 200)), again(anonymous("127.0.3.5", 200)),
			again(anonymous("127.0.3.5", 429, because(7, "too-many-requests"), waits(5), has("RateLimit")))),
		Control: []Step{
			anonymous("127.0.3.6", 200),
			{Method: "GET", Path: "{location}limited?user=tea", From: "127.0.3.5", Status: 200},
		},
		Differs: lang.Text{En: "Another address asks; then the same one, with a name, which is counted by itself.", ZhTW: "換一個位址；再來是同一個位址但報上名字，名字另外計算。"},
		Over:    everywhere,
	},
	{
		Code: 503, Name: "all-stoves-busy",
		Cause: lang.Text{
			En:   "The kitchen has two stoves, and two dishes are on them.",
			ZhTW: "廚房有兩個爐子，上面正煮著兩道菜。"},
		Cue: append(ownWorld, Step{Method: "GET", Path: "{location}kitchen", Status: 503,
			Beside: []Step{
				{Method: "GET", Path: "{location}kitchen?cook=2s", Status: 200},
				{Method: "GET", Path: "{location}kitchen?cook=2s", Status: 200},
			},
			Evidence: []Evidence{because(3, "not-now"), waits(1)}}),
		Control: append(ownWorld, Step{Method: "GET", Path: "{location}kitchen", Status: 200,
			Beside: []Step{{Method: "GET", Path: "{location}kitchen?cook=2s", Status: 200}}}),
		Differs: lang.Text{En: "One stove is free.", ZhTW: "有一個爐子空著。"},
		Over:    everywhere,
	},
	{
		Code: 503, Name: "closed-for-a-while",
		Cause: lang.Text{
			En:   "The kitchen is closed for three seconds, and says until when.",
			ZhTW: "廚房關閉三秒鐘，並說明到什麼時候。"},
		Cue: append(ownWorld,
			Step{Method: "POST", Path: "{location}kitchen/closed", Fields: jsonType, Content: `{"seconds":3}`, Status: 204},
			Step{Method: "GET", Path: "{location}kitchen", Again: true, Status: 503, Evidence: []Evidence{because(3, "not-now"), waits(3)}}),
		Control: []Step{{Method: "GET", Path: "{location}kitchen", Retry: true, Status: 200}},
		Differs: lang.Text{En: "The time in Retry-After has passed.", ZhTW: "Retry-After 所說的時間已過。"},
		Over:    everywhere,
	},
	{
		Code: 503, Name: "a-word-to-the-guests",
		Cause: lang.Text{
			En:   "The kitchen is closed for three seconds, and the one who asks is a person with a browser.",
			ZhTW: "廚房關閉三秒鐘，而來問的是用瀏覽器的人。"},
		Cue: append(ownWorld,
			Step{Method: "POST", Path: "{location}kitchen/closed", Fields: jsonType, Content: `{"seconds":3}`, Status: 204},
			Step{Method: "GET", Path: "{location}kitchen", Fields: field("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), Status: 503,
				Carries:  field("Cache-Control", "no-store"),
				Evidence: []Evidence{forPeople, waits(3)}}),
		Control: []Step{{Method: "GET", Path: "{location}kitchen", Retry: true, Status: 200}},
		Differs: lang.Text{En: "The time in Retry-After has passed.", ZhTW: "Retry-After 所說的時間已過。"},
		Over:    everywhere,
	},
	{
		Code: 507, Name: "world-full",
		Cause: lang.Text{
			En:   "The world has room for a thousand octets, and the document has one more.",
			ZhTW: "這個世界只有一千個位元組的空間，而文件多了一個位元組。"},
		Cue: []Step{
			{Method: "POST", Path: "/worlds", Fields: jsonType, Content: `{"quota":1000}`, Status: 201},
			{Method: "PUT", Path: "{location}depot/big", Content: strings.Repeat("x", 1001), Status: 507, Evidence: []Evidence{because(12, "quota")}},
			{Method: "GET", Path: "{location}depot/big", Status: 404},
			{Method: "PUT", Path: "{location}depot/big", Content: strings.Repeat("x", 1001), Manner: Unlength, Status: 507, Evidence: []Evidence{because(14, "quota")}},
		},
		Control: []Step{{Method: "PUT", Path: "{location}depot/big", Content: strings.Repeat("x", 1000), Status: 201}},
		Differs: lang.Text{En: "The document fits exactly.", ZhTW: "文件剛好放得下。"},
		Over:    everywhere,
	},
	{
		Code: 507, Name: "half-a-tree",
		Cause: lang.Text{
			En:   "The copy of a collection needs 700 octets and the world has 300: one member fits, the other does not.",
			ZhTW: "複製這個集合需要 700 個位元組，世界只剩 300：一個成員放得下，另一個放不下。"},
		Cue: []Step{
			{Method: "POST", Path: "/worlds", Fields: jsonType, Content: `{"quota":1000}`, Status: 201},
			{Method: "MKCOL", Path: "{location}depot/a/", Status: 201},
			{Method: "PUT", Path: "{location}depot/a/large", Content: strings.Repeat("l", 400), Status: 201},
			{Method: "PUT", Path: "{location}depot/a/small", Content: strings.Repeat("s", 300), Status: 201},
			{Method: "PROPFIND", Path: "{location}depot/a/", Fields: depth("0"), Content: asksFor("quota-available-bytes"), Status: 207,
				Reports: []Report{{"{location}depot/a/", 200}}, Evidence: []Evidence{says("<D:quota-available-bytes>300<")}},
			{Method: "COPY", Path: "{location}depot/a/", Fields: field("Destination", "{location}depot/b/"), Status: 207,
				Reports: []Report{{"{location}depot/b/large", 507}}, Evidence: []Evidence{says("<D:quota-not-exceeded/>")}},
			{Method: "GET", Path: "{location}depot/b/small", Status: 200},
			{Method: "GET", Path: "{location}depot/b/large", Status: 404},
		},
		Control: []Step{
			{Method: "DELETE", Path: "{location}depot/b/", Status: 204},
			{Method: "DELETE", Path: "{location}depot/a/large", Status: 204},
			{Method: "COPY", Path: "{location}depot/a/", Fields: field("Destination", "{location}depot/b/"), Status: 201},
		},
		Differs: lang.Text{En: "The tree is smaller, and all of it fits.", ZhTW: "樹變小了，全部放得下。"},
		Over:    everywhere,
	},
}

// again is the step on the connection of the one before: no handshake comes
// between, which a busy machine would take seconds for.
func again(s Step) Step {
	s.Again = true
	return s
}

// anonymous is a cup for nobody in particular, asked for from an address.
func anonymous(from string, code status.Code, evidence ...Evidence) Step {
	return Step{Method: "GET", Path: "{location}limited", From: from, Status: code, Evidence: evidence}
}

// ownWorld makes a world in which nobody else cooks; {location} is where it is.
var ownWorld = []Step{{Method: "POST", Path: "/worlds", Fields: jsonType, Content: "{}", Status: 201}}

// The limits of /limited: so many requests of one user in a window.
const (
	cups      = 3
	cupWindow = 5 * time.Second
)

// cupboard counts the requests of each user for /limited, in fixed windows that
// begin with a user's first request.
type cupboard struct {
	mu    sync.Mutex
	users map[string]*window
}

type window struct {
	ends time.Time
	used int
}

// cupboardUsers bounds how many users are counted at a time.
const cupboardUsers = 10_000

// Allow counts a request for /limited; whoever says no name is counted by
// address.
func (c *cupboard) Allow(_ context.Context, r *http.Request) (*origin.Quota, error) {
	_, rel, _ := worldOf(r.URL.Path)
	if rel != "/limited" {
		return nil, nil
	}
	user := r.URL.Path + "?" + r.URL.Query().Get("user")
	if r.URL.Query().Get("user") == "" {
		user += addressOf(r)
	}
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	w := c.users[user]
	if w == nil || !now.Before(w.ends) {
		if len(c.users) >= cupboardUsers {
			c.sweep(now)
		}
		w = &window{ends: now.Add(cupWindow)}
		c.users[user] = w
	}
	w.used++
	return &origin.Quota{Policy: "cups", Limit: cups, Window: cupWindow, Remaining: cups - w.used, Reset: w.ends.Sub(now)}, nil
}

// sweep forgets windows that are over, and all if that does not help.
func (c *cupboard) sweep(now time.Time) {
	for user, w := range c.users {
		if !now.Before(w.ends) {
			delete(c.users, user)
		}
	}
	if len(c.users) >= cupboardUsers {
		clear(c.users)
	}
}

func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// stoves is how many cook in a world's kitchen at a time.
const stoves = 2

// kitchens admits cooks: two at a time in each world, and none while closed.
type kitchens struct {
	mu   sync.Mutex
	busy map[string]int       // cooks, by world
	shut map[string]time.Time // until when, by world
}

// Enter takes a stove.
func (k *kitchens) Enter(r *http.Request) (leave func(), retry time.Duration, ok bool) {
	prefix, rel, _ := worldOf(r.URL.Path)
	if rel != "/kitchen" || r.Method != http.MethodGet {
		return nil, 0, true
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if until := k.shut[prefix]; time.Now().Before(until) {
		return nil, time.Until(until), false
	}
	if k.busy[prefix] >= stoves {
		return nil, time.Second, false
	}
	k.busy[prefix]++
	return func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.busy[prefix]--; k.busy[prefix] == 0 {
			delete(k.busy, prefix)
		}
	}, 0, true
}

// closedUntil returns when the kitchen of a world opens again, a time in the past
// if it is open.
func (k *kitchens) closedUntil(prefix string) time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.shut[prefix]
}

// close closes the kitchen of a world for a time.
func (k *kitchens) close(prefix string, d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for world, until := range k.shut {
		if time.Now().After(until) {
			delete(k.shut, world)
		}
	}
	k.shut[prefix] = time.Now().Add(d)
}

// kitchen is a page that takes as long as its cooking does, and the notice that
// closes it for a time.
func (p *plan) kitchen(w *origin.World, parts []string) *origin.Node {
	if len(parts) == 2 && parts[1] == "closed" {
		return p.closing(w)
	}
	if len(parts) != 1 {
		return nothing()
	}
	return &origin.Node{
		Policy: origin.Policy{Allow: readable},
		Look: func(ctx context.Context) (*origin.Look, error) {
			select {
			case <-time.After(cookingTime(ctx)):
			case <-ctx.Done():
				return nil, ctx.Err()
			}
			return &origin.Look{Type: "text/plain; charset=utf-8", Content: []byte("Dinner is served.\n")}, nil
		},
	}
}

// cookingTime is what ?cook= says, up to five seconds.
func cookingTime(ctx context.Context) time.Duration {
	q, _ := ctx.Value(queryKey{}).(url.Values)
	d, err := time.ParseDuration(q.Get("cook"))
	if err != nil || d < 0 {
		return 0
	}
	return min(d, 5*time.Second)
}

// queryKey is the context key of a request's query, for resources that look.
type queryKey struct{}

// closing takes {"seconds":1} and closes the kitchen of the world for as long.
func (p *plan) closing(w *origin.World) *origin.Node {
	var notice struct {
		Seconds float64 `json:"seconds"`
	}
	return &origin.Node{
		Policy: origin.Policy{Allow: taking, Takes: []string{"application/json"}, Most: 1 << 10, Valid: func(_ string, content []byte) *origin.Invalid {
			if err := json.Unmarshal(content, &notice); err != nil {
				return notJSON(err)
			}
			if notice.Seconds <= 0 || notice.Seconds > 10 {
				return &origin.Invalid{Member: "seconds", Why: "more than 0, at most 10", WhyZhTW: "要大於 0，最多 10"}
			}
			return nil
		}},
		Act: func(context.Context, *http.Request, []byte) (*origin.Outcome, error) {
			p.kitchens.close(w.Prefix, time.Duration(notice.Seconds*float64(time.Second)))
			return origin.Done("", nil), nil
		},
	}
}
