package relay

import (
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/statute-http/statute/wire"
)

// A tape watches a connection. It is told of octets before they are passed on,
// of each direction's end, and at last that the connection is over.
type tape interface {
	fromClient([]byte)
	fromServer([]byte)
	clientEnded()
	serverEnded(error) // io.EOF, or why reading failed
	over()
}

// deaf is the tape of what is not recorded.
type deaf struct{}

func (deaf) fromClient([]byte) {}
func (deaf) fromServer([]byte) {}
func (deaf) clientEnded()      {}
func (deaf) serverEnded(error) {}
func (deaf) over()             {}

// pass relays octets in both directions until both have ended. first is what was
// read from the client already.
func (r *Relay) pass(client, server net.Conn, first []byte, t tape) {
	var (
		ways sync.WaitGroup
		last atomic.Int64 // when an octet last passed
	)
	touch := func() { last.Store(time.Now().UnixNano()) }
	touch()
	quiet := func() bool { return time.Since(time.Unix(0, last.Load())) >= idleTime }
	ways.Go(func() { // client to server
		t.fromClient(first)
		if write(server, first) {
			copyPieces(client, server, quiet, func(piece []byte) {
				touch()
				t.fromClient(piece)
			})
		}
		t.clientEnded()
		closeWrite(server)
	})
	ways.Go(func() { // server to client
		err := copyPieces(server, client, quiet, func(piece []byte) {
			touch()
			t.fromServer(piece)
		})
		if errors.As(err, new(*writeError)) {
			t.clientEnded()
			server.Close()
		}
		t.serverEnded(err)
		// The client learns that no more comes, and has a little time to end too.
		closeWrite(client)
		time.AfterFunc(lingerTime, func() {
			client.Close()
			server.Close()
		})
	})
	ways.Wait()
	t.over()
}

// A writeError says that the other side took no more.
type writeError struct{ error }

// copyPieces copies until an end or a fault; io.EOF is an end, nil is none.
func copyPieces(from, to net.Conn, quiet func() bool, seen func([]byte)) error {
	piece := make([]byte, pieceOctets)
	for {
		from.SetReadDeadline(time.Now().Add(idleTime))
		n, err := from.Read(piece)
		if n > 0 {
			seen(piece[:n])
			if !write(to, piece[:n]) {
				return &writeError{net.ErrClosed}
			}
		}
		var late net.Error
		switch {
		case err == nil:
		case errors.As(err, &late) && late.Timeout() && !quiet():
		default:
			return err
		}
	}
}

func write(to net.Conn, octets []byte) bool {
	if len(octets) == 0 {
		return true
	}
	to.SetWriteDeadline(time.Now().Add(writeTime))
	_, err := to.Write(octets)
	return err == nil
}

// closeWrite ends one direction.
func closeWrite(c net.Conn) {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
		return
	}
	c.Close()
}

// endOf says how a server's direction ended, by the error that reading gave.
func endOf(err error) wire.End {
	switch {
	case errors.Is(err, syscall.ECONNRESET):
		return wire.EndReset
	case errors.Is(err, io.EOF):
		return wire.EndClosed
	}
	return wire.EndUnknown
}
