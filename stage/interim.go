package stage

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

var interim = []Scene{
	{
		Code: 100, Name: "asked-before-sending",
		Cause: lang.Text{
			En:   "The client waits with its content until the server asks, and nothing in the fields speaks against it.",
			ZhTW: "用戶端先扣住內容等伺服器開口，而欄位裡沒有任何拒絕的理由。"},
		Cue: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: field("Expect", "100-continue"), Content: "tea", Manner: Hold,
			Interim: codes(100), Status: 201, Evidence: []Evidence{withheld}}},
		Control: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: wire.Fields{
			{Name: "Expect", Value: "100-continue"}, {Name: "Content-Range", Value: "bytes 0-2/9"}}, Content: "tea", Manner: Hold,
			Status: 400, Evidence: []Evidence{because(10, "content-range-on-put")}}},
		Differs: lang.Text{
			En:   "A field gives a reason to refuse, so the final answer comes instead of the 100.",
			ZhTW: "有個欄位給了拒絕的理由，於是直接收到最終回應，沒有 100。"},
		Over: everywhere,
	},
	{
		Code: 102, Name: "heavy-cargo",
		Cause: lang.Text{
			En:   "The ferry carries 64 KiB a second, and the collection to be copied has 48: the server gives a sign that it is still at work.",
			ZhTW: "渡輪每秒只載 64 KiB，要複製的集合有 48 KiB，伺服器便先表示它還在處理。"},
		Cue: slices.Concat(ownWorld, []Step{
			{Method: "MKCOL", Path: "{location}ferry/{nonce}/", Status: 201},
			{Method: "PUT", Path: "{location}ferry/{nonce}/tea", Content: strings.Repeat("t", 24<<10), Status: 201},
			{Method: "PUT", Path: "{location}ferry/{nonce}/cups", Content: strings.Repeat("c", 24<<10), Status: 201},
			{Method: "COPY", Path: "{location}ferry/{nonce}/", Fields: field("Destination", "{location}ferry/{nonce}-b/"), Interim: codes(102), Status: 201},
			{Method: "GET", Path: "{location}ferry/{nonce}-b/cups", Status: 200, Evidence: []Evidence{content(strings.Repeat("c", 24<<10))}},
		}),
		Control: []Step{
			{Method: "MKCOL", Path: "{location}ferry/{nonce}-light/", Status: 201},
			{Method: "PUT", Path: "{location}ferry/{nonce}-light/tea", Content: "t", Status: 201},
			{Method: "PUT", Path: "{location}ferry/{nonce}-light/cups", Content: "c", Status: 201},
			{Method: "COPY", Path: "{location}ferry/{nonce}-light/", Fields: field("Destination", "{location}ferry/{nonce}-c/"), Status: 201},
		},
		Differs: lang.Text{En: "The cargo is light: the copy is made before a sign would be due.", ZhTW: "貨物很輕：還不到該表示的時候就複製完了。"},
		Over:    everywhere,
	},
	{
		Code: 102, Name: "no-sign-to-an-old-client",
		Cause: lang.Text{
			En:   "The same heavy cargo, copied for a client of HTTP/1.1.",
			ZhTW: "同樣沉重的貨物，由 HTTP/1.1 用戶端要求複製。"},
		Cue: slices.Concat(ownWorld, []Step{
			{Method: "PUT", Path: "{location}ferry/{nonce}", Content: strings.Repeat("t", 48<<10), Status: 201},
			{Octets: "COPY {location}ferry/{nonce} HTTP/1.1\r\nHost: {host}\r\nDestination: {location}ferry/{nonce}-b\r\nConnection: close\r\n\r\n", Interim: codes(102), Status: 201},
		}),
		Control: []Step{{Octets: "COPY {location}ferry/{nonce} HTTP/1.0\r\nHost: {host}\r\nDestination: {location}ferry/{nonce}-c\r\n\r\n", Status: 201}},
		Differs: lang.Text{
			En:   "The client speaks HTTP/1.0, which knows no interim answers (RFC 9110 §15.2).",
			ZhTW: "用戶端說的是 HTTP/1.0，那個版本沒有過渡回應（RFC 9110 §15.2）。"},
		Over: over(wire.H1),
		Only: lang.Text{
			En:   "HTTP/1.0 clients exist on HTTP/1 connections alone (RFC 9110 §15.2).",
			ZhTW: "只有 HTTP/1 連線上才會遇到 HTTP/1.0 用戶端（RFC 9110 §15.2）。"},
	},
	{
		Code: 103, Name: "while-it-steeps",
		Cause: lang.Text{
			En:   "The page needs its style sheet for certain, but the tea that it is about has to steep before the status is known.",
			ZhTW: "頁面一定需要它的樣式表，但茶還要泡一會兒，狀態碼才定得下來。"},
		Cue: []Step{{Method: "GET", Path: "/lab/hints?pot={nonce}", Interim: codes(103), Status: 200,
			Evidence: []Evidence{hints("Link", hintLink), carries("Link", hintLink)}}},
		Control: []Step{{Method: "GET", Path: "/lab/hints?pot={nonce}", Status: 200, Evidence: []Evidence{carries("Link", hintLink)}}},
		Differs: lang.Text{
			En:   "The pot is ready: the final answer comes at once and nothing has to be hinted.",
			ZhTW: "茶已經泡好：最終回應馬上就到，不需要任何提示。"},
		Over: everywhere,
	},
	{
		Code: 103, Name: "not-to-an-old-client",
		Cause: lang.Text{
			En:   "The same page, asked for by HTTP/1.1.",
			ZhTW: "同一個頁面，由 HTTP/1.1 用戶端提出請求。"},
		Cue: []Step{{Octets: "GET /lab/hints?pot={nonce}-new HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
			Interim: codes(103), Status: 200}},
		Control: []Step{{Octets: "GET /lab/hints?pot={nonce}-old HTTP/1.0\r\nHost: {host}\r\n\r\n", Status: 200}},
		Differs: lang.Text{
			En:   "The client speaks HTTP/1.0, which knows no interim answers (RFC 9110 §15.2).",
			ZhTW: "用戶端說的是 HTTP/1.0，那個版本沒有過渡回應（RFC 9110 §15.2）。"},
		Over: over(wire.H1),
		Only: lang.Text{
			En:   "HTTP/1.0 clients exist on HTTP/1 connections alone (RFC 9110 §15.2).",
			ZhTW: "只有 HTTP/1 連線上才會遇到 HTTP/1.0 用戶端（RFC 9110 §15.2）。"},
	},
}

