package origin

import (
	"context"
	"io"
	"net/http"
	"time"
)

// processingAfter is RFC 2518 §10.1's: a method that takes longer should give a
// sign of life.
const processingAfter = 20 * time.Second

// A pulse gives signs of life, 102 (RFC 2518 §10.1), while a method runs for
// long: one whenever so much time has passed since the last. It is asked from
// within the work, so that there is no sign when there is no work.
type pulse struct {
	d     *decision
	every time.Duration
	last  time.Time
}

func (d *decision) pulse() *pulse {
	every := d.Processing
	if every == 0 {
		every = processingAfter
	}
	return &pulse{d, every, time.Now()}
}

func (p *pulse) beat() {
	// RFC 9110 §15.2: no interim answer goes to a client of HTTP/1.0.
	if time.Since(p.last) < p.every || !p.d.r.ProtoAtLeast(1, 1) {
		return
	}
	p.last = time.Now()
	h := p.d.w.Header()
	final := h.Clone() // its fields are for the final answer
	clear(h)
	p.d.w.WriteHeader(http.StatusProcessing)
	for name, values := range final {
		h[name] = values
	}
}

// carry reads what COPY copies where the store is slow: at the bandwidth that is
// declared for the source or the destination, whichever is less. Elsewhere
// contents are shared and nothing has to be read.
func (d *decision) carry() error {
	v, err := d.space()
	if err != nil || d.carried {
		return err
	}
	rel, _ := v.rel(d.r.URL.Path)
	rate := v.node(rel).Bandwidth
	if to := v.node(d.dest.rel).Bandwidth; rate == 0 || to > 0 && to < rate {
		rate = to
	}
	if rate == 0 {
		return nil
	}
	p := d.pulse()
	ids := map[string]bool{v.at(rel).id: true}
	if d.depth == depthInfinity {
		ids = v.doc.within(v.at(rel).id)
	}
	began, read := time.Now(), int64(0)
	for id := range ids {
		if n := v.doc.Nodes[id]; n != nil && n.Hash != "" {
			if err := d.carryBlob(v.w.worlds.blob(n.Hash, n.Size), rate, began, &read, p); err != nil {
				return err
			}
		}
	}
	d.carried = true
	return nil
}

// carryBlob reads one content, no faster than the rate.
func (d *decision) carryBlob(b Blob, rate int64, began time.Time, read *int64, p *pulse) error {
	content, err := b.Open(d.ctx, 0)
	if err != nil {
		return err
	}
	defer content.Close()
	chunk := make([]byte, 4<<10)
	for {
		n, err := content.Read(chunk)
		*read += int64(n)
		due := time.Duration(float64(*read) / float64(rate) * float64(time.Second))
		if err := sleep(d.ctx, time.Until(began.Add(due))); err != nil {
			return err
		}
		p.beat()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, t time.Duration) error {
	if t <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(t)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
