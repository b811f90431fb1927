package capture

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"

	"github.com/klauspost/compress/gzip"

	"github.com/statute-http/statute/lang"
)

// An inflater reads gzip of many members, as WARC has one a record, on several
// processors. A member's length is not written anywhere, so the input is cut
// where a member seems to begin, and each batch of members inflated for itself.
// Whoever reads takes the batches in order; one that does not end with a member,
// because what seemed a beginning was none or because there is but one member,
// is inflated in line, from the last known beginning to the next. So a wrong
// guess costs time and nothing else.
type inflater struct {
	src    io.Reader
	ctx    context.Context
	cancel context.CancelFunc
	order  chan *batch // in the order of the input
	work   chan *batch
	free   chan *batch // a pool would lose them at each garbage collection
	failed error       // of the source; read after order is closed

	now   *batch
	out   []byte // unread octets of what the batch inflated to
	read  int64  // octets that came out
	taken int64  // octets of the input that were used, or stand in line

	// Inflating in line.
	serial   *gzip.Reader
	line     *bufio.Reader // over the chain of batches
	raw      []byte        // octets of the batch that are not in line yet
	inMember bool
	begun    int64 // where the member begins
}

// A batch is a piece of the input.
type batch struct {
	raw  []byte
	out  []byte
	ok   bool // out is all of it, and it ended with a member
	done chan struct{}
}

const (
	batchSize  = 64 << 10 // of the input
	batchBound = 1 << 20  // of what it inflates to; more is inflated in line
	mostJobs   = 8        // batches at a time, so that memory is flat on large machines
	// A file that inflates to more than this, and so many times its size, holds
	// nothing that anybody recorded.
	bombSize  = 64 << 20
	bombRatio = 500
)

func newInflater(ctx context.Context, src io.Reader) *inflater {
	jobs := min(runtime.GOMAXPROCS(0), mostJobs)
	z := &inflater{src: src, order: make(chan *batch, jobs), work: make(chan *batch, jobs), free: make(chan *batch, 2*jobs+1)}
	for range cap(z.free) {
		z.free <- new(batch)
	}
	z.ctx, z.cancel = context.WithCancel(ctx)
	go z.cut()
	for range jobs {
		go z.inflate()
	}
	return z
}

func (z *inflater) close() { z.cancel() }

// cut reads the input and hands it out.
func (z *inflater) cut() {
	defer close(z.order)
	defer close(z.work)
	var rest []byte
	for last := false; !last; {
		var b *batch
		select {
		case b = <-z.free:
		case <-z.ctx.Done():
			return
		}
		b.done = make(chan struct{})
		b.raw = append(b.raw[:0], rest...)
		rest = rest[:0]
		for len(b.raw) < batchSize && !last {
			n := len(b.raw)
			if cap(b.raw) < batchSize {
				b.raw = append(make([]byte, 0, 2*batchSize), b.raw...)
			}
			got, err := z.src.Read(b.raw[n:cap(b.raw)])
			b.raw = b.raw[:n+got]
			if last = err != nil; last && !errors.Is(err, io.EOF) {
				z.failed = err
			}
		}
		if at := lastMember(b.raw); !last && at > 0 {
			rest = append(rest, b.raw[at:]...)
			b.raw = b.raw[:at]
		}
		select {
		case z.work <- b:
		case <-z.ctx.Done():
			return
		}
		select {
		case z.order <- b:
		case <-z.ctx.Done():
			return
		}
	}
}

// lastMember returns where the last member that seems to begin within b begins
// (RFC 1952 §2.3): the magic number, deflate, no reserved flag, and known values
// of what says how and where it was made.
func lastMember(b []byte) int {
	for at := len(b); at > 0; {
		at = bytes.LastIndex(b[:at], []byte("\x1f\x8b\x08"))
		if at > 0 && at+10 <= len(b) && b[at+3]&0xe0 == 0 && b[at+8]&^6 == 0 && (b[at+9] < 14 || b[at+9] == 255) {
			return at
		}
	}
	return 0
}

func (z *inflater) inflate() {
	var members *gzip.Reader
	for b := range z.work {
		b.out, b.ok = b.out[:0], false
		src := bytes.NewReader(b.raw)
		var err error
		if members == nil {
			members, err = gzip.NewReader(src)
		} else {
			err = members.Reset(src)
		}
		for err == nil && len(b.out) <= batchBound {
			if len(b.out) == cap(b.out) {
				grown := make([]byte, len(b.out), max(4*len(b.raw), 2*cap(b.out)))
				copy(grown, b.out)
				b.out = grown
			}
			var n int
			n, err = members.Read(b.out[len(b.out):cap(b.out)])
			b.out = b.out[:len(b.out)+n]
		}
		b.ok = errors.Is(err, io.EOF)
		close(b.done)
	}
}

