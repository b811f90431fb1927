// Package browser makes subjects of the client exam of browsers, which it starts
// without a window: Chromium, driven over its DevTools protocol, and Firefox,
// over WebDriver BiDi.
//
// The drivers do no more than open a page. The page is a client that drives
// itself ([client.Loop]), the same that anybody can open in a browser of his
// own; each session has a page in a browser context of its own, so that
// cookies, cache and connections of one trial are nothing to the next.
//
// What is examined is the browser's network stack as a page meets it: fetch and
// WebSocket. What a page cannot ask for is not asked; certificates are not
// checked, so nothing about them is asked either. Chromium is examined over
// HTTP/1.1, HTTP/2 and HTTP/3, Firefox over the first two.
package browser

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
)

// A Browser is a subject. Its methods may be called from several goroutines at
// once.
type Browser struct {
	engine engine
	about  exam.About
	loop   *client.Loop
	server *http.Server
	base   string
	end    context.CancelFunc
	folder string
}

// An engine is a browser that runs.
type engine interface {
	// open opens a page with cookies and a cache of its own; shut closes it.
	// Orders over HTTP/3, if it can do those, may need a browser of their own.
	open(ctx context.Context, url string, http3 bool) (shut func(), err error)
	// close ends the browser with all its processes.
	close()
}

// A starter starts a browser that keeps its files in a folder, and says which
// version it is.
type starter func(ctx context.Context, folder string) (engine, string, error)

var starters = map[string]starter{"chromium": startChromium, "firefox": startFirefox}

// Names lists the browsers that can be started.
var Names = []string{"chromium", "firefox"}

// sessions is how many trials may go on at once.
const sessions = 64

// Start starts a browser by its name. It has to be ended with Close.
func Start(ctx context.Context, name string) (*Browser, error) {
	start, ok := starters[name]
	if !ok {
		return nil, fmt.Errorf("there is no browser %q: choose among %v", name, Names)
	}
	folder, err := os.MkdirTemp("", "statute-browser-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for %s: %w", name, err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		os.RemoveAll(folder)
		return nil, fmt.Errorf("open a port for the page: %w", err)
	}
	engine, version, err := start(ctx, folder)
	if err != nil {
		ln.Close()
		os.RemoveAll(folder)
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	ctx, end := context.WithCancel(context.Background())
	b := &Browser{engine: engine, base: "http://" + ln.Addr().String(), end: end, folder: folder,
		about: exam.About{Name: name, Version: version, Options: map[string]string{"driven": "fetch and WebSocket, from a page of the origin"}},
		loop:  client.NewLoop(ctx, nil)}
	b.loop.Most = sessions
	b.server = &http.Server{Handler: b.loop, ReadHeaderTimeout: 10 * time.Second}
	go b.server.Serve(ln)
	return b, nil
}

// About says which browser it is.
func (b *Browser) About() exam.About { return b.about }

// Can says what a page can be asked to do.
func (b *Browser) Can() map[exam.Capability]bool { return client.PageCan() }

// Paged: the subject is a page in a browser.
func (b *Browser) Paged() bool { return true }

// Bears says how many pages at a time leave each the time that it needs.
func (b *Browser) Bears() int { return 4 }

// Do carries orders out in a page of their own.
func (b *Browser) Do(ctx context.Context, orders []client.Order) []client.Report {
	fault := func(err error) []client.Report {
		return []client.Report{{Late: ctx.Err() != nil, Err: &client.Error{Kind: client.ErrOther, Message: err.Error()}}}
	}
	agent, driven, dismiss := b.loop.Admit(b)
	defer dismiss()
	if driven == nil {
		return fault(fmt.Errorf("more than %d trials at once", sessions))
	}
	http3 := len(orders) > 0 && orders[0].Over == "h3"
	shut, err := b.engine.open(ctx, b.base+"/exam/page?agent="+agent, http3)
	if err != nil {
		return fault(fmt.Errorf("open a page: %w", err))
	}
	defer shut()
	return driven.Do(ctx, orders)
}

// Close ends the browser with all its processes, and removes its files.
func (b *Browser) Close() {
	b.end()
	b.engine.close()
	b.server.Close()
	os.RemoveAll(b.folder)
}
