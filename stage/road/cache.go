package road

import (
	"container/list"
	"crypto/sha256"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/dunglas/httpsfv"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A Cache is a private cache before a Hop (RFC 9111). What it has stored for one
// user, by the credentials and cookies of a request, it gives to no other.
type Cache struct {
	Hop *Hop

	mu   sync.Mutex
	held map[string]*list.Element // of *stored, by key
	used list.List                // the one used last comes first
	size int                      // octets of all that is held
}

// What a cache holds: the least recently used goes first.
const (
	mostHeld   = 1024
	mostOctets = 16 << 20
	mostOfOne  = 256 << 10
)

// Pass answers from what is stored, or passes the request on.
func (c *Cache) Pass(w http.ResponseWriter, r *http.Request, to Onward) error {
	answered, err := c.Hop.lastStop(w, r)
	if answered || err != nil {
		return err
	}
	key := keyOf(r, to)
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return c.passThrough(w, r, to, key, "method")
	}
	// RFC 9111 §4.3.2: If-Match and If-Unmodified-Since are for the origin. This
	// cache holds no parts.
	for _, name := range []string{"Range", "If-Match", "If-Unmodified-Since"} {
		if r.Header.Get(name) != "" {
			return c.passThrough(w, r, to, key, "bypass")
		}
	}
	asks := directivesOf(requestFields(r, "Cache-Control"))
	s := c.find(key, r)
	if s != nil && s.usable(asks, r.Header.Get("Pragma") == "no-cache", time.Now()) {
		c.serve(w, r, s, c.says("hit", nil))
		return nil
	}
	// RFC 9111 §5.2.1.7.
	if asks.has("only-if-cached") {
		return c.notCached()
	}
	return c.fetch(w, r, to, key, s, asks)
}

func requestFields(r *http.Request, name string) wire.Fields {
	var fields wire.Fields
	for _, value := range r.Header[name] {
		fields = append(fields, wire.Field{Name: name, Value: value})
	}
	return fields
}

// keyOf is the cache key (RFC 9111 §2) with the user before it.
func keyOf(r *http.Request, to Onward) string {
	user := sha256.Sum256([]byte(strings.Join(r.Header["Authorization"], "\n") + "\n\n" + strings.Join(r.Header["Cookie"], "\n")))
	return string(user[:]) + to.Address + " " + to.Authority + " " + to.Target
}

// fetch asks the server ahead, for a new response or whether the stored one is
// still good.
func (c *Cache) fetch(w http.ResponseWriter, r *http.Request, to Onward, key string, s *stored, asks directives) error {
	asked := time.Now()
	forward := httpsfv.Token("miss")
	var edit func(wire.Fields) wire.Fields
	if s != nil {
		forward = "stale"
		if s.age(asked) < s.lifetime() && !directivesOf(s.fields).has("no-cache") {
			forward = "request" // fresh, but the request asks for more
		}
		edit = s.ask
	}
	a, err := c.Hop.ask(w, r, to, edit)
	if err != nil {
		return c.disconnected(w, r, s, err)
	}
	defer a.close()
	params := map[string]any{"fwd": forward, "fwd-status": int64(a.Status)}
	if s != nil && a.Status == http.StatusNotModified {
		s = s.freshen(a.Fields, asked, time.Now())
		c.keep(s)
		c.serve(w, r, s, c.says("", params))
		return nil
	}
	fresh := &stored{key: key, status: a.Status, fields: slices.Clone(a.Fields), asked: asked, came: time.Now()}
	if r.Method != http.MethodGet || !fresh.storable(r, asks) {
		a.Fields = append(a.Fields, c.says("", params))
		a.passOn(w)
		return nil
	}
	content, whole, err := a.read(mostOfOne)
	if err != nil {
		return c.Hop.failed(incomplete, "")
	}
	if whole {
		fresh.content = content
		c.keep(fresh)
		params["stored"] = true
	}
	a.Fields = append(a.Fields, c.says("", params))
	a.passRead(w, content)
	return nil
}

// ask makes the request conditional on the stored response, in place of the
// client's own conditions (RFC 9111 §4.3.1).
func (s *stored) ask(fields wire.Fields) wire.Fields {
	tag, changed := s.fields.Get("ETag"), s.fields.Get("Last-Modified")
	if tag == "" && changed == "" {
		return fields
	}
	fields = slices.DeleteFunc(fields, func(f wire.Field) bool {
		return f.Name == "If-None-Match" || f.Name == "If-Modified-Since"
	})
	if tag != "" {
		return append(fields, wire.Field{Name: "If-None-Match", Value: tag})
	}
	return append(fields, wire.Field{Name: "If-Modified-Since", Value: changed})
}

// storable: RFC 9111 §3, for a private cache. Codes that it does not know it
// does not store.
func (s *stored) storable(r *http.Request, asks directives) bool {
	says := directivesOf(s.fields)
	entry, known := status.Get(s.status)
	switch {
	case asks.has("no-store"), says.has("no-store"), !known, s.status == 206, s.status == 304:
		return false
	case entry.Store != status.Heuristic && (entry.Store != status.Explicit || !says.has("max-age") && !s.fields.Has("Expires")):
		return false
	}
	s.vary = map[string]string{}
	for name := range s.fields.Members("Vary") {
		if name == "*" {
			return false
		}
		s.vary[name] = strings.Join(r.Header.Values(name), ", ")
	}
	return true
}

