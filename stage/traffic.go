package stage

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/statute-http/statute/wire"
)

// Bounds of what is remembered of traffic: a few megabytes in all.
const (
	mostSights    = 50  // of a world
	mostSeen      = 100 // worlds; the one that was quiet longest is forgotten first
	mostWatchers  = 8   // of a world
	watcherQueue  = 64  // exchanges that a watcher can be behind
	sightContent  = 1 << 10
	sightValue    = 200 // octets of a field's value
	sightFields   = 50
	anySightWatch = 500 // watchers in all
)

// Traffic is what was asked and answered lately, world by world, for those whose
// world it is: its id is all that one has to know, and nobody can guess it. The
// default world belongs to everybody, so nothing is kept of it.
type traffic struct {
	mu       sync.Mutex
	worlds   map[string]*sights // by prefix
	watchers int
}

// Sights are the latest exchanges of a world, oldest first.
type sights struct {
	last     time.Time
	seen     []*wire.Exchange
	watchers []*watcher
}

// A watcher is told of exchanges as they come; what it is too slow for is
// counted, not queued.
type watcher struct {
	more   chan *wire.Exchange
	missed int // guarded by traffic.mu
}

// note remembers an exchange, if it is one of a world of somebody's own. It does
// not wait for anybody. The tap has dropped credentials and cookies already.
func (t *traffic) note(x *wire.Exchange) {
	prefix, rel, ok := worldOf(pathOf(x.Request.Target))
	if !ok || prefix == "/lab" || x.Decision.Reason == "no-such-world" {
		return
	}
	seen := sightOf(x, rel)
	t.mu.Lock()
	defer t.mu.Unlock()
	w := t.of(prefix)
	w.last = time.Now()
	if len(w.seen) >= mostSights {
		w.seen = slices.Delete(w.seen, 0, 1)
	}
	w.seen = append(w.seen, seen)
	for _, its := range w.watchers {
		select {
		case its.more <- seen:
		default:
			its.missed++
		}
	}
}

// of returns the sights of a world. The caller holds the lock.
func (t *traffic) of(prefix string) *sights {
	if t.worlds == nil {
		t.worlds = map[string]*sights{}
	}
	w := t.worlds[prefix]
	if w != nil {
		return w
	}
	if len(t.worlds) >= mostSeen {
		quietest := ""
		for p, w := range t.worlds {
			if len(w.watchers) == 0 && (quietest == "" || w.last.Before(t.worlds[quietest].last)) {
				quietest = p
			}
		}
		delete(t.worlds, quietest)
	}
	w = &sights{last: time.Now()}
	t.worlds[prefix] = w
	return w
}

// recent returns what is remembered of a world, oldest first.
func (t *traffic) recent(prefix string) []*wire.Exchange {
	t.mu.Lock()
	defer t.mu.Unlock()
	if w := t.worlds[prefix]; w != nil {
		return slices.Clone(w.seen)
	}
	return nil
}

// watch has the world's exchanges sent to a watcher from now on, and returns those
// before; ok is false if there are too many watchers.
func (t *traffic) watch(prefix string) (its *watcher, before []*wire.Exchange, stop func(), ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	w := t.of(prefix)
	if len(w.watchers) >= mostWatchers || t.watchers >= anySightWatch {
		return nil, nil, nil, false
	}
	its = &watcher{more: make(chan *wire.Exchange, watcherQueue)}
	w.watchers = append(w.watchers, its)
	t.watchers++
	return its, slices.Clone(w.seen), func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.watchers--
		w.watchers = slices.DeleteFunc(w.watchers, func(o *watcher) bool { return o == its })
	}, true
}

// behind returns how many exchanges the watcher has missed since it was asked.
func (t *traffic) behind(its *watcher) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := its.missed
	its.missed = 0
	return n
}

// sightOf is an exchange as it is remembered: without large content, without
// content that has something to keep to oneself, with long values cut.
func sightOf(x *wire.Exchange, rel string) *wire.Exchange {
	private := rel == "/tokens" || strings.HasPrefix(rel, "/purses/")
	message := func(m *wire.Message) {
		m.Octets, m.Faults = nil, nil
		m.Fields, m.Trailers = shortened(m.Fields), shortened(m.Trailers)
		if private || m.Content.Length > sightContent {
			m.Content.Data = nil
		}
	}
	seen := *x
	seen.After = nil
	message(&seen.Request.Message)
	seen.Request.Target = cut(seen.Request.Target)
	seen.Interim = slices.Clone(x.Interim)
	for i := range seen.Interim {
		message(&seen.Interim[i].Message)
	}
	if x.Final != nil {
		final := *x.Final
		message(&final.Message)
		seen.Final = &final
	}
	return &seen
}

func shortened(fields wire.Fields) wire.Fields {
	short := slices.Clone(fields[:min(len(fields), sightFields)])
	for i := range short {
		short[i].Value = cut(short[i].Value)
	}
	return short
}

func cut(text string) string {
	if len(text) <= sightValue {
		return text
	}
	return strings.ToValidUTF8(text[:sightValue], "") + "…"
}

// pathOf is the path of a request target, whose authority does not matter here.
func pathOf(target string) string {
	if _, rest, ok := strings.Cut(target, "://"); ok {
		_, path, _ := strings.Cut(rest, "/")
		target = "/" + path
	}
	path, _, _ := strings.Cut(target, "?")
	return path
}
