package serve

import (
	"net/http"
	"sync"
	"time"
)

// stallPiece is how much of an answer has to be taken within Limits.Write: at
// the usual 30 seconds a peer of 2 kB a second gets any answer whole.
const stallPiece = 64 << 10

// A stall ends a stream over HTTP/2 or HTTP/3 whose peer takes nothing of the
// answer: it keeps its window closed (RFC 9113 §5.2, RFC 9000 §4), and whoever
// writes would wait as long as the connection lasts. The libraries' own write
// deadlines go by the answer's whole time, also while the handler is at work and
// nothing is to be written; so theirs is set only once a write is late.
type stall struct {
	within  time.Duration
	control *http.ResponseController

	mu      sync.Mutex
	timer   *time.Timer
	since   time.Time // the write under way; zero: none
	stalled bool
}

func (s *stall) init(within time.Duration, control *http.ResponseController) {
	s.within, s.control = within, control
}

// watch runs a write, and ends the stream if it lasts too long.
func (s *stall) watch(write func()) {
	s.mu.Lock()
	s.since = time.Now()
	if s.timer == nil {
		s.timer = time.AfterFunc(s.within, s.late)
	} else {
		s.timer.Reset(s.within)
	}
	s.mu.Unlock()
	write()
	s.mu.Lock() // late may be under way, and must not outlast the response
	defer s.mu.Unlock()
	s.since = time.Time{}
	s.timer.Stop()
}

// late finds the write under way late, unless it has only just begun: then the
// timer that fired was an earlier one's.
func (s *stall) late() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.since.IsZero() || time.Since(s.since) < s.within {
		return
	}
	s.stalled = true
	s.control.SetWriteDeadline(time.Unix(1, 0))
}

func (s *stall) happened() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stalled
}