func codes(c ...status.Code) []status.Code { return c }

const hintLink = "</lab/hints.css>; rel=preload; as=style"

// pots remembers which pots have been brewed lately.
type pots struct {
	mu    sync.Mutex
	ready map[string]bool
	order []string
}

const (
	steeping = 200 * time.Millisecond
	potCount = 1000
)

// brew waits until the tea of the pot has steeped. It calls wait, once, if it
// has to.
func (p *pots) brew(r *http.Request, pot string, wait func()) error {
	p.mu.Lock()
	ready := p.ready[pot]
	p.mu.Unlock()
	if ready {
		return nil
	}
	wait()
	select {
	case <-time.After(steeping):
	case <-r.Context().Done():
		return r.Context().Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ready[pot] {
		p.ready[pot] = true
		if p.order = append(p.order, pot); len(p.order) > potCount {
			delete(p.ready, p.order[0])
			p.order = p.order[1:]
		}
	}
	return nil
}

// newHints is a page that is slow at first and knows beforehand what it needs.
func newHints() *mechanism {
	const page = `<!doctype html>
<html lang="zh-TW">
<title>Statute lab: early hints</title>
<link rel="stylesheet" href="/lab/hints.css">
<p>茶泡好了。
<p lang="en">The tea is ready.
</html>
`
	p := &pots{ready: map[string]bool{}}
	return &mechanism{
		allow: []string{"GET", "HEAD", "OPTIONS"},
		handle: func(w http.ResponseWriter, r *http.Request) error {
			// RFC 8297 §2: what the hint names, the final answer names again.
			w.Header().Set("Link", hintLink)
			err := p.brew(r, r.URL.Query().Get("pot"), func() { w.WriteHeader(http.StatusEarlyHints) })
			if err != nil {
				panic(http.ErrAbortHandler) // the client has left
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Cache-Control", "no-store")
			io.WriteString(w, page)
			return nil
		},
	}
}
