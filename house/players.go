package house

import (
	"context"
	"time"

	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/stage/play"
	"github.com/statute-http/statute/wire"
)

// players perform scenes for the site's visitors against the house itself.
type players struct {
	patience time.Duration
	open     context.Context // done when the house closes: no play holds that up
	close    context.CancelFunc
}

// newPlayers returns players who outwait the server: its longest silence before
// a 408, and half as long again for the answer.
func newPlayers(l serve.Limits) *players {
	longest := max(30*time.Second, l.First, l.Head, l.Stall)
	p := &players{patience: longest + longest/2}
	p.open, p.close = context.WithCancel(context.Background())
	return p
}

// play performs a scene; it ends with ctx, or when the house closes.
func (h *House) play(ctx context.Context, scene *stage.Scene, over wire.Protocol) *play.Performance {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(h.players.open, cancel)()
	player := h.Player()
	player.Patience = h.players.patience
	return player.Play(ctx, scene, over)
}

// Player returns one who plays against the house, through all its doors.
func (h *House) Player() *play.Player {
	return &play.Player{Address: h.Address(), Proxy: h.Proxy(), Portal: h.Portal(), TLS: h.Trust()}
}
