// Package capture reads what people recorded as exchanges: HAR, WARC, the two
// streams of an HTTP/1.1 connection, what curl printed, our own journal, and
// descriptions of APIs, whose documented responses are judged like answers.
//
// [Read] finds the format from the first octets, never from a name, undoes gzip
// and zstd, and yields one [Entry] after another:
//
//	for e, err := range capture.Read(ctx, file, capture.Options{}) {
//		if err != nil {
//			log.Print(err) // har, entry 17, octet 51200: a string is not ended
//			continue
//		}
//		fmt.Println(e.Number, e.Exchange.Answer().Status)
//	}
//
// Everything is streamed: whatever an input claims or inflates to, what is held
// of it at a time has a bound, and what passes the bound is cut or refused with
// its place. What stood before a fault was yielded before it.
//
// A recording is no wire. Browsers decode content, drop interim answers, show a
// cached 200 where a 304 came, and hide cookies; each dialect's known lies are
// taken out here, so that Exchange.Seen and Message.Hidden say what the
// recording really shows and no rule concludes anything from the rest.
package capture

import (
	"context"
	"errors"
	"io"
	"iter"
	"sync/atomic"

	"github.com/statute-http/statute/wire"
)

// An Entry is one exchange of a recording. It may be kept: nothing is written over
// it later. Entries of one description share what they have in common.
type Entry struct {
	Number   int    // its place in the recording, from 1; what is no HTTP has a number and is not yielded
	Offset   int64  // of its first octet, in the recording as it was before compression
	Line     int    // of its first line, in formats of lines; else 0
	Name     string // what the recording calls it, if it does: "GET /pets 401" of a description
	Exchange *wire.Exchange
}

// Options say how to read. The zero value finds out by itself.
type Options struct {
	Format  Format // what the recording is; empty to find out from its first octets
	Content int    // how many octets of each content to keep; 0 means 64 kB
}

func (o Options) withDefaults() Options {
	if o.Content <= 0 {
		o.Content = 64 << 10
	}
	return o
}

// Read yields the entries of a recording in order, or an [*Error] and no entry
// where it is broken. Reading goes on after an error if the format lets it; an
// error of r, or the end of ctx, is the last.
func Read(ctx context.Context, r io.Reader, o Options) iter.Seq2[*Entry, error] {
	return func(yield func(*Entry, error) bool) {
		in := &input{ctx: ctx, o: o.withDefaults(), src: r, yield: yield}
		defer in.close()
		if err := in.read(); err != nil && !errors.Is(err, errStop) {
			yield(nil, err)
		}
	}
}

// errStop ends reading because nobody wants more.
var errStop = errors.New("no more is wanted")

// An input is one recording while it is read. A format's reader gets it, reads
// from it and emits.
type input struct {
	ctx    context.Context
	o      Options
	src    io.Reader
	format Format
	taken  atomic.Int64 // octets read from src
	number int          // of the entry that is read
	yield  func(*Entry, error) bool
	closes []func()
}

func (in *input) close() {
	for _, c := range in.closes {
		c()
	}
}

// emit yields an entry.
func (in *input) emit(e *Entry) error {
	if !in.yield(e, nil) {
		return errStop
	}
	return in.ctx.Err()
}

// report yields an error after which reading goes on.
func (in *input) report(err error) error {
	if !in.yield(nil, err) {
		return errStop
	}
	return in.ctx.Err()
}

// Read reads from the source, until the context ends.
func (in *input) Read(p []byte) (int, error) {
	if err := in.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := in.src.Read(p)
	in.taken.Add(int64(n))
	return n, err
}
