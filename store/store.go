// Package store keeps what has to last: documents that change by
// compare-and-set, and content by its SHA-256. It is NATS JetStream, in this
// process with a data folder and no open port (Config.Dir), or a cluster
// elsewhere (Config.URL); the same calls go to both.
//
// A document is small (900 kB) and has a revision. Whoever changes it says which
// revision was seen, and is told if somebody else came first. Writers to one key
// in one process wait for each other in order, so that 32 of them do not spin.
//
// Content is any number of octets up to MaxContent, kept once under its hash.
// What is smaller than 256 KiB is one message; more is cut into parts, each with
// its own hash in the list that the head carries, so that reading can begin
// anywhere and no octet is handed out unproved.
//
// # What an answer promises
//
// When Save, Remove or PutContent return without an error, the change is on disk
// (Sync "always") or with a quorum of the cluster. Every call ends within its
// time: about 15 s for what writes, 5 s for what reads (plus what the caller's
// reader takes to give its octets), sooner if the context says so. A cluster
// that lost its leader needs 4-9 s to choose another: writers wait that out,
// readers get an [Unavailable] that says when to come again.
//
// A write whose answer was lost is tried again and then recognised by the mark
// that it carries, so it is neither done twice nor taken for a lost race.
//
// # Why old revisions stay for a moment
//
// JetStream forgets which messages its own limit of one a subject pushed out
// when it is killed: the last of them then comes back once the newer one is
// deleted. So we let subjects grow and delete old revisions by name, a moment
// later and many at once. Even that is not always remembered: see tidy.go.
//
// # Damage
//
// JetStream cuts off a block at its first damaged record when it recovers. So
// Open reads the blocks first (all after a crash, the documents' after a clean
// end) and refuses a damaged folder before anything in it is changed.
//
// # Memory
//
// An idle embedded store takes about 10 MB. A program that must stay small
// should set GOMEMLIMIT; the caches of JetStream empty themselves after seconds.
package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Limits that no configuration changes.
const (
	MaxDocument = 900_000                  // octets of a document; a NATS message takes 1 MiB
	MaxKey      = 512                      // octets of a key
	MaxContent  = 28_000 * int64(partSize) // octets of one content, about 7.3 GB: what the list of parts of one head can name
	maxQueue    = 256                      // writers that wait for one key

	inlineBelow = 256 << 10        // content below this is one message
	partSize    = 256 << 10        // octets of a part
	writeWithin = 15 * time.Second // a writing call, an election of 4-9 s included
	readWithin  = 5 * time.Second  // a reading call
	maxAlike    = 16               // revisions of one key before a writer trims them itself
)

// A Config says where the state is. Exactly one of Dir and URL is set.
type Config struct {
	Dir      string       // folder of the embedded store; made if missing
	URL      string       // servers of a cluster: nats://a,b,c or tls://user:password@a
	Sync     string       // "always": on disk when answered; "interval": within two minutes. Embedded only. "always" if empty
	Most     int64        // octets that are kept, deleted ones included until they are cleared away. Zero: as the disk allows
	Replicas int          // copies in a cluster. Zero: three where the servers form a cluster, else one
	Log      *slog.Logger // slog.Default() if nil

	reserve int64         // octets of the disk that stay free; 32 MiB
	rewrite time.Duration // how often JetStream rewrites blocks that are half empty; 2 min
}

// A Store is an open store. All methods may be called at once.
type Store struct {
	config  Config
	log     *slog.Logger
	folder  *folder // nil for a cluster
	writers queue
	trims   trims
	reserve atomic.Int64 // octets of the disk that stay free
	held    held
	uploads sync.Map // numbers of contents whose parts are being written: a sweep leaves them
	closed  atomic.Bool
	down    atomic.Int64 // when the present row of failures began, Unix nanoseconds; 0: all is well

	mu       sync.RWMutex // guards link: held for reading by who uses it, for writing by who replaces it
	link     *link
	replicas int
}

// A link is one connection to servers, embedded or not.
type link struct {
	nc     *nats.Conn
	js     jetstream.JetStream
	server *embedded // nil for a cluster
}

func (l *link) close() {
	if l.nc != nil {
		l.nc.Close()
	}
	if l.server != nil {
		l.server.shutdown()
	}
}

// Open opens the store, and makes it if there is none yet. The errors that a
// person has to act upon are [ErrInUse], [ErrForeign] and [ErrDamaged] for a
// folder, and an [Unavailable] for a cluster that does not answer.
func Open(ctx context.Context, c Config) (*Store, error) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.reserve == 0 {
		c.reserve = 32 << 20
	}
	s := &Store{config: c, log: c.Log}
	s.reserve.Store(c.reserve)
	var err error
	switch {
	case (c.Dir == "") == (c.URL == ""):
		return nil, errors.New("open store: give either a data folder or the URL of a NATS cluster")
	case c.Sync != "" && c.Sync != "always" && c.Sync != "interval":
		return nil, fmt.Errorf("open store: sync is %q; it can be \"always\" or \"interval\"", c.Sync)
	case c.Dir != "":
		err = s.openFolder(ctx)
	default:
		err = s.openCluster(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s.trims.start(s)
	return s, nil
}

// Close ends the store. What was acknowledged is safe whether or not it is called.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	s.trims.stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.folder == nil {
		s.link.close()
		return nil
	}
	return s.closeFolder()
}

// use gives f the connection. As long as f has it the embedded server is neither
// restarted nor closed, so f has to end in time.
func (s *Store) use(f func(*link) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed.Load() {
		return fmt.Errorf("store: %w", fs.ErrClosed)
	}
	return f(s.link)
}
