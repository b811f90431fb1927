// Package memory keeps documents and content as package store does, in the
// memory of this process: for tests, and for servers that may forget. Nothing
// lasts longer than the Store, and what it takes is bounded.
//
// Its errors are the same ones of the standard library as those of package
// store: syscall.EFBIG for what is too large, syscall.ENOSPC for a full store,
// fs.ErrNotExist, fs.ErrInvalid for a bad key or offset, fs.ErrClosed.
package memory

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Limits that no configuration changes; they are those of package store.
const (
	MaxDocument = 900_000 // octets
	MaxKey      = 512     // octets
)

// Errors that callers tell apart.
var (
	ErrTooLarge = fmt.Errorf("more than may be stored: %w", syscall.EFBIG)
	ErrFull     = fmt.Errorf("the store is full: %w", syscall.ENOSPC)
	ErrKey      = fmt.Errorf("a key has 1 to %d octets: %w", MaxKey, fs.ErrInvalid)
)

// A Config bounds a Store.
type Config struct {
	MaxContent int64 // octets of all documents, keys and contents together; 256 MiB if zero
}

// A Store is open from New until Close. All methods may be called at once.
type Store struct {
	most int64

	mu        sync.Mutex // guards all below
	closed    bool
	revision  uint64 // the last one given
	used      int64
	documents map[string]document
	contents  map[string]content
}

type document struct {
	octets   []byte
	revision uint64
}

type content struct {
	octets []byte    // never written to
	put    time.Time // last
}

// New returns an empty store.
func New(c Config) *Store {
	if c.MaxContent == 0 {
		c.MaxContent = 256 << 20
	}
	return &Store{most: c.MaxContent, documents: map[string]document{}, contents: map[string]content{}}
}

// enter locks the store for one call; s.mu.Unlock must follow unless there is an error.
func (s *Store) enter(ctx context.Context, doing string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return fmt.Errorf("%s: store: %w", doing, fs.ErrClosed)
	}
	return nil
}

// grow counts n octets more, or fewer, with s.mu locked.
func (s *Store) grow(n int64) error {
	if n > 0 && s.used+n > s.most {
		return fmt.Errorf("%w: %d of %d octets are used", ErrFull, s.used, s.most)
	}
	s.used += n
	return nil
}

func checkKey(key string) error {
	if key == "" || len(key) > MaxKey {
		return fmt.Errorf("key of %d octets: %w", len(key), ErrKey)
	}
	return nil
}

// Load returns the document under key and its revision; nil, 0, nil if there is none.
func (s *Store) Load(ctx context.Context, key string) ([]byte, uint64, error) {
	if err := checkKey(key); err != nil {
		return nil, 0, err
	}
	if err := s.enter(ctx, "load "+key); err != nil {
		return nil, 0, err
	}
	defer s.mu.Unlock()
	d, ok := s.documents[key]
	if !ok {
		return nil, 0, nil
	}
	return append([]byte{}, d.octets...), d.revision, nil
}

// Save puts doc in the place of the one with that revision; 0: there must be
// none. ok is false if somebody else changed it since, and nothing was written.
func (s *Store) Save(ctx context.Context, key string, doc []byte, revision uint64) (next uint64, ok bool, err error) {
	if err := checkKey(key); err != nil {
		return 0, false, err
	}
	if len(doc) > MaxDocument {
		return 0, false, fmt.Errorf("save %s: a document of %d octets, of at most %d: %w", key, len(doc), MaxDocument, ErrTooLarge)
	}
	if err := s.enter(ctx, "save "+key); err != nil {
		return 0, false, err
	}
	defer s.mu.Unlock()
	d, there := s.documents[key]
	if d.revision != revision {
		return 0, false, nil
	}
	more := int64(len(doc) - len(d.octets))
	if !there {
		more += int64(len(key))
	}
	if err := s.grow(more); err != nil {
		return 0, false, fmt.Errorf("save %s: %w", key, err)
	}
	s.revision++
	s.documents[key] = document{bytes.Clone(doc), s.revision}
	return s.revision, true, nil
}

// Remove deletes the document if it still has that revision.
func (s *Store) Remove(ctx context.Context, key string, revision uint64) (ok bool, err error) {
	if err := checkKey(key); err != nil {
		return false, err
	}
	if err := s.enter(ctx, "remove "+key); err != nil {
		return false, err
	}
	defer s.mu.Unlock()
	d, there := s.documents[key]
	if !there || d.revision != revision {
		return false, nil
	}
	delete(s.documents, key)
	s.revision++
	return true, s.grow(-int64(len(d.octets) + len(key)))
}

