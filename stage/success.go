package stage

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

var success = []Scene{
	{
		Code: 200, Name: "stored-page",
		Cause: lang.Text{
			En:   "There is a page, and the client has no copy of it.",
			ZhTW: "頁面存在，而用戶端手上沒有副本。"},
		Cue: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "tea", Status: 201},
			{Method: "GET", Path: "/lab/depot/{nonce}", Status: 200,
				Evidence: []Evidence{content("tea"), carries("ETag", entityTag("tea"))}},
		},
		Control: []Step{{Method: "GET", Path: "/lab/depot/{nonce}",
			Fields: field("If-None-Match", entityTag("tea")), Status: 304, Evidence: []Evidence{empty}}},
		Differs: lang.Text{
			En:   "The client says that it has the current copy already.",
			ZhTW: "用戶端表明自己已有目前的副本。"},
		Over: everywhere,
	},
	{
		Code: 204, Name: "replaced",
		Cause: lang.Text{
			En:   "The content was stored in place of an older one, and there is nothing to show for it.",
			ZhTW: "內容取代了舊內容，除此之外沒有什麼要給用戶端看。"},
		Cue: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "tea", Status: 201},
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "more tea", Status: 204,
				Evidence: []Evidence{empty, carries("Content-Length", "")}},
			{Method: "GET", Path: "/lab/depot/{nonce}", Status: 200, Evidence: []Evidence{content("more tea")}},
			{Method: "DELETE", Path: "/lab/depot/{nonce}", Status: 204, Evidence: []Evidence{empty}},
		},
		Control: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "more tea", Status: 201}},
		Differs: lang.Text{
			En:   "There is no older content: the name is new.",
			ZhTW: "沒有舊內容：名稱是新的。"},
		Over: everywhere,
	},
}

// entityTag is a strong validator of the content (RFC 9110 §8.8.3).
func entityTag(text string) string {
	sum := sha256.Sum256([]byte(text))
	return `"` + hex.EncodeToString(sum[:8]) + `"`
}

// A depot keeps small documents by name, in memory: the newest, as many as fit.
type depot struct {
	mu    sync.Mutex
	docs  map[string]document
	order []string // names, oldest first
	size  int
}

type document struct {
	text     string
	modified time.Time
}

const (
	depotContent = 1 << 20  // octets of one document
	depotSize    = 32 << 20 // octets of all
	depotCount   = 10_000   // documents
)

func newDepot() *depot { return &depot{docs: map[string]document{}} }

func (d *depot) at(name string) *resource {
	return &resource{
		allow: []string{"GET", "HEAD", "PUT", "DELETE", "OPTIONS"},
		handle: func(w http.ResponseWriter, r *http.Request) error {
			switch r.Method {
			case http.MethodPut:
				return d.put(w, r, name)
			case http.MethodDelete:
				return d.remove(w, r, name)
			}
			doc, ok := d.get(name)
			if !ok {
				return notFound()
			}
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			serveContent(w, r, doc.modified, doc.text)
			return nil
		},
	}
}

func (d *depot) put(w http.ResponseWriter, r *http.Request, name string) error {
	if err := announced(r, depotContent); err != nil {
		return err
	}
	if err := d.condition(r, name); err != nil {
		return err
	}
	text, err := take(r, depotContent)
	if err != nil {
		return err
	}
	replaced, err := d.store(r, name, text)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", entityTag(text))
	if replaced {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	// RFC 9110 §9.3.4: a PUT that created must be answered 201.
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusCreated)
	io.WriteString(w, r.URL.Path+"\n")
	return nil
}

func (d *depot) remove(w http.ResponseWriter, r *http.Request, name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.docs[name]; !ok {
		return notFound()
	}
	if err := d.holds(r, name); err != nil {
		return err
	}
	d.drop(name)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (d *depot) get(name string) (document, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	doc, ok := d.docs[name]
	return doc, ok
}

// store judges the condition again and stores, as one step: of two writers with
// the same tag only one can win.
func (d *depot) store(r *http.Request, name, text string) (replaced bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.holds(r, name); err != nil {
		return false, err
	}
	_, replaced = d.docs[name]
	d.drop(name)
	for len(d.order) > 0 && (d.size+len(text) > depotSize || len(d.order) >= depotCount) {
		d.drop(d.order[0])
	}
	d.docs[name] = document{text, time.Now()}
	d.order = append(d.order, name)
	d.size += len(text)
	return replaced, nil
}

func (d *depot) drop(name string) {
	doc, ok := d.docs[name]
	if !ok {
		return
	}
	delete(d.docs, name)
	d.size -= len(doc.text)
	for i := range d.order {
		if d.order[i] == name {
			d.order = append(d.order[:i], d.order[i+1:]...)
			return
		}
	}
}

func (d *depot) condition(r *http.Request, name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.holds(r, name)
}

// holds judges If-Match and If-None-Match (RFC 9110 §13.1.1, §13.1.2).
func (d *depot) holds(r *http.Request, name string) error {
	doc, exists := d.docs[name]
	tag := entityTag(doc.text)
	among := func(field string) bool {
		for _, value := range r.Header[field] {
			for member := range wire.Members(value) {
				if exists && (member == "*" || member == tag || field == "If-None-Match" && strings.TrimPrefix(member, "W/") == tag) {
					return true
				}
			}
		}
		return false
	}
	if r.Header["If-Match"] != nil && !among("If-Match") || among("If-None-Match") {
		return &wire.Refusal{
			Status: 412, Gate: 13, Reason: "condition-false", Spec: "RFC 9110 §13.1",
			Detail: lang.Text{
				En:   "A condition of the request is false: the resource is not in the state that the client believes.",
				ZhTW: "請求的條件不成立：資源的狀態與用戶端以為的不同。"},
		}
	}
	return nil
}
