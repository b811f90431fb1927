package relay

import (
	"errors"
	"io"

	"github.com/statute-http/statute/wire"
)

// A half is one direction.
type half struct {
	feed    feeder
	r       *wire.Reader
	head    wire.Head
	body    *wire.Body // while content is read
	message *wire.Message
	off     bool
	broken  bool // by a fault in the content
}

// A feeder hands the reader what was pushed.
type feeder struct {
	data []byte
	end  error // once no more comes
}

var errMore = moreError{}

// A moreError says that the rest has not come yet. To a reader it is a timeout,
// after which it can go on.
type moreError struct{}

func (moreError) Error() string { return "the rest has not come yet" }
func (moreError) Timeout() bool { return true }

func (f *feeder) Read(p []byte) (int, error) {
	if len(f.data) == 0 {
		if f.end != nil {
			return 0, f.end
		}
		return 0, errMore
	}
	n := copy(p, f.data)
	f.data = f.data[n:]
	return n, nil
}

// read reads content; it reports whether it came to its end.
func (h *half) read() bool {
	var piece [4 << 10]byte
	c := &h.message.Content
	for {
		n, err := h.body.Read(piece[:])
		c.Length += int64(n)
		c.Data = append(c.Data, piece[:min(n, keptContent-len(c.Data))]...)
		var fault *wire.Fault
		switch {
		case err == nil:
			continue
		case errors.Is(err, errMore):
			return false
		case errors.Is(err, io.EOF):
			c.Complete = true
		case errors.As(err, &fault):
			h.message.Faults = append(h.message.Faults, *fault)
			h.off, h.broken = true, true
		default:
			h.off = true
		}
		h.message.Trailers = h.body.Trailers
		h.body = nil
		return true
	}
}

// orphan makes the rest of a request whose exchange is over go nowhere.
func (h *half) orphan() {
	if h.message != nil {
		copied := *h.message
		h.message = &copied
	}
}
