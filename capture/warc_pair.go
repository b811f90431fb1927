package capture

import (
	"slices"

	"github.com/statute-http/statute/wire"
)

// A pairing finds the partner of each record: the one that WARC-Concurrent-To
// names, on either side, or else, of records that name none, the last one of the
// other kind with the same URI. Partners stand close to one another; what waits
// too long stands alone.
type pairing struct {
	in      *input
	waiting []*half // oldest first
	size    int     // octets that wait
	used    []*half // made into entries, to be filled again
}

const (
	mostWaiting   = 500
	waitingOctets = 32 << 20
)

func (p *pairing) add(h *half) error {
	if i := p.partner(h); i >= 0 {
		other := p.waiting[i]
		p.remove(i)
		if h.request == nil {
			h, other = other, h
		}
		return p.emit(h, other)
	}
	p.waiting = append(p.waiting, h)
	p.size += h.size()
	for len(p.waiting) > mostWaiting || p.size > waitingOctets {
		if err := p.alone(); err != nil {
			return err
		}
	}
	return nil
}

// partner returns the index of the record that waits for h, or -1.
func (p *pairing) partner(h *half) int {
	for i := len(p.waiting) - 1; i >= 0; i-- {
		if w := p.waiting[i]; (w.request != nil) != (h.request != nil) &&
			(h.id != "" && slices.Contains(w.concurrent, h.id) || w.id != "" && slices.Contains(h.concurrent, w.id)) {
			return i
		}
	}
	for i := len(p.waiting) - 1; i >= 0 && len(h.concurrent) == 0; i-- {
		if w := p.waiting[i]; (w.request != nil) != (h.request != nil) && len(w.concurrent) == 0 && w.uri == h.uri {
			return i
		}
	}
	return -1
}

func (p *pairing) remove(i int) {
	p.size -= p.waiting[i].size()
	p.waiting = slices.Delete(p.waiting, i, i+1)
}

// alone emits the record that has waited longest.
func (p *pairing) alone() error {
	h := p.waiting[0]
	p.remove(0)
	if h.request != nil {
		return p.emit(h, nil)
	}
	return p.emit(nil, h)
}

// emit yields an exchange of a request and its answer, or of one of them alone.
func (p *pairing) emit(request, answer *half) error {
	entry := entryOf(request, answer)
	for _, h := range []*half{request, answer} {
		if h != nil {
			clear(h.concurrent)
			*h = half{concurrent: h.concurrent[:0]}
			p.used = append(p.used, h)
		}
	}
	return p.in.emit(entry)
}

// half returns one to be filled.
func (p *pairing) half() *half {
	if n := len(p.used); n > 0 {
		h := p.used[n-1]
		p.used = p.used[:n-1]
		return h
	}
	return new(half)
}

func (p *pairing) flush() error {
	for len(p.waiting) > 0 {
		if err := p.alone(); err != nil {
			return err
		}
	}
	return nil
}

// size is about what the record holds in memory.
func (h *half) size() int {
	n := 1000 + h.text + len(h.after)
	if h.request != nil {
		n += sizeOf(&h.request.Message)
	}
	if h.response != nil {
		n += sizeOf(&h.response.Message)
	}
	for i := range h.interim {
		n += sizeOf(&h.interim[i].Message)
	}
	return n
}

func sizeOf(m *wire.Message) int {
	return 300 + 3*len(m.Octets) + 64*len(m.Fields) + len(m.Content.Data)
}
