package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Errors that callers tell apart. Each also is one of the standard library's,
// so that a caller need not import this package to know it by errors.Is.
var (
	ErrTooLarge  = fmt.Errorf("more than may be stored: %w", syscall.EFBIG)                              // a document or content over its limit
	ErrFull      = fmt.Errorf("the store is full: %w", syscall.ENOSPC)                                   // make room, or give it a larger disk; nothing was lost
	ErrDamaged   = fmt.Errorf("the store is damaged: %w", syscall.EIO)                                   // what was kept is not what can be read
	ErrKey       = fmt.Errorf("a key has 1 to %d octets: %w", MaxKey, fs.ErrInvalid)                     // the caller's mistake
	ErrUncertain = errors.New("the answer was lost and others wrote since: read before you write again") // neither done nor not done
	ErrInUse     = fmt.Errorf("another process uses this folder: %w", fs.ErrExist)
	ErrForeign   = fmt.Errorf("the folder holds something else: %w", fs.ErrInvalid)
)

// Unavailable says that the store cannot answer now but will: no leader, no
// quorum, no connection, or too many writers to one key. Nothing was lost; a
// write may or may not have been done.
type Unavailable struct {
	Doing string        // what was tried
	After time.Duration // until it is worth trying again
	Err   error         // the last failure
}

func (u *Unavailable) Error() string {
	return fmt.Sprintf("%s: the store does not answer now; try again in %v: %v", u.Doing, u.After, u.Err)
}

func (u *Unavailable) Unwrap() error { return u.Err }

// Temporary is always true.
func (u *Unavailable) Temporary() bool { return true }

// RetryAfter is how long to wait, one second or more.
func (u *Unavailable) RetryAfter() time.Duration { return u.After }

// A refusal is an error in the words of the JetStream API.
type refusal struct {
	Code        int    `json:"code"`
	ErrCode     int    `json:"err_code"`
	Description string `json:"description"`
}

func (r *refusal) Error() string { return fmt.Sprintf("NATS says %d: %s", r.ErrCode, r.Description) }

// Numbers of the JetStream API's errors (nats-server/server/errors.json).
const (
	codeInsufficient = 10023 // a cluster's server is over its limits
	codeMemory       = 10028
	codeStorage      = 10047
	codeStoreFailed  = 10077 // the description says why
	codeWrongLast    = 10071
	codeWrongLastToo = 10164
)

var errConflict = errors.New("another revision is there")

// plain puts an error of NATS in the words of this package.
func plain(err error) error {
	if r, ok := errors.AsType[*refusal](err); ok {
		return plainRefusal(r)
	}
	if api, ok := errors.AsType[*jetstream.APIError](err); ok {
		return plainRefusal(&refusal{api.Code, int(api.ErrorCode), api.Description})
	}
	if errors.Is(err, nats.ErrMaxPayload) {
		return fmt.Errorf("%w: %w", ErrTooLarge, err)
	}
	return err
}

func plainRefusal(r *refusal) error {
	switch r.ErrCode {
	case codeWrongLast, codeWrongLastToo:
		return errConflict
	case codeInsufficient, codeMemory, codeStorage:
		return fmt.Errorf("%w: %w", ErrFull, r)
	case codeStoreFailed:
		if strings.Contains(r.Description, "no space left") || strings.Contains(r.Description, "maximum bytes") {
			return fmt.Errorf("%w: %w", ErrFull, r)
		}
	}
	return r
}

// passing reports whether the same call may succeed a moment later.
func passing(err error) bool {
	if errors.Is(err, ErrFull) || errors.Is(err, fs.ErrClosed) {
		return false
	}
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.Code == 503
	}
	for _, e := range []error{context.DeadlineExceeded, context.Canceled, nats.ErrTimeout, nats.ErrNoResponders, nats.ErrConnectionClosed,
		nats.ErrDisconnected, nats.ErrConnectionReconnecting, nats.ErrReconnectBufExceeded, nats.ErrStaleConnection, nats.ErrNoServers,
		jetstream.ErrJetStreamNotEnabled} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
