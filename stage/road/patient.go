package road

import (
	"net/http"
	"time"
)

// A patient writer gives a client so long to take what is written to it as the
// hop is patient: one who opens no window for a stream (RFC 9113 §5.2) holds a
// passage, of which there are few, and package serve would wait longer.
type patient struct {
	http.ResponseWriter
	control *http.ResponseController
	time    time.Duration
}

// patiently returns a writer to a client's stream that waits for one silence at
// most.
func (h *Hop) patiently(w http.ResponseWriter) *patient {
	return &patient{w, http.NewResponseController(w), h.patience()}
}

func (p *patient) Write(octets []byte) (int, error) {
	defer p.within()()
	return p.ResponseWriter.Write(octets)
}

func (p *patient) FlushError() error {
	defer p.within()()
	return p.control.Flush()
}

func (p *patient) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// within sets the time, and returns what takes it back: between two writes it is
// the server ahead that is waited for.
func (p *patient) within() func() {
	p.control.SetWriteDeadline(time.Now().Add(p.time))
	return func() { p.control.SetWriteDeadline(time.Time{}) }
}
