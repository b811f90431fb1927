package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"time"
)

// A reader reads content, one proved part at a time.
type reader struct {
	store  *Store
	ctx    context.Context
	hash   string
	blob   string
	hashes []byte // of all parts
	size   int64
	at     int64  // octets of the content before rest
	rest   []byte // of the part being read
	err    error
}

func newReader(s *Store, ctx context.Context, hash string, head *record, offset int64) (*reader, error) {
	r := &reader{store: s, ctx: ctx, hash: hash, blob: head.header.Get(fieldBlob)}
	size, err := strconv.ParseInt(head.header.Get(fieldSize), 10, 64)
	if err != nil || size < 0 {
		return nil, r.damaged("its head has no size")
	}
	if offset < 0 || offset > size {
		return nil, fmt.Errorf("open content %s of %d octets at %d: %w", hash, size, offset, fs.ErrInvalid)
	}
	r.size, r.at = size, offset
	if r.blob != "" {
		r.hashes = head.data
		if want := (size + partSize - 1) / partSize * sha256.Size; int64(len(r.hashes)) != want {
			return nil, r.damaged("its list of parts has another length")
		}
		return r, nil
	}
	if sum := sha256.Sum256(head.data); hex.EncodeToString(sum[:]) != hash || int64(len(head.data)) != size {
		return nil, r.damaged("its octets have another hash")
	}
	r.rest = head.data[offset:]
	return r, nil
}

func (r *reader) Read(p []byte) (int, error) {
	if r.err == nil && len(r.rest) == 0 && len(p) > 0 {
		if r.at == r.size {
			r.err = io.EOF
		} else {
			r.rest, r.err = r.fetch(r.at/partSize, r.at%partSize)
		}
	}
	if r.err != nil {
		return 0, r.err
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	r.at += int64(n)
	return n, nil
}

// fetch returns a part from an offset within it.
func (r *reader) fetch(number, from int64) ([]byte, error) {
	var part *record
	subject := partSubject(r.blob, int(number))
	err := r.store.read(r.ctx, "read content "+r.hash, func(ctx context.Context, l *link) (err error) {
		// Any server may answer: a part never changes. One that is behind has it
		// not yet; then the leader is asked.
		for range 3 {
			if part, err = r.store.last(ctx, l, parts, subject, true); part != nil || err != nil {
				return err
			}
			if part, err = getFromLeader(ctx, l.nc, parts, subject); part != nil || err != nil {
				return err
			}
			time.Sleep(20 * time.Millisecond)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if part == nil {
		return nil, r.missing()
	}
	want := min(partSize, r.size-number*partSize)
	sum := sha256.Sum256(part.data)
	if int64(len(part.data)) != want || !bytes.Equal(sum[:], r.hashes[number*sha256.Size:][:sha256.Size]) {
		return nil, r.damaged(fmt.Sprintf("part %d has another hash", number))
	}
	return part.data[from:], nil
}

// missing tells content that was dropped while it was read from damaged content.
func (r *reader) missing() error {
	var head *record
	err := r.store.read(r.ctx, "read content "+r.hash, func(ctx context.Context, l *link) (err error) {
		head, err = r.store.last(ctx, l, contents, contents.prefix+r.hash, false)
		return err
	})
	if err != nil {
		return err
	}
	if head.gone() || head.header.Get(fieldBlob) != r.blob {
		return fmt.Errorf("read content %s, which was dropped meanwhile: %w", r.hash, fs.ErrNotExist)
	}
	return r.damaged("a part is missing")
}

func (r *reader) damaged(what string) error {
	return fmt.Errorf("read content %s: %w: %s", r.hash, ErrDamaged, what)
}

// Close ends the reading. There is nothing to give back.
func (r *reader) Close() error {
	r.rest, r.err = nil, fs.ErrClosed
	return nil
}