// Keys returns the first n, in octet order, of the keys that begin with prefix.
func (s *Store) Keys(ctx context.Context, prefix string, n int) ([]string, error) {
	if err := s.enter(ctx, "list the keys of "+prefix); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	var keys []string
	for key := range s.documents {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys[:min(len(keys), max(n, 0))], nil
}

// PutContent takes the octets of r, at most most of them, and returns their
// SHA-256 in hexadecimal and their number. Equal content is kept once. An error
// of r is returned as it is and leaves nothing behind.
func (s *Store) PutContent(ctx context.Context, r io.Reader, most int64) (hash string, size int64, err error) {
	var kept bytes.Buffer
	taken := int64(0)
	defer func() {
		if err != nil {
			s.mu.Lock()
			s.used -= taken
			s.mu.Unlock()
		}
	}()
	most = min(max(most, 0), s.most+1)
	r = io.LimitReader(r, most+1)
	for ended := false; !ended; {
		n, err := io.CopyN(&kept, r, 64<<10)
		if ended = err == io.EOF; err != nil && !ended {
			return "", 0, err
		}
		if int64(kept.Len()) > most {
			return "", 0, fmt.Errorf("store content: more than %d octets: %w", most, ErrTooLarge)
		}
		if err := s.enter(ctx, "store content"); err != nil {
			return "", 0, err
		}
		err = s.grow(n)
		s.mu.Unlock()
		if err != nil {
			return "", 0, fmt.Errorf("store content: %w", err)
		}
		taken += n
	}
	sum := sha256.Sum256(kept.Bytes())
	hash = hex.EncodeToString(sum[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	octets := bytes.Clone(kept.Bytes())
	if there, ok := s.contents[hash]; ok {
		s.used -= taken
		octets = there.octets
	}
	s.contents[hash] = content{octets, time.Now()}
	return hash, taken, nil
}

// OpenContent opens content from an offset: fs.ErrNotExist if there is none,
// fs.ErrInvalid for an offset outside it.
func (s *Store) OpenContent(ctx context.Context, hash string, offset int64) (io.ReadCloser, error) {
	if err := s.enter(ctx, "open content "+hash); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	c, ok := s.contents[hash]
	if !ok {
		return nil, fmt.Errorf("open content %q: %w", hash, fs.ErrNotExist)
	}
	if offset < 0 || offset > int64(len(c.octets)) {
		return nil, fmt.Errorf("open content %s of %d octets at %d: %w", hash, len(c.octets), offset, fs.ErrInvalid)
	}
	return &reader{Reader: bytes.NewReader(c.octets[offset:])}, nil
}

// DropContent forgets content that no document names any more.
func (s *Store) DropContent(ctx context.Context, hash string) error {
	if err := s.enter(ctx, "drop content"); err != nil {
		return err
	}
	defer s.mu.Unlock()
	c := s.contents[hash]
	delete(s.contents, hash)
	return s.grow(-int64(len(c.octets)))
}

// Sweep forgets content that was last put longer ago than idle and that named
// says no document names. It returns how many it forgot.
func (s *Store) Sweep(ctx context.Context, idle time.Duration, named func(hash string) (bool, error)) (int, error) {
	if err := s.enter(ctx, "sweep content"); err != nil {
		return 0, err
	}
	before := time.Now().Add(-idle)
	put := map[string]time.Time{}
	for hash, c := range s.contents {
		if c.put.Before(before) {
			put[hash] = c.put
		}
	}
	s.mu.Unlock()
	swept := 0
	for hash, when := range put {
		used, err := named(hash)
		if err != nil {
			return swept, fmt.Errorf("sweep content %s: %w", hash, err)
		}
		s.mu.Lock()
		if c, there := s.contents[hash]; there && !used && c.put.Equal(when) {
			delete(s.contents, hash)
			s.used -= int64(len(c.octets))
			swept++
		}
		s.mu.Unlock()
	}
	return swept, nil
}

// Close ends the store and forgets everything.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed, s.used, s.documents, s.contents = true, 0, map[string]document{}, map[string]content{}
	return nil
}

// A reader reads content until it is closed.
type reader struct {
	io.Reader
	closed bool
}

func (r *reader) Read(p []byte) (int, error) {
	if r.closed {
		return 0, fs.ErrClosed
	}
	return r.Reader.Read(p)
}

func (r *reader) Close() error {
	r.closed = true
	return nil
}
