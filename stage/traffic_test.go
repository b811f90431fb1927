package stage

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/wire"
)

func seenIn(world int, rest string) *wire.Exchange {
	x := &wire.Exchange{Started: time.Unix(1, 0), Final: &wire.Response{Status: 200}}
	x.Request.Method, x.Request.Target = "GET", fmt.Sprintf("/w/%018x/%s", world, rest)
	return x
}

// A watcher that does not read holds nobody up; what it misses is counted.
func TestSlowWatcher(t *testing.T) {
	var all traffic
	prefix, _, _ := worldOf(seenIn(1, "").Request.Target)
	its, _, stop, ok := all.watch(prefix)
	if !ok {
		t.Fatal("there is no place to watch from")
	}
	for i := range 200 {
		all.note(seenIn(1, fmt.Sprint(i)))
	}
	if len(its.more) != watcherQueue {
		t.Errorf("%d are queued, want %d", len(its.more), watcherQueue)
	}
	if n := all.behind(its); n != 200-watcherQueue {
		t.Errorf("%d were missed, want %d", n, 200-watcherQueue)
	}
	if n := all.behind(its); n != 0 {
		t.Errorf("%d were missed twice", n)
	}
	stop()
	all.note(seenIn(1, "after"))
	if len(its.more) != watcherQueue || all.watchers != 0 {
		t.Errorf("it still watches: %d, %d", len(its.more), all.watchers)
	}
	if got := all.recent(prefix); len(got) != mostSights || !strings.HasSuffix(got[mostSights-1].Request.Target, "/after") {
		t.Errorf("%d are remembered", len(got))
	}
}

// What is remembered is bounded, and what is watched is not forgotten.
func TestTrafficIsBounded(t *testing.T) {
	var all traffic
	watched, _, _ := worldOf(seenIn(0, "").Request.Target)
	_, _, stop, _ := all.watch(watched)
	defer stop()
	for i := range 3 * mostSeen {
		all.note(seenIn(i, "page"))
	}
	if len(all.worlds) != mostSeen {
		t.Errorf("%d worlds are remembered, want %d", len(all.worlds), mostSeen)
	}
	if len(all.recent(watched)) != 1 {
		t.Error("the one that is watched was forgotten")
	}
	for range mostWatchers - 1 {
		if _, _, _, ok := all.watch(watched); !ok {
			t.Error("there is place for more watchers")
		}
	}
	if _, _, _, ok := all.watch(watched); ok {
		t.Error("more may watch than may")
	}
	all.note(seenIn(7, "page"))
	x := seenIn(8, "page")
	x.Decision.Reason = "no-such-world"
	delete(all.worlds, "/w/000000000000000008")
	all.note(x)
	x.Request.Target = "/lab/page"
	all.note(x)
	if all.worlds["/w/000000000000000008"] != nil || all.worlds["/lab"] != nil {
		t.Error("what is nobody's is remembered")
	}
}
