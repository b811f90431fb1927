package capture

import (
	"bufio"
	"io"
	"sync"
	"sync/atomic"

	"github.com/statute-http/statute/wire"
)

// A Writer writes a journal beside traffic that must not wait for it. Exchanges
// stand in a queue; one that finds the queue full, because the disk is slower
// than the traffic, is left out and counted.
type Writer struct {
	w     *bufio.Writer
	queue chan *wire.Exchange
	ended chan struct{} // closed by Close
	done  chan struct{} // closed when all is written
	once  sync.Once

	left atomic.Int64
	err  error // the first; after it nothing is written. Read once done is closed
}

// queued is how many exchanges may wait to be written.
const queued = 1024

// NewWriter returns a writer, which has to be closed.
func NewWriter(w io.Writer) *Writer {
	j := &Writer{
		w: bufio.NewWriterSize(w, 64<<10), queue: make(chan *wire.Exchange, queued),
		ended: make(chan struct{}), done: make(chan struct{}),
	}
	go j.write()
	return j
}

// Put puts the exchange in the queue, without waiting. It must not be changed
// any more. After Close it does nothing.
func (j *Writer) Put(x *wire.Exchange) {
	select {
	case j.queue <- x:
	default:
		j.left.Add(1)
	}
}

// LeftOut returns how many exchanges were not written because the queue was full.
func (j *Writer) LeftOut() int64 { return j.left.Load() }

// Close writes what waits and returns the first error of all writing.
func (j *Writer) Close() error {
	j.once.Do(func() { close(j.ended) })
	<-j.done
	return j.err
}

func (j *Writer) write() {
	defer close(j.done)
	var line []byte
	ended := j.ended
	for stopped := false; !stopped || len(j.queue) > 0; {
		select {
		case x := <-j.queue:
			if j.err != nil {
				continue
			}
			if line, j.err = Append(line[:0], x); j.err == nil {
				_, j.err = j.w.Write(line)
			}
			if j.err == nil && len(j.queue) == 0 { // nobody waits: let it be seen
				j.err = j.w.Flush()
			}
		case <-ended:
			stopped, ended = true, nil
		}
	}
}