func (z *inflater) Read(p []byte) (int, error) {
	for {
		switch {
		case len(z.out) > 0:
			n := copy(p, z.out)
			z.out = z.out[n:]
			return n, z.bounded(n)
		case z.inMember:
			n, err := z.serial.Read(p)
			if errors.Is(err, io.EOF) {
				err = z.memberEnd()
			} else if err != nil {
				err = z.broken(err)
			}
			if err == nil {
				err = z.bounded(n)
			}
			if n > 0 || err != nil {
				return n, err
			}
			continue
		}
		if err := z.next(); err != nil {
			return 0, err
		}
		if err := z.wait(); err != nil {
			return 0, err
		}
		if z.now.ok {
			z.taken += int64(len(z.now.raw))
			z.out = z.now.out
			continue
		}
		z.raw = z.now.raw
		if err := z.memberBegin(); err != nil {
			return 0, err
		}
	}
}

// bounded counts what came out and refuses what grows beyond measure.
func (z *inflater) bounded(n int) error {
	z.read += int64(n)
	if z.read > bombSize && z.read/bombRatio > z.place() {
		return bomb(z.place())
	}
	return nil
}

func bomb(at int64) error {
	return &inflateError{at, lang.Text{
		En:   fmt.Sprintf("it inflates to more than %d times its size, which is refused", bombRatio),
		ZhTW: fmt.Sprintf("解壓縮後超過原大小的 %d 倍，拒絕讀取", bombRatio)}, nil}
}

// next takes the next batch and gives the one before back.
func (z *inflater) next() error {
	if z.now != nil {
		z.free <- z.now
		z.now = nil
	}
	select {
	case b, ok := <-z.order:
		if !ok {
			if z.failed != nil {
				return z.failed
			}
			return io.EOF
		}
		z.now = b
		return nil
	case <-z.ctx.Done():
		return z.ctx.Err()
	}
}

// wait waits until the batch is inflated, or found not to be a whole one.
func (z *inflater) wait() error {
	select {
	case <-z.now.done:
		return nil
	case <-z.ctx.Done():
		return z.ctx.Err()
	}
}

// memberBegin begins to inflate in line.
func (z *inflater) memberBegin() (err error) {
	z.begun = z.place()
	if z.serial == nil {
		z.line = bufio.NewReaderSize(chain{z}, 32<<10)
		z.serial, err = gzip.NewReader(z.line)
	} else {
		err = z.serial.Reset(z.line)
	}
	if err != nil {
		return z.broken(err)
	}
	z.serial.Multistream(false)
	z.inMember = true
	return nil
}

// memberEnd goes on where a member has ended: in line in the middle of a batch,
// else with the next batch.
func (z *inflater) memberEnd() error {
	z.inMember = false
	if z.line.Buffered()+len(z.raw) > 0 {
		return z.memberBegin()
	}
	return nil
}

// place is how far the input is used.
func (z *inflater) place() int64 {
	if z.line == nil {
		return z.taken
	}
	return z.taken - int64(z.line.Buffered())
}

func (z *inflater) broken(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return &inflateError{z.begun, lang.Text{
		En:   "the gzip member that begins here is broken or cut",
		ZhTW: "從這裡開始的 gzip 區段損毀或不完整"}, err}
}

// An inflateError has its place in the compressed input.
type inflateError struct {
	at   int64
	says lang.Text
	err  error
}

func (e *inflateError) Error() string {
	return fmt.Sprintf("%s (compressed octet %d)", e.says.En, e.at)
}
func (e *inflateError) Unwrap() error { return e.err }

// A chain reads the octets of one batch after another.
type chain struct{ z *inflater }

func (c chain) Read(p []byte) (int, error) {
	z := c.z
	for len(z.raw) == 0 {
		if err := z.next(); err != nil {
			return 0, err
		}
		if err := z.wait(); err != nil { // nobody else looks at it any more
			return 0, err
		}
		z.raw = z.now.raw
	}
	n := copy(p, z.raw)
	z.raw = z.raw[n:]
	z.taken += int64(n)
	return n, nil
}
