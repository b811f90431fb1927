package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nuid"
)

// The head of a content lies under its hash. If it has no fieldBlob, its data is
// the content. If it has one, its data is the SHA-256 of each part in order, and
// the parts lie under that number: the hash of the whole is not yet known when
// the first of them is written.

// freshFor is how long a head needs no new date when its content comes again.
const freshFor = time.Minute

// PutContent takes the octets of r, at most most of them (and at most
// MaxContent), and returns their SHA-256 in hexadecimal and their number. Equal
// content is kept once. It reads as fast as it can write and holds a part in
// memory at a time. More octets are an ErrTooLarge; an error of r is returned as
// it is; neither leaves anything behind. How long r may take is up to r.
func (s *Store) PutContent(ctx context.Context, r io.Reader, most int64) (hash string, size int64, err error) {
	most = min(most, MaxContent)
	up := upload{store: s, ctx: ctx, sum: sha256.New()}
	if err := up.take(r, most); err != nil {
		up.discard()
		return "", 0, err
	}
	hash = hex.EncodeToString(up.sum.Sum(nil))
	blob, err := s.putHead(ctx, hash, up.head(), up.data())
	if err != nil { // the head may be there although nobody said so: its parts stay for a sweep to judge
		s.uploads.Delete(up.blob)
		return "", 0, err
	}
	if blob != up.blob {
		up.discard()
	}
	s.uploads.Delete(up.blob)
	return hash, up.size, nil
}

// An upload is content on its way in.
type upload struct {
	store *Store
	ctx   context.Context
	sum   interface {
		io.Writer
		Sum([]byte) []byte
	}
	size   int64
	part   bytes.Buffer // the part being read; the whole content if there is no blob
	blob   string       // "" as long as all fits in one message
	hashes []byte       // of the parts written
}

// take reads everything and writes all parts, if there are to be parts.
func (u *upload) take(r io.Reader, most int64) error {
	r = io.LimitReader(r, most+1)
	for {
		u.part.Reset()
		n, err := io.CopyN(&u.part, r, partSize)
		u.sum.Write(u.part.Bytes())
		u.size += n
		ended := err == io.EOF
		if err != nil && !ended {
			return err
		}
		if u.size > most {
			return fmt.Errorf("store content: more than %d octets: %w", most, ErrTooLarge)
		}
		if ended && u.blob == "" && u.size < inlineBelow {
			return nil
		}
		if n > 0 {
			if u.blob == "" {
				u.blob = nuid.Next()
				u.store.uploads.Store(u.blob, true)
			}
			if err := u.write(); err != nil {
				return err
			}
		}
		if ended {
			return nil
		}
	}
}

func (u *upload) write() error {
	hash := sha256.Sum256(u.part.Bytes())
	subject := partSubject(u.blob, len(u.hashes)/sha256.Size)
	err := u.store.write(u.ctx, "store a part of content", func(ctx context.Context, l *link) error {
		_, err := u.store.publish(ctx, l, subject, nats.Header{}, u.part.Bytes(), nil)
		return err
	})
	u.hashes = append(u.hashes, hash[:]...)
	return err
}

func (u *upload) head() nats.Header {
	h := nats.Header{fieldSize: {strconv.FormatInt(u.size, 10)}}
	if u.blob != "" {
		h.Set(fieldBlob, u.blob)
	}
	return h
}

func (u *upload) data() []byte {
	if u.blob != "" {
		return u.hashes
	}
	return u.part.Bytes()
}

// discard deletes the parts of content that is not to be kept, also when the
// caller has gone.
func (u *upload) discard() {
	if u.blob == "" {
		return
	}
	defer u.store.uploads.Delete(u.blob)
	if err := u.store.dropParts(context.WithoutCancel(u.ctx), u.blob); err != nil {
		u.store.log.Warn("parts of content stay behind until the next sweep", "error", err)
	}
}

func (s *Store) dropParts(ctx context.Context, blob string) error {
	return s.write(ctx, "delete parts of content", func(ctx context.Context, l *link) error {
		return s.purge(ctx, l, parts, partSubject(blob, -1), 0)
	})
}

func partSubject(blob string, number int) string {
	if number < 0 {
		return parts.prefix + blob + ".*"
	}
	return parts.prefix + blob + "." + strconv.Itoa(number)
}

