package origin

import (
	"context"
	"io"
	"time"
)

// A Store keeps the documents of worlds, and content by its hash. Packages
// store and store/memory satisfy it.
type Store interface {
	// Load returns the document under key and its revision; nil and 0 if there
	// is none.
	Load(ctx context.Context, key string) (doc []byte, revision uint64, err error)
	// Save puts doc in place of the one with that revision (0: there must be
	// none). ok is false if somebody else changed it since. When it returns ok
	// the change is safe.
	Save(ctx context.Context, key string, doc []byte, revision uint64) (next uint64, ok bool, err error)
	// Remove deletes the document if it still has that revision.
	Remove(ctx context.Context, key string, revision uint64) (ok bool, err error)
	// Keys returns keys that begin with prefix, sorted, at most n.
	Keys(ctx context.Context, prefix string, n int) ([]string, error)
	// PutContent takes at most most octets and returns their SHA-256 in
	// hexadecimal and their number. When it returns the content is safe.
	PutContent(ctx context.Context, r io.Reader, most int64) (hash string, size int64, err error)
	// OpenContent opens content from an offset.
	OpenContent(ctx context.Context, hash string, offset int64) (io.ReadCloser, error)
	// Sweep forgets content that nobody has put or opened for that long and that
	// is not named any more. It returns how many went.
	Sweep(ctx context.Context, idle time.Duration, named func(hash string) (bool, error)) (int, error)
}
