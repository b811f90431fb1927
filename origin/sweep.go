package origin

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// mostWorlds is how many worlds one sweep looks at. Where there are more, nobody
// knows what those name, and no content is forgotten.
const mostWorlds = 100_000

// Sweep removes the worlds under keys with the prefix whose time is over, and
// forgets content that no world names any more and that nobody has asked for in
// the last hour. It returns how many worlds and how many contents went.
func (ws *Worlds) Sweep(ctx context.Context, prefix string) (worlds, contents int, err error) {
	keys, err := ws.Store.Keys(ctx, prefix, mostWorlds)
	if err != nil {
		return 0, 0, fmt.Errorf("list the worlds: %w", err)
	}
	named := map[string]bool{}
	for _, key := range keys {
		octets, revision, err := ws.Store.Load(ctx, key)
		if err != nil {
			return worlds, 0, fmt.Errorf("load world %s: %w", key, err)
		}
		var doc worldDoc
		if revision == 0 || json.Unmarshal(octets, &doc) != nil {
			continue // gone meanwhile; or damaged, and then it is left for people to see
		}
		if !doc.Expires.IsZero() && ws.now().After(doc.Expires) {
			gone, err := ws.Store.Remove(ctx, key, revision)
			if err != nil {
				return worlds, 0, fmt.Errorf("remove world %s: %w", key, err)
			}
			if gone {
				worlds++
				continue
			}
		}
		for _, n := range doc.Nodes {
			named[n.Hash] = true
		}
		for _, f := range doc.Former {
			named[f.Hash] = true
		}
	}
	if len(keys) == mostWorlds {
		return worlds, 0, nil
	}
	contents, err = ws.Store.Sweep(ctx, time.Hour, func(hash string) (bool, error) { return named[hash], nil })
	if err != nil {
		return worlds, contents, fmt.Errorf("sweep contents: %w", err)
	}
	return worlds, contents, nil
}