// putHead names the content, and returns the number of the parts that it now
// has. If the content is there already its head keeps the parts that it had and
// only gets a new date, so that a sweep knows that somebody wants it.
func (s *Store) putHead(ctx context.Context, hash string, header nats.Header, data []byte) (blob string, err error) {
	subject := contents.prefix + hash
	mark := nuid.Next()
	var replaced, seq uint64
	err = s.write(ctx, "store content", func(ctx context.Context, l *link) error {
		for range 8 {
			there, err := s.last(ctx, l, contents, subject, false)
			if err != nil {
				return err
			}
			alive := !there.gone() && whole(there, hash, header.Get(fieldSize))
			if alive && (there.header.Get(fieldChange) == mark || time.Since(there.time) < freshFor) {
				blob = there.header.Get(fieldBlob)
				return nil
			}
			next, body := nats.Header{fieldSize: header[fieldSize], fieldChange: {mark}}, data
			blob = header.Get(fieldBlob)
			if alive {
				blob, body = there.header.Get(fieldBlob), there.data
			}
			if blob != "" {
				next.Set(fieldBlob, blob)
			}
			replaced = 0
			if there != nil {
				replaced = there.seq
			}
			seq, err = s.publish(ctx, l, subject, next, body, &replaced)
			if !errors.Is(plain(err), errConflict) {
				return err
			}
		}
		return nats.ErrTimeout
	})
	if err == nil && seq > 0 && replaced > 0 {
		s.trim(ctx, contents, subject, seq)
	}
	return blob, err
}

// whole reports whether a head is as one for this content should be.
func whole(head *record, hash, size string) bool {
	if head.header.Get(fieldSize) != size {
		return false
	}
	sum := sha256.Sum256(head.data)
	return head.header.Get(fieldBlob) != "" || hex.EncodeToString(sum[:]) == hash
}

// DropContent forgets content that no document names any more. Unknown content
// is no error. Content is shared by all documents: a caller that cannot be sure
// that no other names it, or is about to, uses Sweep.
func (s *Store) DropContent(ctx context.Context, hash string) error {
	if !isHash(hash) {
		return nil
	}
	_, err := s.dropHead(ctx, hash, func(*record) bool { return true })
	return err
}

// dropHead forgets content if, looking at its head, still says so.
func (s *Store) dropHead(ctx context.Context, hash string, still func(*record) bool) (dropped bool, err error) {
	subject := contents.prefix + hash
	var blob string
	var gone uint64
	err = s.write(ctx, "drop content", func(ctx context.Context, l *link) error {
		there, err := s.last(ctx, l, contents, subject, false)
		if err != nil || there.gone() || !still(there) {
			return err
		}
		header := nats.Header{fieldGone: {"DEL"}, fieldBlob: there.header[fieldBlob]}
		gone, err = s.publish(ctx, l, subject, header, nil, &there.seq)
		if errors.Is(plain(err), errConflict) {
			return nil // somebody just put it again
		}
		if err == nil {
			blob, dropped = there.header.Get(fieldBlob), true
		}
		return err
	})
	if err != nil || !dropped {
		return false, err
	}
	s.trim(ctx, contents, subject, gone)
	if blob != "" {
		return true, s.dropParts(ctx, blob)
	}
	return true, nil
}

func isHash(hash string) bool {
	_, err := hex.DecodeString(hash)
	return err == nil && len(hash) == 2*sha256.Size
}

// OpenContent opens content from an offset, fs.ErrNotExist if there is none. An
// offset outside the content is an fs.ErrInvalid. Reading proves every part
// before it hands out an octet of it: what is damaged is an ErrDamaged.
func (s *Store) OpenContent(ctx context.Context, hash string, offset int64) (io.ReadCloser, error) {
	if !isHash(hash) {
		return nil, fmt.Errorf("open content %q: %w", hash, fs.ErrNotExist)
	}
	var head *record
	err := s.read(ctx, "open content "+hash, func(ctx context.Context, l *link) (err error) {
		head, err = s.last(ctx, l, contents, contents.prefix+hash, false)
		return err
	})
	if err != nil {
		return nil, err
	}
	if head.gone() {
		return nil, fmt.Errorf("open content %s: %w", hash, fs.ErrNotExist)
	}
	return newReader(s, ctx, hash, head, offset)
}