// disconnected answers where the server ahead did not. RFC 9111 §4.2.4: what is
// stale may be given then, unless the origin forbade that; §5.2.2.2: it gets 504
// then.
func (c *Cache) disconnected(w http.ResponseWriter, r *http.Request, s *stored, err error) error {
	if s == nil {
		return err
	}
	if says := directivesOf(s.fields); says.has("must-revalidate") || says.has("no-cache") {
		return c.cannotRevalidate()
	}
	c.serve(w, r, s, c.says("", map[string]any{"fwd": httpsfv.Token("stale"), "detail": httpsfv.Token("disconnected")}))
	return nil
}

// serve answers with what is stored: RFC 9111 §4, with its age.
func (c *Cache) serve(w http.ResponseWriter, r *http.Request, s *stored, says wire.Field) {
	a := answer{Response: wire.Response{Status: s.status}}
	a.Fields = slices.DeleteFunc(slices.Clone(s.fields), func(f wire.Field) bool { return strings.EqualFold(f.Name, "Age") })
	if s.notModified(r) {
		a.Status = http.StatusNotModified
		wire.Decide(w, wire.Decision{Gate: Gate, Reason: "cached"})
		a.Fields = slices.DeleteFunc(a.Fields, func(f wire.Field) bool {
			return !slices.Contains(ofNotModified, http.CanonicalHeaderKey(f.Name))
		})
	}
	age := strconv.Itoa(int(s.age(time.Now()) / time.Second))
	a.Fields = append(a.Fields, wire.Field{Name: "Age", Value: age}, says)
	a.writeHead(w)
	if a.Status != http.StatusNotModified && r.Method != http.MethodHead {
		w.Write(s.content)
	}
}

// ofNotModified are the fields that a 304 has of the 200 (RFC 9110 §15.4.5).
var ofNotModified = []string{"Cache-Control", "Content-Location", "Date", "Etag", "Expires", "Vary", "Via"}

// passThrough passes on what the cache cannot answer. RFC 9111 §4.4: an unsafe
// method that has succeeded makes what is stored invalid.
func (c *Cache) passThrough(w http.ResponseWriter, r *http.Request, to Onward, key, why string) error {
	a, err := c.Hop.ask(w, r, to, nil)
	if err != nil {
		return err
	}
	defer a.close()
	safe := slices.Contains([]string{"GET", "HEAD", "OPTIONS", "TRACE", "QUERY", "PROPFIND"}, r.Method)
	if class := a.Status.Class(); !safe && (class == status.Successful || class == status.Redirection) {
		c.drop(key)
	}
	a.Fields = append(a.Fields, c.says("", map[string]any{"fwd": httpsfv.Token(why)}))
	a.passOn(w)
	return nil
}

// says returns this cache's member of Cache-Status (RFC 9211 §2).
func (c *Cache) says(flag string, params map[string]any) wire.Field {
	item := httpsfv.NewItem(httpsfv.Token(c.Hop.Name))
	if flag != "" {
		item.Params.Add(flag, true)
	}
	for _, name := range []string{"fwd", "fwd-status", "stored", "detail"} {
		if v, ok := params[name]; ok {
			item.Params.Add(name, v)
		}
	}
	text, err := httpsfv.Marshal(httpsfv.List{item})
	if err != nil {
		panic(err) // a Name that is no token
	}
	return wire.Field{Name: "Cache-Status", Value: text}
}

func (c *Cache) notCached() error {
	return &wire.Refusal{
		Status: 504, Gate: Gate, Reason: "not-cached", Spec: "RFC 9111 §5.2.1.7",
		Detail: lang.Text{
			En:   "The request wants a stored response only, and none is stored that it could have. Ask without only-if-cached.",
			ZhTW: "請求只要儲存的回應，而這裡沒有可以用的。請去掉 only-if-cached 再送一次。"},
		Fields: wire.Fields{c.says("", map[string]any{"detail": httpsfv.Token("only-if-cached")})},
	}
}

func (c *Cache) cannotRevalidate() error {
	return &wire.Refusal{
		Status: 504, Gate: Gate, Reason: "cannot-revalidate", Spec: "RFC 9111 §5.2.2.2",
		Detail: lang.Text{
			En:   "What is stored is stale, its origin wants to be asked before it is used again, and its origin cannot be reached.",
			ZhTW: "儲存的回應已經過期，來源要求再次使用前先詢問，卻連不上來源。"},
		Fields: wire.Fields{c.says("", map[string]any{"fwd": httpsfv.Token("stale")})},
	}
}

func (c *Cache) find(key string, r *http.Request) *stored {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.held[key]
	if e == nil || !e.Value.(*stored).fits(r) {
		return nil
	}
	c.used.MoveToFront(e)
	return e.Value.(*stored)
}

func (c *Cache) keep(s *stored) {
	c.drop(s.key)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held == nil {
		c.held = map[string]*list.Element{}
	}
	c.held[s.key] = c.used.PushFront(s)
	c.size += s.size()
	for len(c.held) > mostHeld || c.size > mostOctets {
		c.remove(c.used.Back())
	}
}

// size is how many octets the response has, with its key and its fields, which a
// server ahead can make longer than its content.
func (s *stored) size() int {
	n := len(s.key) + len(s.content)
	for _, f := range s.fields {
		n += len(f.Name) + len(f.Value)
	}
	for name, value := range s.vary {
		n += len(name) + len(value)
	}
	return n
}

func (c *Cache) drop(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.held[key]; e != nil {
		c.remove(e)
	}
}

func (c *Cache) remove(e *list.Element) {
	s := c.used.Remove(e).(*stored)
	delete(c.held, s.key)
	c.size -= s.size()
}
