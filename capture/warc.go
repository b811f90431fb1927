package capture

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/statute-http/statute/lang"
)

// A warcReader reads WARC 1.0 and 1.1 (ISO 28500): records one after another,
// each a head of named fields and a block of so many octets.
type warcReader struct {
	in     *input
	r      *bufio.Reader
	s      *stream
	at     int64 // offset of what is read next
	record warcRecord
	pairs  pairing
	ended  bool // the input ended within a record
}

// A warcRecord is the head of a record: where each of its values stands in the
// text, and what is counted.
type warcRecord struct {
	offset, length                                    int64
	text                                              []byte
	kind, id, uri, date, content, truncated, protocol span
	concurrent                                        []span
}

// of returns a value that is looked at and not kept.
func (r *warcRecord) of(s span) []byte { return r.text[s.from:s.to] }

// Bounds of a record's head.
const (
	longestWARCLine = 64 << 10
	mostWARCLines   = 200
)

func readWARC(in *input, r *bufio.Reader) error {
	w := &warcReader{in: in, r: r, s: newStream(nil, in.o.Content)}
	w.pairs.in = in
	for {
		found, err := w.head()
		if err != nil {
			var fault *Error
			if !errors.As(err, &fault) || w.ended {
				return w.stop(err)
			}
			if err := in.report(err); err != nil {
				return err
			}
			if !w.resync() {
				return w.stop(nil)
			}
			continue
		}
		if !found {
			return w.stop(nil)
		}
		if err := w.block(); err != nil {
			return w.stop(err)
		}
		if err := in.ctx.Err(); err != nil {
			return err
		}
	}
}

// stop ends reading: records that found no partner stand alone.
func (w *warcReader) stop(err error) error {
	if flushed := w.pairs.flush(); flushed != nil {
		return flushed
	}
	return err
}

// next reads a line, without its end.
func (w *warcReader) next() ([]byte, error) {
	line, err := w.r.ReadSlice('\n')
	w.at += int64(len(line))
	switch {
	case err == nil:
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, w.in.broken(w.at, lang.Text{
			En:   "a line in the head of a record is longer than is taken",
			ZhTW: "紀錄標頭中有一行過長"}, nil)
	case errors.Is(err, io.EOF) && len(line) == 0:
		return nil, io.EOF
	default:
		return nil, w.cut(err)
	}
	return bytes.TrimSuffix(line[:len(line)-1], []byte("\r")), nil
}

func (w *warcReader) cut(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	w.ended = true
	return w.in.broken(w.at, lang.Text{
		En:   "the WARC ends here in the middle of a record",
		ZhTW: "WARC 在一筆紀錄的中途就結束了"}, err)
}

// head reads the head of the next record. It reports false at the end.
func (w *warcReader) head() (bool, error) {
	var line []byte
	for len(line) == 0 {
		begins := w.at
		var err error
		if line, err = w.next(); errors.Is(err, io.EOF) {
			return false, nil
		} else if err != nil {
			w.in.number++
			return false, err
		}
		w.record = warcRecord{offset: begins, length: -1, text: w.record.text[:0], concurrent: w.record.concurrent[:0]}
	}
	w.in.number++
	if !bytes.HasPrefix(line, []byte("WARC/1.")) && !bytes.HasPrefix(line, []byte("WARC/0.")) {
		return false, w.in.broken(w.record.offset, lang.Text{
			En:   fmt.Sprintf("no record begins here: the line is %q", shorten(line)),
			ZhTW: fmt.Sprintf("這裡不是紀錄的開頭：這一行是 %q", shorten(line))}, nil)
	}
	for range mostWARCLines {
		line, err := w.next()
		if errors.Is(err, io.EOF) {
			return false, w.cut(err)
		}
		if err != nil {
			return false, err
		}
		if len(line) == 0 {
			if w.record.length < 0 {
				return false, w.in.broken(w.record.offset, lang.Text{
					En:   "the record has no Content-Length that can be read",
					ZhTW: "紀錄沒有可讀取的 Content-Length"}, nil)
			}
			return true, nil
		}
		w.field(line)
	}
	return false, w.in.broken(w.record.offset, lang.Text{
		En:   fmt.Sprintf("the record has more than %d fields", mostWARCLines),
		ZhTW: fmt.Sprintf("紀錄的欄位超過 %d 個", mostWARCLines)}, nil)
}

func shorten(line []byte) []byte { return line[:min(len(line), 60)] }

// field takes the fields of a record that say something of its exchange.
func (w *warcReader) field(line []byte) {
	colon := bytes.IndexByte(line, ':')
	if colon < 0 {
		return
	}
	name, value := line[:colon], bytes.TrimSpace(line[colon+1:])
	r := &w.record
	at := span{len(r.text), len(r.text) + len(value)}
	switch {
	case is(name, "content-length"):
		if n, err := strconv.ParseInt(string(value), 10, 64); err == nil && n >= 0 {
			r.length = n
		}
		return
	case is(name, "warc-concurrent-to"):
		if len(r.concurrent) < 100 {
			r.concurrent = append(r.concurrent, at)
		}
	case is(name, "warc-type"):
		r.kind = at
	case is(name, "warc-record-id"):
		r.id = at
	case is(name, "warc-target-uri"):
		r.uri = at
	case is(name, "warc-date"):
		r.date = at
	case is(name, "content-type"):
		r.content = at
	case is(name, "warc-truncated"):
		r.truncated = at
	case is(name, "warc-protocol"):
		r.protocol = at
	default:
		return
	}
	r.text = append(r.text, value...)
}

// is compares a name, case aside, with one in lower case.
func is(name []byte, lower string) bool {
	if len(name) != len(lower) {
		return false
	}
	for i := range name {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// block reads the record's block and what stands behind it.
func (w *warcReader) block() error {
	half, err := w.half()
	if err != nil {
		return err
	}
	if half == nil {
		return nil
	}
	if half.fault != nil {
		return w.in.report(half.fault)
	}
	return w.pairs.add(half)
}

// half reads the block as a message, where it stands in the buffer if the whole
// of it does.
func (w *warcReader) half() (*half, error) {
	length := w.record.length
	if length <= int64(w.r.Size()) {
		if octets, err := w.r.Peek(int(length)); err == nil {
			w.s.resetOctets(octets)
			half := w.message()
			w.r.Discard(len(octets))
			w.at += length
			return half, nil
		}
	}
	block := &io.LimitedReader{R: w.r, N: length}
	w.s.reset(block)
	half := w.message()
	_, err := io.Copy(io.Discard, block)
	w.at += length - block.N
	switch {
	case err != nil:
		return nil, w.cut(err)
	case block.N > 0:
		return nil, w.cut(io.EOF)
	}
	return half, nil
}

// resync looks for the next record, by its first line.
func (w *warcReader) resync() bool {
	for {
		first, err := w.r.Peek(len("WARC/1."))
		if err != nil {
			return false
		}
		if string(first) == "WARC/1." {
			return true
		}
		line, _ := w.r.ReadSlice('\n')
		w.at += int64(len(line))
	}
}
