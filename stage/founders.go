package stage

import (
	"cmp"
	"context"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/statute-http/statute/origin"
	"github.com/statute-http/statute/wire"
)

// WorldLimits bound the worlds that there are at a time. Zero means the default.
type WorldLimits struct {
	All        int // of everybody; 50,000
	PerAddress int // of one IPv4 address or IPv6 /64; 1,000
}

// founders counts who has made how many worlds, each for as long as it lives:
// a place comes free when a world ends. What they hold is bounded elsewhere, by
// their quotas and by what the store may take. The count is in memory, and so
// begins anew with the server.
type founders struct {
	lab *Lab
	now func() time.Time

	mu  sync.Mutex
	all []founding                   // in the order in which they end
	by  map[netip.Prefix][]time.Time // when each of an address's worlds ends
}

type founding struct {
	from netip.Prefix // the zero Prefix: not counted by address
	ends time.Time
}

// Enter: with too many worlds of everybody, no one client asks too often. It is
// the house that is full for the time being, 503, until the first of them ends.
func (f *founders) Enter(r *http.Request) (leave func(), retry time.Duration, ok bool) {
	if r.Method != http.MethodPost {
		return nil, 0, true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	f.forget(now)
	if len(f.all) >= cmp.Or(f.lab.Worlds.All, 50_000) {
		return nil, f.all[0].ends.Sub(now), false
	}
	return func() {}, 0, true
}

// Allow counts the world that is about to be made against its maker's address.
func (f *founders) Allow(_ context.Context, r *http.Request) (*origin.Quota, error) {
	if r.Method != http.MethodPost {
		return nil, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	f.forget(now)
	from := wire.NetworkOf(r.RemoteAddr)
	if !from.IsValid() || wire.AmongNetworks(f.lab.Gateways, r.RemoteAddr) {
		f.all = append(f.all, founding{ends: now.Add(worldLife)})
		return nil, nil
	}
	most := cmp.Or(f.lab.Worlds.PerAddress, 1000)
	quota := &origin.Quota{Policy: "worlds", Limit: most, Window: worldLife, Remaining: -1}
	if len(f.by[from]) < most {
		f.all = append(f.all, founding{from, now.Add(worldLife)})
		f.by[from] = append(f.by[from], now.Add(worldLife))
		quota.Remaining = most - len(f.by[from])
	}
	quota.Reset = f.by[from][0].Sub(now)
	return quota, nil
}

// forget gives back the places of worlds that have ended.
func (f *founders) forget(now time.Time) {
	for len(f.all) > 0 && !now.Before(f.all[0].ends) {
		from := f.all[0].from
		f.all = f.all[1:]
		if !from.IsValid() {
			continue
		}
		if f.by[from] = f.by[from][1:]; len(f.by[from]) == 0 {
			delete(f.by, from)
		}
	}
}
