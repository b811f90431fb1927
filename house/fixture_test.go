package house_test

import (
	"context"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/statute-http/statute/house"
	"github.com/statute-http/statute/needs"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// Every replay looks over every protocol as it should, and says that it is one.
func TestReplays(t *testing.T) {
	h := open(t)
	for _, over := range wire.Protocols {
		for _, code := range stage.Replayed() {
			target := peer.Target{Protocol: over, Address: h.Address()}
			if over == wire.H3 {
				target.TLS = h.Trust()
			}
			c, err := peer.Dial(t.Context(), target)
			if err != nil {
				t.Fatal(err)
			}
			x, err := c.Do(t.Context(), &peer.Request{Path: "/replay/" + code.String()})
			c.Close()
			if err != nil || x.Final == nil {
				t.Errorf("%d over %s: %v %v", code, over, x, err)
				continue
			}
			got, its := x.Final.Status, x.Final
			if code.Interim() && len(x.Interim) == 1 {
				got, its = x.Interim[0].Status, &x.Interim[0]
			}
			if got != code || its.Fields.Get("Statute-Replay") != "1" || x.Final.Fields.Get("Statute-Replay") != "1" {
				t.Errorf("%d over %s: got %v, %v", code, over, x.Statuses(), its.Fields)
			}
		}
	}
}

// decoyWatch counts visits to the decoy.
type decoyWatch struct {
	mu     sync.Mutex
	visits int
}

func (d *decoyWatch) see(x *wire.Exchange) {
	// Whoever took the decoy for a proxy would ask it in absolute-form.
	if strings.Contains(x.Request.Target, "/replay/decoy") || strings.HasPrefix(x.Request.Target, "http:") {
		d.mu.Lock()
		d.visits++
		d.mu.Unlock()
	}
}

func (d *decoyWatch) taken() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.visits
	d.visits = 0
	return n
}

// Clients as people use them follow a 302 to the decoy, and none of the codes
// that only look like it: 305, 306 and one that nobody knows. None but curl,
// which follows whatever 3xx has a Location; the manual says so.
func TestWhoObeys(t *testing.T) {
	watch := &decoyWatch{}
	h, served := openWith(t, house.Config{Tap: watch.see})
	defer shutdown(t, h, served)
	base := "http://" + h.Address()
	all := []status.Code{302, 305, 306, 399}
	follows := map[string][]status.Code{"net/http": all[:1], "curl -L": all, "Chromium": all[:1]}
	visit := map[string]func(t *testing.T, uri string){
		"net/http": func(t *testing.T, uri string) {
			answer, err := http.Get(uri)
			if err == nil {
				answer.Body.Close()
			}
		},
		"curl -L": func(t *testing.T, uri string) {
			command := needs.Program(t, "curl", "curl")
			exec.CommandContext(t.Context(), command, "-sL", "--max-redirs", "3", "-o", "/dev/null", uri).Run()
		},
		"Chromium": func(t *testing.T, uri string) {
			v := newBrowser(t).visit(t)
			// Not every code makes a page that it would call loaded.
			chromedp.Do(v.ctx, chromedp.Navigate(uri))
		},
	}
	for name, by := range visit {
		for _, code := range all {
			t.Run(name+"/"+code.String(), func(t *testing.T) {
				want := 0
				if slices.Contains(follows[name], code) {
					want = 1
				}
				by(t, base+"/replay/"+code.String())
				// The tap hears of an exchange when it is over.
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				got := watch.taken()
				for got < want && ctx.Err() == nil {
					time.Sleep(10 * time.Millisecond)
					got += watch.taken()
				}
				if got != want {
					t.Errorf("the decoy was visited %d times, want %d", got, want)
				}
			})
		}
	}
}
